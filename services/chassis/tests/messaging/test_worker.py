"""The worker as a process: it waits for what is away, tells its health, and ends in order."""

import os
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx
import pytest

from chassis.kafka_clients import admin_client
from chassis.topics import provision
from events.topics import BY_NAME
from tests.infrastructure.waiting import eventually, until

pytestmark = [pytest.mark.broker]

PROBE = """
import asyncio, os
from chassis.errors import NotAllowedNow
from chassis.kafka import Hears
from chassis.service import Service
from events.envelope import Event
from sqlalchemy import text

class Counted(Event):
    TYPE = "connexion.notices.thing-counted.v1"
    TOPIC = os.environ["PROBE_TOPIC"]
    KEY = "thing"
    thing: str
    number: int

hears = Hears("notices")

@hears(Counted.TOPIC, Counted)
async def note(event, session):
    if event.thing == "bad":
        raise NotAllowedNow
    await session.execute(
        text("insert into effect (thing, number) values (:thing, :number)"), event.model_dump()
    )
    if event.thing == "slow":
        print("SLOW RUNS", flush=True)
        await asyncio.sleep(2)

SERVICE = Service(name="notices", package="probe_svc", hears=[hears])
"""


class Process:
    """One worker process of the probe service."""

    def __init__(self, folder: Path, environment: dict[str, str]) -> None:
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port = free.getsockname()[1]
        self.log = folder / f"worker-{self.port}.log"
        self.process = subprocess.Popen(
            [sys.executable, "-m", "chassis.serve", "worker", "probe_svc"],
            env=os.environ | environment | {"CONNEXION_WORKER_PORT": str(self.port), "PYTHONPATH": str(folder)},
            stdout=self.log.open("w"),
            stderr=subprocess.STDOUT,
        )

    def get(self, path: str) -> httpx.Response | None:
        try:
            return httpx.get(f"http://127.0.0.1:{self.port}{path}", timeout=5)
        except httpx.TransportError:
            return None

    def status(self, path: str) -> int:
        answer = self.get(path)
        return answer.status_code if answer else 0

    def end(self) -> bool:
        """Ask it to end, and return whether it did so in order (uvicorn ends itself by the signal it was sent)."""
        self.process.send_signal(signal.SIGTERM)
        return self.process.wait(40) == -signal.SIGTERM and "Traceback" not in self.log.read_text()


@pytest.fixture
def start_worker(place, listener, tmp_path):
    package = tmp_path / "probe_svc"
    package.mkdir()
    (package / "__init__.py").touch()
    (package / "app.py").write_text(PROBE)

    @contextmanager
    def start(**environment: str) -> Iterator[Process]:
        settings = {
            "CONNEXION_ENVIRONMENT": "local",
            "CONNEXION_DATABASE_URL": place.settings.database_url,
            "CONNEXION_KAFKA_BOOTSTRAP_SERVERS": place.settings.kafka_bootstrap_servers,
            "PROBE_TOPIC": listener.stream.name,
        }
        worker = Process(tmp_path, settings | environment)
        try:
            yield worker
        finally:
            worker.process.kill()
            worker.process.wait()

    return start


async def test_a_worker_hears_tells_its_health_and_ends_in_order(start_worker, listener, place):
    await listener.tell("a", 1)
    with start_worker() as worker:
        assert await place.effects_of(1, within=30) == [("a", 1)]
        await eventually(lambda: worker.status("/health/ready") == 200)
        assert worker.status("/health/live") == 200
        assert 'connexion_events_handled_total{topic="' in worker.get("/metrics").text
        await eventually(lambda: place.admin.fetchval("select leader from relay_state"))
        assert worker.end(), worker.log.read_text()
    assert await place.admin.fetchval("select leader from relay_state") is None


@pytest.mark.real_kafka
async def test_a_handler_that_runs_when_the_worker_is_told_to_end_finishes_and_is_not_repeated(
    start_worker, listener, place
):
    await listener.tell("slow", 1)
    with start_worker() as worker:
        await eventually(lambda: "SLOW RUNS" in worker.log.read_text(), within=30)
        assert worker.end()
    assert await place.effects() == [("slow", 1)]
    listener.note_effects()
    assert await listener.committed() == {0: 1}


async def test_a_worker_starts_without_its_broker_and_is_alive_but_not_ready(start_worker):
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        nowhere = f"127.0.0.1:{free.getsockname()[1]}"
    with start_worker(CONNEXION_KAFKA_BOOTSTRAP_SERVERS=nowhere) as worker:
        until(lambda: worker.status("/health/live") == 200, within=30)
        assert worker.status("/health/ready") == 503
        assert "no consumer of" in worker.get("/health/ready").text
        assert worker.end()
        assert worker.log.read_text().count("\n") < 60, "it waits quietly"


async def test_a_worker_starts_without_its_database_and_is_alive_but_not_ready(start_worker):
    with start_worker(CONNEXION_DATABASE_URL="postgresql+asyncpg://notices_login:x@127.0.0.1:1/none") as worker:
        until(lambda: worker.status("/health/live") == 200, within=30)
        assert "database does not answer" in worker.get("/health/ready").text
        assert worker.end()


@pytest.mark.real_kafka
async def test_ten_parked_in_a_row_end_the_worker_in_order_with_nothing_lost(start_worker, listener, place):
    for number in range(12):
        await listener.tell("bad", number)
    with start_worker() as worker:
        assert worker.process.wait(40) == -signal.SIGTERM, worker.log.read_text()
        assert "10 events in a row were parked" in worker.log.read_text()
    listener.note_effects()
    assert await listener.committed() == {0: 10}


async def test_a_killed_worker_loses_and_doubles_nothing(start_worker, listener, place):
    for number in range(40):
        await listener.tell("a", number)
    with start_worker() as worker:
        await place.effects_of(5, within=30)
        worker.process.kill()
        worker.process.wait()
    with start_worker():
        effects = await place.effects_of(40, within=40)
    assert effects == [("a", number) for number in range(40)]


async def test_settings_that_are_missing_are_said_and_nothing_starts(start_worker):
    with start_worker(CONNEXION_DATABASE_URL="") as worker:
        assert worker.process.wait(30) == 2
        assert "CONNEXION_DATABASE_URL" in worker.log.read_text()


@pytest.fixture(autouse=True)
async def topics_of_notices(listener):
    async with admin_client(listener.options) as admin:
        await provision(admin, [topic for topic in BY_NAME.values() if "notices" in topic.writers])
