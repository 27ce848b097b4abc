"""A service's worker for one topic, and how often it was given a message that it had heard before."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from prometheus_client import REGISTRY

from chassis.database import Database
from chassis.inbound import make_broker
from chassis.inbox import Subscription
from chassis.kafka import hearings
from chassis.kafka_clients import connection_options
from chassis.parking_lot import ParkingLot
from chassis.relay.relay import Relay
from chassis.service import Service
from chassis.settings import ServiceSettings
from chassis.vitals import Vitals


@asynccontextmanager
async def worker(service: Service, database: Database, settings: ServiceSettings, topic: str) -> AsyncIterator[None]:
    """A service's relay, and what it hears on one topic."""
    stop, lot = asyncio.Event(), ParkingLot(service.name, connection_options(settings, "test-parking"))
    heard = [each for each in hearings(service.name, service.hears) if each.topic == topic]
    subscriptions = [Subscription(each, database, lot, Vitals(), lambda _: None) for each in heard]
    broker = make_broker(service.name, settings, subscriptions)
    relay = asyncio.create_task(Relay(service.name, settings).run(stop))
    await broker.start()
    try:
        yield
    finally:
        stop.set()
        await relay
        await broker.stop()
        await lot.close()


def heard_again(topic: str) -> float:
    """How many messages of a topic were dropped because they had been heard before."""
    return REGISTRY.get_sample_value("connexion_inbox_duplicates_total", {"topic": topic}) or 0
