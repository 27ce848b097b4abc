"""Waiting that ends early when it must."""

import asyncio


async def pause(seconds: float, until: asyncio.Event) -> bool:
    """Wait `seconds`, or until the event is set; return whether it is."""
    try:
        async with asyncio.timeout(seconds):
            await until.wait()
    except TimeoutError:
        return until.is_set()
    return True
