"""Who is scored in a round: every bidder that still takes part, a network by each of its members (scoring 6)."""

from uuid import UUID

from sqlalchemy import ColumnElement, Select, and_, exists, func, select
from sqlalchemy.orm import aliased

from bidding_svc.bidders.bidder import Bidder
from bidding_svc.form_a.fields import MEMBERS, NETWORK
from bidding_svc.form_a.form_a import FormA, FormAEntry
from bidding_svc.form_b.bid import Bid
from bidding_svc.form_b.lifecycle import BidState
from bidding_svc.scores.score import FinancialScore
from chassis.database import ReadSession, Session

TAKING_PART = (BidState.RECEIVED, BidState.BFB_PENDING, BidState.PBE_PENDING, BidState.ELIGIBLE)


async def members_of(session: Session, bidder_id: UUID) -> frozenset[str]:
    """Return the PTANs of the members a bidder's Form A names; none, where it does not bid as a network."""
    entry = and_(FormAEntry.form_id == FormA.id, FormAEntry.section == MEMBERS.name)
    found = await session.scalars(
        select(FormAEntry.ptan).join(FormA, entry).where(FormA.id == bidder_id, _is_network())
    )
    return frozenset(ptan for ptan in found if ptan)


async def count_without_sheet(session: Session | ReadSession, round_code: str) -> int:
    """Count whom nobody has begun to score."""
    return int(await session.scalar(select(func.count()).select_from(without_sheet(round_code).subquery())) or 0)


def without_sheet(round_code: str) -> Select[UUID, str, str]:
    """Return whom nobody has begun to score: bidder, its number, and the PTAN of the member, or an empty text."""
    form, entry, score = aliased(FormA), aliased(FormAEntry), aliased(FinancialScore)
    member = func.coalesce(entry.ptan, "")
    taking_part = (Bid.bidder_id == Bidder.id, Bid.round_code == round_code, Bid.state.in_(TAKING_PART))
    return (
        select(Bidder.id.label("bidder_id"), Bidder.number.label("bidder_number"), member.label("member"))
        .outerjoin(form, and_(form.id == Bidder.id, _is_network(form)))
        .outerjoin(entry, and_(entry.form_id == form.id, entry.section == MEMBERS.name, entry.ptan.is_not(None)))
        .where(
            Bidder.round_code == round_code,
            exists().where(*taking_part),
            ~exists().where(score.bidder_id == Bidder.id, score.member == member),
        )
    )


def _is_network(form: type[FormA] = FormA) -> ColumnElement[bool]:
    bidding_as: ColumnElement[str] = form.business["bidding_as"]["given"].as_string()
    return bidding_as == NETWORK
