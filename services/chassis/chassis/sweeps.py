"""Sweeps: what expires carries its due time, and a sweep moves what is due.

Any number of worker replicas may run the same sweep: each takes rows the others have not locked. A row is moved in due
order and as of its due time, however late the sweep comes.

    async def lapse_offers(session: Session, as_of: datetime, limit: int) -> int:
        offers = await due(session, Offer, Offer.due_at, latest_missed(as_of), limit, Offer.state == OfferState.OPEN)
        return await each(session, offers, lambda offer: offer.lapse(at=offer.due_at))

    SERVICE = Service(..., sweeps=[Sweep("lapse offers", every_seconds=5, move=lapse_offers)])
"""

import asyncio
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable, Sequence
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from datetime import datetime
from typing import TypeVar

import structlog
from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import InstrumentedAttribute

from chassis import machine_time, metrics
from chassis.actor import Actor
from chassis.database import Database, Fence, Session
from chassis.tracing import span
from chassis.wake import Wake

Thing = TypeVar("Thing")
DueTime = InstrumentedAttribute[datetime] | InstrumentedAttribute[datetime | None]

log = structlog.get_logger()


@dataclass(frozen=True)
class Sweep:
    """One kind of thing that becomes due.

    `move(session, as_of, limit)` moves at most `limit` things that are due at `as_of` (program time) and returns how
    many it moved. It runs every `every_seconds`, and again at once while it finds as many as it may take.
    """

    name: str
    every_seconds: float
    move: Callable[[Session, datetime, int], Awaitable[int]]
    limit: int = 100


async def due(
    session: Session,
    entity: type[Thing],
    due_at: DueTime,
    until: datetime,
    limit: int,
    *conditions: ColumnElement[bool],
) -> Sequence[Thing]:
    """Return what is due up to `until` and fulfils the conditions, in due order, locked, without what others hold.

    For a deadline `until` is `calendar.latest_missed(as_of)`, for a moment it is `as_of`.
    """
    found = await session.scalars(
        select(entity)
        .where(due_at <= until, *conditions)
        .order_by(due_at)
        .limit(limit)
        .with_for_update(skip_locked=True, of=entity)
    )
    return found.all()


@asynccontextmanager
async def undone_if_it_fails(session: Session) -> AsyncIterator[None]:
    """Let the body change things by itself: where it raises, what it changed, said and audited is undone alone."""
    recording = session.recording
    said, audited = len(recording.said), len(recording.audited)
    try:
        async with session.begin_nested():
            yield
    except Exception:
        del recording.said[said:], recording.audited[audited:]
        raise


async def each(session: Session, things: Iterable[Thing], act: Callable[[Thing], Awaitable[None] | None]) -> int:
    """Do something to each thing, and return how many went well.

    One that fails is left as it was, logged and counted, and tried again at the next run: it does not keep the others
    from being moved.
    """
    done = 0
    for thing in things:
        try:
            async with undone_if_it_fails(session):
                acting = act(thing)
                if acting is not None:
                    await acting
        except Exception:
            metrics.SWEEP_LEFT.labels(kind=type(thing).__name__).inc()
            log.exception("a thing that is due could not be moved", kind=type(thing).__name__)
        else:
            done += 1
    return done


@asynccontextmanager
async def sweeping(sweeps: Iterable[Sweep], database: Database, wake: Wake | None = None) -> AsyncIterator[None]:
    """Run sweeps while the body runs, each at its own pace and never beside itself; `wake` is called for what they say.

    On leaving, transactions that are under way are finished and no new one begins.
    """
    stop = asyncio.Event()
    tasks = [
        asyncio.create_task(_keep_running(sweep, database, stop, wake), name=f"sweep {sweep.name}") for sweep in sweeps
    ]
    try:
        yield
    finally:
        stop.set()
        await asyncio.gather(*tasks)


async def run_once(sweep: Sweep, database: Database, wake: Wake | None = None) -> int:
    """Move what is due now, in one transaction behind the system fence, and return how many things were moved."""
    actor = Actor.system(f"{database.service}-worker")
    started = time.perf_counter()
    with span(f"sweep {sweep.name}"):
        async with database.writing(Fence.system(), actor) as session:
            moved = await sweep.move(session, session.at, sweep.limit)
    if wake is not None and session.recording.spoke:
        wake(session.recording.spoken_of)
    metrics.SWEEP_SECONDS.labels(sweep=sweep.name).observe(time.perf_counter() - started)
    metrics.SWEEP_MOVED.labels(sweep=sweep.name).inc(moved)
    metrics.SWEEP_LAST_SUCCESS.labels(sweep=sweep.name).set(machine_time.now().timestamp())
    return moved


async def _keep_running(sweep: Sweep, database: Database, stop: asyncio.Event, wake: Wake | None) -> None:
    metrics.SWEEP_EVERY.labels(sweep=sweep.name).set(sweep.every_seconds)
    # One that never ends well must be late too, and not without a lag.
    metrics.SWEEP_LAST_SUCCESS.labels(sweep=sweep.name).set(machine_time.now().timestamp())
    while not stop.is_set():
        try:
            moved = await run_once(sweep, database, wake)
        except Exception:
            metrics.SWEEP_FAILED.labels(sweep=sweep.name).inc()
            log.exception("a sweep failed and goes on", sweep=sweep.name)
            moved = 0
        if moved < sweep.limit:
            with suppress(TimeoutError):
                await asyncio.wait_for(stop.wait(), sweep.every_seconds)
