"""What identity-adapter opens beside its database: its keys, and the way to the identity provider."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from typing import Any

import structlog
from sqlalchemy.exc import SQLAlchemyError

from chassis.actor import Actor
from chassis.database import Database, Fence
from chassis.settings import ServiceSettings
from identity_adapter.enrolment.officials import OfficialDigests
from identity_adapter.keys.token_keys import LOOK_AGAIN_SECONDS, TokenKeys, publish_keys
from identity_adapter.sessions.cookies import Cookies
from identity_adapter.settings import IdentitySettings
from identity_adapter.sign_in.provider import IdentityProvider

log = structlog.get_logger()


TRY_AGAIN_SECONDS = 1.0


@asynccontextmanager
async def open_resources(state: Any, settings: ServiceSettings) -> AsyncIterator[None]:
    """Open them on an application's `state`, in the edge and in the worker; both say the keys that were not said yet.

    A database that is away is waited for: nobody signs in without it anyway.
    """
    assert isinstance(settings, IdentitySettings)  # noqa: S101  named as SERVICE.settings
    keys = TokenKeys(settings.token_signing_key_file)
    provider = IdentityProvider(settings)
    state.token_keys, state.identity_provider, state.cookies = keys, provider, Cookies(settings, keys)
    state.official_digests = OfficialDigests.load(settings.official_digest_key_file)
    said = await _say(state.database, keys)
    keeping = asyncio.create_task(_keep_said(state.database, keys, said=said))
    try:
        yield
    finally:
        keeping.cancel()
        with suppress(asyncio.CancelledError):
            await keeping
        await provider.close()


async def _keep_said(database: Database, keys: TokenKeys, *, said: bool) -> None:
    """Say keys that operators add while we run, and try again what did not succeed."""
    while True:
        await asyncio.sleep(LOOK_AGAIN_SECONDS if said else TRY_AGAIN_SECONDS)
        try:
            changed = keys.look_again()
        except (OSError, ValueError) as problem:  # a folder half written: the keys stay as they were
            log.warning("token keys not read again", error=type(problem).__name__)
            continue
        if changed or not said:
            said = await _say(database, keys)


async def _say(database: Database, keys: TokenKeys) -> bool:
    try:
        async with database.writing(Fence.system(), Actor.system("identity-keys")) as session:
            await publish_keys(session, keys.ring)
    except (SQLAlchemyError, OSError) as problem:
        log.warning("token keys not said yet", error=type(problem).__name__)
        return False
    return True
