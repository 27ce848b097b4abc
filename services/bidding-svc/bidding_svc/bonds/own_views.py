"""What a bidder sees of its own bonds: what the program has told it, and nothing else.

What a review found is told by the notice of disqualification, and whoever may not see that, or offers, learns nothing
of either here: such a bond is shown as any other that CMS holds (domain/roles.md 1.2, 1.4, 1.5).
"""

from datetime import datetime
from enum import StrEnum
from uuid import UUID

from pydantic import BaseModel
from sqlalchemy import select

from bidding_svc.bonds.bond import Bond
from bidding_svc.bonds.lifecycle import FORFEITED, FORFEITURE_PENDING, RETURNED, UNACCEPTABLE
from bidding_svc.inquiries.inquiry import Inquiry
from chassis.actor import Actor
from chassis.database import ReadSession
from chassis.paging import Page, fetch_page

SEES_OFFERS, SEES_DISQUALIFICATION = "offer.view", "notice.disqualification.view"


class OwnState(StrEnum):
    """Where a bond stands for its bidder."""

    HELD = "held"
    UNACCEPTABLE = "unacceptable"
    FORFEITURE_PENDING = "forfeiture-pending"
    FORFEITED = "forfeited"
    RETURNED = "returned"


class OwnBond(BaseModel):
    """A bond of the reader's organization. `since` only where it is not held any more; money in cents."""

    id: UUID
    round_code: str
    bidder_number: str
    cba_code: str
    area: str
    amount_cents: int
    state: OwnState
    since: datetime | None
    return_due_at: datetime | None
    given_up: list[str]


async def list_own(session: ReadSession, actor: Actor, after: str | None, limit: int) -> Page[OwnBond]:
    """Return the bonds of the actor's organization, the newest first, as this person may know of them."""
    told = await session.scalars(select(Inquiry.round_code).where(Inquiry.organization_id == actor.organization_id))
    rounds = set(told) if actor.may(SEES_DISQUALIFICATION) else set()

    def shown(bond: Bond) -> OwnBond:
        return _own(bond, actor, disqualification_told=bond.round_code in rounds)

    statement = select(Bond).where(Bond.organization_id == actor.organization_id)
    return await fetch_page(session, statement, [(Bond.id, UUID)], shown, after=after, limit=limit)


def _own(bond: Bond, actor: Actor, *, disqualification_told: bool) -> OwnBond:
    state = _state(bond, actor, disqualification_told=disqualification_told)
    forfeited = state in (OwnState.FORFEITURE_PENDING, OwnState.FORFEITED)
    return OwnBond(
        id=bond.id,
        round_code=bond.round_code,
        bidder_number=bond.bidder_number,
        cba_code=bond.cba_code,
        area=bond.area,
        amount_cents=bond.amount_cents,
        state=state,
        since=None if state is OwnState.HELD else bond.decided_at,
        return_due_at=bond.return_due_at if state is OwnState.HELD else None,
        given_up=[line["label"] for line in bond.given_up] if forfeited else [],
    )


def _state(bond: Bond, actor: Actor, *, disqualification_told: bool) -> OwnState:
    if bond.state is RETURNED:
        return OwnState.RETURNED
    if bond.state in (FORFEITURE_PENDING, FORFEITED) and actor.may(SEES_OFFERS):
        return OwnState.FORFEITED if bond.state is FORFEITED else OwnState.FORFEITURE_PENDING
    if bond.state is UNACCEPTABLE and disqualification_told:
        return OwnState.UNACCEPTABLE
    return OwnState.HELD
