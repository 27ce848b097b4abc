import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Annotated, Any

import structlog
from fastapi import Depends, Request
from sqlalchemy.exc import DBAPIError

from chassis.database import Database
from chassis.key_ring import KeyRing
from chassis.settings import ServiceSettings
from documents_svc.files.clamd import Clamd
from documents_svc.files.verification import Verification
from documents_svc.previews.renderer import Renderer
from documents_svc.receipts.keys import publish_keys
from documents_svc.settings import Settings
from documents_svc.storage.store import FileStore, open_store
from documents_svc.uploads.partial import PartialArea

RETRY_AFTER = 1.0

log = structlog.get_logger()


@dataclass(frozen=True)
class Resources:
    """What documents-svc holds beside its database: where bytes arrive, where they stay, and what signs receipts."""

    settings: Settings
    partial: PartialArea
    store: FileStore
    keys: KeyRing
    verification: Verification
    renderer: Renderer


@asynccontextmanager
async def open_resources(state: Any, settings: ServiceSettings) -> AsyncIterator[None]:
    """Open everything for as long as the process runs, and publish the receipt keys before one of them signs."""
    assert isinstance(settings, Settings)  # noqa: S101  the composition root names this class
    database: Database = state.database
    keys = KeyRing.load(settings.receipt_key_folder)
    await _published(database, keys)
    partial, store = PartialArea(settings.partial_folder), open_store(settings)
    scanner = Clamd(settings.clamd_address) if settings.clamd_address else None
    verification = Verification(database, partial, store, scanner, state.wake)
    renderer = Renderer(store)
    global _opened  # noqa: PLW0603  handlers and sweeps get a session and nothing else
    state.documents = _opened = Resources(settings, partial, store, keys, verification, renderer)
    try:
        yield
    finally:
        await verification.close()
        await renderer.close()


async def _published(database: Database, keys: KeyRing) -> None:
    """Publish the keys, however long the database takes to be there: nothing is signed before."""
    while True:
        try:
            return await publish_keys(database, keys)
        except (DBAPIError, OSError) as problem:
            log.warning("receipt keys not published yet", error=type(problem).__name__)
            await asyncio.sleep(RETRY_AFTER)


_opened: Resources | None = None


def opened_resources() -> Resources:
    """Return the resources of this process, for a handler or a sweep. Raises RuntimeError before they are open."""
    if _opened is None:
        raise RuntimeError("the resources are not open")
    return _opened


async def _resources(request: Request) -> Resources:
    resources: Resources = request.app.state.documents
    return resources


Documents = Annotated[Resources, Depends(_resources)]
"""The resources, for a route."""
