"""Cases are opened in bulk: a few queries for hundreds of bidders, none for each."""

from collections.abc import Collection, Mapping
from datetime import datetime
from uuid import UUID

from sqlalchemy import ColumnElement, exists, func, select

from bidding_svc.bidders.bidder import Bidder
from bidding_svc.deadlines.closing import closings
from bidding_svc.deadlines.due import due
from bidding_svc.form_b.bid import Bid
from bidding_svc.form_b.lifecycle import BEFORE_THE_CLOSE
from bidding_svc.requirements.lifecycle import Need
from bidding_svc.requirements.requirement import Requirement
from bidding_svc.reviews.case import Finding, ReviewCase
from bidding_svc.reviews.kinds import RULES, Kind
from bidding_svc.reviews.lifecycle import DECIDED, CaseState
from bidding_svc.rounds.phase import Phase
from bidding_svc.rounds.round import Round
from chassis.calendar import due_at
from chassis.database import Session

_OPENING = 7_402_300
"""Advisory locks of reviews, one for each kind: one worker at a time opens cases."""


async def opens_alone(session: Session, kind: Kind) -> bool:
    """Whether this transaction alone opens cases of a kind; it does so until it ends."""
    lock = _OPENING + list(Kind).index(kind)
    return bool(await session.scalar(select(func.pg_try_advisory_xact_lock(lock))))


async def rounds_in_evaluation(session: Session) -> list[Round]:
    """Return the rounds whose bids are evaluated now."""
    return list(await session.scalars(select(Round).where(Round.phase == Phase.EVALUATION)))


def without_case(kind: Kind) -> ColumnElement[bool]:
    """Whether a bidder has no case of a kind yet."""
    return ~exists().where(ReviewCase.bidder_id == Bidder.id, ReviewCase.kind == kind)


def without_open_case(kind: Kind) -> ColumnElement[bool]:
    """Whether a bidder has no case of a kind that is still to be decided."""
    return ~exists().where(ReviewCase.bidder_id == Bidder.id, ReviewCase.kind == kind, ReviewCase.state != DECIDED)


def stands_in_case(kind: Kind, *states: CaseState) -> ColumnElement[bool]:
    """Whether a bid is a line of a case of a kind, opened since the bid moved; `states`: and now in one of these."""
    conditions = [ReviewCase.state.in_(states)] if states else []
    return (
        exists()
        .where(Finding.case_id == ReviewCase.id, Finding.bid_id == Bid.id)
        .where(ReviewCase.kind == kind, ReviewCase.opened_at >= Bid.changed_at, *conditions)
    )


async def next_numbers(session: Session, kind: Kind, bidders: Collection[UUID]) -> Mapping[UUID, int]:
    """Return which number the next case of a kind has, for each of these bidders."""
    rows = await session.execute(
        select(ReviewCase.bidder_id, func.max(ReviewCase.number).label("last"))
        .where(ReviewCase.bidder_id.in_(bidders), ReviewCase.kind == kind)
        .group_by(ReviewCase.bidder_id)
    )
    last = {row.bidder_id: row.last for row in rows}
    return {bidder: last.get(bidder, 0) + 1 for bidder in bidders}


def with_every_bid_closed() -> ColumnElement[bool]:
    """Whether the close has reached every bid of a bidder."""
    return ~exists().where(Bid.bidder_id == Bidder.id, Bid.state.in_(BEFORE_THE_CLOSE))


def with_every_slot_settled() -> ColumnElement[bool]:
    """Whether of every document asked of a bidder it is known whether it came in time."""
    return ~exists().where(
        Requirement.bidder_id == Bidder.id, Requirement.stands_in_for.is_(None), Requirement.state == Need.REQUIRED
    )


async def work_until(session: Session, kind: Kind, round_: Round) -> datetime:
    """Return until when a review is to be done: the round's own date, or the last day for CDRD notices by statute.

    42 CFR 414.414(d)(2)(ii): covered document notices go out within 90 days of the review date.
    """
    planned = RULES[kind].due
    if round_.has_date(planned):
        return due_at(round_.date_of(planned).on)
    reviewed_on = round_.date_of("cdrd").on
    return due_at(due("CDRD_NOTICE", reviewed_on, round_.rules, await closings(session)))
