"""Contract offers: decided line by line, changed until submitted or due, lapsed, taken back, contracted."""

import asyncio
from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest
from sqlalchemy import select, text, update

from bidding_svc.form_b.lifecycle import BidState
from bidding_svc.form_b.use_cases import remove_bids
from bidding_svc.offers import use_cases, views
from bidding_svc.offers.line import OfferLine, ReasonMissing, RiskNotAcknowledged
from bidding_svc.offers.offer import (
    Decision,
    LinesUndecided,
    NoSuchLine,
    Offer,
    OfferChanged,
    OfferIsOver,
    OfferIsSubmitted,
)
from bidding_svc.offers.use_cases import award_signed, settle_due, take_back_removed
from bidding_svc.rounds.competition import Competition, Contest
from bidding_svc.rounds.phase import Phase
from bidding_svc.rounds.round import Round
from chassis import program_time
from chassis.calendar import due_at
from chassis.database import Fence
from chassis.errors import NotAllowedNow, NotFound
from events.contracts import ContractExecuted
from events.examples import BY_TYPE
from tests.bidding.awarded import OFFICER, acting, an_evaluated_round, just_after, signer, typed

pytestmark = pytest.mark.database


@pytest.fixture
async def house(bidding):
    house = await an_evaluated_round(bidding, areas=2)
    await house.released()
    return house


@pytest.fixture
def clock(monkeypatch):
    def set_to(moment):
        monkeypatch.setattr(program_time, "now", lambda: moment)

    return set_to


def states(offer):
    return [line.state.value for line in offer.lines]


async def rescind(house, line, reason="Its license was revoked."):
    async with acting(house.database, OFFICER) as session:
        return await use_cases.rescind(session, line.id, reason)


async def signed(house, *lines):
    told = BY_TYPE[ContractExecuted.TYPE].model_copy(
        update={"line_ids": tuple(line.id for line in lines), "organization_id": lines[0].organization_id}
    )
    async with house.acting(0) as session:
        await use_cases.note_signed(session, told)


async def test_lines_are_accepted_and_declined_one_by_one_and_changed_until_they_are_submitted(house):
    await house.decide(0, "accept")
    assert states(await house.offer(0)) == ["ACCEPTED", "OPEN"]
    with pytest.raises(LinesUndecided):
        await house.submit(0)
    await house.decide(0, "decline", "accept")
    await house.decide(0, "accept", "decline")
    offer = await house.submit(0)
    assert states(offer) == ["ACCEPTED", "DECLINED"]
    assert [line.is_final for line in offer.lines] == [True, True]
    for again in (house.decide(0, "decline"), house.submit(0)):
        with pytest.raises(OfferIsSubmitted):
            await again
    accepted, declined = await house.said("offer-line-accepted"), await house.said("offer-line-declined")
    assert [(each["line_id"], each["bidder_number"]) for each in accepted] == [(str(offer.lines[0].id), "2840000")]
    assert [(each["line_id"], each["lapsed"], each["at_or_below_median"]) for each in declined] == [
        (str(offer.lines[1].id), False, True)
    ]
    assert [each["notice_id"] for each in await house.said("notice-answered")] == [str(offer.notice_id)]
    assert sorted(await house.states())[:2] == [BidState.ACCEPTED, BidState.DECLINED]


async def test_an_acceptance_tells_contracts_all_that_a_contract_is_made_of(house):
    await house.decide(0, "accept", "accept")
    offer = await house.submit(0)
    told = (await house.said("offer-line-accepted"))[0]
    assert told["legal_business_name"] == "Larkspur Sample Medical 0, LLC"
    assert (told["period_starts_on"], told["period_ends_on"]) == ("2021-01-01", "2023-12-31")
    assert (told["category_code"], told["cba_code"]) == (offer.lines[0].category_code, offer.lines[0].cba_code)
    assert told["locations"] == ["9000000000"]
    assert [price["amount"] for price in told["prices"]] == [34800]


async def test_a_bond_at_risk_is_declined_only_by_who_acknowledges_the_warning(house):
    with pytest.raises(RiskNotAcknowledged):
        await house.decide(0, "decline", acknowledged=False)
    assert states(await house.offer(0)) == ["OPEN", "OPEN"]
    await house.decide(6, "decline", acknowledged=False)  # above the median: nothing is at risk
    await house.decide(0, "decline", acknowledged=True)
    assert (await house.offer(0)).lines[0].risk_acknowledged


async def test_what_was_chosen_is_final_when_due_and_what_was_not_has_lapsed_as_of_the_due_time(house, clock):
    await house.decide(0, "accept")
    offer = await house.offer(0)
    clock(offer.due_at + timedelta(milliseconds=999))
    assert await house.sweep(settle_due) == 0
    clock(just_after(offer.due_at))
    assert await house.sweep(settle_due) == 7
    assert await house.sweep(settle_due) == 0
    offer = await house.offer(0)
    assert states(offer) == ["ACCEPTED", "LAPSED"]
    assert {line.final_at for line in offer.lines} == {offer.settled_at} == {offer.due_at}
    lapsed = await house.said("offer-line-declined")
    assert {each["lapsed"] for each in lapsed} == {True}
    assert {datetime.fromisoformat(each["declined_at"]) for each in lapsed} == {offer.due_at}
    assert len(await house.said("offer-line-accepted")) == 1


@pytest.mark.parametrize(
    ("day", "offset"),
    [("2026-10-30", 4), ("2026-11-02", 5), ("2027-03-12", 5), ("2027-03-15", 4)],
)
async def test_the_last_second_counts_on_both_sides_of_a_change_of_the_clocks(house, clock, day, offset):
    due = due_at(datetime.fromisoformat(day).date())
    assert due.hour == (20 + offset) % 24
    async with house.system() as session:
        await session.execute(update(Offer).values(due_at=due))
    clock(due + timedelta(milliseconds=999))
    await house.decide(0, "accept", "accept")
    clock(due + timedelta(seconds=1))
    with pytest.raises(OfferIsOver):
        await house.decide(0, "decline")
    with pytest.raises(OfferIsOver):
        await house.submit(0)
    assert (await house.audited("offer.decide-refused"))[-1]["after"]["because"] == "offer-is-over"
    assert states(await house.offer(0)) == ["ACCEPTED", "ACCEPTED"]


async def test_what_waited_for_a_lock_past_the_due_time_is_too_late(house, clock, monkeypatch):
    offer = await house.offer(0)
    clock(offer.due_at)

    async def hold_until_it_is_over():
        async with house.acting(0) as session:
            await session.get_one(Offer, offer.id, with_for_update=True)
            waiting = asyncio.create_task(house.decide(0, "accept"))
            await asyncio.sleep(0)
            await _until_somebody_waits(house)
            clock(just_after(offer.due_at))
        return waiting

    with pytest.raises(OfferIsOver):
        await (await hold_until_it_is_over())


async def _until_somebody_waits(house):
    for _ in range(500):
        async with house.database.reading(Fence.system()) as session:
            if await session.scalar(text("select count(*) from pg_locks where not granted")):
                return
    raise AssertionError("nobody waits for the lock")


async def test_of_a_hundred_who_accept_and_decline_one_line_at_once_one_decides_and_every_try_is_kept(house):
    offer = await house.offer(0)
    line = offer.lines[0]

    async def client(number):
        choice = "accept" if number % 2 else "decline"
        async with house.acting(0) as session:
            decision = Decision(line.id, choice, risk_acknowledged=True)
            done = await use_cases.decide(session, offer.id, [decision], signer(session), typed(), base=offer.version)
        return choice if isinstance(done, Offer) else done.type

    outcomes = await asyncio.gather(*(client(number) for number in range(100)))
    (won,) = [each for each in outcomes if each in ("accept", "decline")]
    assert outcomes.count("offer-changed") == 99
    stands = (await house.offer(0)).lines[0].state.value
    assert stands == {"accept": "ACCEPTED", "decline": "DECLINED"}[won]
    refused = await house.audited("offer.decide-refused")
    tried = [each["after"]["decisions"][str(line.id)] for each in refused]
    assert (len(tried), set(tried)) == (99, {"accept", "decline"})
    assert len(await house.audited(f"offer_line.{won}")) == 1
    assert len(await house.audited("offer.sign")) == 1


async def test_only_lines_of_ones_own_offer_can_be_decided(house):
    offer, other = await house.offer(0), await house.offer(1)
    async with house.acting(1) as session:
        with pytest.raises(NotFound):
            await use_cases.submit(session, offer.id, base=1)
    with pytest.raises(NoSuchLine):
        async with house.acting(0) as session:
            foreign = [Decision(other.lines[0].id, "accept")]
            await use_cases.decide(session, offer.id, foreign, signer(session), typed(), base=1)
    async with house.reading(0) as session:
        mine = await views.list_offers(session, house.official(0), None, 10)
        assert [each.id for each in mine.items] == [offer.id]
        assert (await session.scalars(select(OfferLine.organization_id).distinct())).all() == [offer.organization_id]


async def test_who_was_overtaken_decides_from_what_the_other_left(house):
    await house.decide(0, "accept")
    with pytest.raises(OfferChanged):
        await house.decide(0, "decline", base=1)


async def test_cms_takes_an_offer_back_before_it_signs_and_no_bond_is_forfeited(house, clock):
    await house.decide(0, "accept", "accept")
    offer = await house.submit(0)
    with pytest.raises(ReasonMissing):
        await rescind(house, offer.lines[0], " ")
    await rescind(house, offer.lines[0])
    assert states(await house.offer(0)) == ["RESCINDED", "ACCEPTED"]
    assert [each["line_id"] for each in await house.said("offer-line-rescinded")] == [str(offer.lines[0].id)]
    still_open = await house.offer(1)
    for line in still_open.lines:
        await rescind(house, line)
    assert (await house.offer(1)).settled_at is not None
    assert len(await house.said("offer-line-rescinded")) == 1  # nobody had been told of the others
    clock(just_after(offer.due_at))
    await house.sweep(settle_due)
    assert str(still_open.lines[0].id) not in {each["line_id"] for each in await house.said("offer-line-declined")}


async def test_a_line_taken_back_while_cms_signed_is_a_contract_all_the_same(house):
    await house.decide(0, "accept", "accept")
    offer = await house.submit(0)
    await rescind(house, offer.lines[0])
    await signed(house, *offer.lines)
    assert states(await house.offer(0)) == ["CONTRACTED", "CONTRACTED"]
    nevertheless = await house.audited("offer_line.sign-nevertheless")
    assert [each["reason"] for each in nevertheless] == ["Its license was revoked."]


async def test_offers_of_a_cancelled_round_are_taken_back_with_their_bids_and_no_bond_is_lost(house, clock):
    await house.decide(0, "accept", "decline")
    await house.submit(0)
    await house.decide(1, "accept", "decline")
    async with house.system() as session:
        await session.execute(update(Round).values(phase=Phase.CANCELLED))
        await session.execute(update(Competition).values(state=Contest.REMOVED))
    clock(just_after((await house.offer(1)).due_at))
    assert await house.sweep(settle_due) == 0
    assert await house.sweep(take_back_removed) > 1
    assert await house.sweep(take_back_removed) == 0
    await house.sweep(remove_bids)
    assert states(await house.offer(0)) == ["RESCINDED", "DECLINED"]  # it was declined for good before
    assert states(await house.offer(1)) == ["RESCINDED", "RESCINDED"]
    assert (await house.offer(1)).settled_at is not None
    assert len(await house.said("offer-line-rescinded")) == 1  # of the others nobody outside had heard
    assert BidState.OFFERED not in await house.states()
    assert len(await house.said("offer-line-declined")) == 1


async def test_once_cms_has_signed_a_line_is_a_contract_and_its_competition_is_awarded(house):
    await house.decide(0, "accept", "accept")
    offer = await house.submit(0)
    await signed(house, offer.lines[0])
    assert states(await house.offer(0)) == ["CONTRACTED", "ACCEPTED"]
    with pytest.raises(NotAllowedNow):
        await rescind(house, offer.lines[0])
    assert (await house.sweep(award_signed), await house.sweep(award_signed)) == (1, 0)
    async with house.database.reading(Fence.staff()) as session:
        contests = await session.scalars(select(Competition.state).order_by(Competition.state))
        assert contests.all() == [Contest.AWARDABLE, Contest.AWARDED]


async def test_an_offer_names_its_due_time_and_what_may_be_done_until_then(house, clock):
    offer, official = await house.offer(0), house.official(0)
    assert views.view_of(offer, official).allowed_actions == ["decide"]
    await house.decide(0, "accept", "decline")
    offer = await house.offer(0)
    assert views.view_of(offer, official).allowed_actions == ["decide", "submit"]
    clock(just_after(offer.due_at))
    view = views.view_of(offer, official)
    assert (view.allowed_actions, view.accepted, view.declined, view.open) == ([], 1, 1, 0)
    assert view.due_at.astimezone(UTC) == offer.due_at
    assert uuid4() not in {each.id for each in view.offered}
