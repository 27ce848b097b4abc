"""Trying again as a good client does: with pauses that grow, until a deadline."""

import asyncio
import time
from collections.abc import Awaitable, Callable
from typing import TypeVar

from tests.chaos.person import UnsureError

PAUSES = (0.1, 0.25, 0.5, 1.0, 2.0)
PATIENCE = 240.0
"""Seconds until somebody who tries again and again gives up, and the submission counts as failed."""

Result = TypeVar("Result")


class GaveUpError(Exception):
    """The time is over and the platform never gave an answer."""


async def patiently(step: Callable[[], Awaitable[Result]], what: str) -> Result:
    """Return what `step` returns, trying again while it raises `UnsureError`.

    Raises `GaveUpError` with the last trouble.
    """
    deadline, tries = time.monotonic() + PATIENCE, 0
    while True:
        try:
            return await step()
        except UnsureError as trouble:
            if time.monotonic() > deadline:
                raise GaveUpError(f"{what}: {trouble}") from trouble
        await asyncio.sleep(PAUSES[min(tries, len(PAUSES) - 1)])
        tries += 1
