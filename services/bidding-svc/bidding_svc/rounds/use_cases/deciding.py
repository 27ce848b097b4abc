"""What CMS decides about a round that runs: more time for everyone, less to bid on, or its end."""

from datetime import date

from sqlalchemy import select

from bidding_svc.rounds.competition import Competition, Contest
from bidding_svc.rounds.round import Round
from bidding_svc.rounds.use_cases.setting_up import AsRead, round_to_change
from chassis.database import Session
from chassis.errors import NotFound


async def extend_window(session: Session, which: AsRead, closes_on: date, reason: str) -> Round:
    """Give every bidder more time. It counts once documents-svc has echoed the new close for every slot.

    The slots are asked again by a sweep, so that a round of many thousand slots does not hold up the decision.
    """
    round_ = await round_to_change(session, which)
    round_.extend_window(closes_on, by=session.actor.user_id, reason=reason, at=session.at)
    return round_


async def cancel(session: Session, which: AsRead, reason: str) -> Round:
    """End a round before its period begins."""
    round_ = await round_to_change(session, which)
    round_.cancel(reason, session.at)
    return round_


async def remove_category(session: Session, which: AsRead, category: str, reason: str) -> Round:
    """Take a category out of a round, with its competitions. Raises `NotAllowedNow` once one of them was awarded."""
    round_ = await round_to_change(session, which)
    round_.remove_category(category, reason, session.at)
    competitions = await session.scalars(
        select(Competition)
        .where(
            Competition.round_code == which.code,
            Competition.category_code == category,
            Competition.state.not_in((Contest.REMOVED, Contest.NOT_AWARDED)),
        )
        .with_for_update()
    )
    for each in competitions:
        each.remove(reason, session.at)
    return round_


async def remove_competition(session: Session, which: AsRead, category: str, cba: str, reason: str) -> Round:
    """Take one category in one area out of a round. Raises `NotFound`."""
    round_ = await round_to_change(session, which)
    competition = await session.get(Competition, (which.code, category, cba), with_for_update=True)
    if competition is None:
        raise NotFound
    competition.remove(reason, session.at)
    round_.changed(session.at, told=False)
    return round_
