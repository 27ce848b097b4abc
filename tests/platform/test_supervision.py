"""What the supervisor promises: a process that ends unasked comes back, and `make stop` leaves nothing behind."""

import os
import signal
import sys
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest

from deploy.local.ports import answers, free_port
from deploy.local.program import Program
from deploy.local.supervisor import MARK, Group, Supervisor, configuration, end_lost_processes
from deploy.local.trouble import Trouble
from tests.infrastructure.waiting import until

pytestmark = [pytest.mark.slow, pytest.mark.alone]


def server(name: str, port: int, folder: Path) -> Program:
    return Program(
        name=name,
        command=(sys.executable, "-m", "http.server", str(port), "--bind", "127.0.0.1"),
        ready=lambda: answers(port),
        environment={"SAID": 'a "quoted" 100 % sure, value'},
        folder=folder,
    )


@pytest.fixture
def program(tmp_path: Path) -> Program:
    return server("pages", free_port(), tmp_path)


@pytest.fixture
def supervisor(tmp_path: Path, program: Program) -> Iterator[Supervisor]:
    keeper = Supervisor(tmp_path)
    keeper.start([Group("parts", [program])])
    keeper.start_group("parts")
    until(program.ready)
    yield keeper
    keeper.stop()


def test_a_killed_process_comes_back_by_itself(supervisor: Supervisor, program: Program) -> None:
    killed = supervisor.state("pages").pid
    os.kill(killed, signal.SIGKILL)
    until(lambda: supervisor.state("pages").pid not in {0, killed} and program.ready())


def test_a_process_stopped_on_purpose_stays_down_until_it_is_started(supervisor: Supervisor, program: Program) -> None:
    supervisor.stop_program("pages")
    assert not program.ready()
    assert not supervisor.state("pages").running
    supervisor.start_program("pages")
    until(program.ready)


def test_values_reach_the_process_as_they_are(supervisor: Supervisor) -> None:
    assert psutil.Process(supervisor.state("pages").pid).environ()["SAID"] == 'a "quoted" 100 % sure, value'


def test_stopping_ends_every_process(supervisor: Supervisor, program: Program) -> None:
    pid = supervisor.state("pages").pid
    supervisor.stop()
    assert not psutil.pid_exists(pid)
    assert not supervisor.answers()
    assert not program.ready()


def test_processes_without_their_supervisor_are_found_and_ended(supervisor: Supervisor, tmp_path: Path) -> None:
    pid = supervisor.state("pages").pid
    keeper = psutil.Process(pid).parent()
    assert keeper is not None
    keeper.kill()
    keeper.wait()
    assert psutil.pid_exists(pid)
    end_lost_processes(tmp_path)
    assert not psutil.pid_exists(pid)


def test_other_platforms_processes_are_left_alone(supervisor: Supervisor, tmp_path: Path) -> None:
    pid = supervisor.state("pages").pid
    assert psutil.Process(pid).environ()[MARK] == str(tmp_path)
    end_lost_processes(tmp_path / "another")
    assert psutil.pid_exists(pid)


def test_an_unknown_process_is_answered_with_the_known_ones(supervisor: Supervisor) -> None:
    with pytest.raises(Trouble, match="has no process 'page'; it has pages"):
        supervisor.state("page")


def test_other_programs_mean_another_start(supervisor: Supervisor, program: Program, tmp_path: Path) -> None:
    assert supervisor.runs_this([Group("parts", [program])])
    assert not supervisor.runs_this([Group("parts", [server("pages", free_port(), tmp_path)])])


def test_passwords_in_the_configuration_are_for_its_owner_only(supervisor: Supervisor, tmp_path: Path) -> None:
    assert (tmp_path / "supervisord.conf").stat().st_mode & 0o077 == 0


def test_logs_are_rotated_and_every_process_restarted(tmp_path: Path, program: Program) -> None:
    told = configuration(tmp_path, tmp_path / "socket", [Group("parts", [program])])
    assert "autorestart=true" in told
    assert "stdout_logfile_maxbytes=5MB" in told
