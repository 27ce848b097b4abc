"""What a downstream consumer reads: whole topics, with a client that is not the platform's own."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from confluent_kafka import OFFSET_BEGINNING, Consumer, KafkaError, KafkaException, TopicPartition

PATIENCE = 30.0


@dataclass(frozen=True, slots=True)
class Heard:
    """One record of a topic, as CloudEvents says it."""

    id: str
    type: str
    key: str
    partition: int
    offset: int
    body: dict[str, Any]


def read_whole(servers: str, topic: str) -> list[Heard]:
    """Return a topic's events from its beginning to where it ends now, each partition in its order.

    Raises KafkaException when the broker does not answer.
    """
    return list(_records(servers, topic))


def _records(servers: str, topic: str) -> Iterator[Heard]:
    reader = Consumer(
        {
            "bootstrap.servers": servers,
            "group.id": "downstream-of-chaos",
            "enable.auto.commit": False,
            "enable.partition.eof": True,
        }
    )
    try:
        known = reader.list_topics(topic, timeout=PATIENCE).topics[topic].partitions
        reader.assign([TopicPartition(topic, number, OFFSET_BEGINNING) for number in known])
        unfinished = set(known)
        while unfinished:
            record = reader.poll(PATIENCE)
            if record is None:
                raise KafkaException(KafkaError(KafkaError._TIMED_OUT))
            if record.error() is None:
                yield from _events(record)
            elif (problem := record.error()) and problem.code() == KafkaError._PARTITION_EOF:
                unfinished.discard(record.partition())
            else:
                raise KafkaException(problem)
    finally:
        reader.close()


def _events(record: Any) -> Iterator[Heard]:
    headers = {name: (value or b"").decode(errors="replace") for name, value in record.headers() or ()}
    try:
        body = json.loads(record.value() or b"")
    except ValueError:
        return
    if "ce_id" in headers and isinstance(body, dict):
        key = (record.key() or b"").decode(errors="replace")
        yield Heard(headers["ce_id"], headers.get("ce_type", ""), key, record.partition(), record.offset(), body)
