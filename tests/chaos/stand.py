"""The platform that is broken here: the real one, started by the command behind `make run`, in a folder of its own."""

import os
import shutil
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import asyncpg
import psutil

from deploy.local import postgres
from deploy.local.place import REPOSITORY, this_place
from deploy.local.services import PACKAGES
from tests.infrastructure.platform import Platform, place_of_its_own, standing_platform
from tests.infrastructure.waiting import until


class StandError(Exception):
    """The platform did not start or stop; the message is what the command said."""


@dataclass(frozen=True)
class Stand:
    """A running platform, and the environment in which its commands are run."""

    platform: Platform
    environment: Mapping[str, str]

    def run(self, *module: str, as_process: str | None = None) -> subprocess.CompletedProcess[str]:
        """Run `python -m …` as an operator would, with the settings of one of the platform's processes."""
        settings = self.environment_of(as_process) if as_process else {}
        return subprocess.run(
            [sys.executable, "-m", *module],
            env={**self.environment, **settings},
            cwd=REPOSITORY,
            capture_output=True,
            text=True,
            check=False,
        )

    def kill(self, process: str) -> None:
        """Kill a process with all it started, at once; return when the supervisor has started it again."""
        killed = self.pid(process)
        kill_family(killed)
        until(lambda: self.pid(process) not in {0, killed}, within=60, what=f"{process} coming back")

    def pid(self, process: str) -> int:
        """Return a process's id, 0 while it does not run."""
        return self.platform.supervisor.state(process).pid

    def lose_everything(self) -> None:
        """End the platform and delete all it has."""
        _local("stop", self.environment)
        shutil.rmtree(self.platform.place.folder)

    def start_again(self) -> None:
        """Start the platform on what is in its folder; returns when it is ready."""
        _start(self.environment)

    def environment_of(self, process: str) -> dict[str, str]:
        """Return the settings that a process was started with."""
        return psutil.Process(self.pid(process)).environ()

    @property
    def has_apache_kafka(self) -> bool:
        """Whether the broker is Apache Kafka and ours to take away."""
        brokers = [state for state in self.platform.supervisor.states() if state.name == "kafka"]
        return any("kafka.Kafka" in psutil.Process(broker.pid).cmdline() for broker in brokers)

    @property
    def database_urls(self) -> list[str]:
        """The superuser's address of each service's database."""
        return [self._database_url(service) for service in PACKAGES]

    async def database(self, service: str) -> asyncpg.Connection:
        """Connect to a service's database as its superuser, to count what is in it."""
        return await asyncpg.connect(self._database_url(service))

    def _database_url(self, service: str) -> str:
        return postgres.admin_url(self.platform.place.ports["postgres"], f"connexion_{service}")


@contextmanager
def standing(organizations: int, folder: Path) -> Iterator[Stand]:
    """Run a platform with so many organizations, and end it afterwards."""
    place = place_of_its_own(folder)
    environment = {
        **os.environ,
        "CONNEXION_LOCAL": str(place.folder),
        "CONNEXION_DEMO_ORGANIZATIONS": str(organizations),
        **{f"CONNEXION_PORT_{name.upper()}": str(port) for name, port in place.ports.items()},
    }
    assert this_place(environment) == place
    try:
        _start(environment)
        yield Stand(standing_platform(place), environment)
    finally:
        _local("stop", environment)


@contextmanager
def folder_of_a_run() -> Iterator[Path]:
    """Make a folder for a run's platform and ledger; it stays where something went wrong."""
    folder = Path(tempfile.mkdtemp(prefix="connexion-chaos-"))
    folder.chmod(0o711)  # PostgreSQL's user passes through
    try:
        yield folder
    except BaseException:
        print(f"What is left of this run, with logs and ledger: {folder}")
        raise
    shutil.rmtree(folder, ignore_errors=True)


def kill_family(pid: int) -> None:
    """Kill a process and its children as a power cut would."""
    try:
        parent = psutil.Process(pid)
        family = [parent, *parent.children(recursive=True)]
    except psutil.NoSuchProcess:
        return
    for member in family:
        try:
            os.kill(member.pid, signal.SIGKILL)
        except ProcessLookupError:
            continue


def _start(environment: Mapping[str, str]) -> None:
    """Start the platform; on a busy machine, where it was not ready in time, go on with what runs already."""
    try:
        _local("run", environment)
    except StandError as slow:
        if "is not ready after" not in str(slow):
            raise
        _local("run", environment)


def _local(command: str, environment: Mapping[str, str]) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "deploy.local", command],
        env=environment,
        cwd=REPOSITORY,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )
    if done.returncode != 0:
        raise StandError(f"python -m deploy.local {command} ended with {done.returncode}:\n{done.stdout}")
