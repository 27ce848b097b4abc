"""An extension decided at 8:58 p.m., over both services' real workers: documents-svc away through the old close."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from uuid import UUID, uuid4

import pytest
import pytest_asyncio
from aiokafka import AIOKafkaConsumer
from sqlalchemy import select

from bidding_svc.app import SERVICE as BIDDING
from bidding_svc.bidders.use_cases import register_organization
from bidding_svc.requirements.requirement import Requirement
from bidding_svc.rounds import set_up_views
from bidding_svc.rounds.phase import Phase
from bidding_svc.rounds.round import Round
from bidding_svc.rounds.use_cases.deciding import extend_window
from bidding_svc.rounds.use_cases.setting_up import AsRead
from bidding_svc.seed import seed
from chassis import program_time
from chassis.actor import Actor
from chassis.calendar import due_at, eastern_day
from chassis.database import Database, Fence
from chassis.kafka import hearings
from chassis.kafka_clients import admin_client, connection_options
from chassis.service import Service
from chassis.settings import ServiceSettings
from chassis.topics import provision
from chassis.worker import create_worker
from documents_svc.app import SERVICE as DOCUMENTS
from documents_svc.slots.slot import Slot
from events.identity import OrganizationRegistered
from tests.documents.house import house_settings
from tests.infrastructure.waiting import eventually
from tests.rounds.at_hand import ADMINISTRATOR

pytestmark = [pytest.mark.broker, pytest.mark.slow]
CODE = "R2028"
MINE = uuid4()


@dataclass(frozen=True)
class Site:
    """Both services on databases of their own, under one clock that moves forward."""

    bidding: Database
    documents: Database
    settings: dict[str, ServiceSettings]
    clock: Path

    @asynccontextmanager
    async def worker(self, service: Service) -> AsyncIterator[None]:
        """The service's whole worker: consumers, relay, sweeps."""
        async with create_worker(service, self.settings[service.name]).start_lifespan_context():
            yield

    def clock_at(self, moment: datetime) -> None:
        """Move program time to a moment, for everything that runs here."""
        program_time.advance(self.clock, by=moment - program_time.now())

    async def round_(self) -> Round:
        async with self.bidding.reading(Fence.staff()) as session:
            return await session.get_one(Round, CODE)

    async def confirmed(self) -> tuple[int, int]:
        async with self.bidding.reading(Fence.staff()) as session:
            slots = (await set_up_views.read_set_up(session, ADMINISTRATOR, CODE)).upload_slots
        return slots.confirmed, slots.slots

    async def closes(self) -> set[datetime]:
        """Until when documents-svc holds the slots open."""
        async with self.documents.reading(Fence.organization(MINE)) as session:
            return set(await session.scalars(select(Slot.closes_at)))


@pytest_asyncio.fixture
async def site(database_for, kafka, tmp_path) -> AsyncIterator[Site]:
    clock = tmp_path / "program-time.json"
    common = {"kafka_bootstrap_servers": kafka.bootstrap_servers, "program_time_file": clock}
    urls = {name: (await database_for(name)).login_url for name in ("bidding", "documents")}
    settings = {
        "bidding": ServiceSettings(environment="local", database_url=urls["bidding"], **common),
        "documents": house_settings(tmp_path, urls["documents"], **common),
    }
    program_time.use_file(clock)
    made = Site(Database(urls["bidding"], "bidding"), Database(urls["documents"], "documents"), settings, clock)
    async with admin_client(connection_options(settings["bidding"], "tests")) as admin:
        await provision(admin)
    for service in (BIDDING, DOCUMENTS):
        await _hear_only_what_comes(service, settings[service.name])
    yield made
    program_time.use_file(None)
    await made.bidding.close()
    await made.documents.close()


async def _hear_only_what_comes(service: Service, settings: ServiceSettings) -> None:
    """Leave out what other tests said on these topics: their bidders are not ours."""
    for hearing in hearings(service.name, service.hears):
        consumer = AIOKafkaConsumer(
            hearing.topic, group_id=hearing.group, enable_auto_commit=False, **connection_options(settings, "tests")
        )
        await consumer.start()
        await consumer.seek_to_end()
        await consumer.commit({each: await consumer.position(each) for each in consumer.assignment()})
        await consumer.stop()


async def a_bidder(site: Site) -> UUID:
    registered = OrganizationRegistered(
        organization_id=MINE, legal_business_name="Larkspur Sample Medical, LLC", ptan="9000000001"
    )
    async with site.bidding.writing(Fence.organization(MINE), Actor.system("test")) as session:
        await register_organization(session, registered)
        requirement_id = await session.scalar(select(Requirement.id).limit(1))
    assert requirement_id is not None
    return requirement_id


async def test_an_extension_decided_in_the_last_minutes_holds_though_documents_svc_hears_of_it_after_the_close(site):
    await seed(site.bidding, eastern_day(program_time.now()))
    requirement_id = await a_bidder(site)
    close = (await site.round_()).closes_at
    later = eastern_day(close) + timedelta(days=2)

    async with site.worker(BIDDING):
        async with site.worker(DOCUMENTS):

            async def every_slot_is_open() -> bool:
                return await site.confirmed() == (3, 3)

            await eventually(every_slot_is_open, within=60, what="every slot is held open")
        site.clock_at(close - timedelta(minutes=1, seconds=59))
        which = AsRead(CODE, (await site.round_()).version)
        async with site.bidding.writing(Fence.staff(), ADMINISTRATOR) as session:
            await extend_window(session, which, later, "The network was down for a day.")

        async def every_slot_was_asked_again() -> bool:
            return await site.confirmed() == (0, 3)

        await eventually(every_slot_was_asked_again, within=15, what="every slot is asked again")
        site.clock_at(close + timedelta(minutes=10))
        assert await site.closes() == {close}
        found = await site.round_()
        assert (found.phase, found.closes_at, found.last_close_at) == (Phase.BIDDING, close, due_at(later))

        async with site.worker(DOCUMENTS):

            async def extension_is_in_force() -> bool:
                return (await site.round_()).closes_at == due_at(later)

            await eventually(extension_is_in_force, within=60, what="the extension is in force")
            assert await site.closes() == {due_at(later)}
            assert await site.confirmed() == (3, 3)
            async with site.bidding.reading(Fence.organization(MINE)) as session:
                requirement = await session.get_one(Requirement, requirement_id)
            assert (requirement.due_at, requirement.slot_in_force) == (due_at(later), True)
            assert (await site.round_()).phase is Phase.BIDDING

            site.clock_at(due_at(later) + timedelta(seconds=1))

            async def round_has_closed() -> bool:
                return (await site.round_()).phase is Phase.EVALUATION

            await eventually(round_has_closed, within=30, what="the round has closed by its new close")
