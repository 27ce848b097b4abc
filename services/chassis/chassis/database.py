"""Sessions, and the fence each transaction stands behind.

The door (an edge's request, a worker's message) opens the transaction and commits it; business code never does.

    async with database.writing(Fence.organization(organization_id), actor) as session:
        ...

`Session` and `ReadSession` are two types, so that a query function cannot be handed the power to write.
At commit one statement writes what the transaction said and did: outbox, audit trail and idempotency key
(`chassis.recording`).
"""

import asyncio
import enum
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import BigInteger, Connection, DateTime, Enum, MetaData, Numeric, Text, Uuid, event
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.ext.asyncio import AsyncEngine, AsyncSession, async_sessionmaker, create_async_engine
from sqlalchemy.orm import Session as SyncSession

from chassis import fences, program_time
from chassis.actor import Actor
from chassis.fenced_connection import OPENING, FencedConnection
from chassis.recording import AuditEntry, KeptAnswer, Recording, RecordingSession, Said
from chassis.tables import NAMING

COLUMN_TYPES: dict[Any, Any] = {
    UUID: Uuid,
    datetime: DateTime(timezone=True),
    str: Text,
    int: BigInteger,
    Decimal: Numeric,
    dict[str, Any]: JSONB,
    list[str]: JSONB,
    enum.Enum: Enum(
        enum.Enum, native_enum=False, length=40, values_callable=lambda states: [state.value for state in states]
    ),
}
"""For `type_annotation_map` of a service's `Base`. An Enum is kept as its value, `String(40)` in migrations."""


def service_metadata() -> MetaData:
    """Metadata with the house's constraint names, for a service's own `Base`."""
    return MetaData(naming_convention=NAMING)


@dataclass(frozen=True)
class Fence:
    """Whose rows a transaction may see: one organization's, every organization's (staff), or all (system)."""

    kind: str
    organization_id: UUID | None = None

    @staticmethod
    def organization(organization_id: UUID) -> "Fence":
        """The rows of one organization."""
        return Fence("org", organization_id)

    @staticmethod
    def public() -> "Fence":
        """Reference data only: no organization is named, so no organization's row is seen."""
        return Fence("org")

    @staticmethod
    def staff() -> "Fence":
        """What CMS and CBIC staff may see."""
        return Fence("staff")

    @staticmethod
    def system() -> "Fence":
        """Everything: for relay, sweeps, sealing, and events that belong to no organization."""
        return Fence("system")

    @staticmethod
    def of(actor: Actor) -> "Fence":
        """The fence an actor stands behind: staff and machines see every organization, a person their own."""
        if actor.kind in {"staff", "machine"}:
            return Fence.staff()
        return Fence.organization(actor.organization_id) if actor.organization_id else Fence.public()


class FencedSession(SyncSession):
    """The synchronous heart of a `ReadSession`."""


class ReadSession(AsyncSession):
    """A session in a READ ONLY transaction, for the queries of `views.py`."""

    sync_session_class = FencedSession


class Session(AsyncSession):
    """A session that writes, knows who acts (`actor`) and when (`at`, program time, taken once)."""

    sync_session_class = RecordingSession

    @property
    def recording(self) -> Recording:
        """What this transaction has said and done so far; written at commit."""
        recording: Recording = self.sync_session.info["recording"]
        return recording

    @property
    def actor(self) -> Actor:
        """Who acts in this transaction."""
        return self.recording.actor

    @property
    def at(self) -> datetime:
        """The program time of this transaction (UTC): one moment for all it decides and writes."""
        return self.recording.at

    async def open_with(self, statement: str) -> int:
        """Begin the transaction with a statement that travels with BEGIN and the fence; return the rows it touched.

        It has no parameters: nothing from outside may be written into it but ids that were read as such. It must be
        the first statement of the transaction.
        """

        def begin(within: SyncSession) -> int:
            connection = within.connection()
            driver_connection: Any = connection.connection.driver_connection
            driver_connection.open_with(statement)
            return connection.exec_driver_sql(OPENING).rowcount

        touched = await self.run_sync(begin)
        if touched < 0:
            raise RuntimeError("a transaction that has begun cannot be opened once more")
        return touched

    def say(self, event: Said) -> None:
        """Say an event that no aggregate says (snapshots, sealing). Aggregates use their own `say`."""
        self.recording.said.append(event)

    def audit(self, action: str, entity_id: object, **more: Any) -> None:
        """Note an act no aggregate notes (an audited read, a first view). `more`: before, after, reason."""
        self.recording.audited.append(AuditEntry(action, str(entity_id), **more))

    def keep(self, answer: KeptAnswer) -> None:
        """Keep the answer of this request under its idempotency key, in the same transaction."""
        self.recording.answer = answer


class Database:
    """One service's database, seen through its login role."""

    def __init__(self, url: str, service: str, *, pool_size: int = 5) -> None:
        """Open nothing yet: `url` is postgresql+asyncpg, `service` the short name that database roles begin with.

        `pool_size` is what is in use on a usual day; at most twice as many connections are opened.
        """
        self.service = service
        self.shares = asyncio.Semaphore(pool_size)
        """For who works on many things at once (a worker, on the messages of many partitions): half of the pool."""
        self.engine: AsyncEngine = create_async_engine(
            url,
            pool_size=2 * pool_size,
            max_overflow=0,  # overflow is closed when it comes back: under load each request would connect anew
            pool_use_lifo=True,
            pool_pre_ping=False,
            hide_parameters=True,
            connect_args={"connection_class": FencedConnection},
        )
        event.listen(self.engine.sync_engine, "checkin", _forget_fence)
        reading = self.engine.execution_options(postgresql_readonly=True)
        self._writing = async_sessionmaker(self.engine, class_=Session, expire_on_commit=False)
        self._reading = async_sessionmaker(reading, class_=ReadSession, expire_on_commit=False)

    @asynccontextmanager
    async def writing(self, fence: Fence, actor: Actor, *, at: datetime | None = None) -> AsyncIterator[Session]:
        """One transaction that commits on leaving, or leaves nothing behind when an error passes through.

        `at` is program time; a sweep gives the due time it acts for.
        """
        session = self._writing()
        session.sync_session.info["recording"] = Recording(self.service, actor, at or program_time.now())
        self._stand_behind(fence, session)
        session.sync_session.begin().__enter__()  # sends nothing yet, and lets nobody else commit
        try:
            yield session
            await session.commit()
        except BaseException:
            async with session:  # closed, whatever is cancelled meanwhile: SQLAlchemy shields it
                raise
        session.sync_session.close()  # after a commit there is nothing to wait for

    @asynccontextmanager
    async def reading(self, fence: Fence) -> AsyncIterator[ReadSession]:
        """One READ ONLY transaction, which begins with the first query and leaves nothing to commit."""
        async with self._reading() as session:
            self._stand_behind(fence, session)
            yield session

    def _stand_behind(self, fence: Fence, session: AsyncSession) -> None:
        """Let whatever transaction the session begins take on its role, before any statement of it."""
        session.sync_session.info["fence"] = (fences.role(self.service, fence.kind), fence.organization_id)

    async def close(self) -> None:
        """Close every connection."""
        await self.engine.dispose()


@event.listens_for(FencedSession, "after_begin")
@event.listens_for(RecordingSession, "after_begin")
def _begin_behind_fence(session: SyncSession, _transaction: object, connection: Connection) -> None:
    """Tell the driver the fence; it has not sent BEGIN yet, which goes with the first statement."""
    if fence := session.info.get("fence"):
        driver_connection: Any = connection.connection.driver_connection
        driver_connection.stand_behind(*fence)


def _forget_fence(connection: Any, _record: object) -> None:
    if connection is not None:
        connection.driver_connection.forget_fence()
