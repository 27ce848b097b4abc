"""B11: the consumer kit's book rebuilt from the state topic, from an empty file on.

÷ raw consume + JSON: the same records read by the same client and parsed, and nothing kept.
"""

import importlib.util
import json
import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any
from uuid import UUID

from confluent_kafka import Consumer, Producer, TopicPartition

from chassis.ids import new_id
from events.contracts import ContractState
from events.envelope import Envelope
from events.examples import BY_TYPE
from tests.bench.measuring import OURS, Fact, Goal, Plan, Row, take_turns
from tests.bench.stage import Stage, stream

KIT = Path(__file__).parents[2] / "deploy" / "consumer-kit" / "contract_book.py"
STREAM, RAW = stream("bench.contract-states"), "raw consume + JSON"
TOPIC = STREAM.name
REVISIONS = 10
AT_ONCE = 500

Record = tuple[dict[str, str], bytes]


def measure(stage: Stage, plan: Plan) -> Iterator[Row]:
    """Measure the rebuild."""
    kit = _kit()
    count = plan.count(full=100_000, quick=5_000)
    stage.topics(STREAM)
    servers = stage.kafka.bootstrap_servers
    said = _say(servers, count)
    expected = kit.ContractBook()
    expected.take_all(said[-count // REVISIONS :])
    built: list[bytes] = []

    def ours() -> float:
        path = stage.folder / f"book-{len(built)}.db"
        book = kit.ContractBook(str(path))
        pace = _read(servers, count, book.take_all)
        built.append(book.written())
        return pace

    samples = take_turns(plan.rounds, {OURS: ours, RAW: lambda: _read(servers, count, _parse)})
    yield Row(
        "B11 contract book",
        "/s",
        samples,
        goals={RAW: Goal(0.2)},
        facts=[Fact("contracts", count // REVISIONS, "")],
        lost=sum(each != expected.written() for each in built),
        words=[f"{count:,} snapshots, {REVISIONS} revisions of each contract; lost counts books that differ by a byte"],
    )


def _say(servers: str, count: int) -> list[Record]:
    """Say snapshots, revision after revision of every contract; return them as they were said."""
    example = BY_TYPE[ContractState.TYPE]
    contracts = [new_id() for _ in range(count // REVISIONS)]
    told = [_record(example, contract, revision) for revision in range(1, REVISIONS + 1) for contract in contracts]
    producer = Producer({"bootstrap.servers": servers, "linger.ms": 20, "queue.buffering.max.messages": 200_000})
    for headers, body in told:
        pairs = [(name, value.encode()) for name, value in headers.items()]
        producer.produce(TOPIC, value=body, key=headers["ce_subject"], headers=pairs)
        producer.poll(0)
    left = producer.flush(120)
    assert left == 0, f"{left} records were not taken by the broker"
    return told


def _record(example: Any, contract_id: UUID, revision: int) -> Record:
    event = example.model_copy(update={"contract_id": contract_id, "revision": revision})
    envelope = Envelope.of(event, id=new_id(), time=event.changed_at, source="/connexion/contracts-svc")
    return envelope.headers(), event.body()


def _read(servers: str, count: int, take: Callable[[Sequence[Record]], object]) -> float:
    """Read the whole topic from its beginning; return how many records a second."""
    consumer = Consumer({"bootstrap.servers": servers, "group.id": "bench", "enable.auto.commit": False})
    partitions = consumer.list_topics(TOPIC).topics[TOPIC].partitions
    consumer.assign([TopicPartition(TOPIC, number, 0) for number in partitions])
    read, began = 0, time.perf_counter()
    try:
        while read < count:
            records = consumer.consume(AT_ONCE, 30)
            assert records, f"the broker gave {read} of {count} records"
            take([_parts(record) for record in records])
            read += len(records)
        return count / (time.perf_counter() - began)
    finally:
        consumer.close()


def _parts(record: Any) -> Record:
    assert record.error() is None, record.error()
    return {name: value.decode() for name, value in record.headers()}, record.value()


def _parse(records: Sequence[tuple[Mapping[str, str], bytes]]) -> None:
    for _, body in records:
        json.loads(body)


def _kit() -> Any:
    """The kit works without the rest of the repository, so it is loaded from its file."""
    spec = importlib.util.spec_from_file_location("contract_book_of_the_kit", KIT)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return module
