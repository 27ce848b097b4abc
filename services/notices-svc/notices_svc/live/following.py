"""One stream: the token is judged again and again, and where things stand is told when it is another than was told."""

import asyncio
import time
from collections.abc import AsyncIterator
from typing import Any

from chassis.actor import Actor
from chassis.database import Fence
from notices_svc.live.followers import Follower
from notices_svc.live.standing import Standing, standing_of

JUDGED_EVERY = 0.5
"""Seconds: with the half second in which the verifier reads revocations, whoever lost access hears no more in time."""
LOOKS_ANYWAY = 30.0
"""Seconds after which a stream looks without having been woken."""
AT_MOST_EVERY = 0.5
"""Seconds between two tellings, however much happens."""


async def follow(state: Any, follower: Follower, actor: Actor, token: str, told: str) -> AsyncIterator[Standing]:
    """Yield where things stand for the actor, each time it differs from what was `told` (a mark, or "").

    `state` is the edge's. Raises `NotSignedIn` when the token has ended, `SessionEnded` when it was taken away, and
    what the driver raises while the database is away.
    """
    looked_at = float("-inf")
    while True:
        await state.verifier.verify(token)
        was_woken = await follower.woken(JUDGED_EVERY)
        if not was_woken and time.monotonic() - looked_at < LOOKS_ANYWAY:
            continue
        looked_at = time.monotonic()
        async with state.followers.turns, state.database.reading(Fence.of(actor)) as session:
            standing = await standing_of(session, actor)
        if standing.mark == told:
            continue
        await state.verifier.verify(token)
        told = standing.mark
        yield standing
        await asyncio.sleep(AT_MOST_EVERY)
