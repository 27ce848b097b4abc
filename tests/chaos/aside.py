"""A service process taken out of the supervisor's hands and run with its database behind a fault proxy."""

import asyncio
import re
import subprocess
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx
import psutil

from deploy.local.ports import LOCALHOST
from tests.chaos.proxy import FaultProxy, fault_proxy
from tests.chaos.stand import Stand, kill_family
from tests.infrastructure.waiting import eventually

DATABASE = "CONNEXION_DATABASE_URL"
PORTS = {"edge": "CONNEXION_SERVICE_PORT", "worker": "CONNEXION_WORKER_PORT"}


@dataclass
class Aside:
    """The process: same command, settings and port, other way to its database. It starts again when it was killed."""

    name: str
    proxy: FaultProxy
    kills: int
    _command: list[str]
    _environment: Mapping[str, str]
    _folder: str
    _log: Path
    _process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Start it, without waiting until it is ready."""
        with self._log.open("ab") as log:
            self._process = subprocess.Popen(
                self._command, env=self._environment, cwd=self._folder, stdout=log, stderr=log, start_new_session=True
            )

    def kill(self) -> None:
        """Kill it and start it again, as the supervisor would. It counts once it runs again, or it would outlive us."""
        self.end()
        self.start()
        self.kills += 1

    def end(self) -> None:
        """Kill it for good."""
        if self._process is not None:
            kill_family(self._process.pid)
            self._process.wait()

    async def until_killed(self, times: int, within: float = 90) -> None:
        """Wait until it was killed so often. Raises AssertionError when it takes too long."""
        await eventually(lambda: self.kills >= times, within, f"kill {times} of {self.name}")

    async def until_ready(self) -> None:
        """Wait until it says that it is ready."""
        port = self._environment[PORTS[self.name.rpartition("-")[2]]]
        async with httpx.AsyncClient(trust_env=False, timeout=5) as client:

            async def ready() -> bool:
                try:
                    return (await client.get(f"http://{LOCALHOST}:{port}/health/ready")).is_success
                except httpx.HTTPError:
                    return False

            await eventually(ready, within=90, what=f"{self.name} behind its fault proxy")


@asynccontextmanager
async def aside(stand: Stand, name: str, settings: Mapping[str, str] | None = None) -> AsyncIterator[Aside]:
    """Run a process (`documents-edge`) behind a fault proxy for the time of the block, with these settings besides."""
    process = psutil.Process(stand.pid(name))
    command, environment, folder = process.cmdline(), process.environ(), process.cwd()
    async with fault_proxy(stand.platform.place.ports["postgres"]) as proxy:
        environment |= {DATABASE: _through(environment[DATABASE], proxy.port), **(settings or {})}
        log = stand.platform.place.logs / f"{name}-aside.log"
        replacement = Aside(name, proxy, 0, command, environment, folder, log)
        await asyncio.to_thread(stand.platform.take_away, name)
        try:
            replacement.start()
            await replacement.until_ready()
            yield replacement
        finally:
            replacement.end()
            await asyncio.to_thread(stand.platform.bring_back, name)


def _through(url: str, port: int) -> str:
    return re.sub(r":\d+/", f":{port}/", url)
