"""What a service's own token verifier goes by: published keys and revocations, in the service's own tables.

Written by whoever hears of them (`chassis.platform_events`), and by identity-adapter, whose own they are.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import func
from sqlalchemy.dialects.postgresql import insert

from chassis.database import Session
from chassis.tables import revocation, signing_key


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


async def _revoke(session: Session, kind: str, subject: str, at: datetime) -> None:
    row = insert(revocation).values(kind=kind, subject=subject, at=at)
    latest = func.greatest(revocation.c.at, row.excluded.at)
    await session.execute(row.on_conflict_do_update(index_elements=["kind", "subject"], set_={"at": latest}))
