"""A client of clamd's INSTREAM. Only the one answer that says so is clean; everything else is not."""

import asyncio
import struct
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

from documents_svc.files.inspector import CouldNotCheck

CHUNK = 256 * 1024
WITHIN = 120.0
CLEAN = b"stream: OK"
FOUND = b" FOUND"
LIMIT_MET = b"Heuristics.Limits.Exceeded"
"""What clamd "finds" where it gave up at a limit (with `AlertExceedsMax yes`; without it, it would say OK)."""


class Clamd:
    """clamd at `host:port` or `unix:/path`."""

    def __init__(self, address: str) -> None:
        """Connect to nothing yet."""
        self._address = address

    async def find(self, path: Path) -> str | None:
        """Return the name of the malware found in a file, or None where clamd said that it is clean.

        Raises `CouldNotCheck` when clamd does not answer, answers anything else, or meets one of its limits.
        """
        try:
            async with asyncio.timeout(WITHIN):
                answer = await self._ask(path)
        except (OSError, TimeoutError):
            raise CouldNotCheck("the malware scanner does not answer") from None
        if answer == CLEAN:
            return None
        if answer.endswith(FOUND) and LIMIT_MET not in answer:
            return answer.removeprefix(b"stream: ").removesuffix(FOUND).decode("ascii", "replace")
        raise CouldNotCheck("the malware scanner could not scan the file")

    async def _ask(self, path: Path) -> bytes:
        reader, writer = await self._connect()
        try:
            with suppress(ConnectionError):  # past its size limit clamd answers and hangs up at once
                writer.write(b"zINSTREAM\0")
                for chunk in await asyncio.to_thread(_opened, path):
                    writer.write(struct.pack("!I", len(chunk)) + chunk)
                    await writer.drain()
                writer.write(struct.pack("!I", 0))
                await writer.drain()
            return (await reader.read(4096)).rstrip(b"\0\n")
        finally:
            writer.close()

    async def _connect(self) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        if self._address.startswith("unix:"):
            return await asyncio.open_unix_connection(self._address.removeprefix("unix:"))
        host, _, port = self._address.rpartition(":")
        return await asyncio.open_connection(host, int(port))


def _opened(path: Path) -> Iterator[bytes]:
    file = path.open("rb")

    def chunks() -> Iterator[bytes]:
        with file:
            while chunk := file.read(CHUNK):
                yield chunk

    return chunks()
