"""B15: from the commit that removes, suspends or locks somebody to the first refusal by another service's edge.

÷ the floor: the revocation written straight into the other service's database, which its edge reads on its beat. Four
processes, as in production: the edge that commits, its relay, the other service's worker, the other service's edge.
"""

import asyncio
import statistics
import time
from collections.abc import AsyncIterator, Iterator, Mapping
from contextlib import ExitStack, asynccontextmanager, suppress
from dataclasses import dataclass
from uuid import UUID

from chassis import machine_time
from chassis.actor import Actor
from chassis.database import Database, Fence
from chassis.errors import NotSignedIn
from chassis.inbound import make_broker
from chassis.inbox import Subscription
from chassis.kafka import hearings
from chassis.kafka_clients import connection_options
from chassis.parking_lot import ParkingLot
from chassis.platform_events import hears_keys_and_revocations
from chassis.relay import Relay
from chassis.settings import ServiceSettings
from chassis.tokens import TokenVerifier
from chassis.trust import revoke_person
from chassis.vitals import Vitals
from chassis.wake import Wake
from events.identity import STREAM
from events.topics import TOPICS
from identity_adapter.members.membership import Membership
from identity_adapter.members.use_cases import add_member, end_access, memberships
from identity_adapter.organizations.use_cases import register_organization
from tests.bench.apart import Apart
from tests.bench.measuring import OURS, Fact, Goal, Plan, Row, quantile
from tests.bench.people import token
from tests.bench.stage import Stage

READER = "probe"
FLOOR = "revocation written there"
VERBS = ("remove", "suspend", "lock")
BENCH = Actor.system("bench")
PAUSE = 0.037
"""Between two removals: they do not fall in step with the beat of the reader."""


@dataclass
class Speaker:
    """identity-adapter's edge: a pool, and the wake-up after the commit."""

    database: Database
    wake: Wake


@asynccontextmanager
async def speaking(settings: ServiceSettings, service: str) -> AsyncIterator[Speaker]:
    """Be ready to commit."""
    database, wake = Database(settings.database_url, service), Wake(settings.direct_database_url)
    waking = asyncio.create_task(wake.run())
    yield Speaker(database, wake)
    waking.cancel()
    with suppress(asyncio.CancelledError):
        await waking
    await database.close()


@asynccontextmanager
async def relaying(settings: ServiceSettings) -> AsyncIterator[None]:
    """identity-adapter's relay."""
    stop = asyncio.Event()
    relay = asyncio.create_task(Relay("identity", settings).run(stop))
    yield
    stop.set()
    await relay


@asynccontextmanager
async def listening(settings: ServiceSettings) -> AsyncIterator[None]:
    """The other service's worker."""
    database = Database(settings.database_url, READER)
    lot = ParkingLot(READER, connection_options(settings, "bench-parking"))
    heard = [each for each in hearings(READER, [hears_keys_and_revocations(READER)]) if each.topic == STREAM]
    subscriptions = [Subscription(each, database, lot, Vitals(), lambda _: None) for each in heard]
    broker = make_broker(READER, settings, subscriptions)
    await broker.start()
    yield
    await broker.stop()
    await lot.close()
    await database.close()


@asynccontextmanager
async def verifying(settings: ServiceSettings) -> AsyncIterator[TokenVerifier]:
    """The other service's edge, as far as tokens go."""
    database = Database(settings.database_url, READER)
    verifier = TokenVerifier(database, issuer=settings.token_issuer, audience=settings.token_audience)
    await verifier.refresh()
    running = asyncio.create_task(verifier.run())
    yield verifier
    running.cancel()
    with suppress(asyncio.CancelledError):
        await running
    await database.close()


async def enrol(held: Speaker, ptan: str, count: int) -> tuple[UUID, list[UUID]]:
    """Make an organization with so many people; return their ids."""
    async with held.database.writing(Fence.system(), BENCH) as session:
        made = await register_organization(session, "Larkspur Sample Medical, LLC", ptan)
        people = [
            await add_member(
                session,
                made,
                user_id=f"BENCH{ptan}{number}",
                given_name="Dana",
                family_name="Sample",
                email="dana@a.example",
                role="EU",
            )
            for number in range(count)
        ]
        return made.id, [person.id for person in people]


async def cut_off(held: Speaker, people: list[UUID]) -> dict[UUID, int]:
    """Remove, suspend and lock one after another; return when each commit was done (nanoseconds, monotonic)."""
    committed = {}
    for number, person in enumerate(people):
        async with held.database.writing(Fence.system(), BENCH) as session:
            [theirs] = await memberships(session, Membership.person_id == person)
            at = machine_time.now()
            getattr(theirs, VERBS[number % len(VERBS)])("bench", at)
            await end_access(session, theirs, at)
        committed[person] = time.monotonic_ns()
        held.wake()
        await asyncio.sleep(PAUSE)
    return committed


async def revoke_there(held: Speaker, organization: UUID, people: list[UUID]) -> dict[UUID, int]:
    """Write the refusals into the reader's own database."""
    committed = {}
    for person in people:
        async with held.database.writing(Fence.system(), BENCH) as session:
            await revoke_person(session, person, organization, machine_time.now())
        committed[person] = time.monotonic_ns()
        await asyncio.sleep(PAUSE)
    return committed


async def refused_when(held: TokenVerifier, tokens: dict[UUID, str]) -> dict[UUID, int]:
    """Verify every token again and again; return when each was refused first. Raises TimeoutError."""
    good, refused = dict(tokens), {}
    async with asyncio.timeout(60):
        while good:
            for person, each in list(good.items()):
                try:
                    await held.verify(each)
                except NotSignedIn:
                    refused[person] = time.monotonic_ns()
                    del good[person]
            await asyncio.sleep(0.002)
    return refused


def measure(stage: Stage, plan: Plan) -> Iterator[Row]:
    """Measure how fast a removal is felt."""
    speaking_settings = stage.with_broker(stage.database("identity", "identity_adapter"))
    reading_settings = stage.with_broker(stage.database(READER, "tests.probe"))
    stage.topics(*TOPICS)
    count = plan.count(90, 12)
    delays: dict[str, list[list[float]]] = {OURS: [], FLOOR: []}
    with ExitStack() as stack:
        relay = stack.enter_context(Apart("removal-relay", relaying, speaking_settings))
        worker = stack.enter_context(Apart("removal-worker", listening, reading_settings))
        edge = stack.enter_context(Apart("removal-edge", verifying, reading_settings))
        speaker = stack.enter_context(Apart("removal-speaker", speaking, speaking_settings, "identity"))
        writer = stack.enter_context(Apart("removal-floor", speaking, reading_settings, READER))
        for waiting in (relay, worker):
            waiting.wait_until_ready()
        for number in range(plan.rounds + 1):  # the first one warms up
            organization, people = speaker.ask(enrol, f"90{number:08}", 2 * count).value
            for side, some in ((OURS, people[:count]), (FLOOR, people[count:])):
                edge.begin(refused_when, {each: token(organization, person=each) for each in some})
                if side == OURS:
                    said = speaker.ask(cut_off, some).value
                else:
                    said = writer.ask(revoke_there, organization, some).value
                delays[side].append(_milliseconds(said, edge.answer().value))
    middles = {side: [quantile(taken, 0.5) for taken in rounds[1:]] for side, rounds in delays.items()}
    tails = {side: statistics.median(quantile(taken, 0.99) for taken in rounds[1:]) for side, rounds in delays.items()}
    yield Row(
        "B15 removal",
        " ms p50",
        middles,
        facts=[
            Fact("p99", tails[OURS], " ms", Goal(2000, at_most=True)),
            Fact("floor's p99", tails[FLOOR], " ms"),
        ],
        words=[f"{count} people a round removed, suspended, locked"],
        raw=delays,
    )


def _milliseconds(said: Mapping[UUID, int], refused: Mapping[UUID, int]) -> list[float]:
    return [(refused[person] - at) / 1e6 for person, at in said.items()]
