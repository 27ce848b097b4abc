"""After a release: a sweep makes the offers bidder by bidder, and has the notices go out. A crash repeats a step."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import select

from bidding_svc.awards.award import Award, AwardCompetition, AwardLine
from bidding_svc.awards.lifecycle import RELEASING
from bidding_svc.bidders.bidder import Bidder, Organization
from bidding_svc.bonds.clocks import late_offers_until
from bidding_svc.bonds.forfeiture import puts_bond_at_risk
from bidding_svc.deadlines.closing import closings
from bidding_svc.deadlines.due import due
from bidding_svc.disqualification.deciding import tell_together
from bidding_svc.disqualification.reason import Reason
from bidding_svc.form_b.bid import Bid
from bidding_svc.form_b.lifecycle import NOT_SELECTED
from bidding_svc.offers import telling
from bidding_svc.offers.line import OfferLine
from bidding_svc.offers.offer import Offer
from bidding_svc.rounds.round import Round
from chassis.calendar import Closings, due_at, eastern_day
from chassis.database import Session
from chassis.sweeps import each

BIDDERS_AT_ONCE = 100
"""So many bidders get their offers in one transaction."""


async def issue_offers(session: Session, as_of: datetime, limit: int) -> int:
    """Take the release of an award on by a step. Returns `limit` while there is more to do."""
    award: Award | None = await session.scalar(
        select(Award)
        .where(Award.state == RELEASING)
        .order_by(Award.released_at)
        .limit(1)
        .with_for_update(skip_locked=True)
    )
    if award is None:
        return 0
    if award.disqualified_told_at is None:
        await tell_together(session, award.round_code, _released_by(award))
        award.disqualified_told_at = as_of
        return limit
    lines = await _waiting(session, award)
    if not lines:
        award.finish(as_of)
        return limit
    round_ = await session.get_one(Round, award.round_code)
    made = _Making(award, round_, prices=await _prices(session, award.id), days_off=await closings(session))
    bids = await _bids(session, lines)
    bidders = await _bidders(session, {line.bidder_id for line in lines})
    by_bidder: dict[UUID, list[AwardLine]] = defaultdict(list)
    for line in lines:
        by_bidder[line.bidder_id].append(line)

    def issue(bidder_id: UUID) -> None:
        bidder, name = bidders[bidder_id]
        made.offer(session, bidder, name, by_bidder[bidder_id], bids)

    done = await each(session, list(by_bidder), issue)
    return limit if done else 0


class _Making:
    """What the offers of an award have in common."""

    def __init__(
        self,
        award: Award,
        round_: Round,
        *,
        prices: Mapping[tuple[str, str], list[dict[str, Any]]],
        days_off: Closings,
    ) -> None:
        self.award, self.prices = award, prices
        self.at = _released_at(award)
        last_day = due("OFFER_RESPONSE", eastern_day(self.at), round_.rules, days_off)
        self.due_at, self.late_offers_until = due_at(last_day), late_offers_until(round_, days_off)
        self.period: tuple[date, date] = (round_.date_of("period-starts").on, round_.date_of("period-ends").on)

    def offer(
        self, session: Session, bidder: Bidder, name: str, lines: Sequence[AwardLine], bids: Mapping[UUID, Bid]
    ) -> None:
        """Make the offer to a bidder; a bid that is not eligible any more is disqualified instead."""
        offered = [line for line in lines if self._stands(line, bids[line.bid_id])]
        if offered:
            offer = Offer(self.award.id, bidder, name, period=self.period, issued_at=self.at, due_at=self.due_at)
            offer.lines = [self._line(offer, line) for line in offered]
            session.add(offer)
            released_by = _released_by(self.award)
            offer.say(telling.notice_requested(offer, requested_by=self.award.prepared_person, released_by=released_by))
        for line in lines:
            line.done_at = self.at

    def _stands(self, line: AwardLine, bid: Bid) -> bool:
        if bid.state is NOT_SELECTED and not line.reasons:
            bid.add_to_winners(self.at)
        if line.reasons:
            if bid.may("disqualify"):
                bid.disqualify([Reason(reason) for reason in line.reasons], self.at)
            return False
        if not bid.may("offer"):
            return False
        bid.offer(self.at)
        return True

    def _line(self, offer: Offer, line: AwardLine) -> OfferLine:
        about = {
            "offer_id": offer.id,
            "organization_id": offer.organization_id,
            "bidder_id": offer.bidder_id,
            "bid_id": line.bid_id,
            "round_code": offer.round_code,
            "category_code": line.category_code,
            "cba_code": line.cba_code,
            "label": line.label,
        }
        return OfferLine(
            about,
            at_or_below_median=line.at_or_below_median,
            bond_at_risk=puts_bond_at_risk(
                self.at, at_or_below_median=line.at_or_below_median, late_offers_until=self.late_offers_until
            ),
            prices=self.prices[line.category_code, line.cba_code],
            locations=line.locations,
        )


def _released_at(award: Award) -> datetime:
    if award.released_at is None:
        raise ValueError("an award that is being released knows since when")
    return award.released_at


def _released_by(award: Award) -> UUID:
    if award.released_person is None:
        raise ValueError("an award that is being released knows by whom")
    return award.released_person


async def _waiting(session: Session, award: Award) -> Sequence[AwardLine]:
    """Return the lines of the next bidders."""
    waiting = (AwardLine.award_id == award.id, AwardLine.done_at.is_(None))
    next_bidders = select(AwardLine.bidder_id).where(*waiting).distinct().order_by(AwardLine.bidder_id)
    found = await session.scalars(
        select(AwardLine)
        .where(*waiting, AwardLine.bidder_id.in_(next_bidders.limit(BIDDERS_AT_ONCE)))
        .order_by(AwardLine.bidder_id, AwardLine.label)
    )
    return found.all()


async def _prices(session: Session, award_id: UUID) -> dict[tuple[str, str], list[dict[str, Any]]]:
    found = await session.scalars(select(AwardCompetition).where(AwardCompetition.award_id == award_id))
    return {(each.category_code, each.cba_code): each.prices for each in found}


async def _bids(session: Session, lines: Sequence[AwardLine]) -> dict[UUID, Bid]:
    ids = [line.bid_id for line in lines]
    found = await session.scalars(select(Bid).where(Bid.id.in_(ids)).order_by(Bid.id).with_for_update())
    return {bid.id: bid for bid in found}


async def _bidders(session: Session, ids: set[UUID]) -> dict[UUID, tuple[Bidder, str]]:
    rows = await session.execute(
        select(Bidder, Organization.legal_business_name)
        .join(Organization, Organization.organization_id == Bidder.organization_id)
        .where(Bidder.id.in_(ids))
    )
    return {bidder.id: (bidder, name) for bidder, name in rows}
