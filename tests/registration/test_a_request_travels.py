"""From a request for a role over Kafka to the To-Do of whoever decides it, and back to nothing to do."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from uuid import UUID

import pytest
from prometheus_client import REGISTRY
from sqlalchemy import select, update

from chassis.actor import Actor
from chassis.database import Database, Fence
from chassis.inbound import make_broker
from chassis.inbox import Subscription
from chassis.kafka import hearings
from chassis.kafka_clients import connection_options
from chassis.parking_lot import ParkingLot
from chassis.relay.relay import Relay
from chassis.settings import ServiceSettings
from chassis.tables import outbox
from chassis.vitals import Vitals
from events.identity import STREAM
from identity_adapter.members.person import Person
from identity_adapter.members.use_cases import add_member
from identity_adapter.organizations.use_cases import register_organization
from identity_adapter.registration.decisions import approve
from identity_adapter.registration.requests import request_role
from notices_svc.app import SERVICE as NOTICES
from notices_svc.todos.role_requests import DECIDE
from notices_svc.todos.todo import TodoItem
from tests.infrastructure.waiting import eventually
from tests.registration.story import LARKSPUR, TEST

pytestmark = pytest.mark.broker


@asynccontextmanager
async def both_workers(identity: ServiceSettings, notices: Database) -> AsyncIterator[None]:
    """The relay of identity-adapter, and what notices-svc hears on its stream."""
    stop, lot = asyncio.Event(), ParkingLot("notices", connection_options(identity, "test-parking"))
    heard = [each for each in hearings("notices", NOTICES.hears) if each.topic == STREAM]
    broker = make_broker(
        "notices", identity, [Subscription(each, notices, lot, Vitals(), lambda _: None) for each in heard]
    )
    relay = asyncio.create_task(Relay("identity", identity).run(stop))
    await broker.start()
    try:
        yield
    finally:
        stop.set()
        await relay
        await broker.stop()
        await lot.close()


async def member(identity: Database, user_id: str, role: str | None) -> tuple[Person, UUID]:
    """Add a person, in a role of Larkspur where one is named; return the person and Larkspur's id."""
    async with identity.writing(Fence.system(), TEST) as session:
        larkspur = await register_organization(session, "Larkspur Sample Medical, LLC", LARKSPUR)
        about = {"given_name": user_id, "family_name": "Sample", "email": f"{user_id}@a.example"}
        if role:
            return await add_member(session, larkspur, user_id=user_id, role=role, **about), larkspur.id
        person = Person(user_id, **about)
        session.add(person)
        return person, larkspur.id


def heard_again() -> float:
    """How many messages of the stream were dropped because they had been heard before."""
    return REGISTRY.get_sample_value("connexion_inbox_duplicates_total", {"topic": STREAM}) or 0


async def states(notices: Database) -> list[str]:
    async with notices.reading(Fence.system()) as session:
        return [state.value for state in await session.scalars(select(TodoItem.state).where(TodoItem.kind == DECIDE))]


async def test_a_request_becomes_a_to_do_and_a_decision_ends_it_also_when_all_is_said_again(database_for, kafka):
    made = await database_for("identity")
    identity, notices = (
        Database(made.login_url, "identity"),
        Database((await database_for("notices")).login_url, "notices"),
    )
    settings = ServiceSettings(
        environment="local", database_url=made.login_url, kafka_bootstrap_servers=kafka.bootstrap_servers
    )
    official, organization_id = await member(identity, "DWHITLOCK01", "AO")
    newcomer, _ = await member(identity, "JREYES03", None)
    async with both_workers(settings, notices):
        asking = Actor("person", newcomer.user_id, person_id=newcomer.id)
        async with identity.writing(Fence.system(), asking) as session:
            request = await request_role(session, LARKSPUR, "EU", None)

        async def stands(*wanted: str) -> bool:
            return await states(notices) == list(wanted)

        await eventually(lambda: stands("OPEN"), within=60, what="the request is a To-Do")
        deciding = Actor("person", official.user_id, person_id=official.id, organization_id=organization_id)
        async with identity.writing(Fence.system(), deciding) as session:
            await approve(session, request.id, None)
        await eventually(lambda: stands("DONE"), within=30, what="the To-Do is done")
        before = heard_again()
        async with identity.writing(Fence.system(), TEST) as session:
            await session.execute(update(outbox).values(sent_at=None))
        await eventually(lambda: heard_again() - before >= 3, within=30, what="all of it is heard again")
        assert await stands("DONE")
    await identity.close()
    await notices.close()
