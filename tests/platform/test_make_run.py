"""`make run` brings the whole platform up, keeps it up, and `make stop` takes it away without its data."""

import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import httpx
import psutil
import pytest

from deploy.local.demo import NEWCOMERS, PEOPLE
from deploy.local.place import REPOSITORY, Place
from deploy.local.services import PACKAGES
from deploy.local.supervisor import MARK, Supervisor
from tests.infrastructure.platform import Platform, place_of_its_own, standing_platform
from tests.infrastructure.waiting import until

pytestmark = [pytest.mark.e2e, pytest.mark.alone, pytest.mark.timeout(300)]

FIRST_WITHIN = 60
AGAIN_WITHIN = 20
LARGEST_MEGABYTES = 2000
LOADED = 1.5
"""With more than this many processes waiting for each core, the machine is not ours and times say nothing."""


def command(place: Place, *words: str, **environment: str) -> subprocess.CompletedProcess[str]:
    ports = {f"CONNEXION_PORT_{name.upper()}": str(port) for name, port in place.ports.items()}
    return subprocess.run(
        [sys.executable, "-m", "deploy.local", *words],
        env={**os.environ, "CONNEXION_LOCAL": str(place.folder), **ports, **environment},
        cwd=REPOSITORY,
        capture_output=True,
        text=True,
        check=False,
    )


def belonging_to(place: Place) -> list[psutil.Process]:
    found = []
    for process in psutil.process_iter():
        try:
            if process.environ().get(MARK) == str(place.folder):
                found.append(process)
        except (psutil.Error, OSError):
            continue
    return found


def seconds_of_run(place: Place) -> tuple[str, float]:
    began = time.monotonic()
    done = command(place, "run")
    assert done.returncode == 0, done.stderr
    return done.stdout, time.monotonic() - began


@pytest.fixture(scope="module")
def first_run() -> Iterator[tuple[Place, str, float]]:
    folder = Path(tempfile.mkdtemp(prefix="connexion-run-"))
    folder.chmod(0o711)
    place = place_of_its_own(folder)
    try:
        yield (place, *seconds_of_run(place))
    finally:
        Supervisor(place.folder).stop()
        shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture(scope="module")
def standing(first_run: tuple[Place, str, float]) -> Platform:
    return standing_platform(first_run[0])


def test_it_returns_in_time_with_addresses_and_sign_ins(first_run: tuple[Place, str, float]) -> None:
    place, said, seconds = first_run
    assert place.public_url in said
    users = json.loads(place.description.read_text())["users"]
    assert {user["user_id"] for user in users} == {person.user_id for person in (*PEOPLE, *NEWCOMERS)}
    assert all(user["user_id"] in said and user["password"] in said for user in users)
    if os.getloadavg()[0] / (os.cpu_count() or 1) < LOADED:
        assert seconds < FIRST_WITHIN


def test_the_description_is_for_its_owner_and_tells_what_tests_need(standing: Platform) -> None:
    assert standing.place.description.stat().st_mode & 0o077 == 0
    assert {"gateway", "kafka", "databases", "users"} <= set(standing.description)
    assert set(standing.description["databases"]) == set(PACKAGES)


def test_every_process_is_ready_when_it_returns(standing: Platform) -> None:
    for service in PACKAGES:
        for role in ("edge", "worker"):
            port = standing.place.ports[f"{service}_{role}"]
            assert httpx.get(f"http://127.0.0.1:{port}/health/ready").status_code == 200, f"{service}-{role}"
    assert httpx.get(standing.gateway, follow_redirects=True).status_code == 200


def test_all_of_it_takes_less_than_two_gigabytes(standing: Platform) -> None:
    pids = {state.pid for state in standing.supervisor.states()}
    family = [member for pid in pids for member in (psutil.Process(pid), *psutil.Process(pid).children(recursive=True))]
    proportional = sum(member.memory_full_info().pss for member in family) // 1_000_000  # what is shared counts once
    assert 500 < proportional < LARGEST_MEGABYTES


def test_running_it_again_changes_nothing(standing: Platform) -> None:
    before = {state.name: state.pid for state in standing.supervisor.states()}
    _, seconds = seconds_of_run(standing.place)
    assert {state.name: state.pid for state in standing.supervisor.states()} == before
    assert seconds < AGAIN_WITHIN


@pytest.mark.parametrize(
    "process", ["postgres", "kafka", "idp", "gateway", "portal", "documents-edge", "documents-worker"]
)
def test_a_killed_process_is_ready_again(standing: Platform, process: str) -> None:
    standing.kill(process)
    until(lambda: _all_ready(standing), within=60, what=f"everything ready after {process} was killed")


def test_status_and_logs_tell_of_each_process(standing: Platform) -> None:
    told = command(standing.place, "status")
    assert told.returncode == 0, told.stdout
    assert all(state.name in told.stdout for state in standing.supervisor.states())
    assert command(standing.place, "logs", "kafka").returncode == 0
    unknown = command(standing.place, "logs", "nobody")
    assert unknown.returncode == 1
    assert "documents-edge" in unknown.stderr


def test_stopped_it_leaves_no_process_and_starts_again_on_the_same_data(standing: Platform) -> None:
    users = standing.description["users"]
    assert command(standing.place, "stop").returncode == 0
    assert belonging_to(standing.place) == []
    assert command(standing.place, "status").returncode == 1
    _, seconds = seconds_of_run(standing.place)
    assert json.loads(standing.place.description.read_text())["users"] == users
    if os.getloadavg()[0] / (os.cpu_count() or 1) < LOADED:
        assert seconds < AGAIN_WITHIN


def test_on_the_fall_back_broker_it_runs_too_and_says_so_first() -> None:
    folder = Path(tempfile.mkdtemp(prefix="connexion-run-"))
    folder.chmod(0o711)
    place = place_of_its_own(folder)
    try:
        done = command(place, "run", CONNEXION_BROKER="fall-back")
        assert done.returncode == 0, done.stderr
        assert done.stdout.startswith("WARNING: no Apache Kafka here, using the fall-back broker")
        user = standing_platform(place).user("AO", "Larkspur")
        with httpx.Client(follow_redirects=True, timeout=30) as browser:
            form = browser.get(f"{place.public_url}/api/identity/sign-in", params={"return_to": "/"})
            browser.post(form.url, data={"user_id": user["user_id"], "password": user["password"]})
            until(lambda: _labels(browser, place), within=60, what="the slots that bidding asked documents for")
    finally:
        Supervisor(place.folder).stop()
        shutil.rmtree(folder, ignore_errors=True)


def _labels(browser: httpx.Client, place: Place) -> list[str]:
    slots = browser.get(f"{place.public_url}/api/documents/slots").json().get("items", [])
    return [slot["label"] for slot in slots]


def _all_ready(standing: Platform) -> bool:
    ports = [standing.place.ports[f"{service}_{role}"] for service in PACKAGES for role in ("edge", "worker")]
    try:
        answers = [httpx.get(f"http://127.0.0.1:{port}/health/ready") for port in ports]
        return all(answer.is_success for answer in answers) and httpx.get(standing.gateway).status_code < 500
    except httpx.HTTPError:
        return False
