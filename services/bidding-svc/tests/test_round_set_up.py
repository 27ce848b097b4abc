"""A round from its draft to its announcement, and what may still change then."""

from datetime import date, timedelta

import pytest
from sqlalchemy import text

from bidding_svc.rounds import set_up_views, views
from bidding_svc.rounds.calendar import (
    Certainty,
    ReasonMissing,
)
from bidding_svc.rounds.category import RoundCategory
from bidding_svc.rounds.competition import Competition, Contest
from bidding_svc.rounds.completeness import RoundNotComplete
from bidding_svc.rounds.phase import Phase
from bidding_svc.rounds.round import Round, RoundChanged, RoundIsOver, RuleSetIsFixed, UnknownCategory
from bidding_svc.rounds.use_cases import deciding, setting_up
from bidding_svc.rounds.use_cases.setting_up import NotTheNextVersion, RoundExists, UnknownRuleSet
from bidding_svc.seed import seed
from chassis.calendar import due_at, midnight
from chassis.database import Fence
from chassis.errors import NotAllowedNow, NotFound
from events.bidding import CompetitionRemoved
from events.public import RoundAnnounced
from events.records import RecordsClosed
from events.rounds import RoundState
from tests.rounds.at_hand import (
    ADMINISTRATOR,
    ANNOUNCED,
    CDRD,
    CLOSES,
    CODE,
    OFFICIAL,
    OPENS,
    RULES,
    a_draft,
    an_announced_round,
    as_staff,
    moved_on,
    round_of,
    said,
    set_date,
    states,
    version_of,
    with_dates,
    with_what_is_bid_on,
)

pytestmark = pytest.mark.database


# rule sets


async def test_a_changed_rule_set_is_a_new_version_and_an_announced_round_keeps_its_own(bidding):
    await an_announced_round(bidding)
    changed = RULES.model_copy(update={"version": 2, "inquiry_days": 45})
    async with as_staff(bidding) as session:
        await setting_up.add_rule_set(session, "Round 2030", changed)
    assert (await round_of(bidding)).rules.inquiry_days == 30
    which = await version_of(bidding)
    with pytest.raises(RuleSetIsFixed):
        async with as_staff(bidding) as session:
            await setting_up.use_rule_set(session, which, ("Round 2030", 2))
    async with bidding.reading(Fence.staff()) as session:
        listed = await views.list_rule_sets(session, None, 25)
    assert [(each.name, each.version, each.rules.inquiry_days) for each in listed.items] == [
        ("Round 2030", 2, 45),
        ("Round 2030", 1, 30),
    ]


async def test_a_draft_may_run_by_another_version(bidding):
    await a_draft(bidding)
    which = await version_of(bidding)
    async with as_staff(bidding) as session:
        await setting_up.add_rule_set(session, "Round 2030", RULES.model_copy(update={"version": 2}))
        await setting_up.use_rule_set(session, which, ("Round 2030", 2))
    assert (await round_of(bidding)).rules.version == 2


@pytest.mark.parametrize("version", [1, 3])
async def test_a_rule_set_that_is_not_the_next_version_is_refused(bidding, version):
    await a_draft(bidding)
    with pytest.raises(NotTheNextVersion):
        async with as_staff(bidding) as session:
            await setting_up.add_rule_set(session, "Round 2030", RULES.model_copy(update={"version": version}))


async def test_nobody_can_rewrite_a_date_that_was_told_in_the_history(bidding):
    await an_announced_round(bidding)
    for kind in ("org", "staff", "system"):
        for change in ("update round_date_change set reason = 'x'", "delete from round_date_change"):
            with pytest.raises(Exception, match="permission denied"):
                async with bidding.writing(Fence(kind), ADMINISTRATOR) as session:
                    await session.execute(text(change))


# the draft


async def test_a_code_is_taken_once_and_a_rule_set_must_exist(bidding):
    await a_draft(bidding)
    with pytest.raises(RoundExists):
        async with as_staff(bidding) as session:
            await setting_up.draft_round(session, CODE, "Again", ("Round 2030", 1))
    with pytest.raises(UnknownRuleSet):
        async with as_staff(bidding) as session:
            await setting_up.draft_round(session, "R2031", "Another", ("Round 2030", 7))


async def test_nobody_outside_sees_or_hears_of_a_draft(bidding):
    await a_draft(bidding)
    await with_dates(bidding)
    async with bidding.reading(Fence.public()) as session:
        assert (await views.list_rounds(session, None, 25)).items == []
        for read in (
            views.read_round(session, CODE),
            views.read_calendar(session, OFFICIAL, CODE),
            views.list_competitions(session, OFFICIAL, CODE, category=None, cba=None, after=None, limit=25),
        ):
            with pytest.raises(NotFound):
                await read
    async with bidding.reading(Fence.staff()) as session:
        assert [each.code for each in (await set_up_views.list_set_ups(session, None, 25)).items] == [CODE]
        assert (await views.read_calendar(session, ADMINISTRATOR, CODE)).dates
    assert await said(bidding, RoundState) == []


async def test_each_thing_an_empty_draft_lacks_is_named(bidding):
    await a_draft(bidding)
    which = await version_of(bidding)
    with pytest.raises(RoundNotComplete) as refused:
        async with as_staff(bidding) as session:
            await setting_up.publish(session, which)
    assert {each.path for each in refused.value.fields} == {
        "calendar.registration-opens",
        "calendar.window-opens",
        "calendar.window-closes",
        "cbas",
        "categories",
    }
    async with bidding.reading(Fence.staff()) as session:
        view = await set_up_views.read_set_up(session, ADMINISTRATOR, CODE)
    assert {each.path for each in view.missing} == {each.path for each in refused.value.fields}
    assert view.allowed_actions == ["publish", "cancel"]


async def test_a_lead_item_and_a_competition_that_are_missing_are_named_by_category(bidding):
    await a_draft(bidding)
    await with_dates(bidding)
    await with_what_is_bid_on(bidding)
    async with as_staff(bidding) as session:
        await session.execute(text("update category set lead_item = null where code = 'OTSB'"))
    async with bidding.writing(Fence.system(), ADMINISTRATOR) as session:
        competition = await session.get_one(Competition, (CODE, "OTSK", "akron-oh"))
        competition.remove("No suppliers there.", ANNOUNCED)
    which = await version_of(bidding)
    with pytest.raises(RoundNotComplete) as refused:
        async with as_staff(bidding) as session:
            await setting_up.publish(session, which)
    assert {each.path for each in refused.value.fields} == {"categories.OTSB.lead_item", "competitions.OTSK"}


async def test_a_complete_round_is_announced_to_the_public_and_the_services(bidding):
    await an_announced_round(bidding)
    (snapshot,) = await said(bidding, RoundState)
    (announced,) = await said(bidding, RoundAnnounced)
    assert (snapshot.phase, {each.code: each.on for each in snapshot.calendar}["cdrd"]) == ("announced", CDRD)
    assert (announced.opens_at, announced.closes_at) == (midnight(OPENS), due_at(CLOSES))
    async with bidding.reading(Fence.public()) as session:
        found = await views.read_round(session, CODE)
        page = await views.list_competitions(session, OFFICIAL, CODE, category="OTSB", cba=None, after=None, limit=1)
        rest = await views.list_competitions(
            session, OFFICIAL, CODE, category="OTSB", cba=None, after=page.next, limit=1
        )
        one = await views.list_competitions(
            session, OFFICIAL, CODE, category=None, cba="akron-oh", after=None, limit=25
        )
    assert (found.phase, found.cdrd_at) == (Phase.ANNOUNCED, due_at(CDRD))
    assert [each.cba_code for each in page.items + rest.items] == ["akron-oh", "baltimore-columbia-towson-md"]
    assert rest.next is None
    assert (page.items[0].category, page.items[0].cba) == ("Category OTSB", "akron-oh")
    assert {each.category_code for each in one.items} == {"OTSB", "OTSK"}


async def test_of_two_who_decide_at_once_the_second_is_told(bidding):
    await a_draft(bidding)
    which = await version_of(bidding)
    async with as_staff(bidding) as session:
        await setting_up.set_date(session, which, "window-opens", on=OPENS, certainty=Certainty.TARGET, reason="First.")
    with pytest.raises(RoundChanged):
        async with as_staff(bidding) as session:
            await setting_up.set_date(
                session, which, "window-opens", on=CLOSES, certainty=Certainty.TARGET, reason="Second."
            )


async def test_a_removed_category_takes_its_competitions_with_it(bidding):
    await an_announced_round(bidding)
    which = await version_of(bidding)
    async with as_staff(bidding) as session:
        await deciding.remove_category(session, which, "OTSK", "Too few suppliers.")
    found = await states(bidding)
    assert {state for (category, _), state in found.items() if category == "OTSK"} == {Contest.REMOVED}
    assert {state for (category, _), state in found.items() if category == "OTSB"} == {Contest.OPEN}
    assert {each.code: each.removed_on for each in (await said(bidding, RoundState))[-1].categories} == {
        "OTSB": None,
        "OTSK": ANNOUNCED.date(),
    }
    assert len(await said(bidding, CompetitionRemoved)) == 2
    which = await version_of(bidding)
    for category in ("OTSK", "XXXX"):
        with pytest.raises(UnknownCategory):
            async with as_staff(bidding) as session:
                await deciding.remove_category(session, which, category, "Again.")


async def test_a_category_stays_once_one_of_its_competitions_was_awarded(bidding):
    await an_announced_round(bidding)
    async with as_staff(bidding) as session:
        (await session.get_one(Competition, (CODE, "OTSK", "akron-oh"))).state = Contest.AWARDED
    which = await version_of(bidding)
    with pytest.raises(NotAllowedNow):
        async with as_staff(bidding) as session:
            await deciding.remove_category(session, which, "OTSK", "Too late.")
    async with bidding.reading(Fence.staff()) as session:
        assert (await session.get_one(RoundCategory, (CODE, "OTSK"))).removed_on is None


async def test_one_competition_is_removed_and_the_others_go_on(bidding):
    await an_announced_round(bidding)
    which = await version_of(bidding)
    async with as_staff(bidding) as session:
        await deciding.remove_competition(session, which, "OTSB", "akron-oh", "A hurricane.")
    found = await states(bidding)
    assert found.pop(("OTSB", "akron-oh")) is Contest.REMOVED
    assert set(found.values()) == {Contest.OPEN}
    which = await version_of(bidding)
    with pytest.raises(NotAllowedNow):
        async with as_staff(bidding) as session:
            await deciding.remove_competition(session, which, "OTSB", "akron-oh", "Again.")
    with pytest.raises(NotFound):
        async with as_staff(bidding) as session:
            await deciding.remove_competition(session, which, "OTSB", "nowhere", "No such area.")


async def test_a_round_is_cancelled_with_a_reason_before_its_period_and_then_stands_still(bidding):
    await an_announced_round(bidding)
    which = await version_of(bidding)
    with pytest.raises(ReasonMissing):
        async with as_staff(bidding) as session:
            await deciding.cancel(session, which, " ")
    async with as_staff(bidding) as session:
        await deciding.cancel(session, which, "The statute changed.")
    assert (await said(bidding, RoundState))[-1].phase == "cancelled"
    (closed,) = await said(bidding, RecordsClosed)
    assert (closed.records, closed.schedule.years) == (CODE, 10)
    await moved_on(bidding, midnight(OPENS))
    found = await round_of(bidding)
    assert (found.phase, found.next_move_at) == (Phase.CANCELLED, None)
    with pytest.raises(RoundIsOver):
        async with as_staff(bidding) as session:
            await deciding.remove_category(session, await version_of(bidding), "OTSK", "Too late.")


async def test_a_draft_that_is_cancelled_was_never_heard_of(bidding):
    await a_draft(bidding)
    which = await version_of(bidding)
    async with as_staff(bidding) as session:
        await deciding.cancel(session, which, "A mistake.")
    assert await said(bidding, RoundState) == []
    assert await said(bidding, RecordsClosed) == []
    async with bidding.reading(Fence.public()) as session:
        assert (await views.list_rounds(session, None, 25)).items == []


async def test_every_decision_leaves_its_reason_in_the_audit_trail(bidding):
    await an_announced_round(bidding)
    await set_date(bidding, "window-closes", CLOSES + timedelta(days=1), reason="One day more.")
    which = await version_of(bidding)
    async with as_staff(bidding) as session:
        await deciding.cancel(session, which, "The statute changed.")
    async with bidding.reading(Fence.system()) as session:
        rows = await session.execute(
            text("select action, actor_id, reason from audit where entity_id = :code order by at, id"), {"code": CODE}
        )
    trail = {row.action: (row.actor_id, row.reason) for row in rows}
    assert trail["round.set-date"] == ("RHOLLIS02", "One day more.")
    assert trail["round.publish"] == ("RHOLLIS02", None)
    assert trail["round.cancel"] == ("RHOLLIS02", "The statute changed.")


async def test_a_round_that_cannot_be_moved_does_not_hold_up_the_others(bidding):
    await seed(bidding, date(2026, 11, 24))
    await a_draft(bidding)
    async with bidding.writing(Fence.system(), ADMINISTRATOR) as session:
        draft = await session.get_one(Round, CODE)
        draft.next_move_at = midnight(date(2020, 1, 1))  # no date moves a draft
        closes_at = (await session.get_one(Round, "R2028")).closes_at
    await moved_on(bidding, closes_at + timedelta(seconds=1))
    async with bidding.reading(Fence.staff()) as session:
        assert (await session.get_one(Round, "R2028")).phase is Phase.EVALUATION
    assert (await round_of(bidding)).phase is Phase.DRAFT
