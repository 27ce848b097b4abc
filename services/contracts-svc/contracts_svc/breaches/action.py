"""What CMS does about a breach: one row for each action that a notice names (42 CFR 414.422(g)(2))."""

from datetime import date, datetime
from enum import StrEnum
from typing import Annotated, Self
from uuid import UUID

from pydantic import BaseModel, Field, StringConstraints, model_validator
from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from chassis.calendar import midnight, write_day
from chassis.ids import new_id
from contracts_svc.base import Base
from events.kinds import RoundCode


class Kind(StrEnum):
    """What an action does."""

    SUSPEND = "suspend"
    TERMINATE = "terminate"
    PRECLUDE = "preclude"
    OTHER = "other"


OF_THE_CONTRACT = (Kind.SUSPEND, Kind.TERMINATE)
"""Actions that end furnishing and payment at every location, so that beneficiaries must be told."""


class Wish(BaseModel):
    """An action to take: a suspension until a day, a termination, a preclusion from a named round, another remedy."""

    kind: Kind
    until: date | None = Field(default=None, description="The last day of a suspension")
    precluded_from: RoundCode | None = Field(default=None, description="The round that is closed to the supplier")
    remedy: Annotated[str, StringConstraints(strip_whitespace=True, max_length=500)] = ""

    @model_validator(mode="after")
    def _sensible(self) -> Self:
        needs = {Kind.SUSPEND: ("until", self.until), Kind.PRECLUDE: ("precluded_from", self.precluded_from)}
        needs[Kind.OTHER] = ("remedy", self.remedy or None)
        if self.kind in needs and needs[self.kind][1] is None:
            words = {
                Kind.SUSPEND: "Say until when the contract is suspended.",
                Kind.PRECLUDE: "Name the round that is closed to the supplier.",
                Kind.OTHER: "Describe the other remedy.",
            }
            raise ValueError(words[self.kind])
        return self

    @property
    def label(self) -> str:
        """The action in words."""
        if self.kind is Kind.SUSPEND and self.until:
            return f"Suspend the contract until {write_day(self.until)}"
        if self.kind is Kind.PRECLUDE:
            return f"Preclude the supplier from round {self.precluded_from}"
        return "Terminate the contract" if self.kind is Kind.TERMINATE else self.remedy


class BreachAction(Base):
    """One action of a notice: proposed, recommended on after a hearing, decided, in effect."""

    __tablename__ = "breach_action"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    case_id: Mapped[UUID] = mapped_column(ForeignKey("breach_case.id"), index=True)
    organization_id: Mapped[UUID]
    place: Mapped[int] = mapped_column(comment="its place among the actions of the notice")
    kind: Mapped[Kind]
    label: Mapped[str]
    until: Mapped[date | None]
    precluded_from: Mapped[str | None]
    recommended: Mapped[bool | None] = mapped_column(comment="after a hearing: whether it should apply")
    recommended_because: Mapped[str]
    applies: Mapped[bool | None] = mapped_column(comment="null: not decided")
    decided_because: Mapped[str]
    effective_on: Mapped[date | None] = mapped_column(comment="null: not known yet")
    acts_at: Mapped[datetime | None] = mapped_column(comment="when it takes effect; null: it waits, or has been done")
    done_at: Mapped[datetime | None]
    outcome: Mapped[str] = mapped_column(comment="in-effect, or overtaken: there was nothing left to do it to")

    def __init__(self, case_id: UUID, organization_id: UUID, place: int, wish: Wish) -> None:
        self.id, self.case_id, self.organization_id, self.place = new_id(), case_id, organization_id, place
        self.kind, self.label, self.until, self.precluded_from = wish.kind, wish.label, wish.until, wish.precluded_from
        self.recommended = self.applies = self.effective_on = self.acts_at = self.done_at = None
        self.recommended_because = self.decided_because = self.outcome = ""

    def decide(self, *, applies: bool, effective_on: date | None, because: str) -> None:
        """CMS decides, for good: it applies from a day, or it does not."""
        self.applies, self.decided_because = applies, because
        self.effective_on = effective_on if applies else None
        self.acts_at = midnight(effective_on) if applies and effective_on else None

    def take_effect(self, outcome: str, at: datetime) -> None:
        """It was done, or there was nothing left to do it to."""
        self.acts_at, self.done_at, self.outcome, self.applies = None, at, outcome, True
