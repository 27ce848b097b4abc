from datetime import date, datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from chassis.database import Session
from contracts_svc.base import Base
from events.rounds import RoundState
from events.rule_set import RuleSet


class KnownRound(Base):
    """What contracts-svc knows of a round: the latest snapshot bidding-svc published."""

    __tablename__ = "known_round"

    round_code: Mapped[str] = mapped_column(primary_key=True)
    name: Mapped[str]
    phase: Mapped[str]
    rule_set: Mapped[dict[str, Any]] = mapped_column(JSONB)
    calendar: Mapped[dict[str, Any]] = mapped_column(JSONB, comment="date code to its day and last instant")
    area_states: Mapped[dict[str, Any]] = mapped_column(JSONB, comment="area code to its state; null: more than one")
    closings: Mapped[list[str]] = mapped_column(JSONB, comment="days without business")
    lead_items: Mapped[dict[str, Any]] = mapped_column(
        JSONB, server_default="{}", comment="category code to its lead item; null: unpublished"
    )
    changed_at: Mapped[datetime]

    @property
    def closed_on(self) -> frozenset[date]:
        """The days without business, besides weekends and federal holidays."""
        return frozenset(map(date.fromisoformat, self.closings))

    @property
    def rules(self) -> RuleSet:
        """The rule set a contract of this round lives by."""
        return RuleSet.model_validate(self.rule_set)

    def day(self, code: str) -> date | None:
        """Return the day of a date of the calendar; None where it was not set yet."""
        found = self.calendar.get(code)
        return date.fromisoformat(found["on"]) if found else None


async def know_round(session: Session, told: RoundState) -> None:
    """Take over the latest snapshot of a round; an older one changes nothing."""
    known = await session.scalar(select(KnownRound).where(KnownRound.round_code == told.round_code).with_for_update())
    if known is not None and known.changed_at > told.changed_at:
        return
    snapshot = told.model_dump(mode="json")
    await session.merge(
        KnownRound(
            round_code=told.round_code,
            name=told.name,
            phase=told.phase,
            rule_set=snapshot["rule_set"],
            calendar={each["code"]: {"on": each["on"], "due_at": each["due_at"]} for each in snapshot["calendar"]},
            area_states={area.code: area.state for area in told.cbas},
            closings=snapshot["closings"],
            lead_items={category.code: category.lead_item for category in told.categories},
            changed_at=told.changed_at,
        )
    )
