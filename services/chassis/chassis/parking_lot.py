"""The parking topic: messages a service cannot take are set aside with their story.

A parked message keeps its bytes, key and headers and gets `parked-…` headers: error class, rule, where it came from,
which group parked it, and when. The story never quotes the payload.
"""

import asyncio
from dataclasses import dataclass
from typing import Any

import structlog
from aiokafka import AIOKafkaProducer, ConsumerRecord

from chassis import machine_time, metrics
from chassis.errors import ConnexionError
from chassis.kafka import Hearing
from chassis.kafka_clients import SEND_TIMEOUT, start_producer, stop_producer
from events.envelope import MalformedMessageError
from events.topics import parking_topic

PREFIX = "parked-"

log = structlog.get_logger()


class ParkingLot:
    """Where one service parks. The producer is opened when it is first needed."""

    def __init__(self, service: str, options: dict[str, Any]) -> None:
        """Take the short name of the service and `kafka_clients.connection_options`."""
        self._topic = parking_topic(service)
        self._options = options
        self._producer: AIOKafkaProducer | None = None
        self._opening = asyncio.Lock()

    async def park(self, record: ConsumerRecord, hearing: Hearing, error: BaseException) -> None:
        """Publish a record to the parking topic with its story; when this returns, the broker has it.

        Raises one of `kafka_clients.UNREACHABLE` when it could not be parked.
        """
        headers = [header for header in record.headers if not header[0].startswith(PREFIX)]
        headers += [(PREFIX + name, text.encode()) for name, text in _story(record, hearing, error).items()]
        async with asyncio.timeout(2 * SEND_TIMEOUT):
            producer = await self._open()
            await producer.send_and_wait(self._topic, value=record.value, key=record.key, headers=headers)
        metrics.EVENTS_PARKED.labels(topic=hearing.topic).inc()
        log.error(
            "an event was parked",
            group=hearing.group,
            error=type(error).__name__,
            topic=record.topic,
            partition=record.partition,
            offset=record.offset,
        )

    async def close(self) -> None:
        """Close the producer, if one was opened."""
        if self._producer is not None:
            await stop_producer(self._producer)

    async def _open(self) -> AIOKafkaProducer:
        async with self._opening:
            if self._producer is None:
                self._producer = await start_producer(self._options)
            return self._producer


def _story(record: ConsumerRecord, hearing: Hearing, error: BaseException) -> dict[str, str]:
    before = Parked.of(record)
    story = {
        "error": type(error).__name__,
        "topic": before.topic if before else record.topic,
        "partition": str(before.partition if before else record.partition),
        "offset": str(before.offset if before else record.offset),
        "by": hearing.group,
        "at": machine_time.now().isoformat(),
    }
    if isinstance(error, ConnexionError):
        story["rule"] = error.type
    if isinstance(error, MalformedMessageError):
        story["problem"] = str(error)  # names headers, fields and kinds of error, never values
    return story


@dataclass(frozen=True, slots=True)
class Parked:
    """A message in the parking topic, and where it came from."""

    event_id: str
    event_type: str
    error: str
    rule: str
    topic: str
    partition: int
    offset: int
    at: str

    @classmethod
    def of(cls, record: ConsumerRecord) -> "Parked | None":
        """Read the story of a record; None for one that was never parked."""
        found = {name: value.decode(errors="replace") for name, value in record.headers if value is not None}
        if PREFIX + "topic" not in found:
            return None
        return cls(
            event_id=found.get("ce_id", ""),
            event_type=found.get("ce_type", ""),
            error=found[PREFIX + "error"],
            rule=found.get(PREFIX + "rule", found.get(PREFIX + "problem", "")),
            topic=found[PREFIX + "topic"],
            partition=int(found[PREFIX + "partition"]),
            offset=int(found[PREFIX + "offset"]),
            at=found[PREFIX + "at"],
        )
