"""Verifying the platform's tokens, in every service, without asking anybody.

A token is an ES256 JWT of identity-adapter, five minutes long. Its public keys and the revocations reach each
service as events and stand in its own database (`signing_key`, `revocation`); the verifier reads them from there every
half second. Verified tokens are remembered by their exact bytes until they expire. A key that was retired is known
until the last token it signed has died; whoever steals it later can do nothing with it.
"""

import asyncio
import json
from base64 import urlsafe_b64decode
from collections import OrderedDict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import structlog
from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import ECKey, KeySet
from sqlalchemy import select
from sqlalchemy.exc import SQLAlchemyError

from chassis import machine_time
from chassis.actor import Actor
from chassis.database import Database, Fence
from chassis.errors import NotSignedIn
from chassis.tables import revocation, signing_key

TOKEN_LIFE = timedelta(minutes=5)
READS_EVERY = 0.5
ASKS_AT_MOST_EVERY = timedelta(seconds=2)
REMEMBERED = 10_000
LEEWAY = timedelta(seconds=5)

log = structlog.get_logger()


class SessionEnded(NotSignedIn):
    """Your session has ended. Sign in again; what you sent was not kept."""


@dataclass(frozen=True)
class _Verified:
    actor: Actor
    issued_at: datetime
    expires_at: datetime


class TokenVerifier:
    """Turns a token into an `Actor`, or raises `NotSignedIn`."""

    def __init__(self, database: Database, *, issuer: str, audience: str) -> None:
        """Know no key yet; `run()` or the first token reads them."""
        self._database = database
        self._issuer = issuer
        self._audience = audience
        self._keys = KeySet([])
        self._kids: set[str] = set()
        self._one_reads = asyncio.Lock()
        self._asked_at = datetime.min.replace(tzinfo=UTC)
        self._revoked: Mapping[tuple[str, str], datetime] = {}
        self._verified: OrderedDict[str, _Verified] = OrderedDict()

    async def verify(self, token: str) -> Actor:
        """Return who the token speaks for.

        Raises `NotSignedIn` when it is malformed, signed by an unknown key or another algorithm, expired, or for
        another audience; `SessionEnded` when its session or person was revoked.
        """
        now = machine_time.now()
        verified = self._verified.get(token)
        if verified is None or verified.expires_at <= now:
            verified = await self._check(token, now)
            self._remember(token, verified)
        self._refuse_revoked(verified)
        return verified.actor

    async def run(self) -> None:
        """Read keys and revocations again and again, until cancelled."""
        while True:
            try:
                await self.refresh()
            except (SQLAlchemyError, OSError) as error:
                log.warning("keys and revocations not read", error=type(error).__name__)
            await asyncio.sleep(READS_EVERY)

    async def refresh(self) -> None:
        """Read revocations and keys young enough to matter (older ones outlived every token)."""
        oldest = machine_time.now() - TOKEN_LIFE - LEEWAY * 2
        async with self._database.reading(Fence.staff()) as session:
            rows = await session.execute(
                select(revocation.c.kind, revocation.c.subject, revocation.c.at).where(revocation.c.at >= oldest)
            )
            self._revoked = {(row.kind, row.subject): row.at for row in rows}
            jwks = await session.scalars(
                select(signing_key.c.public_jwk).where(
                    signing_key.c.use == "token",
                    signing_key.c.not_after.is_(None) | (signing_key.c.not_after >= oldest),
                )
            )
            self._use([dict(jwk) for jwk in jwks])

    async def _check(self, token: str, now: datetime) -> _Verified:
        try:
            await self._know_key_of(token, now)
            decoded = jwt.decode(token, self._keys, algorithms=["ES256"])
            jwt.JWTClaimsRegistry(
                leeway=int(LEEWAY.total_seconds()),
                iss={"essential": True, "value": self._issuer},
                aud={"essential": True, "value": self._audience},
                exp={"essential": True},
                iat={"essential": True},
                sub={"essential": True},
            ).validate(decoded.claims)
            issued_at, expires_at = (datetime.fromtimestamp(decoded.claims[name], UTC) for name in ("iat", "exp"))
            return _Verified(_actor(decoded.claims), issued_at, expires_at)
        except (JoseError, ValueError, KeyError, TypeError):
            raise NotSignedIn from None

    async def _know_key_of(self, token: str, now: datetime) -> None:
        """Read at once when the token names a key we do not know, at most every two seconds."""
        kid = _kid(token)
        if kid in self._kids:
            return
        async with self._one_reads:
            if kid not in self._kids and now - self._asked_at >= ASKS_AT_MOST_EVERY:
                await self.refresh()
                self._asked_at = machine_time.now()

    def _use(self, jwks: Iterable[dict[str, Any]]) -> None:
        keys = KeySet([ECKey.import_key(jwk) for jwk in jwks])
        self._keys, self._kids = keys, {str(key.kid) for key in keys.keys}

    def _remember(self, token: str, verified: _Verified) -> None:
        self._verified[token] = verified
        while len(self._verified) > REMEMBERED:
            self._verified.popitem(last=False)

    def _refuse_revoked(self, verified: _Verified) -> None:
        actor = verified.actor
        removed_at = self._revoked.get(("person", f"{actor.person_id}/{actor.organization_id}"))
        if removed_at is not None and verified.issued_at <= removed_at + LEEWAY:  # let in again: a younger token
            raise SessionEnded
        if ("session", str(actor.session_id)) in self._revoked:
            raise SessionEnded


def _kid(token: str) -> str:
    head = token.split(".", 1)[0]
    return str(json.loads(urlsafe_b64decode(head + "=" * (-len(head) % 4)))["kid"])


def _actor(claims: Mapping[str, Any]) -> Actor:
    return Actor(
        kind=claims["kind"],
        user_id=claims["sub"],
        name=claims.get("name", ""),
        person_id=_uuid(claims.get("pid")),
        organization_id=_uuid(claims.get("org")),
        role=claims.get("role", ""),
        permissions=frozenset(claims.get("perms", ())),
        session_id=_uuid(claims.get("sid")),
        ticket_id=_uuid(claims.get("tkt")),
        token_id=claims.get("jti", ""),
        signed_in_at=datetime.fromtimestamp(claims["auth_time"], UTC) if "auth_time" in claims else None,
    )


def _uuid(value: str | None) -> UUID | None:
    return UUID(value) if value else None
