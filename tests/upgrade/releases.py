"""The last release and this one, as processes: the old platform as its `make run` made it, the new ones beside it."""

import os
import subprocess
import sys
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import psutil

from deploy.local.place import REPOSITORY, Place
from deploy.local.ports import LOCALHOST, free_port, says_ok
from deploy.local.program import Program, Running
from deploy.local.services import PACKAGES
from tests.chaos.stand import StandError
from tests.infrastructure.platform import Platform, standing_platform

RELEASED = REPOSITORY / "deploy" / "released.toml"
EDGES = (*(f"{service}-edge" for service in PACKAGES), "portal")
WORKERS = tuple(f"{service}-worker" for service in PACKAGES)
STATIC = Path("services/portal/portal/static")


def last_release() -> str:
    """The commit of the last release, as `deploy/released.toml` names it."""
    return str(tomllib.loads(RELEASED.read_text())["commit"])


@contextmanager
def checked_out(commit: str, folder: Path) -> Iterator[Path]:
    """Lay a commit's files out beside this tree, while the body runs."""
    git = ("git", "-C", str(REPOSITORY), "worktree")
    subprocess.run([*git, "add", "--quiet", "--detach", str(folder), commit], check=True)
    try:
        if not (folder / STATIC).exists():  # browser parts from npm are no part of a commit
            (folder / STATIC).symlink_to(REPOSITORY / STATIC, target_is_directory=True)
        yield folder
    finally:
        subprocess.run([*git, "remove", "--force", str(folder)], check=False)


@dataclass
class OldRelease:
    """The platform of the last release, with its own code, database and broker."""

    tree: Path
    place: Place
    organizations: int

    @property
    def environment(self) -> dict[str, str]:
        """Its commands' environment: the packages of its tree come before those installed here."""
        return {
            **os.environ,
            "PYTHONPATH": os.pathsep.join(str(folder) for folder in sorted((self.tree / "services").iterdir())),
            "CONNEXION_LOCAL": str(self.place.folder),
            "CONNEXION_DEMO_ORGANIZATIONS": str(self.organizations),
            **{f"CONNEXION_PORT_{name.upper()}": str(port) for name, port in self.place.ports.items()},
        }

    @contextmanager
    def standing(self) -> Iterator[Platform]:
        """Run it while the body runs."""
        try:
            try:
                self._local("run")
            except StandError as slow:  # a busy machine: go on with what runs already
                if "is not ready after" not in str(slow):
                    raise
                self._local("run")
            yield standing_platform(self.place)
        finally:
            self._local("stop")

    def _local(self, command: str) -> None:
        done = subprocess.run(
            [sys.executable, "-m", "deploy.local", command],
            env=self.environment,
            cwd=self.tree,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            check=False,
        )
        if done.returncode != 0:
            raise StandError(f"{command} of the last release ended with {done.returncode}:\n{done.stdout}")


@dataclass
class NewRelease:
    """This tree's processes beside the old ones: each with the settings of its counterpart and a port of its own."""

    platform: Platform
    settings: Mapping[str, Mapping[str, str]]
    """What each process of the old release was started with."""
    running: dict[str, Running] = field(default_factory=dict)
    ports: dict[str, int] = field(default_factory=dict)

    def start(self, names: Sequence[str]) -> None:
        """Start these and return when all are ready. Raises `deploy.local.trouble.Trouble`."""
        for name in names:
            self.ports[name] = port = free_port()
            program = Program(
                name=f"new {name}",
                command=(sys.executable, "-m", *_module(name, port)),
                ready=lambda port=port: says_ok(port, "/health/ready"),  # type: ignore[misc]
                environment={**self.settings[name], **_ports(name, port)},
                folder=REPOSITORY,
                stop_within=40,
            )
            self.running[name] = Running(program, self.platform.place.logs / f"new-{name}.log").start(within=600)

    def stop(self, names: Sequence[str]) -> None:
        """End these in order, as a roll-out does: they finish what they have begun."""
        for name in names:
            self.running.pop(name).stop()

    def stop_all(self) -> None:
        """End whatever still runs."""
        self.stop(list(self.running))


def settings_of(platform: Platform) -> dict[str, dict[str, str]]:
    """Read what every process of ours was started with, from the processes themselves."""
    ours = ("CONNEXION_", "MALLOC_")
    return {
        name: {
            key: value
            for key, value in psutil.Process(platform.supervisor.state(name).pid).environ().items()
            if key.startswith(ours) and not key.startswith(("CONNEXION_PORT_", "CONNEXION_SPANS_FILE"))
        }
        for name in (*EDGES, *WORKERS)
    }


def _module(name: str, port: int) -> tuple[str, ...]:
    if name == "portal":
        return (
            "uvicorn",
            "portal.app:create",
            "--factory",
            "--host",
            LOCALHOST,
            "--port",
            str(port),
            "--no-access-log",
        )
    service, _, role = name.partition("-")
    return ("chassis.serve", role, PACKAGES[service])


def _ports(name: str, port: int) -> dict[str, str]:
    return {"CONNEXION_WORKER_PORT" if name in WORKERS else "CONNEXION_SERVICE_PORT": str(port)}
