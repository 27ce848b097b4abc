"""One consumer handles the messages of its partitions at once, and never two of one partition."""

import asyncio

import pytest
from aiokafka.partitioner import DefaultPartitioner
from sqlalchemy import text

from tests.infrastructure.waiting import eventually

pytestmark = [pytest.mark.broker]

PARTITIONS = 3


def thing_of(partition: int, ordinal: int = 0) -> str:
    """The name of a thing whose events lie in this partition; each ordinal is another thing."""
    numbers = list(range(PARTITIONS))
    names = (f"thing-{number}" for number in range(1000))
    fitting = (name for name in names if DefaultPartitioner()(name.encode(), numbers, numbers) == partition)
    return [next(fitting) for _ in range(ordinal + 1)][-1]


A, B, C = (thing_of(partition) for partition in range(PARTITIONS))
BESIDE_A = thing_of(0, 1)


@pytest.fixture
def partitions():
    return PARTITIONS


async def note(event, session):
    await session.execute(text("insert into effect (thing, number) values (:thing, :number)"), event.model_dump())


@pytest.fixture
def held(listener):
    """Handle events, but hold those of some things until they are let go; tells what has begun."""
    holding = {A: asyncio.Event(), B: asyncio.Event(), C: asyncio.Event()}
    begun: list[tuple[str, int]] = []

    async def handle(event, session):
        begun.append((event.thing, event.number))
        if event.thing in holding:
            await holding[event.thing].wait()
        await note(event, session)

    listener.on_counted(handle)
    return holding, begun


async def test_a_message_that_takes_its_time_holds_its_own_partition_only(listener, place, held):
    holding, begun = held
    holding[B].set()
    await listener.tell(A, 1)
    await listener.tell(BESIDE_A, 2)
    await listener.tell(B, 3)
    await listener.tell(B, 4)
    async with listener.listening():
        assert await place.effects_of(2) == [(B, 3), (B, 4)]
        assert (BESIDE_A, 2) not in begun
        await eventually(lambda: _committed(listener, {1: 2}))
        holding[A].set()
        assert (await place.effects_of(4))[2:] == [(A, 1), (BESIDE_A, 2)]
        await eventually(lambda: _committed(listener, {0: 2, 1: 2}))


async def test_a_message_that_must_come_again_is_sought_in_its_own_partition(listener, place, monkeypatch):
    monkeypatch.setattr("chassis.inbox.PAUSES", ())
    monkeypatch.setattr("chassis.inbox.PAUSE_BEFORE_SEEK", 0.02)
    away = True

    async def handle(event, session):
        if event.thing == A and away:
            raise ConnectionError
        await note(event, session)

    listener.on_counted(handle)
    await listener.tell(A, 1)
    await listener.tell(A, 2)
    for number in range(3, 8):
        await listener.tell(B, number)
    async with listener.listening():
        assert await place.effects_of(5) == [(B, number) for number in range(3, 8)]
        away = False
        assert (await place.effects_of(7))[5:] == [(A, 1), (A, 2)]


@pytest.mark.parametrize("pool_size", [2])
async def test_no_more_are_in_hand_than_half_of_the_pool_has_connections(listener, place, held):
    holding, begun = held
    for number, thing in enumerate((A, B, C)):
        await listener.tell(thing, number)
    async with listener.listening():
        await eventually(lambda: len(begun) == 2)
        await place.effects()
        first, second = begun
        assert len(begun) == 2
        holding[first[0]].set()
        await eventually(lambda: len(begun) == 3)
        assert await place.effects_of(1) == [first]
        for thing in holding.values():
            thing.set()
        assert {*await place.effects_of(3)} >= {first, second}


@pytest.mark.real_kafka
async def test_shutdown_lets_all_that_is_in_hand_finish_and_commits_it(listener, place, held):
    holding, begun = held
    for number, thing in enumerate((A, B, C)):
        await listener.tell(thing, number)
    async with listener.listening() as broker:
        await eventually(lambda: len(begun) == 3)
        stopping = asyncio.create_task(broker.stop())
        for thing in holding.values():
            thing.set()
        await stopping
    assert len(await place.effects()) == 3
    assert await listener.committed() == {0: 1, 1: 1, 2: 1}


async def _committed(listener, expected) -> bool:
    return await listener.committed() == expected
