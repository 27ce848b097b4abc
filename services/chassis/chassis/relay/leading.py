"""One active relay a service: an advisory lock, held by the connection the relay works on."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from uuid import UUID

import structlog

from chassis import direct, fences
from chassis.kafka_clients import SEND_TIMEOUT
from chassis.pausing import pause
from chassis.wake import CHANNEL

LOCK = 0x434F4E4E  # one a database, and each service has its own
COMMAND_TIMEOUT = 10.0
LOOK_EVERY = 1.0

log = structlog.get_logger()


@asynccontextmanager
async def leading(
    url: str, service: str, relay: UUID, *, wake: Callable[[], None], stop: asyncio.Event
) -> AsyncIterator[direct.Connection | None]:
    """Wait until this relay leads, and yield its connection; None when `stop` came first.

    The connection takes on the system role, listens for wake-ups (which call `wake`, as does its own end), and marks
    without waiting for the disk. When the relay before it did not hand over, the new one waits out the send time-out,
    so that nothing of the old one is still on its way. Raises one of `direct.UNREACHABLE` when the connection breaks.
    """
    connection = await direct.connect(
        url,
        name=f"{service}-relay",
        command_timeout=COMMAND_TIMEOUT,
        synchronous_commit="off",
        plan_cache_mode="force_custom_plan",  # only constant arrays are hashed
        tcp_keepalives_idle="5",
        tcp_keepalives_interval="2",
        tcp_keepalives_count="3",
    )
    connection.add_termination_listener(lambda *_: wake())
    try:
        while not await connection.fetchval("select pg_try_advisory_lock($1)", LOCK):
            if await pause(LOOK_EVERY, stop):
                yield None
                return
        await connection.execute(f'set role "{fences.role(service, "system")}"')
        await connection.add_listener(CHANNEL, lambda *_: wake())
        await _take_over(connection, relay, stop)
        log.info("the relay leads", service=service)
        yield connection
        await connection.execute("update relay_state set leader = null")
    finally:
        connection.terminate()


async def _take_over(connection: direct.Connection, relay: UUID, stop: asyncio.Event) -> None:
    before = await connection.fetchval("select leader from relay_state")
    await connection.execute(
        'insert into relay_state ("only", leader) values (1, $1) on conflict ("only") do update set leader = $1', relay
    )
    if before not in {None, relay}:
        await pause(SEND_TIMEOUT, stop)
