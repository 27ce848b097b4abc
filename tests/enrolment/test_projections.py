"""What bidding-svc and contracts-svc know of enrolled locations, as of a day: the same questions, the same answers."""

import uuid
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from importlib import import_module
from typing import Any

import pytest
import pytest_asyncio
from hypothesis import example, given
from hypothesis import strategies as st

from chassis.actor import Actor
from chassis.answers import Answer
from chassis.database import Database, Fence
from events.enrolment import Accreditation, EnrolmentState, Exclusion, Licence, Location, StatusPeriod

PACKAGES = {"bidding": "bidding_svc", "contracts": "contracts_svc"}
DAYS = st.dates(date(2015, 1, 1), date(2030, 12, 31))
DAY = timedelta(days=1)
BEGINS = date(2015, 1, 1)
PTAN, OTHER = "9000000101", "9000000201"
MINE = uuid.UUID(int=1)
TEST = Actor.system("test")

both_services = pytest.mark.parametrize("service", PACKAGES)


def state(**more: Any) -> EnrolmentState:
    known: dict[str, Any] = {
        "ptan": PTAN,
        "version": 1,
        "npi": "1000000103",
        "legal_business_name": "Larkspur Sample Medical, LLC",
        "location": Location(street="1 Sample Street", city="Annapolis", state="MD", zip_code="21401"),
        "status_periods": (StatusPeriod(status="active", valid_from=BEGINS),),
        "reported_at": datetime(2026, 11, 1, tzinfo=UTC),
    }
    return EnrolmentState.model_validate(known | more)


def location(service: str, **more: Any) -> Any:
    """A location as a service knows it from a snapshot."""
    kind = import_module(f"{PACKAGES[service]}.enrolment.location").EnrolledLocation
    return kind(**state(**more).model_dump(mode="json"))


def covers(period: Any, day: date) -> bool:
    return bool(period.valid_from <= day and (period.valid_to is None or day <= period.valid_to))


@st.composite
def periods(draw) -> list[tuple[date, date | None]]:
    """Periods that touch, overlap, leave gaps, last one day, or go on."""
    found: list[tuple[date, date | None]] = []
    for _ in range(draw(st.integers(0, 5))):
        first = draw(DAYS)
        if found and found[-1][1] and draw(st.booleans()):
            first = found[-1][1] + DAY * draw(st.integers(-2, 2))
        last = draw(st.none() | st.integers(0, 900).map(lambda days, first=first: first + timedelta(days=days)))
        found.append((first, last))
    return found


@both_services
@given(given_periods=periods(), day=DAYS)
@example(given_periods=[(date(2020, 1, 1), date(2020, 12, 31)), (date(2021, 1, 1), None)], day=date(2021, 1, 1))
@example(given_periods=[(date(2020, 1, 1), date(2020, 1, 1))], day=date(2020, 1, 1))
@example(given_periods=[(date(2020, 1, 1), date(2020, 1, 1))], day=date(2020, 1, 2))
def test_a_licence_an_accreditation_and_an_exclusion_hold_on_the_days_of_any_of_their_periods(
    service, given_periods, day
):
    licences = tuple(Licence(state="MD", kind="x", valid_from=first, valid_to=last) for first, last in given_periods)
    accreditations = tuple(
        Accreditation(accreditor="x", categories=("OTSB",), valid_from=first, valid_to=last)
        for first, last in given_periods
    )
    exclusions = tuple(Exclusion(valid_from=first, valid_to=last) for first, last in given_periods)
    known = location(service, licences=licences, accreditations=accreditations, exclusions=exclusions)
    expected = Answer.of(any(covers(each, day) for each in exclusions))
    assert known.licensed_on(day, "MD", "OTSB") is expected
    assert known.accredited_on(day, "OTSB") is expected
    assert known.excluded_on(day) is expected
    assert known.licensed_on(day, "VA", "OTSB") is Answer.NO
    assert known.accredited_on(day, "OTSK") is Answer.NO


@both_services
@given(day=DAYS)
def test_a_licence_for_named_categories_holds_for_those_and_one_without_for_all(service, day):
    some = Licence(state="MD", kind="x", categories=("OTSB",), valid_from=BEGINS)
    every = Licence(state="VA", kind="x", valid_from=BEGINS)
    known = location(service, licences=(some, every))
    assert known.licensed_on(day, "MD", "OTSB") is Answer.YES
    assert known.licensed_on(day, "MD", "OTSK") is Answer.NO
    assert known.licensed_on(day, "VA", "OTSK") is Answer.YES


@both_services
@given(first=DAYS, length=st.integers(0, 900), day=DAYS, status=st.sampled_from(["active", "inactive", "revoked"]))
def test_only_an_active_period_is_active_to_its_last_day(service, first, length, day, status):
    period = StatusPeriod(status=status, valid_from=first, valid_to=first + timedelta(days=length))
    known = location(service, status_periods=(period,))
    if day < first:
        assert known.active_on(day) is Answer.COULD_NOT_CHECK
    else:
        assert known.active_on(day) is Answer.of(status == "active" and covers(period, day))


@both_services
def test_a_time_that_could_not_be_checked_is_no_answer(service):
    unknown = StatusPeriod(status="unknown", valid_from=date(2020, 1, 1), valid_to=date(2020, 12, 31))
    active = StatusPeriod(status="active", valid_from=date(2021, 1, 1))
    known = location(service, status_periods=(unknown, active))
    assert known.active_on(date(2020, 12, 31)) is Answer.COULD_NOT_CHECK
    assert known.active_on(date(2021, 1, 1)) is Answer.YES
    assert known.excluded_on(date(2020, 6, 1)) is Answer.NO


@both_services
@given(day=st.dates(date(2000, 1, 1), BEGINS - DAY))
def test_before_the_record_begins_nothing_can_be_checked(service, day):
    known = location(service, exclusions=(Exclusion(valid_from=date(2000, 1, 1)),))
    answers = (known.active_on(day), known.excluded_on(day), known.licensed_on(day, "MD", "x"))
    assert set(answers) == {Answer.COULD_NOT_CHECK}
    assert location(service, status_periods=()).accredited_on(day, "x") is Answer.COULD_NOT_CHECK


@dataclass
class Knows:
    """A service's database and the use cases of its projection."""

    database: Database
    asked: Any

    async def told(self, *states: EnrolmentState) -> None:
        for each in states:
            async with self.database.writing(Fence.system(), TEST) as session:
                await self.asked.know_location(session, each)

    async def active(self, ptan: str, fence: Fence) -> Answer:
        async with self.database.reading(fence) as session:
            answer: Answer = await self.asked.active_on(session, ptan, date(2026, 11, 24))
        return answer


@pytest_asyncio.fixture(params=PACKAGES)
async def knows(request, database_for) -> AsyncIterator[Knows]:
    database = Database((await database_for(request.param)).login_url, request.param)
    yield Knows(database, import_module(f"{PACKAGES[request.param]}.enrolment.use_cases"))
    await database.close()


@pytest.mark.database
async def test_a_ptan_nobody_told_of_could_not_be_checked(knows):
    day = date(2026, 11, 24)
    async with knows.database.reading(Fence.system()) as session:
        answers = {
            await knows.asked.active_on(session, PTAN, day),
            await knows.asked.licensed_on(session, PTAN, day, state="MD", category="OTSB"),
            await knows.asked.accredited_on(session, PTAN, day, category="OTSB"),
            await knows.asked.excluded_on(session, PTAN, day),
        }
    assert answers == {Answer.COULD_NOT_CHECK}


@pytest.mark.database
async def test_the_snapshot_with_the_highest_version_holds_in_whatever_order_they_come(knows):
    ended = (StatusPeriod(status="active", valid_from=BEGINS, valid_to=date(2026, 1, 1)),)
    await knows.told(state(version=2, status_periods=ended), state(version=1), state(version=2))
    assert await knows.active(PTAN, Fence.system()) is Answer.NO
    await knows.told(state(version=3))
    assert await knows.active(PTAN, Fence.system()) is Answer.YES


@pytest.mark.database
async def test_a_known_location_answers_every_question(knows):
    licence = Licence(state="MD", kind="x", valid_from=BEGINS)
    accreditation = Accreditation(accreditor="x", categories=("OTSB",), valid_from=BEGINS)
    exclusion = Exclusion(valid_from=date(2020, 1, 1), valid_to=date(2020, 1, 31))
    await knows.told(state(licences=(licence,), accreditations=(accreditation,), exclusions=(exclusion,)))
    day = date(2020, 1, 31)
    async with knows.database.reading(Fence.staff()) as session:
        assert await knows.asked.active_on(session, PTAN, day) is Answer.YES
        assert await knows.asked.licensed_on(session, PTAN, day, state="MD", category="OTSB") is Answer.YES
        assert await knows.asked.accredited_on(session, PTAN, day, category="OTSB") is Answer.YES
        assert await knows.asked.excluded_on(session, PTAN, day) is Answer.YES
        assert await knows.asked.excluded_on(session, PTAN, day + DAY) is Answer.NO


@pytest.mark.database
async def test_behind_an_organizations_fence_only_its_own_locations_can_be_checked(knows):
    await knows.told(state(organization_id=MINE), state(ptan=OTHER, organization_id=uuid.UUID(int=2)))
    assert await knows.active(PTAN, Fence.organization(MINE)) is Answer.YES
    assert await knows.active(OTHER, Fence.organization(MINE)) is Answer.COULD_NOT_CHECK
    await knows.told(state(version=2, organization_id=uuid.UUID(int=2)))
    assert await knows.active(PTAN, Fence.organization(MINE)) is Answer.COULD_NOT_CHECK
