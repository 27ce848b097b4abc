"""A whole platform of the tests' own: what `make run` starts, in a temporary folder and on free ports."""

import json
import os
import shutil
import signal
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from deploy.local.place import PORTS, Place
from deploy.local.ports import free_ports
from deploy.local.supervisor import Supervisor
from deploy.local.up import run
from tests.infrastructure.waiting import until


@dataclass(frozen=True)
class Platform:
    """A running platform; `description` is its `platform.json`."""

    place: Place
    description: dict[str, Any]
    supervisor: Supervisor

    @property
    def gateway(self) -> str:
        """Where people's browsers and API clients find it."""
        return self.place.public_url

    @property
    def kafka(self) -> str:
        """The broker's addresses."""
        return str(self.description["kafka"])

    def user(self, role: str, organization: str | None = None) -> dict[str, str]:
        """Return somebody who can sign in: the first with this role in an organization whose name has that word."""
        for user in self.description["users"]:
            if user["role"] == role and (organization is None or organization in (user["organization"] or "")):
                return dict(user)
        msg = f"nobody is {role} of {organization}"
        raise LookupError(msg)

    def kill(self, process: str) -> None:
        """End a process as a power cut would; the supervisor starts it again. Returns when the new one runs."""
        killed = self.supervisor.state(process).pid
        os.kill(killed, signal.SIGKILL)
        until(lambda: self.supervisor.state(process).pid not in {0, killed}, within=30, what=f"{process} coming back")

    def take_away(self, process: str) -> None:
        """End a process in order; it stays away until `bring_back`."""
        self.supervisor.stop_program(process)

    def bring_back(self, process: str) -> None:
        """Start what `take_away` ended, without waiting until it is ready."""
        self.supervisor.start_program(process)


def place_of_its_own(folder: Path) -> Place:
    """Return a platform's place that collides with no other."""
    return Place(folder.resolve(), dict(zip(PORTS, free_ports(len(PORTS)), strict=True)))


@contextmanager
def own_platform() -> Iterator[Platform]:
    """Run a platform with fresh data and take everything away afterwards."""
    folder = Path(tempfile.mkdtemp(prefix="connexion-platform-"))
    folder.chmod(0o711)  # PostgreSQL's user passes through
    place = place_of_its_own(folder)
    supervisor = Supervisor(place.folder)
    try:
        run(place)
        yield Platform(place, json.loads(place.description.read_text()), supervisor)
    finally:
        supervisor.stop()
        shutil.rmtree(folder, ignore_errors=True)


def standing_platform(place: Place) -> Platform:
    """Return the platform that `make run` started.

    Raises:
        FileNotFoundError: there is none
    """
    return Platform(place, json.loads(place.description.read_text()), Supervisor(place.folder))
