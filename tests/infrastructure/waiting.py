"""Waiting for what happens by itself: a look again and again until a deadline, never a fixed sleep."""

import asyncio
import inspect
import time
from collections.abc import Awaitable, Callable
from typing import Any, TypeVar, overload

Seen = TypeVar("Seen")
INTERVAL = 0.05


@overload
async def eventually(condition: Callable[[], Awaitable[Seen]], within: float = 15, what: str = "") -> Seen: ...


@overload
async def eventually(condition: Callable[[], Seen], within: float = 15, what: str = "") -> Seen: ...


async def eventually(condition: Callable[[], Any], within: float = 15, what: str = "") -> Any:
    """Return the condition's first true value; a condition may be a coroutine function and may raise AssertionError.

    Raises:
        AssertionError: it was not true within that many seconds; says what was last seen
    """
    deadline = time.monotonic() + within
    while True:
        seen: object
        try:
            value = condition()
            seen = await value if inspect.isawaitable(value) else value
            if seen:
                return seen
        except AssertionError as failed:
            seen = failed
        if time.monotonic() > deadline:
            msg = f"{what or 'the condition'} did not come true within {within} s; last seen: {seen!r}"
            raise AssertionError(msg)
        await asyncio.sleep(INTERVAL)


def until(condition: Callable[[], Seen], within: float = 15, what: str = "") -> Seen:
    """Do as `eventually`, outside asyncio.

    Raises:
        AssertionError: it was not true within that many seconds; says what was last seen
    """
    deadline = time.monotonic() + within
    while True:
        seen: object
        try:
            value = condition()
            if value:
                return value
            seen = value
        except AssertionError as failed:
            seen = failed
        if time.monotonic() > deadline:
            msg = f"{what or 'the condition'} did not come true within {within} s; last seen: {seen!r}"
            raise AssertionError(msg)
        time.sleep(INTERVAL)
