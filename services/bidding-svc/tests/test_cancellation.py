"""A cancelled round and a removed competition end what they asked for; a draft of a bidder is kept as it stood."""

from datetime import timedelta
from uuid import uuid4

import pytest
from sqlalchemy import select

from bidding_svc.form_a.form_a import FormA
from bidding_svc.form_a.lifecycle import FormAState
from bidding_svc.form_a.use_cases import lock_closed_forms
from bidding_svc.form_b.bid import Bid
from bidding_svc.form_b.lifecycle import BidState, FormBState
from bidding_svc.form_b.use_cases import NotInTheRound, close_bids, remove_bids
from bidding_svc.form_b.views import read_bid
from bidding_svc.forms.window import WindowNotOpen
from bidding_svc.requirements import use_cases as requirements
from bidding_svc.requirements.requirement import Need, Requirement
from bidding_svc.requirements.rescheduling import close_cancelled
from bidding_svc.rounds.competition import Competition, Contest
from bidding_svc.rounds.phase import MANAGE
from bidding_svc.rounds.round import Round
from bidding_svc.rounds.use_cases import deciding
from bidding_svc.rounds.use_cases.moving import remove_cancelled_competitions
from bidding_svc.rounds.use_cases.setting_up import AsRead
from bidding_svc.status.views import list_competitions, read_status
from chassis import program_time
from chassis.actor import Actor
from chassis.database import Fence
from events.bidding import BidRemoved, CompetitionRemoved, FormALocked
from events.documents import DocumentReceived, SlotOpened
from events.requirements import RequirementClosed, SlotRequested
from tests.bidding.house import BID_ANSWERS, ROUND, open_house
from tests.rounds.at_hand import said

pytestmark = pytest.mark.database
ADMINISTRATOR = Actor("staff", "RHOLLIS02", person_id=uuid4(), permissions=frozenset({MANAGE}))
SYSTEM = Actor.system("test")
DOCUMENTS = 5  # that Round 2028 asks of a bidder


@pytest.fixture
async def house(bidding):
    return await open_house(bidding)


async def decide(house, verb, *about):
    async with house.reading() as session:
        which = AsRead(ROUND, (await session.get_one(Round, ROUND)).version)
    async with house.database.writing(Fence.of(ADMINISTRATOR), ADMINISTRATOR) as session:
        await verb(session, which, *about, "No contractor is there.")


async def swept(house, *sweeps, at=None, limit=100):
    moved = []
    for sweep in sweeps:
        async with house.database.writing(Fence.system(), SYSTEM) as session:
            moved.append(await sweep(session, at or program_time.now(), limit))
    return moved


async def remove(house, category="OTSK", cba="nationwide"):
    await decide(house, deciding.remove_competition, category, cba)


async def the_bid(house, bid_id):
    async with house.reading() as session:
        return await session.get_one(Bid, bid_id)


def person(house, *permissions):
    return Actor("person", "DWHITLOCK01", organization_id=house.organization_id, permissions=frozenset(permissions))


async def test_a_removed_competition_takes_no_change_of_a_bid_from_that_moment_on(house):
    bid_id = await house.submitted_bid()
    await remove(house)
    for act in (
        house.edit_bid(bid_id, {"amount": "19.00"}),
        house.certify(bid_id),
        house.withdraw(bid_id),
        house.begin_bid("OTSK"),
    ):
        with pytest.raises(NotInTheRound):
            await act
    async with house.reading() as session:
        view = await read_bid(session, person(house, "form_b.edit", "form_b.certify"), bid_id)
    assert view.allowed_actions == []


@pytest.mark.parametrize("certified", [True, False])
async def test_its_bids_are_removed_with_it_and_show_so_in_lists_and_status(house, certified):
    bid_id = await house.submitted_bid()
    if not certified:
        await house.edit_bid(bid_id, {"amount": "19.00"})
    await remove(house)
    await swept(house, remove_bids)
    bid = await the_bid(house, bid_id)
    stood = FormBState.CERTIFIED if certified else FormBState.IN_PROGRESS
    assert (bid.state, bid.form, bid.form_at_close) == (BidState.REMOVED, FormBState.LOCKED, stood)
    assert bid.sheet.answers == BID_ANSWERS | ({} if certified else {"amount": "19.00"})
    [told] = await said(house.database, BidRemoved)
    assert (told.bid_id, told.label) == (bid_id, bid.label)
    async with house.reading() as session:
        status = await read_status(session, person(house), ROUND)
        [line] = (await list_competitions(session, person(house), ROUND, None, 25)).items
    assert status.bids == {BidState.REMOVED: 1}
    assert (line.state, line.problems, line.still_missing) == (BidState.REMOVED, [], None)


async def test_removed_bids_are_found_once_in_batches_and_other_bids_stay(house):
    stays = await house.begin_bid("OTSB")
    goes = await house.begin_bid("OTSK")
    await remove(house)
    assert await swept(house, remove_bids, remove_bids, remove_bids, limit=1) == [1, 1, 0]
    assert (await the_bid(house, stays)).state is BidState.DRAFT
    assert (await the_bid(house, goes)).state is BidState.REMOVED
    async with house.reading() as session:
        left = await session.scalars(select(Competition.bids_removed_at).where(Competition.state == Contest.REMOVED))
    assert None not in left.all()


async def test_a_removed_bid_is_neither_received_nor_left_incomplete_at_the_close(house):
    bid_id = await house.submitted_bid()
    await remove(house)
    await swept(house, remove_bids)
    async with house.reading() as session:
        closes_at = (await session.get_one(Round, ROUND)).closes_at
    assert await swept(house, close_bids, at=closes_at + timedelta(days=1)) == [0]
    assert (await the_bid(house, bid_id)).state is BidState.REMOVED


async def test_a_cancelled_round_ends_its_forms_bids_competitions_and_documents(house):
    bid_id = await house.submitted_bid()
    await decide(house, deciding.cancel)
    with pytest.raises(WindowNotOpen):
        await house.edit_bid(bid_id, {"amount": "19.00"})
    moved = await swept(
        house, close_bids, lock_closed_forms, remove_cancelled_competitions, remove_bids, close_cancelled, limit=5000
    )
    async with house.reading() as session:
        round_ = await session.get_one(Round, ROUND)
        form = await session.scalar(select(FormA))
        needs = set(await session.scalars(select(Requirement.state)))
        contests = set(await session.scalars(select(Competition.state)))
    assert moved[:2] == [0, 1]
    assert (form.state, form.is_approved, form.changed_at) == (FormAState.LOCKED, True, round_.cancelled_at)
    assert (await the_bid(house, bid_id)).state is BidState.REMOVED
    assert (needs, contests) == ({Need.CANCELLED}, {Contest.REMOVED})
    assert len(await said(house.database, FormALocked)) == 1
    assert {told.reason for told in await said(house.database, CompetitionRemoved)} == {"The round was cancelled."}
    assert await swept(house, lock_closed_forms, remove_cancelled_competitions, remove_bids, close_cancelled) == [0] * 4


async def test_documents_svc_is_asked_to_close_each_slot_at_the_cancellation_and_its_echo_changes_nothing(house):
    await decide(house, deciding.cancel)
    before = len(await said(house.database, SlotRequested))
    await swept(house, close_cancelled)
    asked = (await said(house.database, SlotRequested))[before:]
    async with house.reading() as session:
        cancelled_at = (await session.get_one(Round, ROUND)).cancelled_at
    assert len({each.slot_id for each in asked}) == len(asked) == len(await _slots(house))
    assert {(each.closes_at, each.late_minutes) for each in asked} == {(cancelled_at, 0)}
    closed = await said(house.database, RequirementClosed)
    assert {(told.outcome, told.closed_at) for told in closed} == {("cancelled", cancelled_at)}
    async with house.database.writing(Fence.organization(house.organization_id), SYSTEM) as session:
        for each in asked:
            await requirements.note_slot_opened(session, SlotOpened.model_validate(each.model_dump()))
        await requirements.receive_document(session, _a_file(asked[0], cancelled_at - timedelta(seconds=1)))
    async with house.reading() as session:
        assert set(await session.scalars(select(Requirement.state))) == {Need.CANCELLED}


async def _slots(house) -> list:
    async with house.reading() as session:
        return list(await session.scalars(select(Requirement.slot_id)))


def _a_file(asked: SlotRequested, at) -> DocumentReceived:
    return DocumentReceived(
        file_id=uuid4(),
        slot_id=asked.slot_id,
        slot_subject=asked.slot_subject,
        organization_id=asked.organization_id,
        sha256="0" * 64,
        size=1,
        started_at=at,
        received_at=at,
        verdict="in-time",
        receipt="a.b.c",
    )
