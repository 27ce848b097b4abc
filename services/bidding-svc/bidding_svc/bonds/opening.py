"""Bonds are opened from what was uploaded, once it is known what came in time."""

from collections.abc import Collection, Mapping
from datetime import datetime
from uuid import UUID

from sqlalchemy import ColumnElement, exists, func, select

from bidding_svc.bidders.bidder import Bidder
from bidding_svc.bonds.bond import Bond
from bidding_svc.form_b.bid import Bid
from bidding_svc.form_b.lifecycle import BidState
from bidding_svc.requirements.asked import BOND
from bidding_svc.requirements.bond import bond_cents
from bidding_svc.requirements.requirement import Requirement
from bidding_svc.reviews.opening import with_every_bid_closed, with_every_slot_settled
from bidding_svc.rounds.phase import Phase
from bidding_svc.rounds.round import Round
from chassis.database import Session

_OPENING = 7_402_400
"""Advisory lock: one worker at a time opens bonds."""

OPENED_IN = (Phase.EVALUATION, Phase.CANCELLED)


async def open_bonds(session: Session, as_of: datetime, limit: int) -> int:
    """Open every bond that was sent, of at most `limit` bidders, in rounds past their close or cancelled.

    All bonds of a bidder are opened at once, so that its review finds them all; also one for an area in which no bid is
    left, as its liability is returned too. Returns of how many bidders.
    """
    if not await session.scalar(select(func.pg_try_advisory_xact_lock(_OPENING))):
        return 0
    opened = 0
    for round_ in (await session.scalars(select(Round).where(Round.phase.in_(OPENED_IN)))).all():
        known = () if round_.is_cancelled else (with_every_bid_closed(), with_every_slot_settled())
        found = await session.scalars(
            select(Bidder)
            .where(Bidder.round_code == round_.code, exists().where(*_bond_left()), *known)
            .order_by(Bidder.id)
            .limit(limit - opened)
        )
        bidders = {bidder.id: bidder for bidder in found}
        await _open(session, round_, bidders, as_of)
        opened += len(bidders)
    return opened


def _bond_left() -> tuple[ColumnElement[bool], ...]:
    """Whether a bond of a bidder has arrived, and stands in no row yet."""
    has_bond = exists().where(Bond.requirement_id == Requirement.id)
    return (
        Requirement.bidder_id == Bidder.id,
        Requirement.document == BOND,
        Requirement.received_at.is_not(None),
        ~has_bond,
    )


async def _open(session: Session, round_: Round, bidders: Mapping[UUID, Bidder], at: datetime) -> None:
    found = await session.scalars(
        select(Requirement)
        .join(Bidder, Bidder.id == Requirement.bidder_id)
        .where(Bidder.id.in_(bidders), *_bond_left())
        .order_by(Requirement.id)
    )
    areas = {each.code: each.name for each in round_.cbas}
    categories = await _categories(session, bidders)
    for requirement in found.all():
        cba_code = requirement.cba_code or ""
        session.add(
            Bond(
                requirement,
                bidders[requirement.bidder_id],
                area=areas[cba_code],
                amount_cents=bond_cents(round_, categories.get((requirement.bidder_id, cba_code), frozenset())),
                at=at,
            )
        )


async def _categories(session: Session, bidders: Collection[UUID]) -> dict[tuple[UUID, str], frozenset[str]]:
    """The categories that each bidder bid on in each area: they decide what its bond is for."""
    rows = await session.execute(
        select(Bid.bidder_id, Bid.cba_code, func.array_agg(Bid.category_code).label("categories"))
        .where(Bid.bidder_id.in_(bidders), Bid.state != BidState.WITHDRAWN)
        .group_by(Bid.bidder_id, Bid.cba_code)
    )
    return {(row.bidder_id, row.cba_code): frozenset(row.categories) for row in rows}
