"""What a bond's paper says, keyed in by the analyst who has its review: the checklist is computed from it."""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import select

from bidding_svc.bidders.bidder import Organization
from bidding_svc.bonds.bond import Bond
from bidding_svc.bonds.checklist import Expected, check
from bidding_svc.bonds.paper import Paper
from bidding_svc.bonds.surety import Surety
from bidding_svc.requirements.requirement import Requirement
from bidding_svc.reviews.bonds.proposing import ELEMENT, proposed
from bidding_svc.reviews.case import Finding, ReviewCase
from bidding_svc.reviews.kinds import Kind
from chassis.calendar import eastern_day
from chassis.database import Session
from chassis.errors import NotAllowedNow, NotFound


class NotReviewed(NotAllowedNow):
    """This bond is in no review: no bid of its area took part in the evaluation when bonds were opened."""


async def key_in(session: Session, bond_id: UUID, paper: Paper, *, base: int) -> Bond:
    """Take over what the paper says, and propose the nine elements anew; a line decided otherwise stays decided.

    Raises `NotFound`, `NotReviewed`, `BondChanged`, `NotInYourHands`, `SomebodyElseHasIt`, `NotAllowedNow`.
    """
    bidder_id = await session.scalar(select(Bond.bidder_id).where(Bond.id == bond_id))
    if bidder_id is None:
        raise NotFound
    case = await session.scalar(  # the case first, as by whoever approves it
        select(ReviewCase).where(ReviewCase.bidder_id == bidder_id, ReviewCase.kind == Kind.BONDS).with_for_update()
    )
    bond = await session.get_one(Bond, bond_id, with_for_update=True)
    bond.require_version(base)
    lines = await _lines(session, bond, case)
    if case is None or not lines:
        raise NotReviewed
    case.key(bond.area, session.actor.user_id)
    bond.key_in(paper)
    await session.flush()
    checked = {each.element: each for each in check(paper, await _expected(session, bond, paper))}
    for line in lines:
        line.propose_again(proposed(bond, checked[line.inputs[ELEMENT]]))
    return bond


async def _lines(session: Session, bond: Bond, case: ReviewCase | None) -> Sequence[Finding]:
    if case is None:
        return []
    mine = (Finding.case_id == case.id, Finding.requirement_id == bond.requirement_id)
    return (await session.scalars(select(Finding).where(*mine).order_by(Finding.id))).all()


async def _expected(session: Session, bond: Bond, paper: Paper) -> Expected:
    organization = await session.get_one(Organization, bond.organization_id)
    uploaded_at = (await session.get_one(Requirement, bond.requirement_id)).received_at or bond.opened_at
    return Expected(
        principal=organization.legal_business_name,
        area_name=bond.area,
        area_code=bond.cba_code,
        uploaded_on=eastern_day(uploaded_at),
        amount_cents=bond.amount_cents,
        certified=await _certified(session, paper.naic),
        number_also_on=await _same_number(session, bond),
    )


async def _certified(session: Session, naic: str) -> list[str] | None:
    """Return the names that the Treasury lists under a number; None where no list was imported."""
    if await session.scalar(select(Surety.naic).limit(1)) is None:
        return None
    return list(
        await session.scalars(select(Surety.name).where(Surety.naic == naic, Surety.certified).order_by(Surety.name))
    )


async def _same_number(session: Session, bond: Bond) -> list[str]:
    """Return the other bonds that name the same number of the same surety, by bidder number and area."""
    if bond.number_folded is None or bond.surety_naic is None:
        return []
    rows = await session.execute(
        select(Bond.bidder_number, Bond.area)
        .where(Bond.surety_naic == bond.surety_naic, Bond.number_folded == bond.number_folded, Bond.id != bond.id)
        .order_by(Bond.bidder_number, Bond.area)
        .limit(10)
    )
    return [f"{row.bidder_number}, {row.area}" for row in rows]
