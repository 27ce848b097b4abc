"""The mirror of the enrolment record: what it takes over, what it says of it, and whom it knows."""

from datetime import date, timedelta
from itertools import pairwise

import pytest
from hypothesis import assume, example, given
from hypothesis import strategies as st
from sqlalchemy import select, text

from chassis import program_time
from chassis.actor import Actor
from chassis.calendar import eastern_day
from chassis.database import Fence
from chassis.tables import audit, outbox
from events.enrolment import EnrolmentState, Exclusion, Location, StatusPeriod
from identity_adapter.enrolment.enrolment import Enrolment
from identity_adapter.enrolment.numbers import is_npi
from identity_adapter.enrolment.officials import NotASocialSecurityNumber, OfficialDigests
from identity_adapter.enrolment.record import NotAnNpi, PeriodEndsBeforeItBegins, StatusPeriodsOverlap
from identity_adapter.enrolment.use_cases import (
    Taken,
    enrolled,
    official_matches,
    official_still_listed,
    take_over,
)
from identity_adapter.organizations.use_cases import register_organization
from tests.enrolment.records import AT, DANA, DIGESTS, npi, official, record

TEST = Actor.system("test")
NAME = "Larkspur Sample Medical, LLC"
HERE, SISTER, OTHER = "9000000101", "9000000102", "9000000201"
DAYS = st.dates(date(2015, 1, 1), date(2030, 12, 31))


async def report(identity, *records) -> Taken:
    async with identity.writing(Fence.system(), TEST) as session:
        return await take_over(session, records)


async def register(identity, ptan: str = HERE, name: str = NAME):
    async with identity.writing(Fence.system(), TEST) as session:
        return (await register_organization(session, name, ptan)).id


async def said(identity) -> list[EnrolmentState]:
    async with identity.reading(Fence.system()) as session:
        bodies = await session.scalars(
            select(outbox.c.body).where(outbox.c.type == EnrolmentState.TYPE).order_by(outbox.c.position)
        )
        return [EnrolmentState.model_validate_json(body) for body in bodies]


async def owners(identity) -> dict[str, object]:
    async with identity.reading(Fence.system()) as session:
        rows = await session.execute(select(Enrolment.ptan, Enrolment.organization_id))
        return {row.ptan: row.organization_id for row in rows}


# Check digits


@given(st.integers(100_000_000, 299_999_999))
def test_of_the_ten_last_digits_exactly_one_makes_an_npi(first_nine):
    assert [digit for digit in range(10) if is_npi(f"{first_nine}{digit}")] == [int(npi(first_nine)[-1])]


@given(st.integers(100_000_000, 299_999_999), st.integers(0, 9), st.integers(1, 9))
def test_one_wrong_digit_is_noticed(first_nine, place, by):
    right = npi(first_nine)
    wrong = f"{right[:place]}{(int(right[place]) + by) % 10}{right[place + 1 :]}"
    assert not is_npi(wrong)


@given(st.integers(100_000_000, 299_999_999), st.integers(1, 8))
def test_two_digits_exchanged_are_noticed(first_nine, place):
    right = npi(first_nine)
    one, next_ = right[place], right[place + 1]
    assume(one != next_ and {one, next_} != {"0", "9"})  # the one pair the check digit does not tell apart
    assert not is_npi(f"{right[:place]}{next_}{one}{right[place + 2 :]}")


@pytest.mark.parametrize("text", ["1234567893", "1245319599"])
def test_published_npis_are_npis(text):
    assert is_npi(text)


@pytest.mark.parametrize("text", ["", "123456789", "12345678930", "3234567893", "123456789٣", " 234567893"])
def test_what_has_not_the_shape_of_an_npi_is_none(text):
    assert not is_npi(text)


# What a record must keep


@pytest.mark.parametrize(
    ("more", "broken", "field"),
    [
        ({"npi": "1234567890"}, NotAnNpi, "npi"),
        (
            {"exclusions": (Exclusion(valid_from=date(2024, 1, 2), valid_to=date(2024, 1, 1)),)},
            PeriodEndsBeforeItBegins,
            "exclusions",
        ),
        (
            {"officials": (official(valid_from=date(2024, 1, 2), valid_to=date(2024, 1, 1)),)},
            PeriodEndsBeforeItBegins,
            "officials",
        ),
        (
            {
                "status_periods": (
                    StatusPeriod(status="inactive", valid_from=date(2024, 1, 1)),
                    StatusPeriod(status="active", valid_from=date(2020, 1, 1)),
                )
            },
            StatusPeriodsOverlap,
            "status_periods",
        ),
    ],
)
def test_a_record_that_cannot_be_right_is_refused_with_the_field_at_fault(more, broken, field):
    with pytest.raises(broken) as refused:
        Enrolment(record(**more))
    assert [problem.path for problem in refused.value.fields] == [field]


# As of a day


@st.composite
def status_periods(draw) -> tuple[StatusPeriod, ...]:
    """Periods that touch or leave gaps, in any order, the last one perhaps without an end."""
    days = sorted(draw(st.lists(DAYS, min_size=2, max_size=8, unique=True)))
    periods = [
        StatusPeriod(
            status=draw(st.sampled_from(["active", "inactive", "revoked", "unknown"])), valid_from=one, valid_to=two
        )
        for one, two in zip(days[::2], days[1::2], strict=False)
    ]
    touching = [
        period.model_copy(update={"valid_to": next_.valid_from - timedelta(days=1)}) if draw(st.booleans()) else period
        for period, next_ in pairwise(periods)
    ]
    last = periods[-1].model_copy(update={"valid_to": None}) if draw(st.booleans()) else periods[-1]
    return tuple(draw(st.permutations([*touching, last])))


@given(status_periods(), DAYS)
def test_a_day_has_the_status_of_its_period_none_before_the_first_and_is_inactive_in_a_gap(periods, day):
    covering = [p for p in periods if p.valid_from <= day and (p.valid_to is None or p.valid_to >= day)]
    assert len(covering) <= 1
    status = Enrolment(record(status_periods=periods)).status_on(day)
    if covering:
        assert status == {"revoked": "inactive"}.get(covering[0].status, covering[0].status)
    elif day < min(p.valid_from for p in periods):
        assert status == "unknown"
    else:
        assert status == "inactive"


@given(DAYS)
def test_a_record_without_a_status_period_tells_nothing(day):
    assert Enrolment(record(status_periods=())).status_on(day) == "unknown"


@given(DAYS, DAYS, DAYS)
@example(date(2024, 1, 1), date(2024, 1, 1), date(2024, 1, 1))
def test_an_official_counts_from_the_first_day_to_the_last(one, two, day):
    first, last = sorted((one, two))
    location = Enrolment(record(officials=(official(valid_from=first, valid_to=last),)))
    assert location.names_authorized_official(DIGESTS.of(**DANA), day) == (first <= day <= last)


# Who somebody is


@pytest.mark.parametrize(
    "written",
    [
        {"family_name": "WHITLOCK-SAMPLE"},
        {"family_name": "  whitlock-sample "},
        {"ssn": "900000101"},
        {"ssn": "900 00 0101"},
    ],
)
def test_the_same_person_written_in_another_way_has_the_same_digest(written):
    assert DIGESTS.of(**DANA | written) == DIGESTS.of(**DANA)


@pytest.mark.parametrize(
    "other", [{"family_name": "Whitlock"}, {"ssn": "900-00-0102"}, {"birth_date": date(1970, 3, 2)}]
)
def test_somebody_else_has_another_digest(other):
    assert DIGESTS.of(**DANA | other) != DIGESTS.of(**DANA)


def test_another_key_makes_another_digest_and_a_short_one_is_refused():
    assert OfficialDigests(b"another key of thirty-two bytes.").of(**DANA) != DIGESTS.of(**DANA)
    with pytest.raises(ValueError, match="32 bytes"):
        OfficialDigests(b"short")


@pytest.mark.parametrize("ssn", ["", "900-00-010", "900-00-01011", "900-00-01o1", "٩٠٠٠٠٠١٠١"])
def test_a_number_without_nine_digits_is_refused_without_repeating_it(ssn):
    with pytest.raises(NotASocialSecurityNumber) as refused:
        DIGESTS.of(**DANA | {"ssn": ssn})
    assert not ssn or ssn not in str(refused.value)


# In the database


@pytest.mark.database
async def test_a_report_is_taken_over_and_said_once(identity):
    assert await report(identity, record()) == Taken(added=1)
    assert await report(identity, record(reported_at=AT + timedelta(days=1))) == Taken(unchanged=1)
    (state,) = await said(identity)
    assert (state.ptan, state.version, state.organization_id) == (HERE, 1, None)
    assert state.status_periods == record().status_periods
    assert state.licences == record().licences


@pytest.mark.database
async def test_what_changed_is_said_with_the_next_version_and_audited_by_field(identity):
    await report(identity, record())
    moved = Location(street="2 Sample Street", city="Bowie", state="MD", zip_code="20715")
    assert await report(identity, record(location=moved, tin="900000009")) == Taken(changed=1)
    assert [(state.version, state.location.city) for state in await said(identity)] == [(1, "Annapolis"), (2, "Bowie")]
    async with identity.reading(Fence.system()) as session:
        row = (
            await session.execute(
                select(audit.c.before, audit.c.after, audit.c.entity_id).where(audit.c.action == "enrolment.report")
            )
        ).one()
    assert row.entity_id == HERE
    assert row.before == {"location": record().location.model_dump(), "tin": "(not told)"}
    assert row.after == {"location": moved.model_dump(), "tin": "(not told)"}


@pytest.mark.database
async def test_an_older_report_that_comes_late_changes_nothing(identity):
    await report(identity, record(legal_business_name="The newer name, LLC"))
    await report(identity, record(legal_business_name="The newer name, LLC", reported_at=AT + timedelta(days=2)))
    late = record(legal_business_name="An older name, LLC", reported_at=AT + timedelta(days=1))
    assert await report(identity, late) == Taken(unchanged=1)
    assert [state.legal_business_name for state in await said(identity)] == ["The newer name, LLC"]


@pytest.mark.database
async def test_a_location_belongs_to_who_registered_with_it_or_first_with_its_legal_entity(identity):
    await report(identity, record(), record(SISTER), record(OTHER, tin="900000002"))
    assert set((await owners(identity)).values()) == {None}
    first = await register(identity)
    assert await owners(identity) == {HERE: first, SISTER: first, OTHER: None}
    second = await register(identity, SISTER, "Larkspur Sample East, LLC")
    assert await owners(identity) == {HERE: first, SISTER: second, OTHER: None}
    latest = {state.ptan: (state.version, state.organization_id) for state in await said(identity)}
    assert latest == {HERE: (2, first), SISTER: (3, second), OTHER: (1, None)}


@pytest.mark.database
async def test_a_location_reported_after_the_registration_is_assigned_when_it_comes(identity):
    mine = await register(identity)
    await report(identity, record(SISTER))
    assert await owners(identity) == {SISTER: None}
    await report(identity, record())
    assert await owners(identity) == {HERE: mine, SISTER: mine}
    await report(identity, record("9000000103"))
    assert (await owners(identity))["9000000103"] == mine


@pytest.mark.database
async def test_a_location_that_changes_its_legal_entity_changes_hands(identity):
    await report(identity, record(), record(SISTER), record(OTHER, tin="900000002"))
    mine, theirs = await register(identity), await register(identity, OTHER, "Tallgrass Sample Bracing, Inc.")
    await report(identity, record(SISTER, tin="900000002"))
    assert await owners(identity) == {HERE: mine, SISTER: theirs, OTHER: theirs}
    await report(identity, record(SISTER, tin="900000003"))
    assert (await owners(identity))[SISTER] is None


@pytest.mark.database
async def test_when_the_location_an_organization_registered_with_leaves_the_entity_the_others_are_let_go(identity):
    await report(identity, record(), record(SISTER))
    mine = await register(identity)
    await report(identity, record(tin="900000003"))
    assert await owners(identity) == {HERE: mine, SISTER: None}


@pytest.mark.database
async def test_who_is_enrolled_and_who_is_an_official_there(identity):
    on, dana = date(2026, 11, 24), DIGESTS.of(**DANA)
    somebody = DIGESTS.of(**DANA | {"ssn": "900-00-0102"})
    async with identity.writing(Fence.system(), TEST) as session:
        await take_over(session, [record(), record(SISTER, officials=(official("DO"),))])
        assert await enrolled(session, HERE, on) == "active"
        assert await enrolled(session, HERE, date(2019, 12, 31)) == "unknown"
        assert await enrolled(session, OTHER, on) == "unknown"
        assert await official_matches(session, HERE, dana, on) == "match"
        assert await official_matches(session, HERE, somebody, on) == "no-match"
        assert await official_matches(session, SISTER, dana, on) == "no-match"
        assert await official_matches(session, OTHER, dana, on) == "unknown"
        assert await official_still_listed(session, HERE, dana) == "match"


@pytest.mark.database
async def test_an_official_is_listed_until_the_last_day_is_over_in_new_york(identity):
    today = eastern_day(program_time.now())
    await report(identity, record(officials=(official(valid_to=today),)))
    async with identity.writing(Fence.system(), TEST) as session:
        assert await official_still_listed(session, HERE, DIGESTS.of(**DANA)) == "match"
    await report(identity, record(officials=(official(valid_to=today - timedelta(days=1)),)))
    async with identity.writing(Fence.system(), TEST) as session:
        assert await official_still_listed(session, HERE, DIGESTS.of(**DANA)) == "no-match"


@pytest.mark.database
async def test_an_organization_reads_its_own_locations_and_no_official(identity):
    await report(identity, record(), record(SISTER), record(OTHER, tin="900000002"))
    mine = await register(identity)
    async with identity.reading(Fence.organization(mine)) as session:
        assert set(await session.scalars(text("select ptan from enrolment"))) == {HERE, SISTER}
    for fence in (Fence.organization(mine), Fence.staff()):
        with pytest.raises(Exception, match="permission denied"):
            async with identity.reading(fence) as session:
                await session.execute(text("select digest from enrolment_official"))
