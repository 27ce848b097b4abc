"""What a transaction says and does, written as one statement just before it commits.

Aggregates record into the session they belong to (`chassis.aggregate`); the hook here turns the record into
outbox rows, audit rows and the idempotency key. There is no other way to publish.
"""

import json
from dataclasses import dataclass, field
from datetime import datetime
from functools import cache
from typing import Any, ClassVar, Protocol
from uuid import UUID

from sqlalchemy import event
from sqlalchemy.orm import Session as SyncSession

from chassis import machine_time
from chassis.actor import Actor
from chassis.errors import Conflict
from chassis.ids import new_id
from chassis.tracing import current_trace_id, current_traceparent


class Said(Protocol):
    """What the outbox needs of an event; every class of the `events` package has it."""

    TYPE: ClassVar[str]
    TOPIC: ClassVar[str]

    @property
    def key(self) -> str:
        """The partition key."""
        ...

    @property
    def subject(self) -> str:
        """The CloudEvents subject."""
        ...

    @property
    def organization(self) -> UUID | None:
        """The organization the event belongs to."""
        ...

    def model_dump_json(self) -> str:
        """The JSON body."""
        ...


@dataclass(frozen=True)
class AuditEntry:
    """One act on one entity. `action` is `<entity>.<verb>`; who, when and under which trace the hook knows.

    `id` is the row's own: known before the commit, so that a receipt may name it.
    """

    action: str
    entity_id: str
    before: dict[str, Any] | None = None
    after: dict[str, Any] | None = None
    reason: str | None = None
    id: UUID = field(default_factory=new_id)

    @property
    def entity(self) -> str:
        """What kind of thing was acted on."""
        return self.action.partition(".")[0]


@dataclass(frozen=True)
class KeptAnswer:
    """The answer of a request under its idempotency key."""

    key: str
    digest: str
    status: int
    answer: str
    organization_id: UUID | None


@dataclass
class Recording:
    """What one transaction has said and done so far."""

    service: str
    actor: Actor
    at: datetime
    said: list[Said] = field(default_factory=list)
    audited: list[AuditEntry] = field(default_factory=list)
    answer: KeptAnswer | None = None
    spoke: bool = False
    """Whether something said was written, and waits for the relay."""
    spoken_of: set[UUID] = field(default_factory=set)
    """The organizations it was said of."""


class KeyTaken(Conflict):
    """The same request was answered a moment ago. Send it again to read that answer."""


class RecordingSession(SyncSession):
    """The synchronous heart of `chassis.database.Session`."""


_OUTBOX = {
    "id": "uuid",
    "topic": "text",
    "key": "text",
    "type": "text",
    "subject": "text",
    "source": "text",
    "organization_id": "uuid",
    "occurred_at": "timestamptz",
    "traceparent": "text",
    "body": "text",
}
_AUDIT = {
    "id": "uuid",
    "at": "timestamptz",
    "machine_at": "timestamptz",
    "actor_kind": "text",
    "actor_id": "text",
    "person_id": "uuid",
    "organization_id": "uuid",
    "role": "text",
    "session_id": "uuid",
    "token_id": "text",
    "action": "text",
    "entity": "text",
    "entity_id": "text",
    "before": "text",
    "after": "text",
    "reason": "text",
    "trace_id": "text",
}
_KEY = {
    "consumer": "text",
    "key": "text",
    "organization_id": "uuid",
    "digest": "text",
    "status": "smallint",
    "answer": "text",
}
_CASTS = {"before": "::jsonb", "after": "::jsonb"}


_PARTS = (("outbox", _OUTBOX, ""), ("audit", _AUDIT, ""), ("inbox", _KEY, " on conflict do nothing"))
_MANY = 2


# In the driver's own SQL: so many parameters cost more in SQLAlchemy's processing of them than in PostgreSQL.
@cache
def _statement(*counts: int) -> str:
    """Write so many rows (none, one or many) to each table of `_PARTS`; the row count is that of the last of them."""
    inserts, first = [], 1
    for (table, columns, on_conflict), count in zip(_PARTS, counts, strict=True):
        if count:
            inserts.append((_insert_one if count < _MANY else _insert_many)(table, columns, first) + on_conflict)
            first += len(columns)
    *others, last = inserts
    return f"{'with' if others else ''} {', '.join(f'part_{n} as ({o})' for n, o in enumerate(others))} {last}"


def _insert_one(table: str, columns: dict[str, str], first: int) -> str:
    """Insert one row; its parameters begin with number `first`."""
    names = ", ".join(f'"{name}"' for name in columns)
    values = ", ".join(f"${n}::{kind}{_CASTS.get(name, '')}" for n, (name, kind) in enumerate(columns.items(), first))
    return f"insert into {table} ({names}) values ({values})"  # noqa: S608  names are ours


def _insert_many(table: str, columns: dict[str, str], first: int) -> str:
    """Insert the rows of parallel arrays, in their order; their parameters begin with number `first`."""
    names = ", ".join(f'"{name}"' for name in columns)
    values = ", ".join(f'"{name}"{_CASTS.get(name, "")}' for name in columns)
    arrays = ", ".join(f"${number}::{kind}[]" for number, kind in enumerate(columns.values(), first))
    return (
        f"insert into {table} ({names}) select {values} from unnest({arrays}) "  # noqa: S608  names are ours
        f'with ordinality as rows({names}, "n") order by "n"'
    )


@event.listens_for(RecordingSession, "before_commit")
def _write_recording(session: SyncSession) -> None:
    session.flush()
    recording: Recording = session.info["recording"]
    if not (recording.said or recording.audited or recording.answer):
        return
    parts = (_outbox_rows(recording), _audit_rows(recording), _answer_rows(recording))
    statement = _statement(*(min(len(rows), _MANY) for rows in parts))
    parameters = tuple(value for rows in parts for value in (rows[0] if len(rows) == 1 else _arrays(rows)))
    written = session.connection().exec_driver_sql(statement, parameters).rowcount
    if recording.answer and not written:
        raise KeyTaken
    recording.spoke = recording.spoke or bool(recording.said)
    recording.spoken_of.update(said.organization for said in recording.said if said.organization is not None)
    recording.said, recording.audited, recording.answer = [], [], None


def _outbox_rows(recording: Recording) -> list[tuple[Any, ...]]:
    source, traceparent = f"/connexion/{recording.service}", current_traceparent()
    return [
        (
            new_id(),
            said.TOPIC,
            said.key,
            said.TYPE,
            said.subject,
            source,
            said.organization,
            recording.at,
            traceparent,
            said.model_dump_json(),
        )
        for said in recording.said
    ]


def _audit_rows(recording: Recording) -> list[tuple[Any, ...]]:
    actor, trace_id, machine_at = recording.actor, current_trace_id(), machine_time.now()
    return [
        (
            entry.id,
            recording.at,
            machine_at,
            actor.kind,
            actor.user_id,
            actor.person_id,
            actor.organization_id,
            actor.role,
            actor.session_id,
            actor.token_id,
            entry.action,
            entry.entity,
            entry.entity_id,
            _json(entry.before),
            _json(entry.after),
            _reason(entry, actor),
            trace_id,
        )
        for entry in recording.audited
    ]


def _reason(entry: AuditEntry, actor: Actor) -> str | None:
    """Why it was done; the help desk ticket in the actor's hand comes first."""
    ticket = f"ticket {actor.ticket_id}" if actor.ticket_id else None
    return ": ".join(part for part in (ticket, entry.reason) if part) or None


def _answer_rows(recording: Recording) -> list[tuple[Any, ...]]:
    kept = recording.answer
    return [("http", kept.key, kept.organization_id, kept.digest, kept.status, kept.answer)] if kept else []


def _arrays(rows: list[tuple[Any, ...]]) -> list[list[Any]]:
    return [list(column) for column in zip(*rows, strict=True)]


def _json(value: dict[str, Any] | None) -> str | None:
    return None if value is None else json.dumps(value, default=str, sort_keys=True)
