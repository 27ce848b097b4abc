"""What a round's changed dates do to its upload slots: asked again, until documents-svc has echoed every one."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, and_, func, or_, select
from sqlalchemy.orm import lazyload

from bidding_svc.requirements.requirement import Requirement
from bidding_svc.rounds.phase import Phase
from bidding_svc.rounds.round import TAKES_BIDDERS, Round
from chassis.database import ReadSession, Session
from chassis.sweeps import each


@dataclass(frozen=True)
class Confirmed:
    """How many upload slots of a round hold the times that were decided last, of how many."""

    slots: int
    of: int

    @property
    def by_every_slot(self) -> bool:
        """Whether none is left."""
        return self.slots == self.of


async def ask_again(session: Session, _as_of: datetime, limit: int) -> int:
    """Ask documents-svc for the times now decided, for every slot that was last asked for other ones.

    Returns how many were asked for. Also catches a bidder who registered while an extension was decided.
    """
    asked = 0
    for round_ in await _running(session):
        opens_at, closes_at, cdrd_at = round_.slot_times
        behind = await session.scalars(
            select(Requirement)
            .where(
                Requirement.round_code == round_.code,
                or_(
                    Requirement.asked_closes_at != closes_at,
                    Requirement.asked_opens_at != opens_at,
                    Requirement.asked_cdrd_at != cdrd_at,
                ),
            )
            .limit(limit - asked)
            .with_for_update(skip_locked=True)
        )

        def ask(requirement: Requirement, times: tuple[datetime, datetime, datetime] = round_.slot_times) -> None:
            requirement.ask_again(*times)

        asked += await each(session, behind.all(), ask)
    return asked


async def close_cancelled(session: Session, _as_of: datetime, limit: int) -> int:
    """Close what cancelled rounds still ask for, with its upload slot. Returns how many were closed."""
    still_asked = await session.execute(
        select(Requirement, Round.cancelled_at)
        .join(Round, Round.code == Requirement.round_code)
        .where(Round.phase == Phase.CANCELLED, Requirement.asked_closes_at > Round.cancelled_at)
        .limit(limit)
        .with_for_update(skip_locked=True, of=Requirement)
    )
    cancelled_at = {requirement: at for requirement, at in still_asked.all() if at is not None}
    return await each(session, cancelled_at, lambda requirement: requirement.cancel(cancelled_at[requirement]))


async def confirmed(session: Session | ReadSession, round_: Round) -> Confirmed:
    """Count the slots that are held by the times decided last."""
    row = (
        await session.execute(
            select(func.count(), func.count().filter(_holds(round_))).where(Requirement.round_code == round_.code)
        )
    ).one()
    return Confirmed(slots=row[1], of=row[0])


async def every_slot_holds(session: Session, round_: Round) -> bool:
    """Whether documents-svc has echoed the times decided last for every slot of the round."""
    waiting = select(Requirement.id).where(Requirement.round_code == round_.code, ~_holds(round_)).limit(1)
    return await session.scalar(waiting) is None


def _holds(round_: Round) -> ColumnElement[bool]:
    opens_at, closes_at, _ = round_.slot_times
    return and_(Requirement.slot_in_force, Requirement.due_at == closes_at, Requirement.opens_at == opens_at)


async def _running(session: Session) -> list[Round]:
    """The rounds whose slots stand open or will; without what a round carries besides its dates."""
    light: list[Any] = [lazyload(Round.categories), lazyload(Round.cbas), lazyload(Round.rule_set)]
    return list(await session.scalars(select(Round).where(Round.phase.in_(TAKES_BIDDERS)).options(*light)))
