"""The outbox as the relay sees it: plain SQL on the relay's own connection, in arrays, without the ORM."""

from collections.abc import AsyncIterator, Collection, Sequence
from contextlib import asynccontextmanager
from datetime import datetime
from functools import lru_cache
from typing import Any

from chassis import direct, machine_time, metrics
from chassis.relay.lanes import Record
from chassis.relay.tracing import telling
from events.envelope import CONTENT_TYPE, SPEC_VERSION

# In order of position, not from a position on: a row that commits late is seen on the next look, wherever it stands.
# Within one key positions follow commits, because whoever writes an aggregate holds its row lock.
_UNSENT = """
    select position, id, topic, key, type, source, subject, organization_id, occurred_at, traceparent, body
    from outbox where sent_at is null and position <> all($1::bigint[])
    order by position limit $2
"""
_MARK = "update outbox set sent_at = $2 where position = any($1::bigint[])"
_SAY_AGAIN = "update outbox set sent_at = null where sent_at is not null and topic = any($1::text[])"
_SAY_ALL_AGAIN = "update outbox set sent_at = null where sent_at is not null"
_PURGE = """
    delete from outbox where position in
        (select position from outbox where sent_at < $1 order by position limit $2)
"""
_WAITING = "select count(*), min(created_at) from outbox where sent_at is null"


class DatabaseLostError(Exception):
    """The relay's connection to PostgreSQL is gone or does not answer, and its lock with it."""


class Outbox:
    """The outbox of one service, on the connection that holds the relay's lock.

    Every method raises `DatabaseLostError` when that connection fails.
    """

    def __init__(self, connection: direct.Connection, *, record_spans: bool = False) -> None:
        self._connection = connection
        self._record_spans = record_spans

    async def unsent(self, *, besides: Collection[int], limit: int) -> list[Record]:
        """Return the oldest rows not marked as sent, without those already under way."""
        async with self._working() as connection:
            rows = await connection.fetch(_UNSENT, list(besides), limit)
        return [_record(row, record_span=self._record_spans) for row in rows]

    async def mark_sent(self, positions: Sequence[int], at: datetime) -> None:
        """Mark what the broker has acknowledged. Losing this mark means sending again, never losing."""
        if positions:
            await self._execute(_MARK, positions, at)

    async def cluster(self) -> str | None:
        """Return the id of the Kafka cluster this outbox was last said to; None before the first."""
        async with self._working() as connection:
            cluster: str | None = await connection.fetchval("select cluster_id from relay_state")
        return cluster

    async def begin_again(self, cluster: str) -> int:
        """Turn to another cluster: every row is unsent again. Return how many had been sent."""
        async with self._working() as connection, connection.transaction():
            await connection.execute("update relay_state set cluster_id = $1", cluster)
            return _count(await connection.execute(_SAY_ALL_AGAIN))

    async def say_again(self, topics: Sequence[str]) -> int:
        """Make every row of these topics unsent, and return how many had been sent; inboxes drop what they know."""
        return await self._execute(_SAY_AGAIN, topics) if topics else 0

    async def purge(self, *, sent_before: datetime, limit: int = 10_000) -> int:
        """Delete rows sent before an instant, at most `limit`, and return how many were."""
        return await self._execute(_PURGE, sent_before, limit)

    async def measure(self) -> None:
        """Set the gauges that page: how many rows wait, and for how long the oldest does."""
        async with self._working() as connection:
            waiting, oldest = await connection.fetchrow(_WAITING)
        metrics.OUTBOX_UNSENT.set(waiting)
        age = (machine_time.now() - oldest).total_seconds() if oldest else 0
        metrics.OUTBOX_OLDEST_UNSENT_SECONDS.set(max(age, 0))

    async def _execute(self, statement: str, *parameters: object) -> int:
        async with self._working() as connection:
            return _count(await connection.execute(statement, *parameters))

    @asynccontextmanager
    async def _working(self) -> AsyncIterator[direct.Connection]:
        try:
            yield self._connection
        except direct.UNREACHABLE as why:
            raise DatabaseLostError(type(why).__name__) from why


def _record(row: Any, *, record_span: bool) -> Record:
    topic, event_type, traceparent, span = row["topic"], row["type"], row["traceparent"], None
    if record_span:
        traceparent, span = telling(topic, event_type, traceparent)
    headers = [
        *_fixed_headers(event_type, row["source"]),
        ("ce_id", str(row["id"]).encode()),
        ("ce_subject", row["subject"].encode()),
        ("ce_time", row["occurred_at"].isoformat().encode()),
    ]
    if row["organization_id"] is not None:
        headers.append(("ce_organization", str(row["organization_id"]).encode()))
    if traceparent is not None:
        headers.append(("traceparent", traceparent.encode()))
    return Record(row["position"], topic, row["key"].encode(), row["body"].encode(), headers, span)


@lru_cache(maxsize=1_024)
def _fixed_headers(event_type: str, source: str) -> tuple[tuple[str, bytes], ...]:
    return (
        ("ce_specversion", SPEC_VERSION.encode()),
        ("ce_type", event_type.encode()),
        ("ce_source", source.encode()),
        ("content-type", CONTENT_TYPE.encode()),
    )


def _count(status: str) -> int:
    return int(status.rsplit(" ", 1)[-1])
