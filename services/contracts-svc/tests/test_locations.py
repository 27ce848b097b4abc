"""Requests to add, remove or move a location: checked, recommended, decided by a second person, told."""

import asyncio
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest

from chassis.actor import Actor
from chassis.calendar import due_at, midnight
from chassis.database import Fence
from chassis.duties import SomebodyElseMust
from chassis.errors import NotAllowedNow, NotFound
from chassis.signature import NameDoesNotMatch
from contracts_svc.contracts import version_views
from contracts_svc.contracts import views as contract_views
from contracts_svc.contracts.history_views import list_entries, read_summary
from contracts_svc.contracts.permissions import VIEW as VIEW_CONTRACT
from contracts_svc.contracts.use_cases import move_by_calendar
from contracts_svc.locations import filing, reviewing, views
from contracts_svc.locations.checks import CHECKS
from contracts_svc.locations.filing import (
    AlreadyAsked,
    AlreadyOnTheLine,
    BeforeReceipt,
    LastLocation,
    NotOnTheLine,
    Wish,
)
from contracts_svc.locations.lifecycle import DECIDE, LIFECYCLE, REVIEW, SUBMIT, VIEW, ChangeState
from contracts_svc.locations.location_change import ChangeChanged, NotRecommended, Why
from contracts_svc.locations.reviewing import ExplanationNeeded, LastLocationOfTheLine, RequirementsUnmet
from contracts_svc.locations.statement import LOCATION_CERTIFICATION
from events.contracts import ContractState as Snapshot
from events.contracts import NoticeRequested
from events.enrolment import Exclusion, StatusPeriod
from events.information import InformationRequested, InformationSettled
from tests.contracts.house import (
    ADMINISTRATOR,
    AREAS,
    OFFICER,
    OTHER_OFFICER,
    STARTS,
    Supplier,
    signer,
    staff,
    typed,
)

pytestmark = pytest.mark.database
ASKED = datetime(2028, 3, 6, 15, tzinfo=UTC)  # a Monday
DECIDED = datetime(2028, 3, 20, 15, tzinfo=UTC)


@pytest.fixture
async def house(supplier):
    """A supplier with an active contract for one competition and two locations; the new location is enrolled."""
    await supplier.know_round()
    await supplier.executed()
    await start(supplier)
    await supplier.enrol(supplier.new)
    return supplier


async def start(supplier):
    async with supplier.database.writing(Fence.system(), Actor.system("test"), at=midnight(STARTS)) as session:
        await move_by_calendar(session, midnight(STARTS), 1000)


def official(supplier, user_id="Dana.Whitlock"):
    return supplier.person(user_id, VIEW, SUBMIT, VIEW_CONTRACT)


async def act(house, change_id, verb, *arguments, by=ADMINISTRATOR, at=DECIDED, **more):
    change = await house.change(change_id)
    async with house.as_staff(by, at) as session:
        return await verb(session, change_id, change.row_version, *arguments, **more)


async def recommended(house, change_id, what="approve", **more):
    await act(house, change_id, reviewing.take)
    told = {"explanation": "", "confirmed": {}} | more
    return await act(house, change_id, reviewing.recommend, what=what, **told)


async def on_line(house):
    (line,) = (await house.contract()).lines
    return {each.ptan: (each.effective_from, each.effective_to) for each in line.locations}


async def test_an_approved_addition_takes_effect_on_the_day_of_receipt_in_a_new_version(house):
    (change_id,) = await house.ask(official(house), ASKED, comes=house.new)
    (taken,) = await act(house, change_id, reviewing.take)
    assert taken.checks == dict.fromkeys(CHECKS, "yes")
    assert house.new not in await on_line(house)
    await act(house, change_id, reviewing.recommend, what="approve", explanation="", confirmed={})
    await act(house, change_id, reviewing.approve, by=OFFICER)
    change, contract = await house.change(change_id), await house.contract()
    assert (change.state, change.effective_on, change.decided_by) == (
        ChangeState.APPROVED,
        date(2028, 3, 6),
        "Olive.Officer",
    )
    assert (await on_line(house))[house.new] == (date(2028, 3, 6), None)
    assert contract.version == 2
    snapshot = (await house.said(Snapshot))[-1]
    assert [each["npi"] for each in snapshot["lines"][0]["locations"] if each["ptan"] == house.new] == ["1000000004"]
    (notice,) = await house.said(NoticeRequested)
    assert notice["requested_by"] == OFFICER.person_id
    (row,) = notice["fields"]["rows"]
    assert (row["ptan"], row["change"], row["approved"], row["effective_on"]) == (
        house.new,
        "add",
        True,
        date(2028, 3, 6),
    )


async def test_before_the_decision_the_contract_stays_as_it_is_and_the_stay_before_is_readable_afterwards(house):
    (change_id,) = await house.ask(official(house), ASKED, comes=house.new)
    await recommended(house, change_id)
    await act(house, change_id, reviewing.approve, by=OFFICER)
    contract = await house.contract()
    async with house.reading() as session:
        for known_on, there in ((date(2028, 3, 19), False), (date(2028, 3, 20), True)):
            stood = await contract_views.read_on_day(session, official(house), contract.id, date(2028, 3, 10), known_on)
            assert (house.new in {each.ptan for each in stood.lines[0].locations}) is there


@pytest.mark.parametrize(
    ("more", "check", "answer"),
    [
        ({"status_periods": (StatusPeriod(status="inactive", valid_from=date(2020, 1, 1)),)}, "ptan-active", "no"),
        (
            {"status_periods": (StatusPeriod(status="unknown", valid_from=date(2020, 1, 1)),)},
            "ptan-active",
            "could-not-check",
        ),
        ({"organization_id": None}, "same-owner", "could-not-check"),
        ({"organization_id": OFFICER.person_id}, "same-owner", "no"),
        ({"licences": ()}, "licensed", "no"),
        ({"accreditations": ()}, "accredited", "no"),
        ({"exclusions": (Exclusion(valid_from=date(2028, 1, 1)),)}, "not-excluded", "no"),
    ],
)
async def test_a_requirement_that_is_unmet_or_could_not_be_checked_stands_in_the_way(house, more, check, answer):
    await house.enrol(house.new, version=2, **more)
    (change_id,) = await house.ask(official(house), ASKED, comes=house.new)
    (taken,) = await act(house, change_id, reviewing.take)
    assert taken.checks == dict.fromkeys(CHECKS, "yes") | {check: answer}
    with pytest.raises(RequirementsUnmet, match=CHECKS[check]):
        await act(house, change_id, reviewing.recommend, what="approve", explanation="", confirmed={})
    by_hand = {check: "Seen in the paper file"}
    if answer == "no":
        with pytest.raises(RequirementsUnmet):
            await act(house, change_id, reviewing.recommend, what="approve", explanation="", confirmed=by_hand)
    else:
        await act(house, change_id, reviewing.recommend, what="approve", explanation="", confirmed=by_hand)
        await act(house, change_id, reviewing.approve, by=OFFICER)
        assert (await house.change(change_id)).state is ChangeState.APPROVED


async def test_what_turns_worse_after_the_recommendation_is_not_approved(house):
    (change_id,) = await house.ask(official(house), ASKED, comes=house.new)
    await recommended(house, change_id)
    await house.enrol(house.new, version=2, licences=())
    with pytest.raises(RequirementsUnmet):
        await act(house, change_id, reviewing.approve, by=OFFICER)
    assert house.new not in await on_line(house)


async def test_a_location_of_the_same_ownership_group_is_no_strangers(house):
    await house.enrol(house.ptans[0], ownership_group="Sample group")
    await house.enrol(house.new, version=2, organization_id=None, ownership_group="Sample group")
    (change_id,) = await house.ask(official(house), ASKED, comes=house.new)
    (taken,) = await act(house, change_id, reviewing.take)
    assert taken.checks["same-owner"] == "yes"


async def test_a_location_on_another_contract_for_the_same_competition_cannot_come(house):
    other = Supplier(house.database)
    await other.accept(locations=(house.new,))
    await other.send()
    await other.sign()
    (change_id,) = await house.ask(official(house), ASKED, comes=house.new)
    (taken,) = await act(house, change_id, reviewing.take)
    assert taken.checks["not-on-another-contract"] == "no"


async def test_a_removal_takes_effect_on_the_day_asked_for_and_never_before_receipt(house):
    (change_id,) = await house.ask(
        official(house), ASKED, goes=house.ptans[0], goes_on=date(2028, 4, 30), why=Why.CLOSED
    )
    await recommended(house, change_id)
    await act(house, change_id, reviewing.approve, by=OFFICER)
    assert (await on_line(house))[house.ptans[0]] == (STARTS, date(2028, 4, 30))
    await house.enrol(house.new)
    (added,) = await house.ask(official(house), ASKED, comes=house.new)
    await recommended(house, added)
    await act(house, added, reviewing.approve, by=OFFICER)
    with pytest.raises(BeforeReceipt):
        await house.ask(official(house), ASKED, goes=house.ptans[1], goes_on=date(2028, 3, 5))
    (at_once,) = await house.ask(official(house), ASKED, goes=house.ptans[1])
    await recommended(house, at_once)
    await act(house, at_once, reviewing.approve, by=OFFICER)
    assert (await on_line(house))[house.ptans[1]] == (STARTS, date(2028, 3, 6))


async def test_the_last_location_of_a_competition_stays_also_when_two_removals_race(house):
    first, second = [(await house.ask(official(house), ASKED, goes=ptan))[0] for ptan in house.ptans]
    for each in (first, second):
        await recommended(house, each)
    outcomes = await asyncio.gather(
        act(house, first, reviewing.approve, by=OFFICER),
        act(house, second, reviewing.approve, by=OTHER_OFFICER),
        return_exceptions=True,
    )
    assert [type(each) for each in outcomes if isinstance(each, Exception)] == [LastLocationOfTheLine]
    staying = [ptan for ptan, (_, until) in (await on_line(house)).items() if until is None]
    assert len(staying) == 1
    with pytest.raises(LastLocation):
        await house.ask(official(house), DECIDED, goes=staying[0])


async def test_a_move_is_a_pair_that_is_decided_together_and_may_take_the_last_location(house):
    (gone,) = await house.ask(official(house), ASKED, goes=house.ptans[1])
    await recommended(house, gone)
    await act(house, gone, reviewing.approve, by=OFFICER)
    goes, comes = await house.ask(official(house), ASKED, comes=house.new, goes=house.ptans[0], why=Why.MOVED)
    await recommended(house, comes)
    await act(house, goes, reviewing.approve, by=OFFICER)
    assert {(await house.change(each)).state for each in (goes, comes)} == {ChangeState.APPROVED}
    lines = await on_line(house)
    assert (lines[house.new], lines[house.ptans[0]]) == ((date(2028, 3, 6), None), (STARTS, date(2028, 3, 6)))
    assert len((await house.said(NoticeRequested))[-1]["fields"]["rows"]) == 2


async def test_while_more_is_asked_the_target_stands_still(house):
    (change_id,) = await house.ask(official(house), ASKED, comes=house.new)
    assert (await house.change(change_id)).target_at == due_at(date(2028, 4, 5))
    await act(house, change_id, reviewing.take)
    await act(house, change_id, reviewing.ask, "Which licence?", at=ASKED + timedelta(days=4))
    change = await house.change(change_id)
    assert (change.state, change.answer_due_at) == (ChangeState.INFO_REQUESTED, due_at(date(2028, 4, 10)))
    me = official(house)
    async with house.as_person(me, ASKED + timedelta(days=14)) as session:
        await filing.answer(session, change_id, "This one.", change.row_version)
    change = await house.change(change_id)
    assert (change.state, change.target_at) == (ChangeState.IN_REVIEW, due_at(date(2028, 4, 15)))
    assert [each["text"] for each in change.exchange] == ["Which licence?", "This one."]
    (asked,), (settled,) = await house.said(InformationRequested), await house.said(InformationSettled)
    assert (asked["filing_id"], asked["due_at"]) == (change_id, due_at(date(2028, 4, 10)))
    assert (settled["filing_id"], settled["answered"]) == (change_id, True)


async def test_what_nobody_answers_about_is_closed_to_the_second_and_can_be_filed_anew(house):
    (change_id,) = await house.ask(official(house), ASKED, comes=house.new)
    await act(house, change_id, reviewing.take, at=ASKED)
    await act(house, change_id, reviewing.ask, "Which licence?", at=ASKED)
    due = (await house.change(change_id)).answer_due_at
    for as_of, state in ((due + timedelta(milliseconds=999), "INFO_REQUESTED"), (due + timedelta(seconds=1), "CLOSED")):
        async with house.database.writing(Fence.system(), Actor.system("test"), at=as_of) as session:
            await reviewing.close_unanswered(session, as_of, 1000)
        assert (await house.change(change_id)).state == state
    assert [each["answered"] for each in await house.said(InformationSettled)] == [False]
    (again,) = await house.ask(official(house), due + timedelta(days=1), comes=house.new)
    assert (await house.change(again)).received_on == date(2028, 4, 6)


async def test_a_denied_request_is_explained_told_and_filed_anew_with_its_own_date(house):
    (change_id,) = await house.ask(official(house), ASKED, comes=house.new)
    await recommended(house, change_id, "deny")
    with pytest.raises(ExplanationNeeded):
        await act(house, change_id, reviewing.deny, " ", by=OFFICER)
    await act(house, change_id, reviewing.deny, "No such licence.", by=OFFICER)
    assert (await house.contract()).version == 1
    (notice,) = await house.said(NoticeRequested)
    (row,) = notice["fields"]["rows"]
    assert (row["approved"], row["effective_on"], row["explanation"]) == (False, None, "No such licence.")
    (again,) = await house.ask(official(house), DECIDED, comes=house.new)
    await recommended(house, again)
    await act(house, again, reviewing.approve, by=OFFICER)
    assert (await on_line(house))[house.new] == (date(2028, 3, 20), None)


async def test_nobody_decides_what_they_recommended_and_nothing_is_decided_unrecommended(house):
    (change_id,) = await house.ask(official(house), ASKED, comes=house.new)
    both = staff("Bea.Both", permissions=frozenset({REVIEW, DECIDE}))
    await act(house, change_id, reviewing.take, by=both)
    with pytest.raises(NotRecommended):
        await act(house, change_id, reviewing.approve, by=OFFICER)
    await act(house, change_id, reviewing.recommend, what="approve", explanation="", confirmed={}, by=both)
    async with house.as_staff(both) as session:
        change = await house.change(change_id)
        assert not {"approve", "deny"} & set((await views.staff_view_of(session, both, change)).allowed_actions)
    for verb, *more in ((reviewing.approve,), (reviewing.deny, "No.")):
        with pytest.raises(SomebodyElseMust):
            await act(house, change_id, verb, *more, by=both)


async def test_withdrawn_while_it_is_approved_one_of_the_two_wins(house):
    for ptan in (house.new, house.new[:-1] + "4", house.new[:-1] + "5"):
        await house.enrol(ptan)
        (change_id,) = await house.ask(official(house), ASKED, comes=ptan)
        await recommended(house, change_id)
        version = (await house.change(change_id)).row_version

        async def withdraw(change_id=change_id, version=version):
            async with house.as_person(official(house), DECIDED) as session:
                await filing.withdraw(session, change_id, version)

        outcomes = await asyncio.gather(
            withdraw(), act(house, change_id, reviewing.approve, by=OFFICER), return_exceptions=True
        )
        lost = [each for each in outcomes if isinstance(each, Exception)]
        assert len(lost) == 1
        assert isinstance(lost[0], ChangeChanged | NotAllowedNow)
        approved = (await house.change(change_id)).state is ChangeState.APPROVED
        assert (ptan in await on_line(house)) is approved


async def test_of_two_who_ask_for_the_same_location_one_is_refused(house):
    outcomes = await asyncio.gather(
        house.ask(official(house), ASKED, comes=house.new),
        house.ask(official(house, "Max.Second"), ASKED, comes=house.new),
        return_exceptions=True,
    )
    assert [type(each) for each in outcomes if isinstance(each, Exception)] == [AlreadyAsked]
    with pytest.raises(AlreadyAsked):
        await house.ask(official(house), ASKED, comes=house.new)


async def test_what_is_there_cannot_come_and_what_is_not_there_cannot_go(house):
    with pytest.raises(AlreadyOnTheLine):
        await house.ask(official(house), ASKED, comes=house.ptans[0])
    with pytest.raises(NotOnTheLine):
        await house.ask(official(house), ASKED, goes=house.new)


async def test_a_request_for_several_competitions_is_one_filing_under_one_signature(supplier):
    await supplier.know_round()
    await supplier.executed(*AREAS[:3])
    filed = await supplier.ask(official(supplier), ASKED, comes=supplier.new)
    changes = [await supplier.change(each) for each in filed]
    assert len(changes) == 3
    assert len({each.request_id for each in changes}) == 1
    assert len({each.line_id for each in changes}) == 3


async def test_a_request_is_signed_under_ones_own_name(house):
    me = official(house)
    contract = await house.contract()
    wish = Wish([contract.lines[0].id], house.new, None, None, Why.OPENED, "")
    async with house.as_person(me, ASKED) as session:
        (drafted,) = await filing.draft(session, contract.id, wish)
    wrong = typed(me, LOCATION_CERTIFICATION.name).model_copy(update={"family_name": "Somebody"})
    with pytest.raises(NameDoesNotMatch):
        async with house.as_person(me, ASKED) as session:
            await filing.submit(session, drafted.request_id, signer(me, ASKED), wrong)
    assert (await house.change(drafted.id)).state is ChangeState.DRAFT
    async with house.as_staff(ADMINISTRATOR) as session:
        with pytest.raises(NotFound):
            await views.read_for_staff(session, ADMINISTRATOR, drafted.id)


async def test_an_end_user_meets_no_trace_of_a_location_request(house):
    (change_id,) = await house.ask(official(house), ASKED, comes=house.new)
    contract = await house.contract()
    end_user = house.person("Eve.User", VIEW_CONTRACT)
    for actor, words in ((official(house), "Active - change pending"), (end_user, "Active")):
        async with house.reading() as session:
            listed = await contract_views.list_contracts(session, actor, None, 25)
            read = await contract_views.read_contract(session, actor, contract.id)
            summary = await read_summary(session, actor, contract.id, STARTS)
            entries = await list_entries(session, actor, contract.id, None, 25)
        assert [each.status.words for each in (listed.items[0], read, summary)] == [words] * 3
        assert any("location" in each.kind for each in entries.items) is (actor is not end_user)
    await recommended(house, change_id)
    await act(house, change_id, reviewing.approve, by=OFFICER)
    async with house.reading() as session:
        page = await version_views.list_versions(session, end_user, contract.id, None, 25)
    assert [each.reason for each in page.items] == ["changed", "signed"]


async def test_a_draft_is_read_as_a_whole_and_another_one_takes_its_place(house):
    me = official(house)
    contract = await house.contract()
    wish = Wish([contract.lines[0].id], house.new, house.ptans[0], None, Why.MOVED, "To a larger place.")
    async with house.as_person(me, ASKED) as session:
        first = (await filing.draft(session, contract.id, wish))[0].request_id
    async with house.as_person(me, ASKED) as session:
        second = (await filing.draft(session, contract.id, replace(wish, goes=None), first))[0].request_id
    async with house.reading() as session:
        read = await views.read_request(session, me, second)
        listed = await views.list_mine(session, me, None, 25)
    assert [(each.action, each.ptan) for each in read.changes] == [("add", house.new)]
    assert read.enrolled.location["city"] == "Dallas"
    assert read.allowed_actions == ["submit", "withdraw"]
    assert [each.request_id for each in listed.items] == [second]
    async with house.as_person(me, ASKED) as session:
        with pytest.raises(NotAllowedNow):
            await filing.submit(session, first, signer(me, ASKED), typed(me, LOCATION_CERTIFICATION.name))


async def test_what_could_not_be_filed_is_not_drafted(house):
    (line,) = (await house.contract()).lines
    me = official(house)
    for wish, refused in (
        (Wish([line.id], house.ptans[0], None, None, Why.OPENED, ""), AlreadyOnTheLine),
        (Wish([line.id], None, house.new, None, Why.CLOSED, ""), NotOnTheLine),
        (Wish([line.id], None, house.ptans[0], date(2028, 3, 5), Why.CLOSED, ""), BeforeReceipt),
    ):
        with pytest.raises(refused):
            async with house.as_person(me, ASKED) as session:
                await filing.draft(session, line.contract_id, wish)


async def test_another_organization_finds_no_request(house):
    (change_id,) = await house.ask(official(house), ASKED, comes=house.new)
    stranger = Supplier(house.database)
    actor = stranger.person("Sam.Stranger", VIEW, SUBMIT)
    async with stranger.reading() as session:
        assert (await views.list_mine(session, actor, None, 25)).items == []
        with pytest.raises(NotFound):
            await views.read_mine(session, actor, change_id)
        with pytest.raises(NotFound):
            await views.read_request(session, actor, (await house.change(change_id)).request_id)
    async with stranger.as_person(actor) as session:
        with pytest.raises(NotFound):
            await filing.withdraw(session, change_id, 1)


def test_a_decided_request_stays_decided():
    for state in LIFECYCLE.ends:
        for verb in LIFECYCLE.verbs:
            with pytest.raises(NotAllowedNow):
                LIFECYCLE.next(state, verb)
