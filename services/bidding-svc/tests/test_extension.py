"""More time for everyone: decided at once, in force when every upload slot has been echoed."""

from datetime import UTC, date, datetime, timedelta
from uuid import UUID, uuid4

import pytest
from sqlalchemy import select, text

from bidding_svc.bidders.use_cases import register_organization
from bidding_svc.requirements import use_cases as requirements
from bidding_svc.requirements.requirement import Need, Requirement
from bidding_svc.requirements.rescheduling import ask_again
from bidding_svc.rounds import set_up_views, views
from bidding_svc.rounds.calendar import Certainty
from bidding_svc.rounds.extension import (
    ExtensionUnderWay,
    NotAnExtension,
    WindowIsExtendedForEveryone,
    WindowIsNotOpen,
)
from bidding_svc.rounds.phase import Phase
from bidding_svc.rounds.round import Round
from bidding_svc.rounds.use_cases import deciding, setting_up
from bidding_svc.rounds.use_cases.moving import bring_extensions_into_force
from chassis.actor import Actor
from chassis.calendar import due_at, midnight
from chassis.database import Database, Fence
from chassis.errors import NotAllowedNow
from events.documents import DocumentReceived, SlotOpened, SlotSettled
from events.identity import OrganizationRegistered
from events.public import WindowExtended
from events.requirements import RequirementReceived, RequirementRescheduled, SlotRequested
from events.rounds import RoundState
from tests.rounds.at_hand import (
    ADMINISTRATOR,
    CDRD,
    CLOSES,
    CODE,
    OPENS,
    an_announced_round,
    as_staff,
    moved_on,
    said,
    version_of,
)

pytestmark = pytest.mark.database
LATER = CLOSES + timedelta(days=7)
CLOSE, NEW_CLOSE = due_at(CLOSES), due_at(LATER)
TWO_MINUTES_BEFORE = CLOSE - timedelta(minutes=1, seconds=59)  # 8:58:00 p.m.
DOCUMENTS = 5  # that Round 2021's rule set asks of each bidder


async def an_open_window(bidding: Database, bidders: int = 2) -> list[UUID]:
    """A round in its bid window with so many bidders, whose slots are all in force."""
    await an_announced_round(bidding)
    await moved_on(bidding, midnight(OPENS))
    organizations = [await a_bidder(bidding, number) for number in range(bidders)]
    await echoed(bidding)
    return organizations


async def a_bidder(bidding: Database, number: int, at: datetime | None = None) -> UUID:
    organization_id = uuid4()
    registered = OrganizationRegistered(
        organization_id=organization_id, legal_business_name="Larkspur Sample Medical, LLC", ptan=f"900000000{number}"
    )
    fence = Fence.organization(organization_id)
    async with bidding.writing(fence, Actor.system("test"), at=at or midnight(OPENS)) as session:
        await register_organization(session, registered)
    return organization_id


async def echoed(bidding: Database, most: int = 1000, at: datetime = TWO_MINUTES_BEFORE) -> int:
    """Let documents-svc echo the slots as they were last asked for, as far as it has not; so many at most."""
    asked = {event.slot_id: event for event in await said(bidding, SlotRequested)}
    async with bidding.reading(Fence.system()) as session:
        stands = {each.slot_id: each for each in await session.scalars(select(Requirement))}
    waiting = [
        event
        for slot_id, event in asked.items()
        if not stands[slot_id].slot_in_force or event.closes_at != stands[slot_id].due_at
    ]
    for event in waiting[:most]:
        echo = SlotOpened.model_validate(event.model_dump())
        async with bidding.writing(Fence.organization(event.organization_id), Actor.system("test"), at=at) as session:
            await requirements.note_slot_opened(session, echo)
    return len(waiting[:most])


async def extended(bidding: Database, to: date = LATER, at: datetime = TWO_MINUTES_BEFORE) -> None:
    which = await version_of(bidding)
    async with as_staff(bidding, at) as session:
        await deciding.extend_window(session, which, to, "The network was down for a day.")


async def swept(bidding: Database, at: datetime = TWO_MINUTES_BEFORE, limit: int = 100) -> tuple[int, int]:
    """What the two sweeps of an extension do: slots asked again, extensions that came into force."""
    async with bidding.writing(Fence.system(), Actor.system("test"), at=at) as session:
        asked = await ask_again(session, at, limit)
    async with bidding.writing(Fence.system(), Actor.system("test"), at=at) as session:
        return asked, await bring_extensions_into_force(session, at, limit)


async def round_of(bidding: Database) -> Round:
    async with bidding.reading(Fence.staff()) as session:
        return await session.get_one(Round, CODE)


async def progress(bidding: Database) -> tuple[int, int]:
    async with bidding.reading(Fence.staff()) as session:
        slots = (await set_up_views.read_set_up(session, ADMINISTRATOR, CODE)).upload_slots
    return slots.confirmed, slots.slots


async def test_an_extension_is_in_force_only_when_every_slot_was_echoed_and_its_progress_is_counted(bidding):
    await an_open_window(bidding)
    assert await progress(bidding) == (10, 10)
    await extended(bidding)
    assert await swept(bidding) == (2 * DOCUMENTS, 0)
    assert await progress(bidding) == (0, 10)
    assert await echoed(bidding, most=9) == 9
    assert await swept(bidding) == (0, 0)
    assert await progress(bidding) == (9, 10)
    found = await round_of(bidding)
    assert (found.closes_at, found.last_close_at) == (CLOSE, NEW_CLOSE)
    assert await echoed(bidding) == 1
    assert await swept(bidding) == (0, 1)
    found = await round_of(bidding)
    assert (found.closes_at, found.pending_extension) == (NEW_CLOSE, None)
    assert await swept(bidding) == (0, 0)


async def test_the_public_sees_the_old_close_until_the_new_one_is_in_force(bidding):
    await an_open_window(bidding, bidders=1)
    await extended(bidding)
    async with bidding.reading(Fence.public()) as session:
        before = await views.read_round(session, CODE)
    assert (before.closes_at, before.extended_to) == (CLOSE, NEW_CLOSE)
    assert await said(bidding, WindowExtended) == []
    await swept(bidding)
    await echoed(bidding)
    await swept(bidding)
    (announced,) = await said(bidding, WindowExtended)
    assert (announced.closes_at, announced.reason) == (NEW_CLOSE, "The network was down for a day.")
    closes = {each.code: each.due_at for each in (await said(bidding, RoundState))[-1].calendar}["window-closes"]
    assert closes == NEW_CLOSE
    async with bidding.reading(Fence.staff()) as session:
        change = (await views.read_calendar(session, ADMINISTRATOR, CODE)).changes[-1]
    assert (change.date_code, change.old_on, change.on, change.changed_by) == (
        "window-closes",
        CLOSES,
        LATER,
        "RHOLLIS02",
    )


async def test_a_round_does_not_close_while_an_extension_is_not_in_force_yet(bidding):
    await an_open_window(bidding)
    await extended(bidding)
    await moved_on(bidding, CLOSE + timedelta(hours=2))
    found = await round_of(bidding)
    assert (found.phase, found.takes_bids(CLOSE + timedelta(hours=2))) == (Phase.BIDDING, False)
    after = CLOSE + timedelta(hours=3)  # the broker was away until then
    await swept(bidding, after)
    await echoed(bidding, at=after)
    await swept(bidding, after)
    await moved_on(bidding, NEW_CLOSE)
    found = await round_of(bidding)
    assert (found.phase, found.takes_bids(NEW_CLOSE)) == (Phase.BIDDING, True)
    await moved_on(bidding, NEW_CLOSE + timedelta(seconds=1))
    assert (await round_of(bidding)).phase is Phase.EVALUATION


async def test_an_extension_without_any_bidder_is_in_force_at_once(bidding):
    await an_open_window(bidding, bidders=0)
    await extended(bidding)
    assert await swept(bidding) == (0, 1)
    assert (await round_of(bidding)).closes_at == NEW_CLOSE


async def test_slots_are_asked_again_in_batches_and_none_twice(bidding):
    await an_open_window(bidding, bidders=3)
    await extended(bidding)
    before = len(await said(bidding, SlotRequested))
    assert [(await swept(bidding, limit=6))[0] for _ in range(4)] == [6, 6, 3, 0]
    again = (await said(bidding, SlotRequested))[before:]
    assert len({event.slot_id for event in again}) == len(again) == 3 * DOCUMENTS
    assert {event.closes_at for event in again} == {NEW_CLOSE}


async def test_a_bidder_who_registers_while_an_extension_is_under_way_gets_the_new_close_too(bidding):
    await an_open_window(bidding, bidders=1)
    await extended(bidding)
    await swept(bidding)
    await a_bidder(bidding, 7, TWO_MINUTES_BEFORE)
    await echoed(bidding)
    assert (await swept(bidding))[1] == 0  # the newcomer's slots hold the old close, and are asked again
    await echoed(bidding)
    assert (await swept(bidding))[1] == 1
    async with bidding.reading(Fence.system()) as session:
        assert set(await session.scalars(select(Requirement.due_at))) == {NEW_CLOSE}


async def test_the_review_date_moves_only_if_it_has_not_passed(bidding):
    await an_open_window(bidding, bidders=1)
    await extended(bidding, at=due_at(CDRD))
    await swept(bidding)
    await echoed(bidding, at=due_at(CDRD))
    await swept(bidding)
    moved = due_at(CDRD + timedelta(days=7))
    assert (await round_of(bidding)).cdrd_at == moved
    async with bidding.reading(Fence.system()) as session:
        assert set(await session.scalars(select(Requirement.cdrd_at))) == {moved}
    last = LATER + timedelta(days=7)
    await extended(bidding, last, at=moved + timedelta(seconds=1))
    await swept(bidding)
    await echoed(bidding)
    await swept(bidding)
    found = await round_of(bidding)
    assert (found.closes_at, found.cdrd_at) == (due_at(last), moved)


@pytest.mark.parametrize(
    ("to", "at", "refused"),
    [
        (CLOSES, TWO_MINUTES_BEFORE, NotAnExtension),
        (CLOSES - timedelta(days=1), TWO_MINUTES_BEFORE, NotAnExtension),
        (LATER, CLOSE + timedelta(seconds=1), WindowIsNotOpen),
    ],
)
async def test_an_extension_ends_later_and_is_decided_before_the_close(bidding, to, at, refused):
    await an_open_window(bidding, bidders=0)
    with pytest.raises(refused):
        await extended(bidding, to, at)


async def test_an_extension_may_be_decided_in_the_last_second(bidding):
    await an_open_window(bidding, bidders=0)
    await extended(bidding, at=CLOSE + timedelta(milliseconds=999))
    assert (await round_of(bidding)).last_close_at == NEW_CLOSE


async def test_one_extension_waits_for_the_other(bidding):
    await an_open_window(bidding)
    await extended(bidding)
    with pytest.raises(ExtensionUnderWay):
        await extended(bidding, LATER + timedelta(days=1))
    view_of_actions = (await round_of(bidding)).allowed_actions(ADMINISTRATOR.permissions, TWO_MINUTES_BEFORE)
    assert "extend window" not in view_of_actions


async def test_before_the_window_opens_its_close_is_a_date_and_then_moves_by_extension_only(bidding):
    await an_announced_round(bidding)
    with pytest.raises(NotAllowedNow):
        await extended(bidding, at=midnight(OPENS) - timedelta(seconds=1))
    await moved_on(bidding, midnight(OPENS))
    which = await version_of(bidding)
    with pytest.raises(WindowIsExtendedForEveryone):
        async with as_staff(bidding, midnight(OPENS)) as session:
            await setting_up.set_date(
                session, which, "window-closes", on=LATER, certainty=Certainty.ACTUAL, reason="By hand."
            )


async def test_changed_dates_reach_the_slots_of_those_who_registered_before_the_window_opened(bidding):
    await an_announced_round(bidding)
    await moved_on(bidding, midnight(date(2029, 6, 11)))
    await a_bidder(bidding, 0, midnight(date(2029, 6, 12)))
    await echoed(bidding)
    which = await version_of(bidding)
    async with as_staff(bidding, midnight(date(2029, 6, 12))) as session:
        await setting_up.set_date(
            session, which, "window-opens", on=date(2029, 7, 20), certainty=Certainty.TARGET, reason="A later start."
        )
    assert (await swept(bidding))[0] == DOCUMENTS
    async with bidding.reading(Fence.system()) as session:
        asked = {(each.asked_opens_at, each.opens_at) for each in await session.scalars(select(Requirement))}
    assert asked == {(midnight(date(2029, 7, 20)), midnight(OPENS))}


async def test_what_arrived_between_the_closes_counts_once_the_extension_is_in_force(bidding):
    (mine,) = await an_open_window(bidding, bidders=1)
    await extended(bidding)
    between = CLOSE + timedelta(minutes=10)
    async with bidding.writing(Fence.organization(mine), Actor.system("test"), at=between) as session:
        requirement = await session.scalar(select(Requirement).where(Requirement.document == "credit-report"))
        await requirements.receive_document(session, a_file(requirement, between))
        assert requirement.state is Need.REQUIRED
    await swept(bidding, between)
    await echoed(bidding, at=between + timedelta(seconds=5))
    async with bidding.reading(Fence.organization(mine)) as session:
        requirement = await session.scalar(select(Requirement).where(Requirement.document == "credit-report"))
    assert (requirement.state, requirement.received_at, requirement.by_cdrd) == (Need.RECEIVED, between, False)
    (received,) = await said(bidding, RequirementReceived)
    assert received.received_at == between
    rescheduled = await said(bidding, RequirementRescheduled)
    assert {event.due_at for event in rescheduled} == {NEW_CLOSE}
    assert len(rescheduled) == DOCUMENTS


async def test_a_slot_that_settled_by_the_old_close_leaves_nothing_missing(bidding):
    (mine,) = await an_open_window(bidding, bidders=1)
    await extended(bidding)
    async with bidding.writing(Fence.organization(mine), Actor.system("test")) as session:
        requirement = await session.scalar(select(Requirement).where(Requirement.document == "credit-report"))
        await requirements.settle(session, settled(requirement, CLOSE))
        assert requirement.state is Need.REQUIRED
        await requirements.settle(session, settled(requirement, NEW_CLOSE))
        assert requirement.state is Need.MISSING


async def test_nobody_extends_the_window_for_one_bidder(bidding):
    await an_open_window(bidding)
    await extended(bidding)
    await swept(bidding)
    await echoed(bidding, most=DOCUMENTS)
    async with bidding.reading(Fence.system()) as session:
        rows = (await session.execute(text("select distinct asked_closes_at from requirement"))).scalars().all()
    assert rows == [NEW_CLOSE]


def a_file(requirement: Requirement, at: datetime) -> DocumentReceived:
    return DocumentReceived(
        file_id=uuid4(),
        slot_id=requirement.slot_id,
        slot_subject=f"requirement:{requirement.id}",
        organization_id=requirement.organization_id,
        sha256="0" * 64,
        size=1,
        started_at=at,
        received_at=at.astimezone(UTC),
        verdict="late",
        receipt="a.b.c",
    )


def settled(requirement: Requirement, closes_at: datetime) -> SlotSettled:
    return SlotSettled(
        slot_id=requirement.slot_id,
        slot_subject=f"requirement:{requirement.id}",
        organization_id=requirement.organization_id,
        closes_at=closes_at,
        settled_at=closes_at + timedelta(hours=1),
        files=(),
    )
