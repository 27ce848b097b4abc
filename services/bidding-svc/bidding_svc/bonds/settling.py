"""What happens to bonds by itself: their clocks, their warning, and the offers that put them at risk."""

from collections import defaultdict
from collections.abc import Iterable
from datetime import datetime
from uuid import UUID

from sqlalchemy import select

from bidding_svc.bonds.bond import Bond
from bidding_svc.bonds.clocks import ANNOUNCED_IN, Clocks, clocks
from bidding_svc.bonds.forfeiture import FinalLine, forfeiting
from bidding_svc.bonds.lifecycle import HELD, VERIFIED
from bidding_svc.deadlines.closing import closings
from bidding_svc.rounds.phase import Phase
from bidding_svc.rounds.round import Round
from chassis.database import Session
from chassis.sweeps import due, each

CLOCKS_RUN_IN = (*ANNOUNCED_IN, Phase.CANCELLED)


async def settle_after_offers(session: Session, bidder_id: UUID, lines: Iterable[FinalLine]) -> list[Bond]:
    """Open the forfeiture of bonds whose offers were given up; call it where lines become final, in that transaction.

    `lines` are lines of one bidder that were submitted or came due now, accepted ones too; an area whose bond is not
    verified, or not verified any more, stays as it is, so that the same lines told twice do no more. The caller has
    locked its offer; the bonds are locked here. Returns the bonds to be forfeited now. domain/lifecycle.md 4.7.
    """
    by_area: dict[str, list[FinalLine]] = defaultdict(list)
    for line in lines:
        by_area[line.cba_code].append(line)
    found = await session.scalars(
        select(Bond)
        .where(Bond.bidder_id == bidder_id, Bond.cba_code.in_(by_area), Bond.state == VERIFIED)
        .order_by(Bond.id)
        .with_for_update()
    )
    opened = []
    for bond in found.all():
        if given_up := forfeiting(by_area[bond.cba_code], bond.late_offers_until):
            bond.open_forfeiture(given_up, session.actor.user_id, session.at)
            opened.append(bond)
    return opened


async def start_clocks(session: Session, _as_of: datetime, limit: int) -> int:
    """Tell the bonds of rounds whose suppliers were announced, or which were cancelled, when they are due."""
    started = 0
    for round_ in (await session.scalars(select(Round).where(Round.phase.in_(CLOCKS_RUN_IN)))).all():
        times = clocks(round_, await closings(session))
        if times is None:
            continue
        waiting = await session.scalars(
            select(Bond)
            .where(Bond.round_code == round_.code, Bond.return_due_at.is_(None))
            .order_by(Bond.id)
            .limit(limit - started)
            .with_for_update(skip_locked=True)
        )

        def start(bond: Bond, times: Clocks = times) -> None:
            bond.start_clocks(times)

        started += await each(session, waiting.all(), start)
    return started


async def warn_of_returns(session: Session, as_of: datetime, limit: int) -> int:
    """Warn of bonds that are still held on the day of the warning (75 days by the rule sets so far)."""
    held = await due(session, Bond, Bond.warn_at, as_of, limit, Bond.warned_at.is_(None), Bond.state.in_(HELD))
    return await each(session, held, lambda bond: bond.warn(as_of))
