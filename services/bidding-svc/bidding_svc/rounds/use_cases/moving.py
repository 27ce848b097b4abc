"""What the calendar does by itself: rounds move on, extensions come into force, closings are told."""

from datetime import datetime

from sqlalchemy import exists, select

from bidding_svc.bidders.use_cases import number_known_organizations
from bidding_svc.deadlines.closing import closings
from bidding_svc.requirements.rescheduling import every_slot_holds
from bidding_svc.rounds.competition import BEFORE_AWARD, Competition, Contest
from bidding_svc.rounds.extension import WindowExtension
from bidding_svc.rounds.phase import LIFECYCLE, Phase
from bidding_svc.rounds.round import Round
from chassis.database import Session
from chassis.sweeps import due, each

ROUND_CANCELLED = "The round was cancelled."


async def move_due_rounds(session: Session, as_of: datetime, limit: int) -> int:
    """Move on the rounds whose calendar date has come, each as of its due time. Returns how many moved."""

    async def move(round_: Round) -> None:
        before = round_.phase
        round_.move_on()
        if (before, round_.phase) == (Phase.ANNOUNCED, Phase.REGISTRATION):
            await number_known_organizations(session, round_)
        if (before, round_.phase) == (Phase.BIDDING, Phase.EVALUATION):
            await _close_competitions(session, round_)

    return await each(session, await due(session, Round, Round.next_move_at, as_of, limit), move)


async def bring_extensions_into_force(session: Session, as_of: datetime, limit: int) -> int:
    """Let extensions count whose every upload slot documents-svc has echoed. Returns how many came into force."""
    pending = exists().where(WindowExtension.round_code == Round.code, WindowExtension.in_force_at.is_(None))
    rounds = await session.scalars(
        select(Round)
        .where(Round.phase == Phase.BIDDING, pending)
        .limit(limit)
        .with_for_update(skip_locked=True, of=Round)
    )
    confirmed = [round_ for round_ in rounds.all() if await every_slot_holds(session, round_)]
    return await each(session, confirmed, lambda round_: round_.extension_in_force(as_of))


async def tell_closings(session: Session, as_of: datetime, limit: int) -> int:
    """Let rounds that are not over tell on which days offices are closed. Returns how many told something new."""
    days = sorted(await closings(session))
    others = Round.closings != [day.isoformat() for day in days]
    found = await session.scalars(
        select(Round)
        .where(Round.phase.not_in(LIFECYCLE.ends), others)
        .limit(limit)
        .with_for_update(skip_locked=True, of=Round)
    )
    return await each(session, found.all(), lambda round_: round_.note_closings(days, as_of))


async def remove_cancelled_competitions(session: Session, as_of: datetime, limit: int) -> int:
    """Take every competition out of the rounds that were cancelled. Returns how many were taken out."""
    found = await session.scalars(
        select(Competition)
        .join(Round, Round.code == Competition.round_code)
        .where(Round.phase == Phase.CANCELLED, Competition.state.in_(BEFORE_AWARD))
        .limit(limit)
        .with_for_update(skip_locked=True, of=Competition)
    )
    return await each(session, found.all(), lambda competition: competition.remove(ROUND_CANCELLED, as_of))


async def _close_competitions(session: Session, round_: Round) -> None:
    still_open = select(Competition).where(Competition.round_code == round_.code, Competition.state == Contest.OPEN)
    for competition in await session.scalars(still_open.with_for_update()):
        competition.close()
