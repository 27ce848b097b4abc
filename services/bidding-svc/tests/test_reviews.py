"""The frame of a review case: who has it, who decides it, and that two people decide."""

from uuid import uuid4

import pytest
from sqlalchemy import delete, event, func, select, text

from bidding_svc.disqualification.reason import Reason
from bidding_svc.form_b.lifecycle import BidState
from bidding_svc.form_b.views import read_bid
from bidding_svc.requirements.asked import BOND
from bidding_svc.requirements.lifecycle import Need
from bidding_svc.requirements.requirement import Requirement
from bidding_svc.reviews import use_cases, views
from bidding_svc.reviews.approving import approve_many
from bidding_svc.reviews.case import (
    CaseChanged,
    NotInYourHands,
    OutcomeMissing,
    ReasonsDoNotFit,
    ReviewCase,
    SomebodyElseHasIt,
)
from bidding_svc.reviews.completeness.opening import open_completeness
from bidding_svc.reviews.kinds import Kind, Outcome
from bidding_svc.reviews.lifecycle import CaseState
from bidding_svc.rounds.calendar import ReasonMissing
from chassis import program_time
from chassis.actor import Actor
from chassis.database import Fence
from chassis.duties import SomebodyElseMust
from chassis.errors import NotAllowedNow, NotFound
from tests.bidding.evaluation import (
    ANALYST,
    COLLEAGUE,
    OFFICER,
    REVIEWER,
    acting,
    as_system,
    close_the_window,
    lines_of,
    requirement_of,
    run,
    send,
    settle,
    the_bid,
    the_case,
)
from tests.bidding.house import ROUND, open_house

pytestmark = pytest.mark.database
DOCUMENT, STAND_IN = "business-credit-report", "insufficient-data-report"
ALL_OF_THE_ROUND = views.Filter(round_code=ROUND)


@pytest.fixture
def clock(monkeypatch):
    def set_to(moment):
        monkeypatch.setattr(program_time, "now", lambda: moment)

    return set_to


@pytest.fixture
async def house(bidding):
    return await open_house(bidding)


async def reviewed(house, clock, *, sent=(DOCUMENT,), bond_was_asked=False):
    """The completeness case of a bidder with one bid, who has sent these documents.

    Without `bond_was_asked`: nobody knows whether there is a bond, as for a bid that was begun before bonds were asked.
    """
    house.bid_id = await house.submitted_bid()
    if not bond_was_asked:
        async with as_system(house.database) as session:
            await session.execute(delete(Requirement).where(Requirement.document == BOND))
    for document in sent:
        await send(house, document)
    await close_the_window(house.database, clock)
    await settle(house)
    await run(house.database, open_completeness)
    return await the_case(house.database, Kind.COMPLETENESS, house)


async def act(house, actor, verb, case, *args, base=None, **named):
    async with acting(house.database, actor) as session:
        return await verb(session, case.id, *args, base=case.version if base is None else base, **named)


async def decide_line(house, case, outcome=Outcome.PASS, reasons=(), because="The bond is in the file."):
    line, *_ = await lines_of(house.database, case)
    return await act(house, ANALYST, use_cases.override, case, line.id, outcome, reasons, because=because)


async def recommended(house, case):
    case = await act(house, ANALYST, use_cases.claim, case)
    case = await decide_line(house, case)
    return await act(house, ANALYST, use_cases.recommend, case, "Complete.")


BOTH = Actor("staff", "BOTH01", person_id=uuid4(), permissions=ANALYST.permissions | REVIEWER.permissions)


async def recommended_as_proposed(house, case, actor):
    case = await act(house, actor, use_cases.claim, case)
    return await act(house, actor, use_cases.recommend, case, "")


async def test_a_case_opens_once_for_a_bidder_when_every_slot_is_settled(house, clock):
    house.bid_id = await house.submitted_bid()
    await send(house, STAND_IN)
    assert await run(house.database, open_completeness) == 0
    await close_the_window(house.database, clock)
    assert await run(house.database, open_completeness) == 0
    await settle(house)
    assert await run(house.database, open_completeness) == 1
    assert await run(house.database, open_completeness) == 0
    case = await the_case(house.database, Kind.COMPLETENESS, house)
    assert (case.state, case.assignee, case.version) == (CaseState.OPEN, None, 1)


async def test_a_bidder_without_a_received_bid_has_no_case(house, clock):
    await house.begin_bid()
    await close_the_window(house.database, clock)
    await settle(house)
    assert await run(house.database, open_completeness) == 0


async def test_a_missing_document_fails_every_bid_and_the_approved_case_disqualifies_it(house, clock):
    case = await reviewed(house, clock, sent=())
    (line,) = await lines_of(house.database, case)
    assert (line.proposed, line.outcome, line.reasons) == (Outcome.FAIL, Outcome.FAIL, ["FIN_DOC_MISSING"])
    assert (line.bid_id, line.inputs["missing"]) == (house.bid_id, [DOCUMENT])
    case = await act(house, ANALYST, use_cases.claim, case)
    case = await act(house, ANALYST, use_cases.recommend, case, "")
    assert (await the_bid(house.database, house.bid_id)).state is BidState.RECEIVED
    case = await act(house, REVIEWER, use_cases.approve, case)
    bid = await the_bid(house.database, house.bid_id)
    assert (case.state, bid.state, bid.reasons) == (CaseState.DECIDED, BidState.DISQUALIFIED, ["FIN_DOC_MISSING"])


async def test_the_bidder_reads_of_a_disqualification_in_no_form(house, clock):
    case = await reviewed(house, clock, sent=())
    case = await act(house, ANALYST, use_cases.claim, case)
    case = await act(house, ANALYST, use_cases.recommend, case, "")
    await act(house, REVIEWER, use_cases.approve, case)
    async with house.reading() as session:
        view = await read_bid(session, Actor("person", "U", organization_id=house.organization_id), house.bid_id)
    assert view.state is BidState.RECEIVED
    assert "DISQUALIFIED" not in view.model_dump_json()


async def test_a_document_missing_with_the_cdrd_right_is_told_first_and_fails_nothing(house, clock):
    case = await reviewed(house, clock, sent=(STAND_IN,))
    (line,) = await lines_of(house.database, case)
    assert (await requirement_of(house, DOCUMENT)).state is Need.MISSING_NOTIFIABLE
    assert line.inputs["told_by_cdrd_notice"] == [DOCUMENT]
    assert "FIN_DOC_MISSING" not in line.proposed_reasons


async def test_a_bond_that_could_not_be_checked_is_not_there_and_the_analyst_must_decide(house, clock):
    case = await reviewed(house, clock)
    (line,) = await lines_of(house.database, case)
    assert (line.proposed, line.inputs["bond"]) == (None, "could-not-check")
    case = await act(house, ANALYST, use_cases.claim, case)
    with pytest.raises(OutcomeMissing):
        await act(house, ANALYST, use_cases.recommend, case, "")
    case = await decide_line(house, case, Outcome.FAIL, [Reason.BOND_MISSING], "No bond for this area.")
    (line,) = await lines_of(house.database, case)
    assert (line.proposed, line.outcome, line.reasons) == (None, Outcome.FAIL, ["BOND_MISSING"])
    assert (line.overridden_by, line.overridden_because) == ("PANALYST01", "No bond for this area.")


@pytest.mark.parametrize(("sent", "reasons"), [((DOCUMENT, BOND), []), ((DOCUMENT,), ["BOND_MISSING"])])
async def test_a_bond_is_needed_beside_the_documents_and_is_none_of_them(house, clock, sent, reasons):
    case = await reviewed(house, clock, sent=sent, bond_was_asked=True)
    (line,) = await lines_of(house.database, case)
    assert (line.proposed_reasons, line.inputs["missing"]) == (reasons, [])
    assert line.proposed is (Outcome.FAIL if reasons else Outcome.PASS)


@pytest.mark.parametrize(
    ("given", "error"),
    [
        ((Outcome.FAIL, [], "Because."), ReasonsDoNotFit),
        ((Outcome.PASS, [Reason.BOND_MISSING], "Because."), ReasonsDoNotFit),
        ((Outcome.FAIL, [Reason.FINANCIAL_BELOW_MINIMUM], "Because."), ReasonsDoNotFit),
        ((Outcome.PASS, [], "  "), ReasonMissing),
    ],
)
async def test_a_line_is_overridden_with_a_reason_and_with_reasons_of_this_review(house, clock, given, error):
    case = await act(house, ANALYST, use_cases.claim, await reviewed(house, clock))
    with pytest.raises(error):
        await decide_line(house, case, *given)


async def test_who_worked_on_a_case_cannot_approve_it_also_in_another_role(house, clock):
    case = await recommended(house, await reviewed(house, clock))
    promoted = Actor("staff", "NEWNAME01", person_id=ANALYST.person_id, permissions=REVIEWER.permissions)
    with pytest.raises(SomebodyElseMust):
        await act(house, promoted, use_cases.approve, case)
    async with house.database.reading(Fence.staff()) as session:
        mine = await views.read_case(session, promoted, case.id)
        theirs = await views.read_case(session, REVIEWER, case.id)
    assert (mine.allowed_actions, theirs.allowed_actions) == (["return"], ["return", "approve"])


async def test_of_two_who_decide_at_once_one_is_told_that_the_case_changed(house, clock):
    case = await recommended(house, await reviewed(house, clock))
    read = case.version
    await act(house, REVIEWER, use_cases.return_it, case, "Look at the bond again.", base=read)
    with pytest.raises(CaseChanged):
        await act(house, REVIEWER, use_cases.approve, case, base=read)
    assert (await the_bid(house.database, house.bid_id)).state is BidState.RECEIVED


async def test_many_cases_are_approved_at_once_and_one_that_cannot_be_keeps_no_other_back(house, clock):
    houses = [house, await open_house(house.database, "9000000002"), await open_house(house.database, "9000000003")]
    for each in houses:
        each.bid_id = await each.submitted_bid()
    await close_the_window(house.database, clock)
    for each in houses:
        await settle(each)
    await run(house.database, open_completeness)
    cases = [await the_case(house.database, Kind.COMPLETENESS, each) for each in houses]
    worked_on = [await recommended_as_proposed(house, case, ANALYST) for case in cases[:2]]
    worked_on.append(await recommended_as_proposed(house, cases[2], BOTH))
    chosen = [(case.id, case.version) for case in worked_on]
    chosen[1] = (chosen[1][0], chosen[1][1] - 1)
    async with acting(house.database, BOTH) as session:
        results = await approve_many(session, chosen)
    assert [(each.case_id, each.result, each.problem) for each in results] == [
        (cases[0].id, "decided", None),
        (cases[1].id, "not-approved", "case-changed"),
        (cases[2].id, "not-approved", "somebody-else-must"),
    ]
    states = [(await the_bid(house.database, each.bid_id)).state for each in houses]
    assert states == [BidState.DISQUALIFIED, BidState.RECEIVED, BidState.RECEIVED]
    async with house.database.reading(Fence.system()) as session:
        audited = await session.scalars(text("select entity_id::text from audit where action = 'review.approve'"))
        assert audited.all() == [str(cases[0].id)]


async def test_a_returned_case_is_open_again_with_its_analyst_and_the_reason(house, clock):
    case = await recommended(house, await reviewed(house, clock))
    case = await act(house, REVIEWER, use_cases.return_it, case, "Look at the bond again.")
    assert (case.state, case.assignee, case.returned_because) == (
        CaseState.OPEN,
        "PANALYST01",
        "Look at the bond again.",
    )
    with pytest.raises(ReasonMissing):
        again = await act(house, ANALYST, use_cases.recommend, case, "")
        await act(house, REVIEWER, use_cases.return_it, again, " ")


async def test_a_case_is_worked_on_by_who_claimed_it(house, clock):
    case = await reviewed(house, clock)
    with pytest.raises(NotInYourHands):
        await decide_line(house, case)
    case = await act(house, ANALYST, use_cases.claim, case)
    for verb in (use_cases.claim, use_cases.release):
        with pytest.raises(SomebodyElseHasIt):
            await act(house, COLLEAGUE, verb, case)
    case = await act(house, REVIEWER, use_cases.assign, case, "QANALYST02", 1)
    with pytest.raises(SomebodyElseHasIt):
        await decide_line(house, case)
    case = await act(house, COLLEAGUE, use_cases.release, case)
    assert (case.assignee, case.priority) == (None, 1)


async def test_a_decided_case_stays_decided(house, clock):
    case = await act(house, REVIEWER, use_cases.approve, await recommended(house, await reviewed(house, clock)))
    with pytest.raises(NotAllowedNow):
        await act(house, REVIEWER, use_cases.return_it, case, "Too late.")
    with pytest.raises(NotAllowedNow):
        await act(house, ANALYST, use_cases.claim, case)


async def test_a_passed_bid_goes_on_as_it_was_received(house, clock):
    await act(house, REVIEWER, use_cases.approve, await recommended(house, await reviewed(house, clock)))
    bid = await the_bid(house.database, house.bid_id)
    assert (bid.state, bid.reasons) == (BidState.RECEIVED, [])


async def test_nobody_without_the_permission_finds_a_case(house, clock):
    case = await reviewed(house, clock)
    nobody = Actor("staff", "CSERVICE01", permissions=frozenset({"staff.ticket.work"}))
    async with house.database.reading(Fence.staff()) as session:
        page = await views.list_cases(session, nobody, ALL_OF_THE_ROUND, views.Sort.DUE, after=None, limit=10)
        with pytest.raises(NotFound):
            await views.read_case(session, nobody, case.id)
        assert await views.count_cases(session, nobody, ROUND) == []
    assert page.items == []
    with pytest.raises(NotFound):
        async with acting(house.database, nobody) as session:
            await use_cases.read_findings(session, case.id, None, 10)


async def test_a_work_list_filters_sorts_and_goes_on_where_the_page_ended(house, clock):
    houses = [house, await open_house(house.database, "9000000002"), await open_house(house.database, "9000000003")]
    for each in houses:
        await each.submitted_bid()
    await close_the_window(house.database, clock)
    for each in houses:
        await settle(each)
    assert await run(house.database, open_completeness, limit=2) == 2
    assert await run(house.database, open_completeness, limit=2) == 1
    cases = [await the_case(house.database, Kind.COMPLETENESS, each) for each in houses]
    await act(house, REVIEWER, use_cases.assign, cases[2], "PANALYST01", 1)

    async def listed(sort=views.Sort.DUE, after=None, limit=10, **wanted):
        async with house.database.reading(Fence.staff()) as session:
            return await views.list_cases(session, ANALYST, views.Filter(**wanted), sort, after=after, limit=limit)

    for sort in views.Sort:
        first = await listed(sort, limit=2)
        rest = await listed(sort, limit=2, after=first.next)
        assert {each.id for each in first.items + rest.items} == {each.id for each in cases}
        assert rest.next is None
    assert (await listed(views.Sort.URGENT)).items[0].id == cases[2].id
    assert [each.id for each in (await listed(assignee="me")).items] == [cases[2].id]
    assert {each.id for each in (await listed(assignee="nobody")).items} == {cases[0].id, cases[1].id}
    assert [each.id for each in (await listed(bidder_number=cases[1].bidder_number)).items] == [cases[1].id]
    assert (await listed(state=CaseState.DECIDED)).items == (await listed(round_code="R2021")).items == []
    async with house.database.reading(Fence.staff()) as session:
        (count,) = await views.count_cases(session, OFFICER, ROUND)
    assert (count.cases, count.unassigned) == (3, 2)


async def test_opening_cases_asks_the_database_as_often_for_three_bidders_as_for_one(house, clock):
    houses = [house, await open_house(house.database, "9000000002"), await open_house(house.database, "9000000003")]
    for each in houses:
        await each.submitted_bid()
    await close_the_window(house.database, clock)
    for each in houses:
        await settle(each)
    asked = [await statements_of_opening(house.database, limit) for limit in (1, 2)]
    assert asked[0] == asked[1]
    async with house.database.reading(Fence.staff()) as session:
        assert await session.scalar(select(func.count()).select_from(ReviewCase)) == 3


async def statements_of_opening(database, limit):
    seen = []
    engine = database.engine.sync_engine

    def note(_connection, _cursor, statement, *_):
        seen.append(statement)

    event.listen(engine, "before_cursor_execute", note)
    assert await run(database, open_completeness, limit) == limit
    event.remove(engine, "before_cursor_execute", note)
    return len(seen)


async def test_no_audit_row_of_a_review_tells_an_amount(house, clock):
    await recommended(house, await reviewed(house, clock))
    async with house.database.reading(Fence.system()) as session:
        rows = (await session.execute(text("select action, after::text from audit where entity = 'review'"))).all()
    assert [row.action for row in rows] == ["review.open", "review.claim", "review.override", "review.recommend"]
    assert all("2000" not in (row.after or "") for row in rows)
