"""From the bridge to the enrolment record over Kafka to the projection of another service."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from datetime import UTC, date, datetime

import pytest
from aiokafka import AIOKafkaProducer

from bidding_svc.enrolment.use_cases import active_on
from bidding_svc.enrolment.worker import hears as bidding_hears
from chassis.answers import Answer
from chassis.database import Database, Fence
from chassis.ids import new_id
from chassis.inbound import make_broker
from chassis.inbox import Subscription
from chassis.kafka import Hears, hearings
from chassis.kafka_clients import admin_client, connection_options
from chassis.parking_lot import ParkingLot
from chassis.relay.relay import Relay
from chassis.topics import provision
from chassis.vitals import Vitals
from events.enrolment import RecordReported, StatusPeriod
from events.envelope import Envelope, source_of
from identity_adapter.enrolment.worker import hears as identity_hears
from tests.enrolment.records import record
from tests.infrastructure.waiting import eventually

pytestmark = pytest.mark.broker
PTAN, DAY = "9000000987", date(2026, 11, 24)


@asynccontextmanager
async def hearing(service: str, settings, database: Database, heard: Sequence[Hears]) -> AsyncIterator[None]:
    """The part of a service's worker that hears."""
    lot = ParkingLot(service, connection_options(settings, "test-parking"))
    subscriptions = [Subscription(each, database, lot, Vitals(), lambda _: None) for each in hearings(service, heard)]
    broker = make_broker(service, settings, subscriptions)
    await broker.start()
    try:
        yield
    finally:
        await broker.stop()
        await lot.close()


@asynccontextmanager
async def relaying(settings) -> AsyncIterator[None]:
    """The part of our worker that says what was committed."""
    stop = asyncio.Event()
    relay = asyncio.create_task(Relay("identity", settings).run(stop))
    try:
        yield
    finally:
        stop.set()
        await relay


@asynccontextmanager
async def bridge(settings) -> AsyncIterator[AIOKafkaProducer]:
    """What writes to the feed: a program of somebody else's."""
    producer = AIOKafkaProducer(bootstrap_servers=settings.kafka_bootstrap_servers)
    await producer.start()
    try:
        yield producer
    finally:
        await producer.stop()


async def report(producer: AIOKafkaProducer, said: RecordReported) -> None:
    envelope = Envelope.of(said, id=new_id(), time=datetime.now(UTC), source=source_of("enrolment-bridge"))
    headers = [(name, value.encode()) for name, value in envelope.headers().items()]
    await producer.send_and_wait(said.TOPIC, said.body(), key=said.key.encode(), headers=headers)


async def test_a_report_of_the_bridge_is_answered_from_the_projection_of_another_service(
    identity, settings, kafka, database_for
):
    settings = settings.model_copy(update={"kafka_bootstrap_servers": kafka.bootstrap_servers})
    async with admin_client(connection_options(settings, "test-topics")) as admin:
        await provision(admin)
    bidding = Database((await database_for("bidding")).login_url, "bidding")

    async def answer() -> Answer:
        async with bidding.reading(Fence.staff()) as session:
            return await active_on(session, PTAN, DAY)

    async def answers(expected: Answer) -> bool:
        return await answer() is expected

    async with AsyncExitStack() as stack:
        await stack.enter_async_context(hearing("identity", settings, identity, [identity_hears]))
        await stack.enter_async_context(hearing("bidding", settings, bidding, [bidding_hears]))
        await stack.enter_async_context(relaying(settings))
        producer = await stack.enter_async_context(bridge(settings))
        assert await answer() is Answer.COULD_NOT_CHECK
        await report(producer, record(PTAN))
        await eventually(lambda: answers(Answer.YES), within=60, what="bidding-svc knows the location")
        revoked = StatusPeriod(status="revoked", valid_from=date(2020, 1, 1))
        await report(producer, record(PTAN, status_periods=(revoked,)))
        await eventually(lambda: answers(Answer.NO), within=60, what="bidding-svc knows that it was revoked")
    await bidding.close()
