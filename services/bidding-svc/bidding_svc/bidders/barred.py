"""Who may not bid: the bidder of a falsified bond, as CMS decided it (42 CFR 414.412(h)(3); lifecycle.md 4.7)."""

from uuid import UUID

from sqlalchemy import select

from bidding_svc.bonds.bond import Bar, Bond
from bidding_svc.rounds.calendar import REGISTRATION_OPENS, RoundDate
from bidding_svc.rounds.phase import Phase
from bidding_svc.rounds.round import Round
from chassis.database import Session

NO_ROUND = (Phase.DRAFT, Phase.CANCELLED)
"""Such a round is not the next one of another: a bar must not be spent on a round that is not held."""


async def is_barred(session: Session, organization_id: UUID, round_: Round) -> bool:
    """Whether an organization is barred from a round: from the round of the bond, or from the next one as well.

    The next round is the one whose registration opens first after that of the bond's round. A forfeited bond bars
    nobody; a bar that is decided once the bidder has its number is a matter of the reviews (reason PRECLUDED).
    """
    bars = await session.execute(
        select(Bond.round_code, Bond.bar).where(
            Bond.organization_id == organization_id, Bond.bar.in_((Bar.THIS_ROUND, Bar.THIS_AND_NEXT_ROUND))
        )
    )
    for code, bar in bars.all():
        if code == round_.code or (bar == Bar.THIS_AND_NEXT_ROUND and await _next_round(session, code) == round_.code):
            return True
    return False


async def _next_round(session: Session, code: str) -> str | None:
    opened = select(RoundDate.on).where(RoundDate.round_code == code, RoundDate.code == REGISTRATION_OPENS)
    return await session.scalar(
        select(RoundDate.round_code)
        .join(Round, Round.code == RoundDate.round_code)
        .where(RoundDate.code == REGISTRATION_OPENS, RoundDate.round_code != code, Round.phase.not_in(NO_ROUND))
        .where(RoundDate.on >= opened.scalar_subquery())
        .order_by(RoundDate.on, RoundDate.round_code)
        .limit(1)
    )
