"""What is new in one chat, told as it happens; and what is new at the desk.

Nothing is kept for a reader: whoever comes back names the last number it has, and gets what stands after it.
"""

import hashlib
import time
from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Any, Literal

from pydantic import BaseModel

from chassis import program_time
from chassis.actor import Actor
from chassis.database import Fence
from notices_svc.chat.chat import OPEN, QUEUED, ChatState
from notices_svc.chat.people import Known
from notices_svc.chat.talking import transcript
from notices_svc.chat.views import Desk, MessageView, desk_view
from notices_svc.chat.visiting import my_chat, waiting
from notices_svc.live.followers import Follower

LOOKS_ANYWAY = 10.0
"""Seconds: a lost wake-up costs no more, and the place in the queue moves so often."""
JUDGED_EVERY = 0.5
"""Seconds between two looks at an agent's token."""


class Place(BaseModel):
    """Where a chat stands: how many wait before it, and who answers."""

    state: ChatState
    ahead: int | None
    agent: str | None


@dataclass(frozen=True)
class Told:
    """One event of a stream."""

    kind: Literal["message", "place", "ended"]
    data: Any = None
    seq: int = 0


async def follow_chat(state: Any, follower: Follower, known: Known, told: int, *, once: bool) -> AsyncIterator[Told]:
    """Yield what is new for whoever opened a chat. Raises `NotFound` for a token that is none."""
    place: Place | None = None
    while True:
        await follower.woken(LOOKS_ANYWAY)
        async with state.followers.turns:
            async with state.database.reading(Fence.organization(known.chat_id)) as session:
                chat = await my_chat(session, known)
                messages = [MessageView.of(row) for row in await transcript(session, chat.id, told)]
            ahead = None
            if chat.state is QUEUED:
                async with state.database.reading(Fence.staff()) as session:
                    ahead = await waiting(session, chat.number)
        for message in messages:
            yield Told("message", message, message.seq)
            told = message.seq
        now = Place(state=chat.state, ahead=ahead, agent=chat.agent_name)
        if now != place:
            place = now
            yield Told("place", now)
        if chat.state not in OPEN:
            yield Told("ended")
            return
        if once:
            return


async def follow_desk(state: Any, follower: Follower, actor: Actor, token: str, told: str) -> AsyncIterator[str]:
    """Yield a mark of the desk, each time it is another one than was told.

    The token is judged again and again: raises `NotSignedIn` when it has ended, `SessionEnded` when it was taken away.
    """
    looked_at = float("-inf")
    while True:
        await state.verifier.verify(token)
        woken = await follower.woken(JUDGED_EVERY)
        if not woken and time.monotonic() - looked_at < LOOKS_ANYWAY:
            continue
        looked_at = time.monotonic()
        async with state.followers.turns, state.database.reading(Fence.staff()) as session:
            desk = await desk_view(session, actor, await waiting(session), program_time.now())
        mark = mark_of(desk)
        if mark != told:
            told = mark
            yield mark


def mark_of(desk: Desk) -> str:
    """Return a name for what stands at the desk."""
    shown = desk.model_copy(update={"present": []})
    return hashlib.sha256(shown.model_dump_json().encode()).hexdigest()[:32]
