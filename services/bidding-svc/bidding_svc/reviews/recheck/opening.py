"""The licenses of winning bids once more before the offers, as of the day (domain/lifecycle.md 3.4, 4.3)."""

from collections import defaultdict
from collections.abc import Collection
from datetime import datetime
from uuid import UUID

from sqlalchemy import ColumnElement, exists, select

from bidding_svc.awards.rechecking import Rechecked, recheck
from bidding_svc.bidders.bidder import Bidder
from bidding_svc.form_b.bid import Bid
from bidding_svc.form_b.lifecycle import WINNING, WINNING_ADDED
from bidding_svc.reviews.case import Proposal, ReviewCase
from bidding_svc.reviews.kinds import Kind, Outcome
from bidding_svc.reviews.opening import next_numbers, opens_alone, stands_in_case, without_open_case, work_until
from bidding_svc.rounds.phase import Phase
from bidding_svc.rounds.round import Round
from chassis.calendar import eastern_day
from chassis.database import Session

KIND = Kind.RECHECK
CHECKED_IN = (Phase.EVALUATION, Phase.AWARDING, Phase.ANNOUNCED_SUPPLIERS)
"""Also once suppliers are announced: later demand adds bids, and they are offered a contract too."""


async def open_rechecks(session: Session, as_of: datetime, limit: int) -> int:
    """Open the cases of bidders with winning bids that were not checked since they were selected. Returns how many."""
    if not await opens_alone(session, KIND):
        return 0
    opened = 0
    for round_ in (await session.scalars(select(Round).where(Round.phase.in_(CHECKED_IN)))).all():
        winning = exists().where(Bid.bidder_id == Bidder.id, *_to_be_checked())
        found = await session.scalars(
            select(Bidder)
            .where(Bidder.round_code == round_.code, winning, without_open_case(KIND))
            .order_by(Bidder.id)
            .limit(limit - opened)
        )
        bidders = {bidder.id: bidder for bidder in found}
        if not bidders:
            continue
        until, numbers = await work_until(session, KIND, round_), await next_numbers(session, KIND, bidders)
        proposals = await _proposals(session, round_, bidders, as_of)
        session.add_all(
            ReviewCase(KIND, bidder, proposals[each], due_at=until, at=as_of, number=numbers[each])
            for each, bidder in bidders.items()
        )
        opened += len(bidders)
    return opened


def propose(bid: Bid, found: Rechecked, checked_on: str) -> Proposal:
    """Propose to disqualify a bid for what it does not hold, and nothing where something could not be checked."""
    outcome = Outcome.FAIL if found.reasons else None if found.unchecked else Outcome.PASS
    inputs = {"checked_as_of": checked_on, "locations": list(found.locations), "could_not_check": found.unchecked}
    return Proposal(bid.label, outcome, found.reasons, inputs, bid.id)


async def _proposals(
    session: Session, round_: Round, bidders: Collection[UUID], as_of: datetime
) -> dict[UUID, list[Proposal]]:
    bids = await session.scalars(select(Bid).where(Bid.bidder_id.in_(bidders), *_to_be_checked()).order_by(Bid.id))
    winning, day = bids.all(), eastern_day(as_of)
    rechecked = await recheck(session, round_, winning, day)
    proposals: dict[UUID, list[Proposal]] = defaultdict(list)
    for bid in winning:
        proposals[bid.bidder_id].append(propose(bid, rechecked[bid.id], day.isoformat()))
    return proposals


def _to_be_checked() -> tuple[ColumnElement[bool], ...]:
    return Bid.state.in_((WINNING, WINNING_ADDED)), ~stands_in_case(KIND)
