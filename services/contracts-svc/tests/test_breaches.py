"""Breach cases: suspected, noticed, answered by a plan or a hearing, decided, in effect; clocks to the last second."""

import asyncio
from datetime import UTC, date, datetime, timedelta
from uuid import uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import func, select

from chassis.actor import Actor
from chassis.calendar import due_at, is_business_day, midnight
from chassis.database import Fence
from chassis.duties import SomebodyElseMust, StrangerNeeded
from chassis.errors import NotAllowedNow, NotFound
from contracts_svc.breaches import answering, deciding, hearing, noticing, opening, planning, staff_views, views
from contracts_svc.breaches.action import Wish
from contracts_svc.breaches.case import BreachCase
from contracts_svc.breaches.files import take_file
from contracts_svc.breaches.hearing_steps import EvidenceNotShared, HeldTooSoon, NotPermitted, NotTheTimeYet
from contracts_svc.breaches.lifecycle import BreachState
from contracts_svc.breaches.notice_steps import EffectTooEarly
from contracts_svc.breaches.noticing import BarredCheckNeeded, PlanBarred
from contracts_svc.breaches.outcome_steps import Decided, EachAction, EffectNeeded, NoProofAsked
from contracts_svc.breaches.paper import PaperKind
from contracts_svc.breaches.permissions import DECIDE, EDIT, HEAR, RESPOND, STAFF_VIEW, VIEW
from contracts_svc.breaches.plan_steps import NoPlanAllowed, NotRecommendedYet, NotReported, RevisedAlready, StillInTime
from contracts_svc.breaches.receipts import FilesNeeded, NotAReceiptForThis
from contracts_svc.breaches.steps import CaseChanged, Rules, TooLate
from contracts_svc.contracts import history_views
from contracts_svc.contracts import views as contract_views
from contracts_svc.contracts.lifecycle import ContractState
from contracts_svc.contracts.permissions import VIEW as VIEW_CONTRACT
from contracts_svc.contracts.permissions import VIEW_ACTIVITY
from events.breaches import SupplierPrecluded
from events.contract_documents import FileTaken, SlotRequested
from events.contracts import BreachSuspected, NoticeAnswered, NoticeRequested
from events.contracts import ContractState as Snapshot
from events.documents import DocumentReceived
from events.enrolment import Exclusion
from events.examples import BY_TYPE
from events.rounds import RoundState
from tests.contracts.breach_house import (
    ANALYST,
    CMS,
    HEARER,
    NOTICED,
    OTHER_CMS,
    PRECLUDE,
    SUSPEND,
    TERMINATE,
    act,
    active,
    answer,
    case_of,
    hear_issue,
    noticed,
    official,
    receipt,
    recommended,
    sweep,
)
from tests.contracts.house import Supplier

RULES = Rules(BY_TYPE[RoundState.TYPE].rule_set, ())
ANSWER_BY = due_at(date(2028, 3, 31))  # 30 days after 1 March, a Friday
EFFECT_ON = date(2028, 4, 15)  # day 45, a Saturday that stands unrolled
LAST_SECOND, TOO_LATE = timedelta(milliseconds=999), timedelta(seconds=1)
FINISH_ON = date(2028, 6, 1)
S = BreachState
storage = pytest.mark.database


@pytest.fixture
async def house(supplier):
    """A supplier whose contract runs."""
    await active(supplier)
    return supplier


def test_the_clocks_of_a_notice_are_those_of_the_catalogue():
    assert RULES.day("CAP_SUBMIT", date(2022, 3, 1)) == date(2022, 3, 31)
    assert RULES.day("BREACH_EFFECT", date(2022, 3, 1)) == date(2022, 4, 15)


@given(st.dates(date(2021, 1, 1), date(2030, 12, 31)))
def test_answers_roll_forward_the_effect_stands_and_there_is_always_time_to_answer_before_it(day):
    answer_day, effect = RULES.day("HEARING_REQUEST", day), RULES.day("BREACH_EFFECT", day)
    assert is_business_day(answer_day)
    assert day + timedelta(days=30) <= answer_day < effect == day + timedelta(days=45)
    assert due_at(answer_day) < midnight(effect)


@given(st.dates(date(2021, 1, 1), date(2030, 12, 31)))
def test_a_hearing_is_announced_thirty_days_before_and_evidence_shared_fifteen(day):
    assert (day - RULES.day("HEARING_NOTICE", day)).days == 30
    assert (day - RULES.day("EVIDENCE_SHARE", day)).days == 15


@pytest.mark.parametrize("wrong", [{"kind": "suspend"}, {"kind": "preclude"}, {"kind": "other"}])
def test_an_action_says_what_it_does(wrong):
    with pytest.raises(ValueError, match=r"Say until when|Name the round|Describe"):
        Wish.model_validate(wrong)


async def suspected(house, **more):
    contract = await house.contract()
    told = BY_TYPE[BreachSuspected.TYPE].model_copy(
        update={"contract_id": contract.id, "organization_id": house.organization_id, "suspicion_id": uuid4()} | more
    )
    async with house.as_worker(NOTICED) as session:
        await opening.suspect(session, told)
    return told


async def cases_of(house):
    async with house.reading() as session:
        mine = select(BreachCase).where(BreachCase.organization_id == house.organization_id)
        return (await session.scalars(mine.order_by(BreachCase.id))).all()


@storage
async def test_a_suspicion_of_form_c_opens_a_case_once_and_the_next_joins_it(house):
    first = await suspected(house)
    for again in (first, first):
        await suspected(house, suspicion_id=again.suspicion_id)
    await suspected(house, label="Another report")
    await suspected(house, ground="a-word-of-tomorrow")
    one, other = await cases_of(house)
    assert (one.state, one.ground, len(one.suspicions)) == (S.SUSPECTED, "form-c-failure", 2)
    assert one.deviations == [first.label, "Another report"]
    assert other.ground == "other"


@storage
async def test_a_suspicion_is_dismissed_or_recommended_and_sent_back_and_stays_inside(house):
    await suspected(house)
    (case,) = await cases_of(house)
    what = opening.Recommended(["No report"], "It did not come.", [TERMINATE])
    case = await act(house, ANALYST, opening.recommend, case, what, at=NOTICED)
    with pytest.raises(SomebodyElseMust):
        await act(house, ANALYST, opening.send_back, case, "No.", at=NOTICED)
    case = await act(house, CMS, opening.send_back, case, "Ask once more.", at=NOTICED)
    assert case.state is S.SUSPECTED
    case = await act(house, ANALYST, opening.dismiss, case, "It came.", at=NOTICED)
    assert case.state is S.CLOSED_NO_ACTION
    async with house.reading() as session:
        assert (await views.list_mine(session, official(house), None, 10)).items == []
        with pytest.raises(NotFound):
            await views.read_mine(session, official(house), case.id)


@storage
async def test_the_notice_needs_a_second_person_and_its_clocks_run_from_the_day_it_went_out(house):
    case = await recommended(house)
    more = {"cap_allowed": True, "barred_check": "By hand.", "effective_on": None}
    with pytest.raises(SomebodyElseMust):
        await act(house, ANALYST, noticing.issue_notice, case, at=NOTICED, **more)
    case = await act(house, CMS, noticing.issue_notice, case, at=NOTICED - timedelta(days=1), **more)
    (asked,) = await house.said(NoticeRequested)
    assert (asked["requested_by"], asked["released_by"]) == (ANALYST.person_id, CMS.person_id)
    assert [each["label"] for each in asked["fields"]["actions"]] == [SUSPEND.label, PRECLUDE.label]
    async with house.reading() as session:
        assert (await views.list_mine(session, official(house), None, 10)).items == [], "it has not gone out yet"
    case = await hear_issue(house, case, times=2)
    assert (case.plan_by, case.hearing_by, case.effect_on) == (ANSWER_BY, ANSWER_BY, EFFECT_ON)
    (slot,) = await house.said(SlotRequested)
    assert (slot["closes_at"], slot["upload_permission"], slot["read_permission"]) == (ANSWER_BY, RESPOND, VIEW)
    assert slot["staff_read_permission"] == "staff.document.case.view"


@storage
async def test_a_notice_that_never_went_out_has_no_effect_and_cannot_be_answered(house):
    more = {"cap_allowed": True, "barred_check": "By hand.", "effective_on": None}
    case = await act(house, CMS, noticing.issue_notice, await recommended(house), at=NOTICED, **more)
    assert await sweep(house, midnight(EFFECT_ON) + timedelta(days=9)) == 0
    with pytest.raises(NotFound):
        await answer(house, answering.request_hearing, case, at=NOTICED, receipts=["x"])


@storage
async def test_a_plan_is_never_allowed_to_an_excluded_supplier_nor_unchecked(house):
    case = await recommended(house)
    more = {"cap_allowed": True, "barred_check": "", "effective_on": None}
    with pytest.raises(BarredCheckNeeded):
        await act(house, CMS, noticing.issue_notice, case, at=NOTICED, **more)
    await house.enrol(house.ptans[0], exclusions=(Exclusion(valid_from=date(2028, 1, 1)),))
    with pytest.raises(PlanBarred):
        await act(house, CMS, noticing.issue_notice, case, at=NOTICED, **more | {"barred_check": "By hand."})
    with pytest.raises(EffectTooEarly):
        named = {"cap_allowed": False, "effective_on": date(2028, 3, 31)}
        await act(house, CMS, noticing.issue_notice, case, at=NOTICED, **more | named)


@storage
async def test_an_unanswered_notice_takes_effect_on_day_45_at_every_location_and_the_snapshot_shows_it(house):
    case = await noticed(house)
    assert await sweep(house, midnight(EFFECT_ON) - timedelta(microseconds=1)) == 0
    assert await sweep(house, midnight(EFFECT_ON)) == 1
    contract, case = await house.contract(), await case_of(house, case.id)
    assert (contract.state, contract.suspended_until) == (ContractState.SUSPENDED, SUSPEND.until)
    assert (case.state, [each.outcome for each in case.actions]) == (S.ACTION_IN_EFFECT, ["in-effect", "in-effect"])
    shown = (await house.said(Snapshot))[-1]
    assert shown["statuses"][-1] == {"status": "suspended", "since": EFFECT_ON}
    (told,) = await house.said(SupplierPrecluded)
    assert (told["precluded_from"], told["effective_on"]) == ("R2031", EFFECT_ON)
    final = (await house.said(NoticeRequested))[-1]
    assert (final["fields"]["notice_type"], final["due_at"]) == ("final-determination", due_at(date(2028, 5, 1)))
    assert await sweep(house, midnight(EFFECT_ON)) == 0


@storage
@pytest.mark.parametrize("verb", [answering.submit_plan, answering.request_hearing])
async def test_an_answer_is_in_time_to_the_end_of_the_last_second_and_stays_the_effect(house, verb):
    case = await noticed(house)
    args = [FINISH_ON] if verb is answering.submit_plan else []
    with pytest.raises(TooLate):
        await answer(house, verb, case, *args, at=ANSWER_BY + TOO_LATE)
    case = await answer(house, verb, case, *args, at=ANSWER_BY + LAST_SECOND)
    assert case.state is (S.CAP_REVIEW if args else S.HEARING_REQUESTED)
    assert await sweep(house, midnight(EFFECT_ON) + timedelta(days=99)) == 0
    assert len(await house.said(NoticeAnswered)) == 1


@storage
async def test_an_answer_has_files_that_were_sent_for_it_and_a_plan_only_where_it_is_allowed(house):
    case = await noticed(house, cap_allowed=False)
    with pytest.raises(NoPlanAllowed):
        await answer(house, answering.submit_plan, case, FINISH_ON, at=NOTICED)
    with pytest.raises(FilesNeeded):
        await answer(house, answering.request_hearing, case, at=NOTICED, receipts=[])
    for wrong in ({"slot_id": str(uuid4())}, {"organization_id": str(uuid4())}):
        with pytest.raises(NotAReceiptForThis):
            await answer(house, answering.request_hearing, case, at=NOTICED, receipts=[receipt(case, NOTICED, **wrong)])
    late = receipt(case, ANSWER_BY + TOO_LATE)
    with pytest.raises(NotAReceiptForThis):
        await answer(house, answering.request_hearing, case, at=NOTICED, receipts=[late])


async def planned(house, at=NOTICED):
    return await answer(house, answering.submit_plan, await noticed(house), FINISH_ON, at=at)


@storage
async def test_a_plan_is_returned_once_accepted_carried_out_and_reported_within_five_days(house):
    case = await act(house, ANALYST, planning.return_plan, await planned(house), "Say who.", at=NOTICED)
    assert (case.state, case.revise_by) == (S.CAP_REVISION, ANSWER_BY)
    case = await answer(house, answering.submit_plan, case, FINISH_ON, at=ANSWER_BY + LAST_SECOND)
    with pytest.raises(RevisedAlready):
        await act(house, ANALYST, planning.return_plan, case, "Again.", at=NOTICED)
    with pytest.raises(NotRecommendedYet):
        await act(house, CMS, planning.accept_plan, case, "Good.", at=NOTICED)
    case = await act(house, ANALYST, planning.recommend_plan, case, "accept", "Whole.", at=NOTICED)
    with pytest.raises(SomebodyElseMust):
        await act(house, ANALYST, planning.accept_plan, case, "Good.", at=NOTICED)
    case = await act(house, CMS, planning.accept_plan, case, "Good.", at=NOTICED)
    reported_by = due_at(date(2028, 6, 6))
    assert (case.state, case.finish_on, case.report_by) == (S.CAP_ACTIVE, FINISH_ON, reported_by)
    with pytest.raises(NotReported):
        await act(house, ANALYST, planning.verify, case, "Seen.", at=NOTICED)
    with pytest.raises(StillInTime):
        await act(house, CMS, noticing.issue_subsequent, case, at=NOTICED, **AGAIN)
    with pytest.raises(TooLate):
        await answer(house, answering.report, case, at=reported_by + TOO_LATE)
    case = await answer(house, answering.report, case, at=reported_by + LAST_SECOND)
    assert await sweep(house, reported_by + timedelta(days=9)) == 0
    case = await act(house, ANALYST, planning.verify, case, "Seen.", at=reported_by)
    assert case.state is S.CURED
    outcomes = [each["fields"].get("outcome") for each in await house.said(NoticeRequested)]
    assert outcomes == [None, "revise", "accepted"]


AGAIN = {
    "because": "Nothing was carried out.",
    "actions": [TERMINATE],
    "cap_allowed": False,
    "barred_check": "",
    "effective_on": None,
}


@storage
async def test_a_revision_that_does_not_come_leaves_the_plan_as_it_was(house):
    case = await act(house, ANALYST, planning.return_plan, await planned(house), "Say who.", at=NOTICED)
    assert await sweep(house, case.revise_by + LAST_SECOND) == 0
    assert await sweep(house, case.revise_by + TOO_LATE) == 1
    case = await case_of(house, case.id)
    assert (case.state, case.revision_missed, case.finish_on) == (S.CAP_REVIEW, True, FINISH_ON)


@storage
async def test_a_plan_that_is_not_carried_out_leads_to_a_subsequent_notice_with_its_own_clocks(house):
    case = await act(house, ANALYST, planning.recommend_plan, await planned(house), "accept", "Whole.", at=NOTICED)
    case = await act(house, CMS, planning.accept_plan, case, "Good.", at=NOTICED)
    missed = case.report_by + TOO_LATE
    assert await sweep(house, case.report_by + LAST_SECOND) == 0
    assert await sweep(house, missed) == 1
    case = await act(house, CMS, noticing.issue_subsequent, case, at=missed, **AGAIN)
    case = await hear_issue(house, case, at=missed)
    assert (case.state, case.notices, case.effect_on) == (S.SUBSEQUENT_NOTICE, 2, date(2028, 7, 21))
    with pytest.raises(NoPlanAllowed):
        await answer(house, answering.submit_plan, case, date(2028, 8, 1), at=missed)
    assert await sweep(house, midnight(case.effect_on)) == 1
    assert (await house.contract()).state is ContractState.TERMINATED


HELD_AT = datetime(2028, 5, 15, 18, tzinfo=UTC)
ASKED = datetime(2028, 3, 10, 15, tzinfo=UTC)


async def scheduled(house, at=ASKED):
    case = await answer(house, answering.request_hearing, await noticed(house), at=ASKED)
    return await act(house, HEARER, hearing.schedule, case, at=at, held_at=HELD_AT, held_by="telephone", place="A line")


async def heard(house):
    case = await act(house, HEARER, hearing.share_evidence, await scheduled(house), at=ASKED)
    return await act(house, HEARER, hearing.hold, case, "Both sides spoke.", at=HELD_AT)


def verdicts(case, *applies, effective_on=date(2028, 7, 1)):
    return {
        action.id: Decided(each, "As heard.", effective_on if each else None)
        for action, each in zip(case.actions, applies, strict=True)
    }


async def at_cms(house):
    case = await heard(house)
    words = ("As heard.", verdicts(case, True, False))
    return await act(house, HEARER, hearing.recommend_to_cms, case, *words, at=HELD_AT)


@storage
async def test_a_hearing_is_announced_in_time_by_a_stranger_to_the_case(house):
    case = await answer(house, answering.request_hearing, await noticed(house), at=ASKED)
    assert case.contact_by == due_at(date(2028, 4, 9))
    how = {"held_by": "telephone", "place": "A line"}
    with pytest.raises(StrangerNeeded):
        await act(house, ANALYST, hearing.schedule, case, at=ASKED, held_at=HELD_AT, **how)
    last_day = datetime(2028, 4, 16, 3, 59, 59, tzinfo=UTC)  # the last second of 15 April in New York
    with pytest.raises(HeldTooSoon):
        await act(house, HEARER, hearing.schedule, case, at=last_day + TOO_LATE, held_at=HELD_AT, **how)
    case = await act(house, HEARER, hearing.schedule, case, at=last_day, held_at=HELD_AT, **how)
    assert case.cms_evidence_by == due_at(date(2028, 4, 25))
    assert case.share_by == due_at(date(2028, 4, 30))
    assert (await house.said(NoticeRequested))[-1]["fields"]["evidence_by"] == date(2028, 4, 30)


@storage
async def test_evidence_comes_where_the_officer_permits_it_and_is_shared_in_time(house):
    case = await scheduled(house)
    with pytest.raises(NotPermitted):
        await answer(house, answering.add_evidence, case, at=ASKED, receipts=[])
    case = await act(house, HEARER, hearing.permit_evidence, case, date(2028, 3, 20), at=ASKED)
    until = due_at(date(2028, 3, 20))
    with pytest.raises(TooLate):
        await answer(house, answering.add_evidence, case, at=until + TOO_LATE)
    case = await answer(house, answering.add_evidence, case, at=until + LAST_SECOND)
    with pytest.raises(TooLate):
        await act(house, ANALYST, hearing.give_evidence, case, "Ours.", at=case.cms_evidence_by + TOO_LATE)
    case = await act(house, ANALYST, hearing.give_evidence, case, "Ours.", at=case.cms_evidence_by)
    assert PaperKind.CMS_EVIDENCE not in await seen_papers(house, case)
    with pytest.raises(EvidenceNotShared):
        await act(house, HEARER, hearing.hold, case, "Held.", at=HELD_AT)
    with pytest.raises(TooLate):
        await act(house, HEARER, hearing.share_evidence, case, at=case.share_by + TOO_LATE)
    case = await act(house, HEARER, hearing.share_evidence, case, at=case.share_by)
    assert PaperKind.CMS_EVIDENCE in await seen_papers(house, case)
    with pytest.raises(NotTheTimeYet):
        await act(house, HEARER, hearing.hold, case, "Held.", at=HELD_AT - TOO_LATE)


async def seen_papers(house, case):
    async with house.reading() as session:
        return [paper.kind for paper in (await views.read_mine(session, official(house), case.id)).papers]


@storage
async def test_each_action_is_recommended_on_and_decided_by_somebody_else_and_takes_effect_on_its_day(house):
    case = await heard(house)
    assert case.recommend_by == due_at(date(2028, 6, 14))
    case = await act(house, CMS, hearing.extend, case, date(2028, 6, 30), "A long record.", at=HELD_AT)
    assert case.recommend_by == due_at(date(2028, 6, 30))
    with pytest.raises(EachAction):
        await act(house, HEARER, hearing.recommend_to_cms, case, "Words", {}, at=HELD_AT)
    words = ("As heard.", verdicts(case, True, False))
    case = await act(house, HEARER, hearing.recommend_to_cms, case, *words, at=HELD_AT)
    assert (case.state, case.decide_by) == (S.RECOMMENDED_TO_CMS, due_at(date(2028, 6, 14)))
    assert PaperKind.HEARING_RECOMMENDATION not in await seen_papers(house, case)
    for recommender in (HEARER, ANALYST):
        with pytest.raises(SomebodyElseMust):
            await act(house, recommender, deciding.decide, case, verdicts(case, True, True), at=HELD_AT)
    with pytest.raises(EffectNeeded):
        yesterday = verdicts(case, True, True, effective_on=date(2028, 5, 14))
        await act(house, CMS, deciding.decide, case, yesterday, at=HELD_AT)
    case = await act(house, CMS, deciding.decide, case, verdicts(case, True, False), at=HELD_AT)
    assert (case.state, case.proof_by) == (S.DECIDED, due_at(date(2028, 5, 30)))
    final = (await house.said(NoticeRequested))[-1]
    assert (final["requested_by"], final["released_by"]) == (HEARER.person_id, CMS.person_id)
    assert [each["applies"] for each in final["fields"]["actions"]] == [True, False]
    case = await answer(house, answering.prove, case, at=case.proof_by + LAST_SECOND)
    assert await sweep(house, midnight(date(2028, 7, 1)) - timedelta(microseconds=1)) == 0
    assert await sweep(house, midnight(date(2028, 7, 1))) == 1
    assert (await house.contract()).state is ContractState.SUSPENDED
    assert (await case_of(house, case.id)).state is S.ACTION_IN_EFFECT
    assert await house.said(SupplierPrecluded) == []
    with pytest.raises(NoProofAsked):
        await answer(house, answering.prove, case, at=HELD_AT)


@storage
async def test_a_case_in_which_no_action_applies_is_closed(house):
    case = await at_cms(house)
    case = await act(house, CMS, deciding.decide, case, verdicts(case, False, False), at=HELD_AT)
    assert (case.state, case.proof_by) == (S.CLOSED_NO_ACTION, None)
    assert await sweep(house, datetime(2030, 1, 1, tzinfo=UTC)) == 0
    assert (await house.contract()).state is ContractState.ACTIVE


@storage
async def test_of_two_officers_who_decide_at_once_one_is_told_that_the_case_changed(house):
    case = await at_cms(house)
    given = verdicts(case, True, False)

    async def decide(by):
        async with house.as_staff(by, HELD_AT) as session:
            await deciding.decide(session, case.id, case.row_version, given)

    outcomes = await asyncio.gather(decide(CMS), decide(OTHER_CMS), return_exceptions=True)
    assert sorted(type(each).__name__ for each in outcomes) == ["CaseChanged", "NoneType"]


@storage
async def test_of_two_officials_who_answer_at_once_one_is_told_that_the_case_changed(house):
    case = await noticed(house)
    outcomes = await asyncio.gather(
        answer(house, answering.submit_plan, case, FINISH_ON, at=NOTICED, base=case.row_version),
        answer(house, answering.request_hearing, case, at=NOTICED, base=case.row_version),
        return_exceptions=True,
    )
    assert [isinstance(each, CaseChanged) for each in outcomes].count(True) == 1


@storage
async def test_no_proof_is_a_further_suspicion_and_opens_its_own_case(house):
    case = await noticed(house)
    await sweep(house, midnight(EFFECT_ON))
    proof_by = (await case_of(house, case.id)).proof_by
    assert await sweep(house, proof_by + LAST_SECOND) == 0
    assert await sweep(house, proof_by + TOO_LATE) == 1
    (told,) = await house.said(BreachSuspected)
    async with house.as_worker(proof_by) as session:
        await opening.suspect(session, BreachSuspected.model_validate(told))
    assert [(each.state, each.ground) for each in await cases_of(house)][1:] == [(S.SUSPECTED, "beneficiary-notice")]


@storage
async def test_an_action_waits_for_the_contract_to_begin_and_is_overtaken_where_it_has_ended(house):
    both = await noticed(house, [SUSPEND, TERMINATE])
    again = await noticed(house, [TERMINATE])
    assert await sweep(house, midnight(EFFECT_ON)) == 2
    assert (await house.contract()).state is ContractState.TERMINATED
    outcomes = [each.outcome for case in (both, again) for each in (await case_of(house, case.id)).actions]
    assert sorted(outcomes) == ["in-effect", "in-effect", "overtaken"]


@storage
async def test_a_file_for_a_case_is_taken_and_one_for_no_case_is_not(house):
    case = await noticed(house)
    received = BY_TYPE[DocumentReceived.TYPE].model_copy(update={"slot_id": case.slot_id})
    async with house.as_worker(NOTICED) as session:
        await take_file(session, case.id, received)
    (taken,) = await house.said(FileTaken)
    assert (taken["file_id"], taken["taken_by_subject"]) == (received.file_id, f"breach:{case.id}")
    with pytest.raises(NotFound):
        async with house.as_worker(NOTICED) as session:
            await take_file(session, uuid4(), received)


@storage
async def test_an_end_user_sees_nothing_of_a_case_in_the_contract_its_history_or_its_counts(house):
    case = await noticed(house)
    may = (VIEW_CONTRACT, VIEW_ACTIVITY)
    shown = {}
    for who in (house.person("Eve.User", *may), house.person("Dana.Whitlock", *may, VIEW, RESPOND)):
        async with house.reading() as session:
            contract = await contract_views.read_contract(session, who, case.contract_id)
            listed = await contract_views.list_contracts(session, who, None, 10)
            entries = await history_views.list_entries(session, who, case.contract_id, None, 10)
            summary = await history_views.read_summary(session, who, case.contract_id, date(2028, 3, 2))
        kinds = {each.kind for each in entries.items} | {each.kind for each in summary.happened}
        shown[who.user_id] = (contract.status.words, listed.items[0].status.words, "breach-notice-issued" in kinds)
    assert shown["Eve.User"] == ("Active", "Active", False)
    assert shown["Dana.Whitlock"] == ("Active - notice issued", "Active - notice issued", True)


@storage
async def test_another_organization_finds_no_case_and_the_work_list_goes_on_where_a_page_ended(house, database):
    case = await noticed(house)
    stranger = Supplier(database)
    async with stranger.reading() as session:
        assert (await session.scalar(select(func.count()).select_from(BreachCase))) == 0
        with pytest.raises(NotFound):
            await views.read_mine(session, official(stranger), case.id)
    await suspected(house)
    async with house.database.reading(Fence.staff()) as session:
        first = await staff_views.list_work(session, None, case.contract_id, None, 1)
        second = await staff_views.list_work(session, None, case.contract_id, first.next, 1)
    assert {each.id for each in (*first.items, *second.items)} == {each.id for each in await cases_of(house)}
    assert second.next is None


@storage
async def test_everybody_is_offered_only_what_they_may_do_now(house):
    case = await noticed(house)

    async def offered(by, *permissions):
        who = Actor(by.kind, by.user_id, name=by.name, person_id=by.person_id, permissions=frozenset(permissions))
        async with house.database.reading(Fence.staff()) as session:
            return (await staff_views.read_for_staff(session, who, case.id, NOTICED)).allowed_actions

    assert await offered(CMS, STAFF_VIEW, DECIDE) == []
    case = await answer(house, answering.submit_plan, case, FINISH_ON, at=NOTICED)
    assert await offered(ANALYST, EDIT) == ["return plan", "recommend plan"]
    assert await offered(CMS, DECIDE) == []
    case = await act(house, ANALYST, planning.recommend_plan, case, "accept", "Whole.", at=NOTICED)
    assert await offered(CMS, DECIDE) == ["accept plan", "issue subsequent notice"]
    assert await offered(ANALYST, DECIDE) == []
    assert await offered(HEARER, HEAR) == []
    with pytest.raises(NotAllowedNow):
        await act(house, HEARER, hearing.share_evidence, case, at=NOTICED)
    with pytest.raises(NotAllowedNow):
        await answer(house, answering.report, case, at=NOTICED)
