"""An extension decided at 8:58 p.m., over both services' real workers: documents-svc away through the old close."""

from collections.abc import AsyncIterator
from datetime import timedelta

import pytest
import pytest_asyncio
from aiokafka import AIOKafkaConsumer

from bidding_svc.app import SERVICE as BIDDING
from bidding_svc.rounds.phase import Phase
from bidding_svc.rounds.use_cases.deciding import extend_window
from bidding_svc.rounds.use_cases.setting_up import AsRead
from bidding_svc.seed import seed
from chassis import program_time
from chassis.calendar import due_at, eastern_day
from chassis.database import Fence
from chassis.kafka import hearings
from chassis.kafka_clients import connection_options
from chassis.service import Service
from chassis.settings import ServiceSettings
from documents_svc.app import SERVICE as DOCUMENTS
from tests.infrastructure.waiting import eventually
from tests.rounds.at_hand import ADMINISTRATOR
from tests.rounds.both_services import CODE, Site, open_site

pytestmark = [pytest.mark.broker, pytest.mark.slow]


@pytest_asyncio.fixture
async def site(database_for, kafka, tmp_path) -> AsyncIterator[Site]:
    async with open_site(database_for, kafka.bootstrap_servers, tmp_path) as made:
        for service in (BIDDING, DOCUMENTS):
            await _hear_only_what_comes(service, made.settings[service.name])
        yield made


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


async def test_an_extension_decided_in_the_last_minutes_holds_though_documents_svc_hears_of_it_after_the_close(site):
    await seed(site.bidding, eastern_day(program_time.now()))
    mine = await site.bidder()
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
            requirement = await site.requirement(mine)
            assert (requirement.due_at, requirement.slot_in_force) == (due_at(later), True)
            assert (await site.round_()).phase is Phase.BIDDING

            site.clock_at(due_at(later) + timedelta(seconds=1))

            async def round_has_closed() -> bool:
                return (await site.round_()).phase is Phase.EVALUATION

            await eventually(round_has_closed, within=30, what="the round has closed by its new close")
