"""Keeps a contract book up to date from Kafka, from an empty file on: everything is in the compacted topic.

    pip install confluent-kafka
    KAFKA=localhost:9192 python consumer.py contracts.db

Stop it whenever you like. Offsets are committed after the book is written, so nothing is lost; what comes twice changes
nothing. To begin again, delete the file and give another GROUP.
"""

import os
import sys

from confluent_kafka import Consumer, KafkaException
from contract_book import ContractBook

TOPIC = "connexion.contracts.state"


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
            record = consumer.poll(1.0)
            if record is None:
                continue
            if record.error():
                raise KafkaException(record.error())
            headers = {name: value.decode() for name, value in record.headers() or ()}
            if record.value() is not None and book.take(headers, record.value()):
                print(f"{headers['ce_subject']} is up to date", flush=True)
            consumer.commit(record, asynchronous=False)
    finally:
        consumer.close()


if __name__ == "__main__":
    run(sys.argv[1] if len(sys.argv) > 1 else "contracts.db")
