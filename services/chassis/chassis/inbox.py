"""The two middlewares of every inbound message: `Park` outside, `Once` inside, so that each try is a transaction."""

import asyncio
from collections.abc import Callable, Collection
from contextvars import ContextVar
from functools import partial
from typing import Any
from uuid import UUID

import structlog
from aiokafka import ConsumerRecord
from faststream import BaseMiddleware, ContextRepo
from faststream.exceptions import IgnoredException
from faststream.message import StreamMessage

from chassis import metrics
from chassis.database import Database
from chassis.failures import Failure, kind_of
from chassis.kafka import Hearing, Turn
from chassis.offsets import Offsets
from chassis.parking_lot import ParkingLot
from chassis.vitals import Vitals

PAUSES = (0.2, 1.0, 5.0)
"""Seconds between tries in place."""
PAUSE_BEFORE_SEEK = 5.0
PARKED_IN_A_ROW = 10
"""So many of one topic parked one after another are no longer bad messages but a bad release, or a bad speaker."""

log = structlog.get_logger()

Next = Callable[[Any], Any]


class Subscription:
    """What happens to one hearing in this process; shared by the middlewares of all its messages."""

    def __init__(
        self,
        hearing: Hearing,
        database: Database,
        lot: ParkingLot,
        vitals: Vitals,
        wake: Callable[[Collection[UUID]], None],
    ) -> None:
        """Take what the middlewares work with; `wake` is called when a handled message said something in turn."""
        self.hearing = hearing
        self.database = database
        self.lot = lot
        self.vitals = vitals
        self.wake = wake
        self.offsets = Offsets()
        self.in_hand = 0
        self.parked_in_a_row = 0


class Park(BaseMiddleware):
    """Tries again in place what fails for a passing reason; parks what cannot be helped.

    When it cannot even park, or something the message needs stays away, it pauses and raises: the message is not
    acknowledged, the consumer seeks back to it, and order is kept.
    """

    def __init__(self, msg: Any, /, *, context: ContextRepo, subscription: Subscription) -> None:
        super().__init__(msg, context=context)
        self._subscription = subscription

    @classmethod
    def by(cls, subscription: Subscription) -> Callable[..., "Park"]:
        """Return the middleware for a router."""
        return partial(cls, subscription=subscription)

    async def consume_scope(self, call_next: Next, msg: StreamMessage[ConsumerRecord]) -> Any:
        """Handle one message, as often as it takes."""
        subscription = self._subscription
        if subscription.vitals.failed:
            await asyncio.sleep(1)  # the process is ending; take nothing more
            raise ProcessEndingError
        subscription.in_hand += 1
        try:
            return await self._until_done(call_next, msg)
        finally:
            subscription.in_hand -= 1

    async def _until_done(self, call_next: Next, msg: StreamMessage[ConsumerRecord]) -> Any:
        hearing = self._subscription.hearing
        for pause in (*PAUSES, None):
            try:
                result = await call_next(msg)
            except IgnoredException:
                raise  # acknowledgement steered from within
            except Exception as error:
                kind = kind_of(error)
                if kind is Failure.PERMANENT or (kind is Failure.UNKNOWN and pause is None):
                    return await self._park(msg.raw_message, error)
                metrics.EVENTS_RETRIED.labels(topic=hearing.topic).inc()
                log.warning("an event failed and is tried again", group=hearing.group, error=type(error).__name__)
                if pause is None:
                    await asyncio.sleep(PAUSE_BEFORE_SEEK)
                    raise
                await asyncio.sleep(pause)
            else:
                self._subscription.parked_in_a_row = 0
                return result
        raise AssertionError("the last pause ends the loop")

    async def _park(self, record: ConsumerRecord, error: Exception) -> None:
        subscription = self._subscription
        try:
            await subscription.lot.park(record, subscription.hearing, error)
        except Exception:
            await asyncio.sleep(PAUSE_BEFORE_SEEK)
            raise
        subscription.parked_in_a_row += 1
        if subscription.parked_in_a_row >= PARKED_IN_A_ROW:
            subscription.vitals.fail(f"{PARKED_IN_A_ROW} events in a row were parked by {subscription.hearing.group}")


class Once(BaseMiddleware):
    """Opens the transaction of one message behind its inbox row, and hands it to the handlers as `turn`."""

    def __init__(self, msg: Any, /, *, context: ContextRepo, subscription: Subscription) -> None:
        super().__init__(msg, context=context)
        self._subscription = subscription

    @classmethod
    def by(cls, subscription: Subscription) -> Callable[..., "Once"]:
        """Return the middleware for a router."""
        return partial(cls, subscription=subscription)

    async def consume_scope(self, call_next: Next, msg: StreamMessage[ConsumerRecord]) -> Any:
        """Hand the message on if it is heard for the first time; else it is done."""
        subscription = self._subscription
        database = subscription.database
        async with database.shares, subscription.hearing.first_time(database, msg.headers, msg.body) as turn:
            if turn is None:
                return None
            token = _turn.set(turn)
            try:
                result = await call_next(msg)
            finally:
                _turn.reset(token)
        if turn.spoke:
            subscription.wake(turn.spoken_of)
        return result


_turn: ContextVar[Turn] = ContextVar("turn")


def current_turn() -> Turn:
    """The turn of the message in hand. FastStream's own injection would cost each message a hop to a thread."""
    return _turn.get()


class ProcessEndingError(Exception):
    """The process ends; the message stays unacknowledged for the next one."""
