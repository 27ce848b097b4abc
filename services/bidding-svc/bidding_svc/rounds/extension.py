"""More time for every bidder of a round, never for one (domain/lifecycle.md 2)."""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from bidding_svc.base import Base
from chassis.calendar import due_at
from chassis.errors import Invalid, NotAllowedNow
from chassis.ids import new_id


class WindowIsNotOpen(NotAllowedNow):
    """The bid window is extended while it is open: after its opening and before its close."""


class ExtensionUnderWay(NotAllowedNow):
    """An extension was decided and is not in force yet. Wait until every upload slot has confirmed it."""


class NotAnExtension(Invalid):
    """An extension ends later than the bid window does now. Choose a later day."""


class WindowIsExtendedForEveryone(NotAllowedNow):
    """The bid window is open: its close moves only by an extension for every bidder."""


class WindowExtension(Base):
    """An extension as it was decided. It is in force from `in_force_at` on; until then the old close stands.

    In force means that documents-svc holds every upload slot of the round open until the new close, and has said so.
    `cdrd_on` is the covered document review date that comes with it; None where that date had passed at the decision.
    """

    __tablename__ = "window_extension"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    round_code: Mapped[str] = mapped_column(ForeignKey("round.code"), index=True)
    closed_on: Mapped[date] = mapped_column(comment="the close it moves")
    closes_on: Mapped[date]
    cdrd_on: Mapped[date | None]
    reason: Mapped[str]
    decided_by: Mapped[str]
    decided_at: Mapped[datetime]
    in_force_at: Mapped[datetime | None] = mapped_column(comment="when every slot had been echoed")

    def __init__(
        self, *, closed_on: date, closes_on: date, cdrd_on: date | None, reason: str, by: str, at: datetime
    ) -> None:
        self.id, self.closed_on, self.closes_on, self.cdrd_on = new_id(), closed_on, closes_on, cdrd_on
        self.reason, self.decided_by, self.decided_at, self.in_force_at = reason, by, at, None

    @property
    def closes_at(self) -> datetime:
        """The last instant of the window as extended."""
        return due_at(self.closes_on)
