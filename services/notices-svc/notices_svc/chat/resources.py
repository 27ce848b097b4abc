"""What the chat has beside the database: its settings, for sweeps that get a session and nothing else."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from typing import Any

from chassis.database import Session
from notices_svc.chat.answering import move_on
from notices_svc.chat.chat import Lasts
from notices_svc.chat.limits import Addresses
from notices_svc.settings import Settings

_lasts: Lasts | None = None


def lasts_of(settings: Settings) -> Lasts:
    """Return how long a chat stays in a state by itself."""
    return Lasts(
        queued=timedelta(minutes=settings.chat_queued_minutes),
        silent=timedelta(minutes=settings.chat_silent_minutes),
        wrap_up=timedelta(minutes=settings.chat_wrap_up_minutes),
    )


@contextmanager
def open_chats(state: Any, settings: Settings) -> Iterator[None]:
    """Have what chats need for as long as the process runs."""
    global _lasts  # noqa: PLW0603  sweeps get a session and nothing else
    _lasts = lasts_of(settings)
    state.chat_lasts = _lasts
    state.chat_addresses = Addresses(at_once=settings.chats_per_address, one_more_after=settings.chat_address_seconds)
    try:
        yield
    finally:
        _lasts = None


async def move_chats_on(session: Session, as_of: datetime, limit: int) -> int:
    """Move chats whose time in a state is over; a sweep."""
    return await move_on(session, as_of, limit, _lasts) if _lasts is not None else 0
