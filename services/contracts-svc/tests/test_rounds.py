from collections.abc import AsyncIterator
from datetime import UTC, date, datetime, timedelta

import pytest
import pytest_asyncio

from chassis.actor import Actor
from chassis.database import Database, Fence
from contracts_svc.program.round import KnownRound, know_round
from contracts_svc.program.views import list_rounds
from events.examples import BY_TYPE
from events.rounds import CalendarDate, RoundState

pytestmark = pytest.mark.database
AT = datetime(2026, 11, 24, tzinfo=UTC)


@pytest_asyncio.fixture
async def contracts(database_for) -> AsyncIterator[Database]:
    made = await database_for("contracts")
    database = Database(made.login_url, "contracts")
    yield database
    await database.close()


def told(phase: str, at: datetime) -> RoundState:
    period = (
        CalendarDate(code="period-starts", on=date(2021, 1, 1), certainty="actual"),
        CalendarDate(code="period-ends", on=date(2023, 12, 31), certainty="actual"),
    )
    example = BY_TYPE[RoundState.TYPE]
    return example.model_copy(update={"phase": phase, "changed_at": at, "calendar": period})


async def heard(contracts, event):
    async with contracts.writing(Fence.system(), Actor.system("test")) as session:
        await know_round(session, event)


async def test_the_latest_snapshot_of_a_round_holds(contracts):
    await heard(contracts, told("bidding", AT))
    await heard(contracts, told("evaluation", AT + timedelta(days=1)))
    await heard(contracts, told("bidding", AT))
    async with contracts.reading(Fence.public()) as session:
        (found,) = (await list_rounds(session, None, 25)).items
    assert (found.phase, found.starts_on, found.ends_on) == ("evaluation", date(2021, 1, 1), date(2023, 12, 31))
    assert (found.form_c_months, found.form_c_bdays) == (6, 10)


async def test_the_days_without_business_are_those_of_the_latest_snapshot(contracts):
    await heard(contracts, told("bidding", AT))
    closed = date(2026, 12, 24)
    await heard(contracts, told("bidding", AT + timedelta(days=1)).model_copy(update={"closings": (closed,)}))
    async with contracts.reading(Fence.public()) as session:
        assert (await session.get_one(KnownRound, "R2021")).closed_on == {closed}


async def test_before_any_round_is_told_the_list_is_empty(contracts):
    async with contracts.reading(Fence.public()) as session:
        assert (await list_rounds(session, None, 25)).items == []
