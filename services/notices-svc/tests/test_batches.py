"""Batches: checked as a whole, released after a look, issued each notice once whatever stops the worker."""

from datetime import date, timedelta

import pytest

from chassis.database import Fence
from chassis.duties import SomebodyElseMust
from events.notice_fields import (
    THE_CALENDAR,
    Competition,
    FormCDueFields,
    GeneralFields,
    OfferedLine,
    OfferFields,
)
from notices_svc.batches import use_cases
from notices_svc.batches.batch import BatchChanged, BatchState
from notices_svc.batches.use_cases import NothingToIssue
from notices_svc.batches.views import read_batch
from notices_svc.notices.desk_views import Filters, count_desk, list_desk
from notices_svc.notices.lifecycle import NoticeState
from notices_svc.notices.notice import Notice
from notices_svc.todos.todo import Todo, TodoItem
from notices_svc.todos.views import list_todos
from tests.notices.house import ANALYST, CDRD, END_USER, ISSUED, OFFICER, OFFICIAL, QUALITY, requested, staff
from tests.notices.words import EXAMPLES

pytestmark = pytest.mark.database


async def seen(house, batch_id):
    async with house.reading(QUALITY) as session:
        return await read_batch(session, QUALITY, batch_id)


async def test_a_checked_batch_shows_what_goes_to_whom_and_waits_for_its_release(house):
    await house.know_the_round()
    asked = [requested() for _ in range(3)]
    await house.approve(*asked)
    batch_id = await house.prepare(asked[0])
    shown = await seen(house, batch_id)
    assert (shown.state, shown.notices, shown.organizations) == (BatchState.READY, 3, 3)
    assert shown.allowed_actions == ["release", "cancel"]
    async with house.reading(QUALITY) as session:
        page = await list_desk(session, QUALITY, Filters(batch_id=batch_id), None, 25)
    assert {line.organization_id for line in page.items} == {each.organization_id for each in asked}
    assert await house.sweep("issue notices", ISSUED) == 0
    await house.release(batch_id)
    assert await house.sweep("issue notices", ISSUED) == 3


async def test_one_missing_word_blocks_the_whole_batch_and_is_named(house):
    await house.know_the_round()
    asked = [requested() for _ in range(3)]
    await house.approve(*asked)
    async with house.database.writing(Fence.system(), QUALITY) as session:
        broken = await session.get_one(Notice, asked[1].notice_id)
        broken.fields = CDRD.model_copy(update={"bidder_number": " "}).model_dump(mode="json")
    batch_id = await house.prepare(asked[0])
    shown = await seen(house, batch_id)
    assert (shown.state, shown.problems) == (BatchState.BLOCKED, [f"{asked[1].notice_id}: bidder_number"])
    assert shown.allowed_actions == ["cancel"]
    async with house.writing(QUALITY) as session:
        await use_cases.cancel(session, batch_id, base=shown.version)
    assert (await house.kept(asked[0].notice_id)).batch_id is None


async def test_a_round_whose_rules_are_not_known_blocks_its_batch(house):
    await house.approve(asked := requested())
    shown = await seen(house, await house.prepare(asked))
    assert shown.state is BatchState.BLOCKED
    assert "R2021" in shown.problems[0]


async def test_drafts_that_lack_something_are_counted_beside_their_batch(house):
    await house.know_the_round()
    await house.hear(requested(GeneralFields(heading="Closed", paragraphs=(" ",))))
    await house.approve(asked := requested(GeneralFields(heading="Closed", paragraphs=("On Monday.",))))
    assert (await seen(house, await house.prepare(asked))).incomplete == 1


async def test_a_worker_that_dies_in_the_middle_leaves_each_notice_issued_once(house, monkeypatch):
    await house.know_the_round()
    asked = [requested() for _ in range(7)]
    await house.approve(*asked)
    await house.release(batch_id := await house.prepare(asked[0]))
    async with house.database.writing(Fence.system(), QUALITY) as session:
        assert await use_cases.issue_batches(session, ISSUED, 3) == 3

    class Killed(BaseException):
        pass

    with pytest.raises(Killed):
        async with house.database.writing(Fence.system(), QUALITY) as session:
            await use_cases.issue_batches(session, ISSUED, 3)
            raise Killed
    assert (await seen(house, batch_id)).issued == 3
    while await house.sweep("issue notices", ISSUED):
        pass
    shown = await seen(house, batch_id)
    assert (shown.state, shown.issued) == (BatchState.ISSUED, 7)
    states = {(await house.kept(each.notice_id)).state for each in asked}
    assert states == {NoticeState.ISSUED}
    async with house.reading(QUALITY) as session:
        page = await list_desk(session, QUALITY, Filters(batch_id=batch_id), None, 25)
    assert {line.version for line in page.items} == {4}, "issued more than once"


async def test_one_notice_that_cannot_be_issued_keeps_no_other_from_going_out(house):
    await house.know_the_round()
    asked = [requested() for _ in range(3)]
    await house.approve(*asked)
    await house.release(batch_id := await house.prepare(asked[0]))
    async with house.database.writing(Fence.system(), QUALITY) as session:
        blocking = f"notice:{asked[1].notice_id}"
        taken = {"kind": "answer-notice", "about": blocking, "label": "x", "permission": "todo.view", "due_at": None}
        session.add(TodoItem(organization_id=asked[1].organization_id, at=ISSUED, **taken))
    assert await house.sweep("issue notices", ISSUED) == 2
    assert await house.sweep("issue notices", ISSUED) == 0
    shown = await seen(house, batch_id)
    assert (shown.state, shown.issued) == (BatchState.ISSUING, 2)
    states = [(await house.kept(each.notice_id)).state for each in asked]
    assert states == [NoticeState.ISSUED, NoticeState.APPROVED, NoticeState.ISSUED]


async def test_a_batch_is_released_as_it_was_seen_and_once(house):
    await house.know_the_round()
    await house.approve(asked := requested())
    batch_id = await house.prepare(asked)
    version = (await seen(house, batch_id)).version
    async with house.writing(QUALITY) as session:
        await use_cases.release(session, batch_id, base=version)
    with pytest.raises(BatchChanged):
        async with house.writing(QUALITY) as session:
            await use_cases.release(session, batch_id, base=version)


async def test_nothing_goes_into_a_batch_twice_and_nothing_that_is_not_approved(house):
    await house.know_the_round()
    await house.approve(asked := requested())
    await house.prepare(asked)
    await house.hear(unapproved := requested())
    for chosen in ([], [asked.notice_id], [unapproved.notice_id]):
        with pytest.raises(NothingToIssue):
            async with house.writing(QUALITY) as session:
                await use_cases.prepare(session, "R2021", "cdrd", chosen)


async def test_staff_without_the_permission_for_prices_do_not_read_notices_about_bids(house):
    await house.hear(asked := requested(EXAMPLES["bfb"]))
    compliance = staff(QUALITY.person_id, "staff.notice.view")
    async with house.reading(compliance) as session:
        assert (await list_desk(session, compliance, Filters(), None, 25)).items == []
        assert (await count_desk(session, compliance, None)).counts == []
    async with house.reading(QUALITY) as session:
        (line,) = (await list_desk(session, QUALITY, Filters(), None, 25)).items
        (counted,) = (await count_desk(session, QUALITY, "R2021")).counts
    assert (counted.state, counted.type, counted.notices) == (NoticeState.IN_REVIEW, "bfb", 1)
    assert line.id == asked.notice_id


async def test_what_two_people_released_with_the_awards_goes_out_at_once_also_where_it_waited(house):
    await house.know_the_round()
    offers = OfferFields(
        bidder_number="1000234",
        lines=(
            OfferedLine(
                competition=Competition(category_code="OTSK", cba_code="nationwide", label="Knee braces, nationwide"),
                bond_at_risk=True,
            ),
        ),
    )
    offered = requested(offers, due_at=ISSUED + timedelta(days=14), released_by=OFFICER)
    waiting = requested()
    await house.hear(offered)
    await house.hear(waiting)
    released = waiting.model_copy(update={"released_by": OFFICER})
    for _ in range(2):
        await house.hear(released)
    assert await house.sweep("issue notices that were released with the awards", ISSUED) == 2
    kept = [await house.kept(each.notice_id) for each in (offered, waiting)]
    assert [each.state for each in kept] == [NoticeState.ISSUED] * 2
    assert kept[0].due_at == offered.due_at
    told = {}
    for who in (house.official(offered), house.official(offered, *END_USER)):
        async with house.reading(who) as session:
            todos = await list_todos(session, who, Todo.OPEN, None, 10)
        told[len(who.permissions)] = [todo.label for todo in todos.items]
    assert told == {len(OFFICIAL): ["Accept or decline contract offers"], len(END_USER): []}


async def test_a_reminder_of_form_c_is_released_by_the_calendar_and_asks_for_no_answer(house):
    await house.know_the_round()
    fields = FormCDueFields(
        contract_number="R2028-000001", period_starts_on=date(2028, 1, 1), period_ends_on=date(2028, 6, 30)
    )
    by_itself = {"requested_by": THE_CALENDAR, "released_by": THE_CALENDAR}
    reminder = requested(fields, due_at=ISSUED + timedelta(days=5)).model_copy(update=by_itself)
    await house.hear(reminder)
    await house.sweep("issue notices that were released with the awards", ISSUED)
    await house.sweep("remind of notices", ISSUED + timedelta(days=4))
    await house.sweep("pass due notices", ISSUED + timedelta(days=6))
    kept = await house.kept(reminder.notice_id)
    assert (kept.state, kept.reminded_at) == (NoticeState.ISSUED, None)
    with pytest.raises(SomebodyElseMust):
        await house.hear(requested().model_copy(update=by_itself))


async def test_one_person_alone_releases_nothing_with_the_awards(house):
    alone = requested(released_by=ANALYST)
    with pytest.raises(SomebodyElseMust):
        await house.hear(alone)
