"""Subcontracting: disclosed in time or late, permitted services only, checked, acknowledged, changed, ended, lapsed."""

from datetime import UTC, date, datetime, timedelta

import pytest
from pydantic import ValidationError

from chassis.actor import Actor
from chassis.calendar import due_at
from chassis.database import Fence
from chassis.errors import NotAllowedNow, NotFound
from contracts_svc.subcontracting import disclosing, reviewing, views
from contracts_svc.subcontracting.disclosing import BeforeTheStart, NotOfTheContract, NotTheFirst
from contracts_svc.subcontracting.disclosure import ChecksUnmet, Disclosure, DisclosureChanged
from contracts_svc.subcontracting.lifecycle import SUBMIT, DisclosureState
from contracts_svc.subcontracting.statement import SUBCONTRACT_CERTIFICATION
from contracts_svc.subcontracting.terms import Terms, due_after
from events.contracts import NoticeRequested
from events.enrolment import Exclusion
from events.examples import BY_TYPE
from events.information import InformationRequested, InformationSettled
from events.rounds import RoundState
from tests.contracts.house import ADMINISTRATOR, Supplier, signer, typed
from tests.contracts.subcontract import TERMS

RULES = BY_TYPE[RoundState.TYPE].rule_set
BEFORE = datetime(2027, 10, 5, 15, tzinfo=UTC)  # the day after the contract was signed
AT = datetime(2028, 3, 7, 15, tzinfo=UTC)
DUE = due_at(date(2028, 3, 20))  # 10 business days after 6 March
storage = pytest.mark.database


def test_the_initial_disclosure_is_due_on_the_published_day_and_the_stricter_day_is_a_hint():
    assert due_after(date(2021, 1, 1), RULES, (), initial=True) == (date(2021, 1, 15), date(2021, 1, 11))
    calendar = RULES.model_copy(update={"subcontract_day_kind": "calendar"})
    assert due_after(date(2021, 1, 1), calendar, (), initial=False) == (date(2021, 1, 11), date(2021, 1, 11))


@pytest.mark.parametrize(
    "wrong",
    [
        {"services": ["intake-and-assessment"]},
        {"services": []},
        {"is_headquarters_only": True},
        {"accreditor": ""},
        {"accreditation_not_applicable": True},
        {"accredited_until": None},
        {"ends_on": "2028-03-05"},
        {"lines": []},
    ],
)
def test_what_is_not_permitted_or_not_told_is_refused(wrong):
    with pytest.raises(ValidationError):
        Terms.model_validate(TERMS.model_dump(mode="json") | wrong)


@pytest.fixture
async def house(supplier):
    """A supplier with a signed contract, whose round is known."""
    await supplier.know_round()
    await supplier.executed()
    return supplier


def end_user(house):
    return house.person("Eve.User", SUBMIT)


async def terms(house, **more):
    (line,) = (await house.contract()).lines
    return TERMS.model_copy(update={"lines": frozenset({line.id}), "ptan": house.new} | more)


async def disclose(house, told, at=AT):
    by, contract = end_user(house), await house.contract()
    async with house.as_person(by, at) as session:
        words = typed(by, SUBCONTRACT_CERTIFICATION.name)
        return await disclosing.disclose(session, contract.id, told, signer(by, at), words)


async def act(house, disclosure, verb, *arguments, at=AT, **more):
    async with house.reading() as session:
        base = (await session.get_one(Disclosure, disclosure.id)).row_version
    by = ADMINISTRATOR if verb.__module__.endswith("reviewing") else end_user(house)
    async with house.as_staff(by, at) if by is ADMINISTRATOR else house.as_person(by, at) as session:
        return await verb(session, disclosure.id, base, *arguments, **more)


@storage
@pytest.mark.parametrize(("after", "late"), [(timedelta(milliseconds=999), False), (timedelta(seconds=1), True)])
async def test_a_disclosure_is_in_time_to_the_end_of_the_last_second_and_late_ones_are_taken(house, after, late):
    disclosed = await disclose(house, await terms(house), DUE + after)
    assert (disclosed.state, disclosed.due_at, disclosed.late) == (DisclosureState.SUBMITTED, DUE, late)
    assert disclosed.stricter_at == due_at(date(2028, 3, 16))


@storage
async def test_no_subcontractors_is_told_first_or_not_at_all(house):
    nothing = await disclose(house, None, BEFORE)
    assert (nothing.terms, nothing.late, nothing.due_at) == (None, False, due_at(date(2027, 10, 19)))
    with pytest.raises(NotTheFirst):
        await disclose(house, None, BEFORE)
    await act(house, nothing, reviewing.take)
    await act(house, nothing, reviewing.acknowledge, {})
    assert (await disclose(house, await terms(house))).state is DisclosureState.SUBMITTED


@storage
async def test_a_subcontractor_in_order_is_acknowledged_changed_and_ended(house):
    await house.enrol(house.new)
    disclosed = await disclose(house, await terms(house))
    taken = await act(house, disclosed, reviewing.take)
    assert taken.checks == {"not-excluded": "yes", "accredited": "yes"}
    await act(house, disclosed, reviewing.ask, "Which equipment?")
    await act(house, disclosed, disclosing.answer, "Beds.")
    for event in (InformationRequested, InformationSettled):
        assert [(each["filing"], each["filing_id"]) for each in await house.said(event)] == [
            ("subcontract", disclosed.id)
        ]
    await act(house, disclosed, reviewing.acknowledge, {})
    by = end_user(house)
    changed = await terms(house, phone="(555) 010-0199", starts_on=date(2028, 4, 3))
    at = datetime(2028, 4, 4, 15, tzinfo=UTC)
    words = typed(by, SUBCONTRACT_CERTIFICATION.name)
    again = await act(house, disclosed, disclosing.change, changed, at=at, signer=signer(by, at), typed=words)
    assert (again.state, again.due_at, again.late) == (DisclosureState.SUBMITTED, due_at(date(2028, 4, 17)), False)
    assert [each["kind"] for each in again.exchange] == ["question", "answer", "change"]
    await act(house, disclosed, reviewing.take)
    await act(house, disclosed, reviewing.acknowledge, {})
    with pytest.raises(BeforeTheStart):
        await act(house, disclosed, disclosing.end, date(2028, 4, 2))
    ended = await act(house, disclosed, disclosing.end, date(2028, 5, 1))
    assert (ended.state, ended.ended_on) == (DisclosureState.ENDED, date(2028, 5, 1))
    outcomes = [each["fields"]["outcome"] for each in await house.said(NoticeRequested)]
    assert outcomes == ["information-requested", "acknowledged", "acknowledged"]


@storage
@pytest.mark.parametrize(
    ("enrolled", "answers", "by_hand"),
    [
        ({"exclusions": (Exclusion(valid_from=date(2028, 1, 1)),)}, {"not-excluded": "no", "accredited": "yes"}, False),
        ({"accreditations": ()}, {"not-excluded": "yes", "accredited": "no"}, False),
        (None, {"not-excluded": "could-not-check", "accredited": "could-not-check"}, True),
    ],
)
async def test_an_excluded_or_unaccredited_subcontractor_is_not_acknowledged(house, enrolled, answers, by_hand):
    if enrolled is not None:
        await house.enrol(house.new, **enrolled)
    disclosed = await disclose(house, await terms(house))
    assert (await act(house, disclosed, reviewing.take)).checks == answers
    with pytest.raises(ChecksUnmet):
        await act(house, disclosed, reviewing.acknowledge, {})
    confirmed = dict.fromkeys(answers, "Seen on paper")
    if by_hand:
        acknowledged = await act(house, disclosed, reviewing.acknowledge, confirmed)
        assert acknowledged.confirmed == confirmed
    else:
        with pytest.raises(ChecksUnmet):
            await act(house, disclosed, reviewing.acknowledge, confirmed)
        refused = await act(house, disclosed, reviewing.refuse, "It cannot be permitted.")
        assert refused.state is DisclosureState.NOT_PERMITTED


@storage
@pytest.mark.parametrize("why", ["excluded", "accreditation"])
async def test_what_holds_no_more_lapses(house, why):
    await house.enrol(house.new)
    disclosed = await disclose(house, await terms(house))
    await act(house, disclosed, reviewing.take)
    await act(house, disclosed, reviewing.acknowledge, {})
    later = datetime(2028, 6, 1, 15, tzinfo=UTC) if why == "excluded" else datetime(2030, 7, 2, 15, tzinfo=UTC)
    if why == "excluded":
        await house.enrol(house.new, version=2, exclusions=(Exclusion(valid_from=date(2028, 6, 1)),))
    for at, state in ((AT, DisclosureState.ACKNOWLEDGED), (later, DisclosureState.LAPSED)):
        async with house.database.writing(Fence.system(), Actor.system("test"), at=at) as session:
            await reviewing.lapse_unfit(session, at, 100)
        async with house.reading() as session:
            assert (await views.read_mine(session, end_user(house), disclosed.id)).state is state


@storage
async def test_two_people_lines_of_others_and_other_organizations_are_refused(house, database):
    disclosed = await disclose(house, await terms(house))
    async with house.as_staff(ADMINISTRATOR, AT) as session:
        await reviewing.take(session, disclosed.id, disclosed.row_version)
    async with house.as_staff(ADMINISTRATOR, AT) as session:
        with pytest.raises(DisclosureChanged):
            await reviewing.take(session, disclosed.id, disclosed.row_version)
    with pytest.raises(NotOfTheContract):
        await disclose(house, TERMS)
    stranger = Supplier(database)
    async with stranger.reading() as session:
        with pytest.raises(NotFound):
            await views.read_mine(session, end_user(stranger), disclosed.id)
    with pytest.raises(NotAllowedNow):
        await act(house, disclosed, disclosing.end, date(2028, 5, 1))
