"""Brokers go away, come back, come back empty; consumers get stuck. Nothing is lost, and nobody restarts anything."""

import asyncio
import dataclasses
import logging
from pathlib import Path

import pytest

from chassis.kafka_clients import OnceAMinute, admin_client
from chassis.relay import Relay
from chassis.topics import provision
from deploy.local import kafka
from deploy.local.ports import free_port
from deploy.local.program import Running
from events.topics import BY_NAME, parking_topic
from tests.infrastructure.interface import Unavailable
from tests.infrastructure.waiting import eventually

pytestmark = [pytest.mark.broker, pytest.mark.real_kafka, pytest.mark.alone, pytest.mark.timeout(240)]


@pytest.fixture
def own_broker(infrastructure, monkeypatch):
    """A broker this test may take away."""
    try:
        kafka = infrastructure.start_kafka()
    except Unavailable as why:
        pytest.skip(str(why))
    if not kafka.real or kafka.server is None:
        pytest.skip("needs an Apache Kafka of its own")
    monkeypatch.setattr("chassis.subscribing.LOOK_EVERY", 1.0)
    monkeypatch.setattr("chassis.relay.watch.LOOK_EVERY", 1.0)
    yield kafka
    kafka.server.stop()


@pytest.fixture
async def here(place, listener, own_broker):
    """The place and the listener, on that broker."""
    settings = place.settings.model_copy(update={"kafka_bootstrap_servers": own_broker.bootstrap_servers})
    here = dataclasses.replace(place, settings=settings)
    listener.place = here
    listener.options = listener.options | {"bootstrap_servers": own_broker.bootstrap_servers}
    async with admin_client(listener.options) as admin:
        await provision(admin, [listener.stream, BY_NAME[parking_topic("notices")]])
    return here


async def relayed(here, listener):
    """Run a relay for the listener's stream; return how to end it."""
    stop = asyncio.Event()
    task = asyncio.create_task(Relay("notices", here.settings, topics=(listener.stream,)).run(stop))

    async def end():
        stop.set()
        await asyncio.wait_for(task, 30)

    return end


async def say_counted(here, listener, numbers):
    for number in numbers:
        await here.say(listener.stream.name, "a", number)


async def test_a_broker_that_restarts_delays_events_and_loses_and_swaps_none(here, listener, own_broker):
    listener.note_effects()
    end = await relayed(here, listener)
    async with listener.listening():
        await say_counted(here, listener, range(5))
        await here.effects_of(5, within=30)
        await asyncio.to_thread(own_broker.server.kill)
        await say_counted(here, listener, range(5, 10))
        await asyncio.to_thread(own_broker.server.start)
        await say_counted(here, listener, range(10, 15))
        assert await here.effects_of(15, within=90) == [("a", number) for number in range(15)]
    await end()
    assert await here.unsent() == 0


async def test_a_worker_that_starts_before_its_broker_hears_everything_once_it_is_there(here, listener, own_broker):
    await asyncio.to_thread(own_broker.server.stop)
    listener.note_effects()
    end = await relayed(here, listener)
    async with listener.listening() as broker:
        await say_counted(here, listener, range(3))
        await asyncio.sleep(0)
        assert broker.waiting_for == [listener.stream.name]
        await asyncio.to_thread(own_broker.server.start)
        assert await here.effects_of(3, within=60) == [("a", number) for number in range(3)]
        assert broker.waiting_for == []
    await end()


async def test_a_new_empty_cluster_is_told_the_whole_outbox_and_inboxes_drop_what_they_know(
    here, listener, own_broker, infrastructure
):
    listener.note_effects()
    end = await relayed(here, listener)
    async with listener.listening():
        await say_counted(here, listener, range(4))
        await here.effects_of(4, within=30)
    await end()
    first_cluster = await here.admin.fetchval("select cluster_id from relay_state")

    replacement = infrastructure.start_kafka()
    settings = here.settings.model_copy(update={"kafka_bootstrap_servers": replacement.bootstrap_servers})
    moved = dataclasses.replace(here, settings=settings)
    listener.place = moved
    await say_counted(here, listener, [4])
    end = await relayed(moved, listener)
    async with listener.listening():
        assert await here.effects_of(5, within=60) == [("a", number) for number in range(5)]
        listener.options = listener.options | {"bootstrap_servers": replacement.bootstrap_servers}
        await eventually(lambda: _committed_everywhere(listener, 5), within=30)
    await end()
    assert await here.unsent() == 0
    assert await here.admin.fetchval("select cluster_id from relay_state") != first_cluster
    assert await here.admin.fetchval("select count(*) from inbox") == 5
    replacement.server.stop()


async def _committed_everywhere(listener, count) -> bool:
    return sum((await listener.committed()).values()) == count


async def test_a_consumer_that_got_stuck_in_silence_is_replaced(here, listener):
    listener.note_effects()
    async with listener.listening() as broker:
        await listener.tell("a", 1)
        await here.effects_of(1, within=30)
        [subscriber] = broker.subscribers
        stuck = subscriber.consumer
        # As after long outages: its group coordination and its fetching are dead, and it says nothing.
        stuck._coordinator._coordination_task.cancel()
        stuck._fetcher._fetch_task.cancel()
        await listener.tell("a", 2)
        assert await here.effects_of(2, within=60) == [("a", 1), ("a", 2)]
        assert subscriber.consumer is not stuck


async def test_a_broker_that_comes_back_empty_under_its_old_address_is_noticed_while_everything_runs(
    here, listener, own_broker, tmp_path
):
    listener.note_effects()
    end = await relayed(here, listener)
    async with listener.listening():
        await say_counted(here, listener, range(4))
        await here.effects_of(4, within=30)
        await asyncio.to_thread(own_broker.server.kill)
        await say_counted(here, listener, range(4, 6))
        empty = await asyncio.to_thread(_empty_broker, int(own_broker.bootstrap_servers.rpartition(":")[2]), tmp_path)
        try:
            assert await here.effects_of(6, within=90) == [("a", number) for number in range(6)]
            await eventually(lambda: _committed_everywhere(listener, 6), within=60)
        finally:
            await end()
            await asyncio.to_thread(empty.stop)
    assert await here.unsent() == 0


def _empty_broker(port: int, folder: Path) -> Running:
    kafka.prepare(folder, port, free_port())
    running = Running(kafka.program(folder, port), folder / "broker.log")
    running.start()
    return running


def test_what_a_library_says_at_every_try_is_written_once_a_minute():
    once, name = OnceAMinute(), "aiokafka.client"

    def written(message, *arguments):
        return once.filter(logging.LogRecord(name, logging.ERROR, "", 0, message, arguments, None))

    assert [written("Unable connect to %s", "a"), written("Unable connect to %s", "b"), written("other")] == [
        True,
        False,
        True,
    ]
    once.last_written.clear()
    assert written("Unable connect to %s", "a")
