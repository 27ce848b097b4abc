from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import datetime
from typing import TYPE_CHECKING, Any

import structlog

from chassis.database import Session
from notices_svc.settings import Settings

if TYPE_CHECKING:
    from notices_svc.mail.postman import Postman

log = structlog.get_logger()

_postman: "Postman | None" = None


@asynccontextmanager
async def open_postman(state: Any, settings: Settings) -> AsyncIterator[None]:
    """Have a postman for as long as the process runs, where a mail server is named; only then a mail client is loaded.

    In an edge nothing sets it out: sweeps are the worker's.
    """
    global _postman  # noqa: PLW0603  sweeps get a session and nothing else
    if settings.smtp_host is None:
        log.warning("no mail server is configured (CONNEXION_SMTP_HOST): e-mail pointers wait")
        yield
        return
    from notices_svc.mail.postman import Postman
    from notices_svc.mail.server import MailServer

    _postman = Postman(state.database, MailServer(settings))
    try:
        yield
    finally:
        await _postman.close()
        _postman = None


async def send_waiting(session: Session, _as_of: datetime, _limit: int) -> int:
    """Let the postman set out; a sweep."""
    return await _postman.set_out(session) if _postman is not None else 0
