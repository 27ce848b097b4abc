import asyncio
import json
import sys
from contextlib import suppress
from typing import Any

from documents_svc.files.capped_fork import LONGEST_ANSWER

Json = dict[str, Any]


class NoAnswer(Exception):
    """The process that opens files does not answer. It was ended, and starts anew with the next question."""


class CappedProcess:
    """A process that opens files nobody trusts (`capped_fork`), seen from here: one file at a time.

    It starts when it is first asked something and holds no file between two questions.
    """

    def __init__(self, module: str, answer_within: float) -> None:
        """Start nothing yet. `module` is the program, `answer_within` how many seconds an answer may take."""
        self._module = module
        self._answer_within = answer_within
        self._process: asyncio.subprocess.Process | None = None
        self._one_at_a_time = asyncio.Lock()

    async def ask(self, asked: Json) -> Json:
        """Return what the process says of a file. Raises `NoAnswer`."""
        async with self._one_at_a_time:
            try:
                async with asyncio.timeout(self._answer_within):
                    return await self._answer(asked)
            except (TimeoutError, OSError, ValueError):
                await self._kill()
                raise NoAnswer from None
            except asyncio.CancelledError:
                await self._kill()
                raise

    async def close(self) -> None:
        """End the process."""
        async with self._one_at_a_time:
            await self._kill()

    async def _answer(self, asked: Json) -> Json:
        process = self._process
        if process is None or process.returncode is not None:
            process = self._process = await _start(self._module)
        assert process.stdin is not None  # noqa: S101  both are pipes
        assert process.stdout is not None  # noqa: S101
        process.stdin.write(json.dumps(asked).encode() + b"\n")
        await process.stdin.drain()
        answer: Json = json.loads(await process.stdout.readline())
        return answer

    async def _kill(self) -> None:
        process, self._process = self._process, None
        if process is not None:
            with suppress(ProcessLookupError):
                process.kill()
            await process.wait()


async def _start(module: str) -> asyncio.subprocess.Process:
    pipe = asyncio.subprocess.PIPE
    return await asyncio.create_subprocess_exec(
        sys.executable, "-m", module, stdin=pipe, stdout=pipe, limit=2 * LONGEST_ANSWER
    )
