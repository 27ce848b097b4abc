"""From the commit here over Kafka to the verifier of another service; how fast, `make bench` measures (B15)."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress

import pytest

from chassis import machine_time
from chassis.actor import Actor
from chassis.database import Database, Fence
from chassis.errors import NotSignedIn
from chassis.inbound import make_broker
from chassis.inbox import Subscription
from chassis.kafka import hearings
from chassis.kafka_clients import connection_options
from chassis.key_ring import KeyRing
from chassis.parking_lot import ParkingLot
from chassis.platform_events import hears_keys_and_revocations
from chassis.relay.relay import Relay
from chassis.tokens import SessionEnded, TokenVerifier
from chassis.vitals import Vitals
from chassis.wake import Wake
from events.identity import STREAM
from identity_adapter.keys.__main__ import publish
from identity_adapter.keys.tokens import TokenMint
from identity_adapter.members.membership import Membership
from identity_adapter.members.use_cases import end_access, memberships, person_of
from tests.infrastructure.waiting import eventually

pytestmark = pytest.mark.broker
READER = "bidding"


@asynccontextmanager
async def relaying(settings) -> AsyncIterator[Wake]:
    """The part of our worker that says what was committed, and the edge's way to wake it."""
    stop, wake = asyncio.Event(), Wake(settings.direct_database_url)
    relay, waking = asyncio.create_task(Relay("identity", settings).run(stop)), asyncio.create_task(wake.run())
    try:
        yield wake
    finally:
        stop.set()
        await relay
        waking.cancel()
        with suppress(asyncio.CancelledError):
            await waking


@asynccontextmanager
async def reading(settings, database: Database) -> AsyncIterator[TokenVerifier]:
    """Another service: its worker hears keys and revocations, its edge verifies tokens."""
    lot = ParkingLot(READER, connection_options(settings, "test-parking"))
    heard = [each for each in hearings(READER, [hears_keys_and_revocations(READER)]) if each.topic == STREAM]
    subscriptions = [Subscription(each, database, lot, Vitals(), lambda _: None) for each in heard]
    broker = make_broker(READER, settings, subscriptions)
    verifier = TokenVerifier(database, issuer=settings.token_issuer, audience=settings.token_audience)
    running = asyncio.create_task(verifier.run())
    await broker.start()
    try:
        yield verifier
    finally:
        await broker.stop()
        await lot.close()
        running.cancel()
        with suppress(asyncio.CancelledError):
            await running


async def is_good(verifier: TokenVerifier, token: str) -> bool:
    try:
        await verifier.verify(token)
    except NotSignedIn:
        return False
    return True


@pytest.mark.parametrize("verb", ["remove", "suspend", "lock"])
async def test_another_service_knows_our_key_and_refuses_whoever_lost_the_role(  # noqa: PLR0917  fixtures
    verb, identity, settings, organizations, kafka, database_for
):
    settings = settings.model_copy(update={"kafka_bootstrap_servers": kafka.bootstrap_servers})
    reader = Database((await database_for(READER)).login_url, READER)
    organization_id, ring = organizations["a"].id, KeyRing.load(settings.token_signing_key_file)
    async with identity.reading(Fence.system()) as session:
        person = await person_of(session, "DWHITLOCK01")
    token, _ = TokenMint(settings).token(
        ring.current(),
        user_id=person.user_id,
        kind="person",
        name=person.name,
        permissions=frozenset({"document.view"}),
        person_id=person.id,
        organization_id=organization_id,
        at=machine_time.now(),
    )
    async with relaying(settings) as wake, reading(settings, reader) as verifier:
        await publish(settings, identity)
        wake()
        await eventually(lambda: is_good(verifier, token), within=60, what="the other service knows the key")
        async with identity.writing(Fence.system(), Actor.system("test")) as session:
            [theirs] = await memberships(
                session, Membership.person_id == person.id, Membership.organization_id == organization_id
            )
            getattr(theirs, verb)("as the test asks", machine_time.now())
            await end_access(session, theirs, machine_time.now())
        wake()

        async def refused() -> bool:
            try:
                await verifier.verify(token)
            except SessionEnded:
                return True
            return False

        await eventually(refused, within=30, what="whoever lost the role is refused")
    await reader.close()
