"""The worker of a service: consumers, relay, sweeps and sealing in one process, with its health over HTTP."""

import asyncio
from collections.abc import AsyncIterator, Coroutine
from contextlib import asynccontextmanager, suppress
from dataclasses import replace
from types import SimpleNamespace
from typing import Any

import structlog
from faststream.asgi import AsgiFastStream

from chassis import program_time, telemetry
from chassis.database import Database
from chassis.health import health_routes
from chassis.inbound import GRACE, make_broker
from chassis.inbox import Subscription
from chassis.kafka import hearings
from chassis.kafka_clients import connection_options, keep_quiet
from chassis.key_ring import KeyRing
from chassis.parking_lot import ParkingLot
from chassis.relay import Relay
from chassis.sealing import sealing
from chassis.service import Service
from chassis.settings import ServiceSettings, load
from chassis.sweeps import Sweep, sweeping
from chassis.vitals import Vitals
from chassis.wake import Wake

log = structlog.get_logger()


def create_worker(service: Service, settings: ServiceSettings | None = None) -> AsgiFastStream:
    """Build the ASGI application of a service's worker; settings come from the environment unless given.

    It starts whether or not PostgreSQL and Kafka are there, and waits for them. On SIGTERM it takes no more messages,
    lets running handlers finish (`inbound.GRACE`), and then the relay marks what it has sent and hands over.
    """
    settings = settings or load(service.settings)
    vitals, wake = Vitals(), Wake(settings.direct_database_url)
    database = Database(settings.database_url, service.name, pool_size=settings.database_pool_size)
    lot = ParkingLot(service.name, connection_options(settings, f"{service.name}-parking"))
    broker = make_broker(
        service.name,
        settings,
        [Subscription(hearing, database, lot, vitals, wake) for hearing in hearings(service.name, service.hears)],
    )

    @asynccontextmanager
    async def lifespan() -> AsyncIterator[None]:
        telemetry.start(f"{service.name}-worker", settings)
        keep_quiet()
        program_time.use_file(settings.program_time_file)
        relay, stop = Relay(service.name, settings), asyncio.Event()
        state = SimpleNamespace(settings=settings, database=database, wake=wake)
        try:
            async with (
                service.resources(state, settings),
                _running(wake.run(), "wake", vitals),
                _running(relay.run(stop), "relay", vitals, stop),
                sweeping(_sweeps(service, settings), database, wake),
            ):
                yield
        finally:
            await lot.close()
            await database.close()

    return AsgiFastStream(broker, lifespan=lifespan, asgi_routes=health_routes(database, broker, vitals), logger=None)


def _sweeps(service: Service, settings: ServiceSettings) -> list[Sweep]:
    """Return every sweep of the worker, as often as its settings say."""
    pace = settings.sweep_pace or 1.0
    sweeps = [*service.sweeps, *_sealing(service, settings)]
    return [replace(sweep, every_seconds=sweep.every_seconds / pace) for sweep in sweeps]


def _sealing(service: Service, settings: ServiceSettings) -> list[Sweep]:
    if settings.audit_signing_key_file is None:
        log.warning("the audit trail is not sealed: CONNEXION_AUDIT_SIGNING_KEY_FILE is not set")
        return []
    return [sealing(service.name, KeyRing.load(settings.audit_signing_key_file))]


@asynccontextmanager
async def _running(
    work: Coroutine[Any, Any, None], what: str, vitals: Vitals, stop: asyncio.Event | None = None
) -> AsyncIterator[None]:
    """Run `work` beside the block; a fault in it ends the process. Where there is a `stop`, it is asked first."""

    def look(ended: asyncio.Task[None]) -> None:
        if not ended.cancelled() and (error := ended.exception()) is not None:
            log.critical("a part of the worker failed", part=what, exc_info=error)
            vitals.fail(f"{what} failed")

    task = asyncio.create_task(work, name=what)
    task.add_done_callback(look)
    try:
        yield
    finally:
        if stop is not None:
            stop.set()
            await asyncio.wait({task}, timeout=GRACE)
        task.cancel()
        with suppress(asyncio.CancelledError, Exception):
            await task
