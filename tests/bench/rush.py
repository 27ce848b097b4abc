"""B7: the last seconds before a close, with files coming as they do in the last ten minutes of a round.

Two thirds of them come before the close and the rest after it. Each answer is held against its receipt: on which side
of the line the file is, and that the time in it lies between its beginning and the answer. ÷ the same upload with
nothing else going on; and three times as many senders ÷ the peak.
"""

import base64
import json
import os
import statistics
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import AsyncExitStack, ExitStack, asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import httpx

from deploy.local.ports import LOCALHOST
from tests.bench.apart import Apart, nothing
from tests.bench.hearing import at_pace
from tests.bench.measuring import OURS, Fact, Goal, Plan, Row, quantile, take_turns
from tests.bench.people import token
from tests.bench.stage import Stage
from tests.bench.upload import Files, documents, edge_port, open_slots, send_ours
from tests.documents.house import House, Person

SIZE = 256 * 1024
PLANNED = 20.0
"""Files a second in the last ten minutes of 10,000 bidders; their files are eight times as large."""
SHARE_OF_THE_PEAK = 0.5
"""Where this machine cannot take that many, the load is this share of what it took at its peak a moment before."""
BEFORE = 2 / 3
SECOND = timedelta(seconds=1)
ALONE = "alone"
PEAK = "8 senders"


@dataclass
class Rushed:
    """What the senders saw: milliseconds from the last byte to the receipt, and how many answers were right."""

    waits: list[float] = field(default_factory=list)
    right: int = 0
    refused: int = 0
    begun: int = 0


async def close_in(held: tuple[House, int], slots: list[UUID], seconds: float) -> datetime:
    """Let these slots close so many seconds from now, and return when."""
    house, _ = held
    closes_at = datetime.now(UTC) + timedelta(seconds=seconds)
    async with house.superuser() as admin:
        await admin.execute(
            "update slot set closes_at = $1, late_until = $1::timestamptz + interval '1 hour' where id = any($2)",
            closes_at,
            slots,
        )
    return closes_at


async def rush(
    _: None, port: int, people: list[tuple[UUID, str]], slots: list[UUID], closes_at: datetime, rate: float
) -> Rushed:
    """Send a file into each slot at the rate, each sender by itself."""
    content, seen, waiting = os.urandom(SIZE), Rushed(), list(enumerate(slots))
    async with signed_in(port, people) as senders:

        async def one() -> None:
            if waiting:
                number, slot = waiting.pop()
                await _send(senders[number % len(senders)], slot, content, closes_at, seen)

        await at_pace(rate, len(slots) / rate, one)
    return seen


@asynccontextmanager
async def signed_in(port: int, people: list[tuple[UUID, str]]) -> AsyncIterator[list[Person]]:
    """Give each of these people a client of the edge."""
    async with AsyncExitStack() as stack:
        senders = []
        for organization, bearer in people:
            client = httpx.AsyncClient(
                base_url=f"http://{LOCALHOST}:{port}", headers={"Authorization": f"Bearer {bearer}"}, timeout=60
            )
            senders.append(Person(await stack.enter_async_context(client), organization))
        yield senders


async def _send(person: Person, slot: UUID, content: bytes, closes_at: datetime, seen: Rushed) -> None:
    line, began = closes_at + SECOND, datetime.now(UTC)
    begun = await person.begin(slot, len(content))
    if begun.status_code == httpx.codes.CONFLICT:
        seen.refused += 1
        seen.right += datetime.now(UTC) >= line
        return
    begun.raise_for_status()
    seen.begun += 1
    sent = 0.0

    async def body() -> AsyncIterator[bytes]:
        nonlocal sent
        yield content
        sent = time.perf_counter()

    answer = await person.send(begun.headers["location"], 0, body())
    seen.waits.append((time.perf_counter() - sent) * 1000)
    answer.raise_for_status()
    receipt = _read(answer.headers["connexion-receipt"])
    received_at = datetime.fromisoformat(receipt["received_at"])
    expected = "in-time" if received_at < line else "late"
    honest = began <= received_at <= datetime.now(UTC)
    seen.right += honest and receipt["verdict"] == answer.headers["connexion-verdict"] == expected


def _read(jws: str) -> dict[str, Any]:
    said = jws.split(".")[1]
    return dict(json.loads(base64.urlsafe_b64decode(said + "=" * (-len(said) % 4))))


async def alone(_: None, port: int, people: list[tuple[UUID, str]], slots: list[UUID]) -> list[float]:
    """Send one file after another, with nothing else going on; milliseconds from the last byte to the receipt."""
    seen, content = Rushed(), os.urandom(SIZE)
    async with signed_in(port, people) as senders:
        for number, slot in enumerate(slots):
            await _send(senders[number % len(senders)], slot, content, datetime.now(UTC) + 3600 * SECOND, seen)
    return seen.waits


@dataclass
class Sides:
    """An edge, a sender, and what was counted over all rounds."""

    edge: Apart
    sender: Apart
    seconds: float = 0.0
    rate: float = 0.0
    counted: int = 0
    right: int = 0
    refused: int = 0

    def rush(self) -> float:
        """The p99 of a rush in milliseconds."""
        people, slots = self._ready(int(self.rate * self.seconds))
        closes_at = self.edge.ask(close_in, slots, self.seconds * BEFORE).value
        seen = self.sender.ask(rush, self._port, people, slots, closes_at, self.rate).value
        self.counted += seen.begun + seen.refused
        self.right += seen.right
        self.refused += seen.refused
        return quantile(seen.waits, 0.99)

    def alone(self) -> float:
        """The p99 of uploads one by one."""
        people, slots = self._ready(20)
        return quantile(self.sender.ask(alone, self._port, people, slots).value, 0.99)

    def many(self, at_once: int, count: int) -> float:
        """Receipts a second with so many senders."""
        files = Files(SIZE, count, at_once)
        people, slots = self._ready(count, at_once)
        sent = self.sender.ask(send_ours, self._port, people, slots, files).value
        self.counted += count
        self.right += sent.receipts
        return count / float(sent.seconds)

    @property
    def _port(self) -> int:
        return int(self.edge.ask(edge_port).value)

    def _ready(self, count: int, organizations: int = 8) -> tuple[list[tuple[UUID, str]], list[UUID]]:
        mine = [uuid4() for _ in range(organizations)]
        people = [(one, token(one, "document.upload", "document.view")) for one in mine]
        return people, self.edge.ask(open_slots, mine, count).value


def measure(stage: Stage, plan: Plan) -> Iterator[Row]:
    """Measure the rush, and what three times as many senders do to it."""
    made = stage.database("documents", "documents_svc")
    folder = stage.folder / "rush"
    folder.mkdir()
    with ExitStack() as stack:
        edge = stack.enter_context(Apart("rush-edge", documents, made.login_url, made.admin_url, str(folder)))
        sender = stack.enter_context(Apart("rush-sender", nothing))
        over, count = Sides(edge, sender), plan.count(full=120, quick=48)
        over.many(8, count)
        many = take_turns(plan.rounds, {OURS: lambda: over.many(24, count), PEAK: lambda: over.many(8, count)})
        yield Row(
            "B7 overload, 24 senders",
            " receipts/s",
            many,
            goals={PEAK: Goal(0.8)},
            lost=over.counted - over.right,
        )
        rate = min(PLANNED, SHARE_OF_THE_PEAK * statistics.median(many[PEAK]))
        sides = Sides(edge, sender, seconds=9.0 if not plan.quick else 3.0, rate=rate)
        sides.alone()
        samples = take_turns(plan.rounds, {OURS: sides.rush, ALONE: sides.alone})
        yield Row(
            "B7 rush, last byte to receipt",
            " ms p99",
            samples,
            goals={ALONE: Goal(10, at_most=True)},
            facts=[
                Fact("on the right side", 100 * sides.right / sides.counted, " %", Goal(100)),
                Fact("worst p99", max(samples[OURS]), " ms", Goal(2000, at_most=True)),
            ],
            lost=sides.counted - sides.right,
            words=[f"{rate:.0f} files/s of {SIZE // 1024} KiB", f"{sides.refused} begun after the close and refused"],
        )
