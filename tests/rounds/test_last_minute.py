"""The last minute of a bid window, over both services' real workers: every file lands on its side of the line.

The clock stands still until it is moved, so that a file is received at 20:59:58 to the microsecond however busy this
machine is. The broker answers nobody through the close; the scanner answers when a test lets it.
"""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import AbstractAsyncContextManager, AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import pytest

from bidding_svc.app import SERVICE as BIDDING
from bidding_svc.requirements.requirement import Need
from bidding_svc.rounds.phase import Phase
from bidding_svc.rounds.use_cases.deciding import extend_window
from bidding_svc.rounds.use_cases.setting_up import AsRead
from bidding_svc.seed import seed
from chassis import program_time
from chassis.calendar import EASTERN, due_at, eastern_day
from chassis.database import Fence
from chassis.metrics import EVENTS_PARKED
from documents_svc.app import SERVICE as DOCUMENTS
from tests.documents import pdfs
from tests.documents.cut import patch_cut_after
from tests.documents.house import House, Person, publish_token_key, running_edge
from tests.infrastructure.interface import Kafka, Unavailable
from tests.infrastructure.waiting import eventually
from tests.rounds.at_hand import ADMINISTRATOR
from tests.rounds.both_services import CODE, STANDS_IN, Site, open_site

pytestmark = [pytest.mark.broker, pytest.mark.slow, pytest.mark.timeout(400)]
SECOND = timedelta(seconds=1)
TICK = timedelta(microseconds=1)
CONTENT = pdfs.pdf(filling=100_000)


@dataclass
class StandingClock:
    """Program time that stands still until it is set."""

    at: datetime

    def now(self) -> datetime:
        """Return the moment it stands at."""
        return self.at


class Scanner:
    """A clamd that finds nothing, and answers only while it is let."""

    def __init__(self) -> None:
        self.answering = asyncio.Event()
        self.answering.set()

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"zINSTREAM\0")
        while size := int.from_bytes(await reader.readexactly(4)):
            await reader.readexactly(size)
        await self.answering.wait()
        writer.write(b"stream: OK\0")
        writer.close()


@dataclass
class LastMinute:
    """Both services at work, the bidders by name, and what a test moves: clock, broker, scanner."""

    site: Site
    house: House
    clock: StandingClock
    broker: Kafka
    scanner: Scanner
    close: datetime
    people: dict[str, Person] = field(default_factory=dict)
    slots: dict[str, UUID] = field(default_factory=dict)

    async def begin(self, name: str) -> str:
        return await self.people[name].begun(self.slots[name], len(CONTENT))

    async def finish(self, name: str, location: str, offset: int = 0) -> str:
        """Send the rest and return the verdict in the receipt."""
        answer = await self.people[name].send(location, offset, CONTENT[offset:])
        assert answer.status_code == 204, answer.text
        return answer.headers["connexion-verdict"]

    async def needs(self) -> dict[str, Need]:
        """How the required document of each bidder stands."""
        return {name: (await self.site.requirement(who.organization)).state for name, who in self.people.items()}

    async def settled(self) -> dict[str, list[tuple[str, str]]]:
        """The final list of each bidder's slot, as the last `slot-settled` told it."""
        names = {str(slot): name for name, slot in self.slots.items()}
        return {
            names[told["slot_id"]]: [(file["verdict"], file["state"]) for file in told["files"]]
            for told in await self.house.said("slot-settled")
            if told["slot_id"] in names
        }

    @asynccontextmanager
    async def without_broker(self) -> AsyncIterator[None]:
        """Let the broker hang: nobody gets an answer."""
        assert self.broker.server is not None
        self.broker.server.freeze()
        try:
            yield
        finally:
            self.broker.server.thaw()


Opened = Callable[..., AbstractAsyncContextManager[LastMinute]]


@pytest.fixture
def broker(infrastructure) -> Iterator[Kafka]:
    """A broker of our own, which may hang."""
    try:
        started = infrastructure.start_kafka()
    except Unavailable as why:
        pytest.skip(str(why))
    if started.server is None:
        pytest.skip("needs a broker that is ours to stop")
    yield started
    started.server.stop()


@pytest.fixture
def last_minute(broker, database_for, tmp_path, monkeypatch) -> Opened:
    """Open both services for bidders by these names, weeks before the close and days before the CDRD."""

    @asynccontextmanager
    async def opened(*names: str) -> AsyncIterator[LastMinute]:
        scanner, clock = Scanner(), StandingClock(program_time.now())
        monkeypatch.setattr(program_time, "now", clock.now)
        async with AsyncExitStack() as stack:
            listening = await stack.enter_async_context(await asyncio.start_server(scanner.serve, "127.0.0.1", 0))
            address = f"127.0.0.1:{listening.sockets[0].getsockname()[1]}"
            site = await stack.enter_async_context(
                open_site(database_for, broker.bootstrap_servers, tmp_path, clamd_address=address)
            )
            await seed(site.bidding, eastern_day(clock.at) + timedelta(days=10))
            house = site.house
            await publish_token_key(site.documents)
            for service in (BIDDING, DOCUMENTS):
                await stack.enter_async_context(site.worker(service))
            house.edges.append(await stack.enter_async_context(running_edge(house.settings)))
            stack.callback(scanner.answering.set)
            window = LastMinute(site, house, clock, broker, scanner, (await site.round_()).closes_at)
            for number, name in enumerate(names, 1):
                window.people[name] = await house.person(await site.bidder(number))
                window.slots[name] = (await site.requirement(window.people[name].organization)).slot_id
            await eventually(lambda: _every_slot_is_open(site), within=60, what="every slot is open")
            before = parked()
            yield window
            assert parked() == before, "a consumer could not make sense of what was said"

    return opened


async def _every_slot_is_open(site: Site) -> bool:
    confirmed, slots = await site.confirmed()
    return confirmed == slots


def parked() -> float:
    """How many messages consumers of this process have set aside so far."""
    return sum(
        sample.value
        for metric in EVENTS_PARKED.collect()
        for sample in metric.samples
        if sample.name.endswith("_total")
    )


async def _are(found: Callable[[], Awaitable[dict[str, Any]]], **expected: Any) -> bool:
    seen = await found()
    assert {name: seen.get(name) for name in expected} == expected
    return True


async def test_every_file_of_the_last_minute_is_on_its_side_though_the_broker_is_away_at_the_close(
    last_minute,
):
    async with last_minute("scanning", "just", "at_nine", "late", "cut", "nothing", "early") as window:
        site, clock, close = window.site, window.clock, window.close
        assert f"{close.astimezone(EASTERN):%H:%M:%S}" == "20:59:59"
        early = await site.requirement(window.people["early"].organization, STANDS_IN)
        await window.people["early"].file(early.slot_id, pdfs.pdf())

        clock.at = close - 50 * SECOND
        begun = {name: await window.begin(name) for name in ("just", "at_nine", "late", "cut")}
        await patch_cut_after(window.people["cut"], begun["cut"], 0, CONTENT, 60_000)
        window.scanner.answering.clear()
        async with window.without_broker():
            clock.at = close - SECOND
            assert await window.finish("scanning", await window.begin("scanning")) == "in-time"
            clock.at = close + SECOND - TICK
            assert await window.finish("just", begun["just"]) == "in-time"
            clock.at = close + SECOND
            assert await window.finish("at_nine", begun["at_nine"]) == "late"
            clock.at = close + 4 * SECOND
            assert await window.finish("late", begun["late"]) == "late"
            refused = await window.people["nothing"].begin(window.slots["nothing"], 10)
            assert refused.json()["type"] == "urn:connexion:problem:only-what-a-notice-asks-for"

            async def round_has_closed() -> bool:
                return (await site.round_()).phase is Phase.EVALUATION

            await eventually(round_has_closed, within=60, what="the round has closed without the broker")
            assert set((await window.needs()).values()) == {Need.REQUIRED}

        received = {"scanning": Need.RECEIVED, "just": Need.RECEIVED}
        waiting = dict.fromkeys(("at_nine", "late", "cut", "nothing", "early"), Need.REQUIRED)
        await eventually(
            lambda: _are(window.needs, **received, **waiting), within=90, what="what came in time is received"
        )

        clock.at = close + timedelta(hours=1, seconds=1)
        empty: list[tuple[str, str]] = []
        await eventually(
            lambda: _are(window.settled, cut=empty, nothing=empty, early=empty), within=60, what="all settled"
        )
        assert not {"scanning", "just", "at_nine", "late"} & set(await window.settled())
        assert (await window.needs())["scanning"] is Need.RECEIVED

        window.scanner.answering.set()
        lists = {
            "scanning": [("in-time", "accepted")],
            "just": [("in-time", "accepted")],
            "at_nine": [("late", "accepted")],
            "late": [("late", "accepted")],
            "cut": empty,
            "nothing": empty,
            "early": empty,
        }
        await eventually(lambda: _are(window.settled, **lists), within=90, what="every slot has its final list")
        missing = dict.fromkeys(("at_nine", "late", "cut", "nothing"), Need.MISSING)
        ended = received | missing | {"early": Need.MISSING_NOTIFIABLE}
        await eventually(lambda: _are(window.needs, **ended), within=90, what="every requirement has ended right")


async def test_an_extension_decided_at_8_58_counts_for_what_came_after_the_old_close(last_minute):
    async with last_minute("late", "cut", "nothing") as window:
        site, clock, close = window.site, window.clock, window.close
        later = due_at(eastern_day(close) + timedelta(days=2))
        clock.at = close - 50 * SECOND
        begun = {name: await window.begin(name) for name in ("late", "cut")}
        await patch_cut_after(window.people["cut"], begun["cut"], 0, CONTENT, 60_000)
        async with window.without_broker():
            clock.at = close - timedelta(minutes=1, seconds=59)
            which = AsRead(CODE, (await site.round_()).version)
            async with site.bidding.writing(Fence.staff(), ADMINISTRATOR) as session:
                await extend_window(session, which, eastern_day(later), "The network was down for a day.")
            clock.at = close + 4 * SECOND
            assert await window.finish("late", begun["late"]) == "late"
            assert (await window.people["nothing"].begin(window.slots["nothing"], 10)).status_code == 409
            assert (await site.round_()).phase is Phase.BIDDING

        async def extension_is_in_force() -> bool:
            return await site.closes() == {later} and (await site.round_()).closes_at == later

        await eventually(extension_is_in_force, within=90, what="the extension is in force")
        [file] = (await window.people["late"].get("/files"))["items"]
        versions = await window.people["late"].get(f"/files/{file['id']}/versions")
        assert [receipt["verdict"] for receipt in versions["items"][0]["receipts"]] == ["late", "in-time"]
        stands = int((await window.people["cut"].stand(begun["cut"])).headers["upload-offset"])
        assert await window.finish("cut", begun["cut"], stands) == "in-time"
        in_time = dict.fromkeys(("late", "cut"), Need.RECEIVED)
        await eventually(
            lambda: _are(window.needs, **in_time, nothing=Need.REQUIRED), within=60, what="both are received"
        )

        clock.at = later + timedelta(hours=1, seconds=1)
        accepted = [("in-time", "accepted")]
        await eventually(
            lambda: _are(window.settled, late=accepted, cut=accepted, nothing=[]), within=90, what="settled"
        )
        await eventually(
            lambda: _are(window.needs, **in_time, nothing=Need.MISSING), within=60, what="nothing is missing"
        )
