"""Awards: a dry run that is what happens, four eyes, everything out together; next in line; who comes back."""

from datetime import timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import func, select, update

from bidding_svc.awards import use_cases, views
from bidding_svc.awards.award import Award, AwardLine
from bidding_svc.awards.issuing import issue_offers
from bidding_svc.awards.next_in_line import InLine, Standing, next_in_line
from bidding_svc.awards.payment_amount import ContractSupplier, PaymentAmount
from bidding_svc.awards.reinstating import array_reinstated
from bidding_svc.disqualification.reason import Reason
from bidding_svc.form_b.bid import Bid
from bidding_svc.form_b.lifecycle import BidState
from bidding_svc.offers.offer import Offer
from bidding_svc.offers.use_cases import settle_due
from bidding_svc.rounds.competition import Competition, Contest
from bidding_svc.rounds.phase import Phase
from bidding_svc.rounds.use_cases.setting_up import AsRead
from bidding_svc.scores.score import FinancialScore
from chassis import program_time
from chassis.actor import Actor
from chassis.calendar import add_business_days, due_at, eastern_day
from chassis.database import Fence
from chassis.duties import SomebodyElseMust
from tests.bidding.awarded import OFFICER, PRICER, ROUND, acting, an_evaluated_round, just_after

pytestmark = pytest.mark.database


@pytest.fixture
async def house(bidding):
    return await an_evaluated_round(bidding)


@pytest.fixture
def clock(monkeypatch):
    def set_to(moment):
        monkeypatch.setattr(program_time, "now", lambda: moment)

    return set_to


async def announced(house):
    round_ = await house.round()
    async with acting(house.database, OFFICER) as session:
        await use_cases.announce_suppliers(session, AsRead(ROUND, round_.version))


def in_line(*bids):
    return [
        InLine(str(place), amount, Decimal(counted), standing) for place, (amount, counted, standing) in enumerate(bids)
    ]


HOLDS, LOST, WAITS = Standing


@pytest.mark.parametrize(
    ("bids", "contracts", "chosen"),
    [
        ([(100, 60, HOLDS), (110, 40, HOLDS), (120, 30, WAITS)], None, []),
        ([(100, 60, HOLDS), (110, 40, LOST), (120, 30, WAITS), (130, 5, WAITS)], None, ["2", "3"]),
        ([(100, 60, HOLDS), (110, 40, LOST), (120, 40, WAITS), (130, 5, WAITS)], None, ["2"]),
        ([(100, 60, HOLDS), (110, 40, LOST), (120, 40, WAITS), (120, 5, WAITS)], None, ["2", "3"]),
        ([(100, 9, HOLDS), (110, 9, LOST), (120, 1, WAITS), (130, 1, WAITS)], 2, ["2"]),
        ([(100, 9, LOST)], None, []),
    ],
)
def test_the_next_in_line_make_up_for_what_was_lost_and_bids_of_one_amount_are_not_parted(bids, contracts, chosen):
    assert next_in_line(in_line(*bids), demand=100, contracts=contracts) == chosen


@given(
    st.lists(st.tuples(st.integers(1, 20), st.integers(1, 40), st.sampled_from(Standing)), max_size=12),
    st.integers(0, 200),
)
def test_nobody_is_added_while_the_demand_is_met_and_nobody_dearer_than_one_who_waits(bids, demand):
    line = in_line(*bids)
    chosen = next_in_line(line, demand=demand, contracts=None)
    held = sum((each.counted for each in line if each.standing is HOLDS), Decimal(0))
    waiting = sorted((each.amount, each.bid) for each in line if each.standing is WAITS)
    assert [
        (each.amount, each.bid) for each in sorted(line, key=lambda e: (e.amount, e.bid)) if each.bid in chosen
    ] == (waiting[: len(chosen)])
    by_id = {each.bid: each for each in line}
    if held >= demand:
        assert chosen == []
    else:
        top = max((by_id[bid].amount for bid in chosen), default=0)
        without_the_last = held + sum((by_id[bid].counted for bid in chosen if by_id[bid].amount < top), Decimal(0))
        assert without_the_last < demand
        assert len(chosen) == len(waiting) or held + sum(by_id[bid].counted for bid in chosen) >= demand


async def test_the_dry_run_tells_who_gets_what_and_nobody_outside_sees_anything_of_it(house):
    award = await house.prepared()
    assert (award.kind, award.bidders, award.lines) == ("first", 7, 7)
    async with house.database.reading(Fence.staff()) as session:
        lines = await views.list_lines(session, award.id, None, 50)
        competitions = await views.list_competitions(session, award.id, None, 50)
        view = await views.read_award(session, OFFICER, award.id)
    assert [(line.bidder_number, line.at_or_below_median) for line in lines.items] == [
        (str(2_840_000 + place), place < 4) for place in range(7)
    ]
    assert [(each.awarded, each.offers, each.because) for each in competitions.items] == [(True, 7, [])]
    assert (competitions.items[0].prices[0].amount, view.obstacles) == (34800, [])
    assert "release" in view.allowed_actions
    assert [await house.offers(place) for place in range(9)] == [[]] * 9
    assert await house.said("payment-amounts-published") == []


async def test_an_award_is_released_by_another_person_and_everything_goes_out_together(house):
    award = await house.prepared()
    both = Actor("staff", "X", person_id=PRICER.person_id, permissions=PRICER.permissions | OFFICER.permissions)
    with pytest.raises(SomebodyElseMust):
        await house.release(award, both)
    await house.release(award)
    while await house.sweep(issue_offers):
        pass
    round_ = await house.round()
    assert round_.phase is Phase.AWARDING
    assert round_.date_of("offers").on == eastern_day(program_time.now())
    async with house.reading(8) as session:
        amounts = (await session.scalars(select(PaymentAmount.amount_cents))).all()
    assert amounts == [34800]
    assert [each["amounts"][0]["amount"] for each in await house.said("payment-amounts-published")] == [34800]
    offers = [await house.offers(place) for place in range(9)]
    assert [len(each) for each in offers] == [1] * 7 + [0] * 2
    line = offers[0][0].lines[0]
    assert (line.state, line.bond_at_risk, line.prices[0]["amount"]) == ("OPEN", True, 34800)
    assert line.locations == ["9000000000"]
    assert offers[6][0].lines[0].bond_at_risk is False
    due = due_at(add_business_days(eastern_day(offers[0][0].issued_at), 10))
    assert {offer.due_at for each in offers for offer in each} == {due}
    notices = await house.said("notice-requested")
    assert [(each["fields"]["notice_type"], each["released_by"]) for each in notices] == [
        ("offer", str(OFFICER.person_id))
    ] * 7
    assert (await house.states()).count(BidState.OFFERED) == 7


async def test_what_could_not_be_checked_again_is_read_before_a_release(house):
    award = await house.prepared()
    assert award.unchecked == 7  # no enrollment record is known here
    with pytest.raises(use_cases.UncheckedNotAcknowledged):
        await house.release(award, read=False)


async def test_a_plan_that_is_not_any_more_what_was_prepared_is_not_released(house):
    award = await house.prepared()
    with pytest.raises(use_cases.AwardUnderWay):
        await house.prepared()
    async with house.system() as session:
        bid = await session.scalar(select(Bid).order_by(Bid.amount_cents).limit(1))
        bid.disqualify([Reason.PRECLUDED], session.at)
    with pytest.raises(use_cases.NotReady, match="no approved notice"):
        await house.release(award)
    async with house.system() as session:
        await session.execute(update(Bid).where(Bid.state == BidState.DISQUALIFIED).values(state=BidState.NOT_SELECTED))
    with pytest.raises(use_cases.PlanChanged):
        await house.release(award)
    async with acting(house.database, PRICER) as session:
        await use_cases.discard(session, award.id, award.version)
    assert (await house.prepared()).lines == 6


async def test_a_competition_that_saves_nothing_is_not_awarded(bidding):
    house = await an_evaluated_round(bidding, limit=34800)  # the payment amount is what would be paid anyway
    await house.released()
    async with bidding.reading(Fence.staff()) as session:
        assert (await session.scalars(select(Competition.state))).all() == [Contest.NOT_AWARDED]
        assert await session.scalar(select(func.count()).select_from(Offer)) == 0
        assert await session.scalar(select(func.count()).select_from(PaymentAmount)) == 0


async def test_when_capacity_is_short_the_next_bidders_are_offered_contracts_at_the_same_amounts(house, clock):
    await house.released()
    offer = await house.offer(5)
    await house.decide(5, "decline")  # the bid that counts for 20 of the 111
    await house.submit(5)
    await house.released()
    added = await house.offer(7)
    assert added.lines[0].prices[0]["amount"] == 34800
    assert (added.lines[0].at_or_below_median, await house.offers(8)) == (False, [])
    assert (await house.bid(7)).state is BidState.OFFERED
    assert offer.award_id != added.award_id


async def test_a_reinstated_bid_is_arrayed_against_the_frozen_pivotal_bid_and_offered_at_the_same_amounts(house):
    async with house.system() as session:
        for place in (1, 8):
            bid = await session.get_one(Bid, (await house.bid(place)).id)
            bid.state = BidState.DISQUALIFIED
    award = await house.prepared()
    async with house.database.writing(Fence.system(), OFFICER) as session:
        # the notices of disqualification are not what this test is about
        await session.execute(update(Bid).where(Bid.state == BidState.DISQUALIFIED).values(state=BidState.DECLINED))
    await house.release(award)
    while await house.sweep(issue_offers):
        pass
    async with house.system() as session:
        for place in (1, 8):
            bid = await session.get_one(Bid, (await house.bid(place)).id)
            bid.state = BidState.DISQUALIFIED
            bid.reinstate(session.at)
    outcomes = {place: FinancialScore.bidder_id == house.bidders[place].id for place in (1, 8)}
    for outcome in (None, "UNDECIDED"):  # out before the round was scored: nobody can say, which never reads as yes
        async with house.system() as session:
            await session.execute(update(FinancialScore).where(outcomes[1] | outcomes[8]).values(outcome=outcome))
        assert await house.sweep(array_reinstated) == 0
    async with house.system() as session:
        await session.execute(update(FinancialScore).where(outcomes[1] | outcomes[8]).values(outcome="PASSED"))
    assert await house.sweep(array_reinstated) == 2
    assert [(await house.bid(place)).state for place in (1, 8)] == [BidState.WINNING, BidState.NOT_SELECTED]
    further = await house.released()
    assert (further.kind, further.lines) == ("further", 1)
    offer = await house.offer(1)
    assert (offer.lines[0].prices[0]["amount"], offer.lines[0].bond_at_risk) == (34800, True)
    async with house.database.reading(Fence.staff()) as session:
        why = await session.scalar(select(AwardLine.why).where(AwardLine.award_id == further.id))
        assert (why, await session.scalar(select(func.count()).select_from(PaymentAmount))) == ("REINSTATED", 1)


async def test_a_bid_that_came_back_is_out_again_where_its_bidder_fails_the_financial_standard(house):
    await house.released()
    async with house.system() as session:
        (await session.get_one(Bid, (await house.bid(8)).id)).state = BidState.ELIGIBLE
        failed = update(FinancialScore).where(FinancialScore.bidder_id == house.bidders[8].id)
        await session.execute(failed.values(outcome="FAILED"))
    assert await house.sweep(array_reinstated) == 1
    bid = await house.bid(8)
    assert (bid.state, bid.reasons) == (BidState.DISQUALIFIED, ["FINANCIAL_BELOW_MINIMUM"])


async def test_suppliers_are_announced_once_every_offer_is_decided_and_late_offers_risk_no_bond(house, clock):
    await house.released()
    with pytest.raises(use_cases.OffersUndecided):
        await announced(house)
    await house.decide(0, "accept")
    offer = await house.offer(0)
    clock(just_after(offer.due_at))
    assert await house.sweep(settle_due) == 7
    await announced(house)
    async with house.reading(8) as session:
        names = (await session.scalars(select(ContractSupplier.legal_business_name))).all()
    assert names == ["Larkspur Sample Medical 0, LLC"]
    assert [each["suppliers"][0]["bidder_number"] for each in await house.said("suppliers-announced")] == ["2840000"]
    for days, at_risk in ((90, True), (91, False)):
        day = (await house.round()).date_of("suppliers-announced").on + timedelta(days=days)
        clock(due_at(day) - timedelta(hours=1))
        async with house.system() as session:
            bid = await session.get_one(Bid, (await house.bid(1)).id)
            bid.state = BidState.WINNING
        await house.released()
        assert (await house.offer(1)).lines[0].bond_at_risk is at_risk


async def test_a_release_that_is_interrupted_goes_on_and_offers_nothing_twice(house, monkeypatch):
    award = await house.release(await house.prepared())
    monkeypatch.setattr("bidding_svc.awards.issuing.BIDDERS_AT_ONCE", 2)
    for _ in range(2):
        await house.sweep(issue_offers)
    with pytest.raises(RuntimeError):
        async with house.system() as session:
            await issue_offers(session, session.at, 10)
            raise RuntimeError
    while await house.sweep(issue_offers):
        pass
    assert [len(await house.offers(place)) for place in range(7)] == [1] * 7
    async with house.database.reading(Fence.staff()) as session:
        assert (await session.get_one(Award, award.id)).state == "RELEASED"
    assert len(await house.said("notice-requested")) == 7
