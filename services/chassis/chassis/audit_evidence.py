"""What an audit row proves, written in one way only, and how batches of rows are chained.

    digest of a row    SHA-256 of the canonical JSON of its evidence
    head of a batch    SHA-256 of the head before it, its number, and the digests of its rows in order
    statement          the head with its batch's number, size and time, signed with a key outside of the database

Whoever knows the heads finds every change: an edited row has another digest; a missing, foreign or moved row gives
another head; a missing batch breaks the chain.
"""

from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from hashlib import sha256
from typing import Any
from uuid import UUID

from chassis.signing import canonical

STATEMENT = "connexion-audit-head+jws"
NO_HEAD = "0" * 64
"""What stands before the first batch."""

# The columns of an audit row that are evidence. Where the row was sealed (batch, ordinal) is proved by the head.
# A later column is a new version of the evidence: it needs a new list, chosen by when a row was sealed.
EVIDENCE = (
    "id",
    "position",
    "at",
    "machine_at",
    "actor_kind",
    "actor_id",
    "person_id",
    "organization_id",
    "role",
    "session_id",
    "token_id",
    "action",
    "entity",
    "entity_id",
    "before",
    "after",
    "reason",
    "trace_id",
)

# JSON columns are read as the text PostgreSQL makes of them, so that no number loses a digit on its way.
EVIDENCE_COLUMNS = ", ".join(
    f'"{name}"::text as "{name}"' if name in ("before", "after") else f'"{name}"' for name in EVIDENCE
)


def digest(row: Mapping[str, Any]) -> str:
    """Return the digest of an audit row, read with `EVIDENCE_COLUMNS`, as 64 hex digits."""
    return sha256(canonical({name: _plain(row[name]) for name in EVIDENCE})).hexdigest()


def chain(previous_head: str, number: int, digests: Iterable[str]) -> str:
    """Return the head of batch `number` whose rows have these digests, as 64 hex digits."""
    head = sha256(bytes.fromhex(previous_head))
    head.update(number.to_bytes(8, "big"))
    for row in digests:
        head.update(bytes.fromhex(row))
    return head.hexdigest()


def statement(
    *, service: str, number: int, previous_head: str, head: str, rows: int, sealed_at: datetime
) -> dict[str, Any]:
    """Return what is signed about a batch."""
    return {
        "service": service,
        "batch": number,
        "previous_head": previous_head,
        "head": head,
        "rows": rows,
        "sealed_at": _plain(sealed_at),
    }


def _plain(value: object) -> object:
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat(timespec="microseconds")
    return str(value) if isinstance(value, UUID) else value
