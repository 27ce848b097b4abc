"""The way of a notice: asked for, released by a second person, issued, opened, answered, closed, or overdue."""

import asyncio
from datetime import date, timedelta
from uuid import uuid4

import pytest
from sqlalchemy import text

from chassis.actor import Actor
from chassis.database import Fence
from chassis.duties import SomebodyElseMust
from chassis.errors import NotAllowed, NotAllowedNow, NotFound
from chassis.signing import SigningKey
from events import contracts
from events.bidding import NoticeAnswered, NoticeDecided
from events.examples import BY_TYPE
from events.notice_fields import (
    Competition,
    DisqualificationFields,
    DisqualificationReason,
    DisqualifiedBid,
    GeneralFields,
)
from notices_svc.activity.views import list_activity
from notices_svc.notices.lifecycle import NoticeState
from notices_svc.notices.notice import AnsweredElsewhere, DueDatePassed, FieldsMissing, Notice, NoticeChanged
from notices_svc.notices.receipts import NotAReceiptForThis
from notices_svc.notices.response import DraftChanged, EmptyResponse
from notices_svc.notices.use_cases import answering, closing, drafting
from notices_svc.notices.use_cases.answering import SentBefore
from notices_svc.notices.use_cases.drafting import AnotherOfficeReleases, ReasonMissing, Reviewed
from notices_svc.notices.views import NotOpenedYet, count_notices, list_notices, list_responses, printed, read_notice
from notices_svc.todos.todo import Todo
from notices_svc.todos.views import count_todos, list_todos
from tests.notices.house import (
    ANALYST,
    CDRD,
    CONTRACTING,
    DUE,
    END_USER,
    EVALUATION,
    ISSUED,
    QUALITY,
    receipt,
    requested,
    staff,
)

pytestmark = pytest.mark.database
LATER = ISSUED + timedelta(days=2)
AFTER = DUE + timedelta(seconds=1)
COMPETITION = Competition(category_code="OTSK", cba_code="nationwide", label="Knee braces, nationwide")
DISQUALIFIED = DisqualificationFields(
    bidder_number="1000234",
    bids=(
        DisqualifiedBid(
            competition=COMPETITION,
            reasons=(DisqualificationReason(reason="bond-missing", label="No bond", explanation="None arrived."),),
        ),
    ),
)


async def said(house, asked, what):
    async with house.database.reading(Fence.system()) as session:
        rows = await session.execute(
            text("select type, body::jsonb as body from outbox where key = :key order by position"),
            {"key": str(asked.notice_id)},
        )
        return [row.body for row in rows if row.type == f"connexion.notices.notice-{what}.v1"]


async def review(house, who, asked, version, outcome, reason="", *, office="staff.notice.approve"):  # noqa: PLR0917
    async with house.writing(who) as session:
        await drafting.review(session, [Reviewed(asked.notice_id, version)], outcome, reason, office=office)


async def todos(house, actor, state=Todo.OPEN):
    async with house.reading(actor) as session:
        return (await list_todos(session, actor, state, None, 25)).items


async def listed(house, actor):
    async with house.reading(actor) as session:
        return (await list_notices(session, actor, None, None, 25)).items


async def test_a_request_becomes_a_draft_before_a_second_person_and_no_bidder_sees_it(house):
    await house.hear(asked := requested())
    assert (await house.kept(asked.notice_id)).state is NoticeState.IN_REVIEW
    assert await listed(house, house.official(asked)) == []


async def test_whoever_decided_that_it_is_sent_may_not_release_it_whatever_the_account_may(house):
    await house.hear(asked := requested())
    drafter = staff(ANALYST, "staff.notice.approve")
    with pytest.raises(SomebodyElseMust):
        await review(house, drafter, asked, 2, "approved")
    assert (await house.kept(asked.notice_id)).state is NoticeState.IN_REVIEW


async def test_whoever_submitted_it_again_may_not_release_it_either(house):
    await house.hear(asked := requested())
    somebody = staff(uuid4(), "staff.notice.edit", "staff.notice.approve")
    await review(house, QUALITY, asked, 2, "returned", "Wrong document")
    async with house.writing(somebody) as session:
        await drafting.submit(session, asked.notice_id, base=3)
    with pytest.raises(SomebodyElseMust):
        await review(house, somebody, asked, 4, "approved")


async def test_a_draft_is_sent_back_with_a_reason_and_said_and_asked_again_with_other_fields(house):
    await house.hear(asked := requested())
    with pytest.raises(ReasonMissing):
        await review(house, QUALITY, asked, 2, "returned", " ")
    await review(house, QUALITY, asked, 2, "returned", "Wrong one")
    assert len(await said(house, asked, "returned")) == 1
    again = asked.model_copy(update={"fields": CDRD.model_copy(update={"bidder_number": "1000999"})})
    await house.hear(again)
    kept = await house.kept(asked.notice_id)
    assert (kept.state, kept.content.bidder_number, kept.returned_because) == (NoticeState.IN_REVIEW, "1000999", None)


async def test_two_who_decide_about_one_version_are_not_both_right(house):
    await house.hear(asked := requested())
    await review(house, QUALITY, asked, 2, "approved")
    with pytest.raises(NoticeChanged):
        await review(house, QUALITY, asked, 2, "returned", "No")


async def test_an_offer_is_released_by_a_contracting_officer_and_by_nobody_else(house):
    await house.hear(asked := requested())
    with pytest.raises(AnotherOfficeReleases):
        await review(house, CONTRACTING, asked, 2, "approved", office="staff.notice.decide")


async def test_a_draft_with_a_missing_field_stays_a_draft_and_names_it(house):
    await house.hear(asked := requested(GeneralFields(heading="Closed", paragraphs=("On Monday.", " "))))
    kept = await house.kept(asked.notice_id)
    assert (kept.state, kept.missing) == (NoticeState.DRAFT, ["paragraphs.1"])
    with pytest.raises(FieldsMissing, match=r"paragraphs\.1"):
        async with house.writing(EVALUATION) as session:
            await drafting.submit(session, asked.notice_id, base=1)


async def test_an_issued_notice_is_due_by_the_rule_set_and_is_something_to_do(house):
    asked = await house.issue(requested())
    official = house.official(asked)
    (line,) = await listed(house, official)
    assert (line.type, line.state, line.issued_at, line.due_at) == ("cdrd", NoticeState.ISSUED, ISSUED, DUE)
    (todo,) = await todos(house, official)
    assert (todo.about, todo.due_at) == (f"notice:{asked.notice_id}", DUE)
    (told,) = await said(house, asked, "issued")
    assert told["about"] == asked.about.model_dump(mode="json")
    assert told["due_at"] == "2019-12-03T01:59:59Z"


async def test_a_day_on_which_offices_are_closed_moves_the_due_date_of_a_notice(house):
    house.closings = (date(2019, 11, 18),)
    asked = await house.issue(requested())
    assert (await house.kept(asked.notice_id)).due_at == DUE + timedelta(days=1)


async def test_the_words_are_read_only_after_somebody_permitted_opened_it_and_the_first_time_is_said_once(house):
    asked = await house.issue(requested())
    official = house.official(asked)
    async with house.reading(official) as session:
        unopened = await read_notice(session, official, asked.notice_id, ISSUED)
        assert (unopened.html, (await count_notices(session, official)).unread) == (None, 1)
    for at in (LATER, LATER + timedelta(hours=1)):
        async with house.writing(official, at) as session:
            await answering.open_notice(session, asked.notice_id)
    async with house.reading(official) as session:
        opened = await read_notice(session, official, asked.notice_id, LATER)
        assert (await count_notices(session, official)).unread == 0
    assert (opened.state, opened.viewed_at, opened.due_at) == (NoticeState.VIEWED, LATER, DUE)
    assert "Balance sheet" in (opened.html or "")
    assert len(await said(house, asked, "viewed")) == 1


async def test_an_opened_notice_can_be_saved_as_pdf_and_an_unopened_one_cannot(house):
    asked = await house.issue(requested())
    official = house.official(asked)
    async with house.reading(official) as session:
        with pytest.raises(NotOpenedYet):
            await printed(session, official, asked.notice_id)
    async with house.writing(official, LATER) as session:
        await answering.open_notice(session, asked.notice_id)
    async with house.reading(official) as session:
        name, pdf = await printed(session, official, asked.notice_id)
    assert (name, pdf[:5]) == ("R2021-cdrd-2019-11-15.pdf", b"%PDF-")


async def test_a_rescission_and_an_answer_at_the_same_moment_are_one_after_the_other(house):
    asked = await house.issue(requested())
    version = (await house.kept(asked.notice_id)).version

    async def take_back():
        async with house.writing(CONTRACTING, LATER) as session:
            await closing.rescind(session, asked.notice_id, "In error", None, base=version)

    done = await asyncio.gather(take_back(), house.respond(asked, at=LATER), return_exceptions=True)
    refused = [each for each in done if isinstance(each, BaseException)]
    assert [type(each) for each in refused] in ([NotAllowedNow], [NoticeChanged])
    answered, taken_back = await said(house, asked, "responded"), await said(house, asked, "rescinded")
    assert len(answered) + len(taken_back) == 1, "who was too late left nothing behind"


async def test_a_draft_of_an_answer_counts_for_nothing_and_two_writers_do_not_overwrite_each_other(house):
    asked = await house.issue(requested())
    official, colleague = house.official(asked), house.official(asked)
    async with house.writing(official, LATER) as session:
        await answering.save_draft(session, asked.notice_id, "We will", base=0)
    with pytest.raises(DraftChanged):
        async with house.writing(colleague, LATER) as session:
            await answering.save_draft(session, asked.notice_id, "Something else", base=0)
    assert len(await todos(house, official)) == 1
    assert await house.sweep("pass due notices", AFTER) == 1
    kept = await house.kept(asked.notice_id)
    assert (kept.state, kept.passed_at) == (NoticeState.OVERDUE, DUE)
    assert await todos(house, official) == []
    (told,) = await said(house, asked, "overdue")
    assert told["overdue_at"] == "2019-12-03T01:59:59Z"


async def test_an_answer_is_taken_through_the_last_second_and_not_after_it(house):
    asked = await house.issue(requested())
    last = DUE + timedelta(microseconds=999_999)
    answered = await house.respond(asked, at=last)
    assert answered.receipt_number.startswith("N-")
    assert await house.sweep("pass due notices", AFTER) == 0
    with pytest.raises(DueDatePassed):
        await house.respond(asked, "And this", at=AFTER)


async def test_answers_are_appended_and_each_is_said_with_its_files(house):
    asked = await house.issue(requested())
    await house.respond(asked, "The balance sheet.", receipt(asked), at=LATER)
    await house.respond(asked, "One word more.", at=LATER + timedelta(days=1))
    official = house.official(asked)
    async with house.reading(official) as session:
        answers = (await list_responses(session, official, asked.notice_id, None, 25)).items
    assert [(each.text, len(each.files)) for each in answers] == [("One word more.", 0), ("The balance sheet.", 1)]
    first, second = await said(house, asked, "responded")
    assert (first["has_text"], len(first["files"]), len(second["files"])) == (True, 1, 0)
    assert await todos(house, official) == []


async def test_a_receipt_is_believed_at_once_and_only_for_a_file_of_this_notice(house):
    asked = await house.issue(requested())
    wrong = [
        receipt(asked, slot_id=str(uuid4())),
        receipt(asked, organization_id=str(uuid4())),
        receipt(asked, SigningKey.generate()),
        receipt(asked, received_at=AFTER.isoformat()),
        "not.a.receipt",
    ]
    with pytest.raises(NotAReceiptForThis) as refused:
        await house.respond(asked, "Here", receipt(asked), *wrong, at=LATER)
    assert [field.path for field in refused.value.fields] == [f"receipts.{place}" for place in range(1, 6)]
    good = receipt(asked)
    await house.respond(asked, "", good, at=LATER)
    with pytest.raises(SentBefore):
        await house.respond(asked, "Again", good, at=LATER)
    with pytest.raises(EmptyResponse):
        await house.respond(asked, "  ", at=LATER)


async def test_a_decision_closes_an_answered_notice_and_not_one_that_still_waits(house):
    asked = await house.issue(requested())
    decided = NoticeDecided(
        notice_id=asked.notice_id, organization_id=asked.organization_id, outcome="unsatisfied", decided_at=AFTER
    )
    with pytest.raises(NotAllowedNow):
        await house.hear(decided)
    await house.sweep("pass due notices", AFTER)
    await house.hear(decided)
    assert (await house.kept(asked.notice_id)).state is NoticeState.UNSATISFIED


async def test_a_notice_taken_back_takes_no_answer_any_more_and_says_why(house):
    asked = await house.issue(requested())
    async with house.writing(CONTRACTING, LATER) as session:
        version = (await house.kept(asked.notice_id)).version
        await closing.rescind(session, asked.notice_id, "Sent in error", None, base=version)
    with pytest.raises(NotAllowedNow):
        await house.respond(asked, at=LATER)
    official = house.official(asked)
    async with house.reading(official) as session:
        shown = await read_notice(session, official, asked.notice_id, LATER)
    assert (shown.state, shown.rescinded_because) == (NoticeState.RESCINDED, "Sent in error")
    assert await todos(house, official) == []
    assert await house.sweep("pass due notices", AFTER) == 0


async def test_a_disqualification_is_answered_by_an_inquiry_and_its_chance_passes_without_a_reproach(house):
    asked, other = requested(DISQUALIFIED), requested(DISQUALIFIED)
    await house.issue(asked, other)
    with pytest.raises(AnsweredElsewhere):
        await house.respond(asked, at=LATER)
    about = {"notice_id": asked.notice_id, "organization_id": asked.organization_id}
    for _ in range(2):
        await house.hear(NoticeAnswered(**about, answered_at=LATER))
    assert (await house.kept(asked.notice_id)).state is NoticeState.RESPONDED
    assert await todos(house, house.official(asked)) == []
    assert len(await todos(house, house.official(other))) == 1
    assert await house.sweep("pass due notices", DUE + timedelta(days=60)) == 1
    assert await todos(house, house.official(other)) == []
    assert (await house.kept(other.notice_id)).state is NoticeState.ISSUED


async def test_an_end_user_meets_no_disqualification_in_any_list_or_count_and_cannot_open_it(house):
    asked = await house.issue(requested(DISQUALIFIED))
    end_user = house.official(asked, *END_USER)
    assert await listed(house, end_user) == []
    assert await todos(house, end_user) == []
    async with house.reading(end_user) as session:
        assert (await list_activity(session, end_user, None, 25)).items == []
        assert (await count_notices(session, end_user)).unread == 0
        assert (await count_todos(session, end_user)).open == 0
    with pytest.raises(NotFound):
        async with house.writing(end_user) as session:
            await answering.open_notice(session, asked.notice_id)


async def test_another_organization_meets_nothing_also_without_the_query_filter(house):
    asked = await house.issue(requested())
    stranger = house.official(requested())
    assert await listed(house, stranger) == []
    async with house.reading(stranger) as session:
        assert await session.scalar(text("select count(*) from notice")) == 0
    with pytest.raises(NotFound):
        async with house.writing(stranger) as session:
            await answering.respond(session, asked.notice_id, "Mine", [])


async def test_who_may_see_a_notice_and_not_answer_it_is_refused(house):
    asked = await house.issue(requested())
    with pytest.raises(NotAllowed):
        async with house.writing(house.official(asked, "notice.cdrd.view"), LATER) as session:
            await answering.respond(session, asked.notice_id, "Mine", [])


async def test_a_reminder_stands_in_the_activity_once_three_days_before(house):
    asked = await house.issue(requested())
    early, soon = DUE - timedelta(days=3, seconds=1), DUE - timedelta(days=3)
    assert [await house.sweep("remind of notices", at) for at in (early, soon, soon)] == [0, 1, 0]
    official = house.official(asked)
    async with house.reading(official) as session:
        kinds = [entry.kind for entry in (await list_activity(session, official, None, 25)).items]
    assert kinds == ["notice-due-soon", "notice-issued"]


async def test_the_result_of_a_location_request_becomes_a_notice_as_every_other(notices):
    told = BY_TYPE[contracts.NoticeRequested.TYPE]
    async with notices.writing(Fence.organization(told.organization_id), Actor.system("test")) as session:
        await drafting.draft(session, told)
    async with notices.reading(Fence.system()) as session:
        found = await session.get_one(Notice, told.notice_id)
    assert (found.kind, found.state) == ("location-result", NoticeState.IN_REVIEW)
