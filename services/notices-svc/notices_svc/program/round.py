from datetime import datetime
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
    changed_at: Mapped[datetime]


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
            changed_at=told.changed_at,
        )
    )


async def rules_of(session: Session | ReadSession, round_code: str) -> RuleSet | None:
    """Return the rule set of a round; None for a round nobody has told of yet."""
    known = await session.get(KnownRound, round_code)
    return RuleSet.model_validate(known.rule_set) if known else None
