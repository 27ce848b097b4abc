"""What notices-svc has open beside its database: the postman where there is a mail server, and who follows live."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from chassis.settings import ServiceSettings
from notices_svc.chat.resources import open_chats
from notices_svc.live.followers import Followers
from notices_svc.mail.resources import open_postman
from notices_svc.settings import Settings


@asynccontextmanager
async def open_resources(state: Any, settings: ServiceSettings) -> AsyncIterator[None]:
    """Open them for as long as the process runs; in a worker nobody follows, and in an edge nobody sends."""
    assert isinstance(settings, Settings)  # noqa: S101  the composition root names this class
    state.followers = Followers(
        settings.direct_database_url, per_person=settings.streams_per_person, at_most=settings.streams_at_most
    )
    try:
        with open_chats(state, settings):
            async with open_postman(state, settings):
                yield
    finally:
        await state.followers.close()
