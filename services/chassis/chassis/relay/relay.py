import asyncio
import time
from datetime import timedelta
from typing import Any
from uuid import UUID

import structlog
from aiokafka import AIOKafkaProducer

from chassis import direct, kafka_clients, machine_time, metrics
from chassis.ids import new_id
from chassis.kafka_clients import connection_options, start_producer
from chassis.pausing import pause
from chassis.relay.lanes import Lanes
from chassis.relay.leading import leading
from chassis.relay.outbox import DatabaseLostError, Outbox
from chassis.relay.watch import Watch
from chassis.settings import ServiceSettings
from events.topics import TOPICS, Topic

LOOK_EVERY = 1.0
CHUNK = 2_000
UNDER_WAY = 4_000
SETTLE_WITHIN = 5.0
TRY_AGAIN_AFTER = 1.0
HOUSEKEEPING_EVERY = 15.0

log = structlog.get_logger()


class Relay:
    """Sends the outbox of one service to Kafka for as long as it leads."""

    def __init__(self, service: str, settings: ServiceSettings, *, topics: tuple[Topic, ...] = TOPICS) -> None:
        """Connect to nothing yet. `topics` are all there are; those that `service` writes are looked after."""
        self.id: UUID = new_id()
        self._service = service
        self._url = settings.direct_database_url
        self._keep_sent = timedelta(days=settings.outbox_keep_days)
        self._options: dict[str, Any] = connection_options(settings, f"{service}-relay")
        self._watch = Watch(service, self._options, topics)
        self._record_spans = settings.otlp_endpoint is not None
        self._news = asyncio.Event()
        self._look_due = True
        self._housekept = 0.0

    async def run(self, stop: asyncio.Event) -> None:
        """Relay until `stop` is set; then finish what is in hand, mark it and hand over.

        PostgreSQL or Kafka may be away for as long as they like: it tries again every second and says so once.
        """
        stopping = asyncio.create_task(self._wake_on(stop))
        reported = ""
        try:
            while not stop.is_set():
                try:
                    async with leading(self._url, self._service, self.id, wake=self._wake, stop=stop) as connection:
                        if connection is not None:
                            reported = ""
                            await self._lead(Outbox(connection, record_spans=self._record_spans), stop)
                except (DatabaseLostError, *direct.UNREACHABLE) as why:
                    reported = _report_once(reported, "the relay lost its database connection", why)
                    await pause(TRY_AGAIN_AFTER, stop)
                finally:
                    metrics.RELAY_LEADING.set(0)
        finally:
            stopping.cancel()

    async def _wake_on(self, stop: asyncio.Event) -> None:
        await stop.wait()
        self._news.set()

    def _wake(self) -> None:
        self._look_due = True
        self._news.set()

    async def _lead(self, outbox: Outbox, stop: asyncio.Event) -> None:
        metrics.RELAY_LEADING.set(1)
        reported = ""
        while not stop.is_set():
            try:
                await self._watch.settle(outbox)
                producer = await start_producer(self._options)
                reported = ""
                await self._tell(outbox, producer, stop)
            except kafka_clients.UNREACHABLE as why:
                metrics.RELAY_FAILED.inc()
                reported = _report_once(reported, "the relay cannot send", why)
                await outbox.measure()
                await pause(TRY_AGAIN_AFTER, stop)

    async def _tell(self, outbox: Outbox, producer: AIOKafkaProducer, stop: asyncio.Event) -> None:
        """Send with one producer until it fails, the broker changes, or `stop`."""
        self._look_due = True
        ended = asyncio.Event()
        watching = asyncio.create_task(self._watch.until_changed(ended))
        watching.add_done_callback(lambda _: self._news.set())
        lanes = Lanes(producer, self._news.set)
        try:
            while not (stop.is_set() or watching.done() or lanes.failure):
                await self._step(outbox, lanes)
            await asyncio.wait([asyncio.ensure_future(lanes.settle())], timeout=SETTLE_WITHIN)
            await self._mark(outbox, lanes)
        finally:
            ended.set()
            lanes.abandon()
            await kafka_clients.abandon(producer)
        if lanes.failure:
            raise lanes.failure

    async def _step(self, outbox: Outbox, lanes: Lanes) -> None:
        self._news.clear()
        await self._mark(outbox, lanes)
        await self._keep_house(outbox)
        if self._look_due and len(lanes.under_way) < UNDER_WAY:
            self._look_due = False
            records = await outbox.unsent(besides=lanes.under_way, limit=CHUNK)
            await lanes.put(records)
            if len(records) == CHUNK:
                self._look_due = True
                return
        if not await pause(LOOK_EVERY, self._news):  # news of an acknowledgement alone is no reason to look
            self._look_due = True

    async def _mark(self, outbox: Outbox, lanes: Lanes) -> None:
        acknowledged = lanes.acknowledged()
        await outbox.mark_sent(acknowledged, machine_time.now())
        lanes.forget(acknowledged)

    async def _keep_house(self, outbox: Outbox) -> None:
        if time.monotonic() - self._housekept > HOUSEKEEPING_EVERY:
            self._housekept = time.monotonic()
            await outbox.measure()
            await outbox.purge(sent_before=machine_time.now() - self._keep_sent)


def _report_once(reported: str, what: str, why: BaseException) -> str:
    kind = type(why).__name__
    if kind != reported:
        log.warning(what, error=kind, retry_seconds=TRY_AGAIN_AFTER)
    return kind
