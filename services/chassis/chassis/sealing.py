"""Sealing the audit trail: what has no batch yet becomes one, every ten seconds.

Rows are written without any lock that would make writers wait for each other; order and proof are given here. One
replica seals at a time. The batch, its rows' places and the event that publishes its head commit together.
"""

import asyncio
from datetime import datetime
from typing import Any

from sqlalchemy import bindparam, insert, text
from sqlalchemy.dialects.postgresql import ARRAY, UUID
from sqlalchemy.dialects.postgresql import insert as insert_or_skip

from chassis import machine_time, metrics
from chassis.audit_evidence import EVIDENCE_COLUMNS, NO_HEAD, STATEMENT, chain, digest, statement
from chassis.database import Session
from chassis.key_ring import KeyRing
from chassis.signing import PublicKey
from chassis.sweeps import Sweep
from chassis.tables import audit_batch, signing_key
from events.audit import BatchSealed, SigningKeyPublished
from events.signing_keys import PublicJwk

EVERY_SECONDS = 10
ROWS_PER_BATCH = 1000

_ONE_AT_A_TIME = text("select pg_try_advisory_xact_lock(hashtext('connexion audit sealing'))")
_LAST_BATCH = text("select number, head from audit_batch order by number desc limit 1")
_UNSEALED = text(f"select {EVIDENCE_COLUMNS} from audit where batch is null order by position limit :limit")  # noqa: S608  columns are ours
_PLACE = text(
    "update audit set batch = :number, ordinal = placed.ordinal"
    " from unnest(:ids) with ordinality as placed(id, ordinal) where audit.id = placed.id"
).bindparams(bindparam("ids", type_=ARRAY(UUID)))


def sealing(service: str, keys: KeyRing) -> Sweep:
    """Return the sweep that seals the audit trail of `service` (short name); every worker runs one."""

    async def seal_what_is_there(session: Session, _as_of: datetime, limit: int) -> int:
        return await seal(session, service, keys, limit)

    return Sweep("seal audit", every_seconds=EVERY_SECONDS, move=seal_what_is_there, limit=ROWS_PER_BATCH)


async def seal(session: Session, service: str, keys: KeyRing, limit: int = ROWS_PER_BATCH) -> int:
    """Seal at most `limit` rows as one batch and return how many; 0 while another replica is at it."""
    if not await session.scalar(_ONE_AT_A_TIME):
        return 0
    rows = (await session.execute(_UNSEALED, {"limit": limit})).mappings().all()
    if not rows:
        return 0
    last = (await session.execute(_LAST_BATCH)).first()
    number, previous = (last.number + 1, last.head) if last else (1, NO_HEAD)
    # Beside the event loop: a full batch takes tens of milliseconds, and consumers share the worker.
    leaves = await asyncio.to_thread(lambda: [(row["id"], digest(dict(row))) for row in rows])
    head, sealed_at, key = chain(previous, number, (leaf for _, leaf in leaves)), machine_time.now(), keys.current()
    said = statement(
        service=service, number=number, previous_head=previous, head=head, rows=len(leaves), sealed_at=sealed_at
    )
    signature = key.sign(said, STATEMENT)
    await session.execute(_PLACE, {"number": number, "ids": [row_id for row_id, _ in leaves]})
    await session.execute(
        insert(audit_batch).values(
            number=number, previous_head=previous, head=head, rows=len(leaves), statement=signature, sealed_at=sealed_at
        )
    )
    await _publish_key(session, service, key.public())
    session.say(
        BatchSealed(
            service=service,
            batch=number,
            previous_head=None if number == 1 else previous,
            head=head,
            sealed_at=sealed_at,
            signature=signature,
            rows=tuple(leaves),
        )
    )
    metrics.AUDIT_SEALED_ROWS.inc(len(leaves))
    metrics.AUDIT_LAST_BATCH.set(number)
    return len(leaves)


async def _publish_key(session: Session, service: str, key: PublicKey) -> None:
    """Say the public half of a key before the first head it signed."""
    jwk = PublicJwk.model_validate(key.jwk())
    values: dict[str, Any] = {
        "kid": key.kid,
        "use": "audit",
        "issuer": service,
        "public_jwk": jwk.model_dump(),
        "not_before": key.not_before,
        "not_after": key.not_after,
    }
    is_new = await session.scalar(
        insert_or_skip(signing_key).values(values).on_conflict_do_nothing().returning(signing_key.c.kid)
    )
    if is_new:
        session.say(SigningKeyPublished(service=service, kid=key.kid, public_jwk=jwk, not_before=key.not_before))
