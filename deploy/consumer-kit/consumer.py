"""Keeps a contract book up to date from Kafka, from an empty file on: everything is in the compacted topic.

    pip install confluent-kafka
    KAFKA=localhost:9192 python consumer.py contracts.db

Stop it whenever you like. Offsets are committed after the book is written, so nothing is lost; what comes twice changes
nothing. To begin again, delete the file and give another GROUP.
"""

import os
import sys

from confluent_kafka import Consumer, KafkaException, Message
from contract_book import ContractBook

TOPIC = "connexion.contracts.state"
AT_ONCE = 500
"""How many records are read before the book is written."""


def read(record: Message) -> tuple[dict[str, str], bytes]:
    """Return a record's headers and value. Raises KafkaException where the broker tells of a failure."""
    if record.error():
        raise KafkaException(record.error())
    return {name: value.decode() for name, value in record.headers() or ()}, record.value()


def run(path: str) -> None:
    """Read the topic for ever. Raises KafkaException when the broker refuses."""
    book = ContractBook(path)
    consumer = Consumer(
        {
            "bootstrap.servers": os.environ.get("KAFKA", "localhost:9192"),
            "group.id": os.environ.get("GROUP", "claims.contract-book"),
            "auto.offset.reset": "earliest",
            "enable.auto.commit": False,
        }
    )
    consumer.subscribe([TOPIC])
    try:
        while True:
            records = consumer.consume(AT_ONCE, 1.0)
            if not records:
                continue
            changed = book.take_all([read(each) for each in records if each.error() or each.value() is not None])
            consumer.commit(asynchronous=False)
            print(f"{changed} of {len(records)} records changed the book", flush=True)
    finally:
        consumer.close()


if __name__ == "__main__":
    run(sys.argv[1] if len(sys.argv) > 1 else "contracts.db")
