from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from chassis.database import ReadSession, Session
from events.rounds import RoundState
from events.rule_set import RuleSet
from notices_svc.base import Base


class KnownRound(Base):
    """What notices-svc knows of a round: the lengths of its deadlines, from the latest snapshot bidding-svc told."""

    __tablename__ = "known_round"

    round_code: Mapped[str] = mapped_column(primary_key=True)
    name: Mapped[str]
    rule_set: Mapped[dict[str, Any]] = mapped_column(JSONB)
    closings: Mapped[list[str]] = mapped_column(JSONB, comment="days without business")
    changed_at: Mapped[datetime]


@dataclass(frozen=True)
class Terms:
    """What due dates of a round are computed from: the lengths of its deadlines, and the days without business."""

    rules: RuleSet
    closings: frozenset[date] = frozenset()


async def know_round(session: Session, told: RoundState) -> None:
    """Take over the latest snapshot of a round; an older one changes nothing."""
    known = await session.scalar(select(KnownRound).where(KnownRound.round_code == told.round_code).with_for_update())
    if known is not None and known.changed_at > told.changed_at:
        return
    await session.merge(
        KnownRound(
            round_code=told.round_code,
            name=told.name,
            rule_set=told.rule_set.model_dump(mode="json"),
            closings=[day.isoformat() for day in told.closings],
            changed_at=told.changed_at,
        )
    )


async def terms_of(session: Session | ReadSession, round_code: str) -> Terms | None:
    """Return what the due dates of a round are computed from; None for a round nobody has told of yet."""
    known = await session.get(KnownRound, round_code)
    if known is None:
        return None
    return Terms(RuleSet.model_validate(known.rule_set), frozenset(map(date.fromisoformat, known.closings)))
