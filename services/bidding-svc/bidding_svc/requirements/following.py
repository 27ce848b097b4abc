"""Requirements follow the forms: opened, withheld and asked again as Form A and the bids stand."""

from collections.abc import Iterable
from datetime import datetime
from uuid import UUID

from sqlalchemy import ColumnElement, and_, exists, select

from bidding_svc.bidders.bidder import Bidder
from bidding_svc.form_a.content import Content
from bidding_svc.form_b.bid import Bid
from bidding_svc.form_b.lifecycle import BidState
from bidding_svc.requirements.asked import BOND, Asked
from bidding_svc.requirements.asking import documents_asked
from bidding_svc.requirements.bond import bond_asked
from bidding_svc.requirements.requirement import Requirement
from bidding_svc.rounds.phase import Phase
from bidding_svc.rounds.round import Round
from chassis.database import Session
from chassis.sweeps import each

NOT_BY_FORM_A = "Your Form A, as it stands, does not call for this document."
NO_BID_HERE = "Your organization has no bid in this area."
CALLS_FOR_A_BOND = (BidState.DRAFT, BidState.SUBMITTED)


async def open_requirements(session: Session, bidder: Bidder, round_: Round) -> list[Requirement]:
    """Open what the round's rule set asks of every bidder, each with its upload slot."""
    return _open(session, bidder.id, bidder.organization_id, round_, documents_asked(round_.rules))


async def follow_form_a(
    session: Session, bidder_id: UUID, organization_id: UUID, round_: Round, content: Content
) -> None:
    """Ask for what Form A calls for now, and for nothing else. The caller has locked the form."""
    asked = {paper.key: paper for paper in documents_asked(round_.rules, content)}
    for requirement in await _standing(session, bidder_id, None):
        called_for = asked.pop(requirement.key, None)
        if called_for is None:
            requirement.stop_asking(NOT_BY_FORM_A, session.at)
        else:
            requirement.ask(called_for, session.at)
    _open(session, bidder_id, organization_id, round_, asked.values())


async def follow_bids(session: Session, bid: Bid, round_: Round) -> None:
    """Ask for a bond for the area of a bid while a bid of this bidder stands there (domain/documents.md 6).

    Whoever begins a bid has locked the bidder; here the bond is locked before the bids are counted, so that of two who
    begin and withdraw at once the later one sees what the other did.
    """
    await session.flush()
    standing = await _standing(session, bid.bidder_id, bid.cba_code)
    found = await session.scalars(
        select(Bid.category_code).where(
            Bid.bidder_id == bid.bidder_id, Bid.cba_code == bid.cba_code, Bid.state.in_(CALLS_FOR_A_BOND)
        )
    )
    categories = frozenset(found)
    if not categories:
        for requirement in standing:
            requirement.stop_asking(NO_BID_HERE, session.at)
        return
    asked = bond_asked(round_, bid.cba_code, categories)
    for requirement in standing:
        requirement.ask(asked, session.at)
    if not standing:
        _open(session, bid.bidder_id, bid.organization_id, round_, [asked])


async def ask_for_bonds(session: Session, _as_of: datetime, limit: int) -> int:
    """Ask for the bonds of bids that were begun before bonds were asked for by area. Returns of how many bidders.

    While the round takes bids: after the close nothing can be sent any more, and the review says that it could not
    check.
    """
    left = _without_bond(), Round.phase == Phase.BIDDING
    found = await session.scalars(
        select(Bidder)
        .join(Round, Round.code == Bidder.round_code)
        .where(exists().where(Bid.bidder_id == Bidder.id, *left))
        .order_by(Bidder.id)
        .limit(limit)
        .with_for_update(skip_locked=True, of=Bidder)
    )
    return await each(session, found.all(), lambda bidder: _ask_for_bonds_of(session, bidder))


async def _ask_for_bonds_of(session: Session, bidder: Bidder) -> None:
    """The bidder is locked, as by whoever begins a bid; then its bids, so that none is withdrawn meanwhile."""
    round_ = await session.get_one(Round, bidder.round_code)
    bids = await session.scalars(
        select(Bid).where(Bid.bidder_id == bidder.id, _without_bond()).order_by(Bid.id).with_for_update()
    )
    for bid in {bid.cba_code: bid for bid in bids}.values():
        await follow_bids(session, bid, round_)


def _without_bond() -> ColumnElement[bool]:
    """Whether a bid calls for a bond that nobody has asked for."""
    asked_for = exists().where(
        Requirement.bidder_id == Bid.bidder_id, Requirement.document == BOND, Requirement.cba_code == Bid.cba_code
    )
    return and_(Bid.state.in_(CALLS_FOR_A_BOND), ~asked_for)


async def _standing(session: Session, bidder_id: UUID, cba_code: str | None) -> list[Requirement]:
    """The bond of an area, or without one every requirement that is no bond; locked, as they stand now."""
    which = Requirement.cba_code == cba_code if cba_code else Requirement.document != BOND
    found = await session.scalars(
        select(Requirement)
        .where(Requirement.bidder_id == bidder_id, which)
        .order_by(Requirement.id)
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    return list(found)


def _open(
    session: Session, bidder_id: UUID, organization_id: UUID, round_: Round, asked: Iterable[Asked]
) -> list[Requirement]:
    opens_at, closes_at, cdrd_at = round_.opens_at, round_.closes_at, round_.cdrd_at
    opened = [
        Requirement(
            organization_id=organization_id,
            bidder_id=bidder_id,
            round_code=round_.code,
            asked=paper,
            opens_at=opens_at,
            due_at=closes_at,
            cdrd_at=cdrd_at,
        )
        for paper in asked
    ]
    session.add_all(opened)
    return opened
