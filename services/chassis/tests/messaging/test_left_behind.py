"""A consumer that cannot even be stopped, as aiokafka's without any broker, does not hold its keeper."""

import asyncio
from types import SimpleNamespace

import pytest

from chassis import subscribing
from chassis.subscribing import Keeper


class Subscriber:
    def __init__(self, stop) -> None:
        self.stop = stop
        self.consumer = object()


async def nothing() -> None: ...


def kept(stop) -> Keeper:
    subscription = SimpleNamespace(
        hearing=SimpleNamespace(topic="connexion.documents"), offsets=SimpleNamespace(at_once=False, commit=nothing)
    )
    return Keeper(Subscriber(stop), subscription)


@pytest.fixture(autouse=True)
def short_patience(monkeypatch):
    monkeypatch.setattr(subscribing, "ANSWER_WITHIN", 0.05)


async def test_one_that_hangs_even_when_it_is_cancelled_is_left_behind():
    answer = asyncio.Event()

    async def hang() -> None:
        while not answer.is_set():
            try:
                await answer.wait()
            except asyncio.CancelledError:
                continue

    keeper = kept(hang)
    await keeper._close()
    assert keeper._subscriber.consumer is None
    answer.set()


async def test_one_whose_own_task_was_cancelled_is_left_behind():
    async def cancelled() -> None:
        raise asyncio.CancelledError

    keeper = kept(cancelled)
    await keeper._close()
    assert keeper._subscriber.consumer is None


async def test_one_that_fails_to_stop_is_left_behind():
    async def fail() -> None:
        raise ConnectionError

    keeper = kept(fail)
    await keeper._close()
    assert keeper._subscriber.consumer is None


async def test_one_that_stops_is_not_left_behind():
    keeper = kept(nothing)
    await keeper._close()
    assert keeper._subscriber.consumer is not None
