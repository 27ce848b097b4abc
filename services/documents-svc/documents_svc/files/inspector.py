import asyncio
import json
import sys
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path

from documents_svc.files.rejection import Rejection

ANSWER_WITHIN = 40.0


class CouldNotCheck(Exception):
    """A file could not be checked now. Its text is the cause, in words an operator understands."""


class Inspector:
    """The process that opens files, seen from the worker: one file at a time, started when first needed."""

    def __init__(self) -> None:
        """Start nothing yet."""
        self._process: asyncio.subprocess.Process | None = None
        self._one_at_a_time = asyncio.Lock()

    async def inspect(self, path: Path, media_types: Sequence[str]) -> Rejection | None:
        """Return why the file cannot be accepted, or None. Raises `CouldNotCheck`."""
        async with self._one_at_a_time:
            try:
                async with asyncio.timeout(ANSWER_WITHIN):
                    answer = await self._ask(path, media_types)
            except (TimeoutError, OSError, ValueError):
                await self._kill()
                raise CouldNotCheck("the process that opens files does not answer") from None
            except asyncio.CancelledError:
                await self._kill()
                raise
        if "failed" in answer:
            raise CouldNotCheck(answer["failed"])
        return Rejection(**answer["rejection"]) if answer["rejection"] else None

    async def close(self) -> None:
        """End the process."""
        async with self._one_at_a_time:
            await self._kill()

    async def _ask(self, path: Path, media_types: Sequence[str]) -> dict[str, dict[str, str]]:
        process = self._process
        if process is None or process.returncode is not None:
            process = self._process = await _start()
        assert process.stdin is not None  # noqa: S101  both are pipes
        assert process.stdout is not None  # noqa: S101
        process.stdin.write(json.dumps({"path": str(path), "media_types": list(media_types)}).encode() + b"\n")
        await process.stdin.drain()
        answer: dict[str, dict[str, str]] = json.loads(await process.stdout.readline())
        return answer

    async def _kill(self) -> None:
        process, self._process = self._process, None
        if process is not None:
            with suppress(ProcessLookupError):
                process.kill()
            await process.wait()


async def _start() -> asyncio.subprocess.Process:
    program = (sys.executable, "-m", "documents_svc.files.inspection_process")
    pipe = asyncio.subprocess.PIPE
    return await asyncio.create_subprocess_exec(*program, stdin=pipe, stdout=pipe)
