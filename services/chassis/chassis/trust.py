"""What a service's own token verifier goes by: published keys and revocations, in the service's own tables.

Written by whoever hears of them (`chassis.platform_events`), and by identity-adapter, whose own they are.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import exists, func, select, true, tuple_
from sqlalchemy.dialects.postgresql import insert

from chassis.database import Session
from chassis.tables import revocation, signing_key
from chassis.tokens import SessionEnded


async def note_key(
    session: Session,
    *,
    kid: str,
    use: str,
    issuer: str,
    public_jwk: Mapping[str, Any],
    not_before: datetime,
    not_after: datetime | None,
) -> None:
    """Keep a published key, or its newest dates. `issuer` is the short name of the service that signs with it.

    A key that another service published keeps its issuer and its use: nobody takes over a key of somebody else's.
    """
    row = insert(signing_key).values(
        kid=kid,
        use=use,
        issuer=issuer,
        public_jwk={**public_jwk, "kid": kid},
        not_before=not_before,
        not_after=not_after,
    )
    await session.execute(
        row.on_conflict_do_update(
            index_elements=["kid"],
            set_={"not_before": row.excluded.not_before, "not_after": row.excluded.not_after},
            where=(signing_key.c.issuer == issuer) & (signing_key.c.use == use),
        )
    )


async def revoke_session(session: Session, session_id: UUID, at: datetime) -> None:
    """Refuse tokens of this session from now on. `at` is machine time."""
    await _revoke(session, "session", str(session_id), at)


async def revoke_person(session: Session, person_id: UUID, organization_id: UUID, at: datetime) -> None:
    """Refuse tokens of this person for this organization that were issued before `at` (machine time)."""
    await _revoke(session, "person", f"{person_id}/{organization_id}", at)


async def require_not_removed(session: Session) -> None:
    """Raise `SessionEnded` when who acts was removed from the organization after the sign-in they act by.

    The door asks that when a request comes in. An act that cannot be undone asks once more when its lock is held: a
    request may have waited for it, and the removal may have been heard meanwhile.
    """
    actor = session.actor
    subjects = [("session", str(actor.session_id)), ("person", f"{actor.person_id}/{actor.organization_id}")]
    ended = tuple_(revocation.c.kind, revocation.c.subject).in_(subjects)
    since = true() if actor.signed_in_at is None else revocation.c.at >= actor.signed_in_at
    if await session.scalar(select(exists().where(ended, since))):
        raise SessionEnded


async def _revoke(session: Session, kind: str, subject: str, at: datetime) -> None:
    row = insert(revocation).values(kind=kind, subject=subject, at=at)
    latest = func.greatest(revocation.c.at, row.excluded.at)
    await session.execute(row.on_conflict_do_update(index_elements=["kind", "subject"], set_={"at": latest}))
