"""A legal hold: while it is in force nothing it covers is erased, whatever the schedule says and whoever approved."""

from datetime import datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import Index
from sqlalchemy.orm import Mapped, mapped_column

from chassis.aggregate import Aggregate
from chassis.duties import AnotherPersonThan
from chassis.errors import Conflict, Invalid
from chassis.ids import new_id
from chassis.lifecycle import Lifecycle, Move
from documents_svc.base import Base

VIEW = "staff.records.view"
DECIDE = "staff.hold.decide"


class HoldState(StrEnum):
    """Where a legal hold stands."""

    IN_FORCE = "IN_FORCE"
    LIFTED = "LIFTED"


LIFECYCLE = Lifecycle(
    "legal hold",
    start=HoldState.IN_FORCE,
    ends={HoldState.LIFTED},
    moves=[Move(HoldState.IN_FORCE, "lift", HoldState.LIFTED, by=DECIDE, guard="a reason, by another person")],
)

LIFTED_BY_ANOTHER = AnotherPersonThan(
    "legal_hold.place", sentence="You placed this hold. Somebody else must lift it: what it kept can then be erased."
)


class HoldsNothing(Invalid):
    """Say what is held: an organization, the records of a round, or both."""


class HoldChanged(Conflict):
    """Somebody changed this hold after you read it. Load the page again."""


class LegalHold(Aggregate, Base):
    """What must be kept, and for which matter.

    With `organization_id` it covers what that organization sent, with `records` what belongs to that body of records,
    with both what is in both.
    """

    __tablename__ = "legal_hold"
    __table_args__ = (Index(None, "state", "placed_at", "id"),)

    id: Mapped[UUID] = mapped_column(primary_key=True)
    organization_id: Mapped[UUID | None]
    records: Mapped[str | None]
    matter: Mapped[str]
    state: Mapped[HoldState]
    placed_at: Mapped[datetime]
    placed_by: Mapped[str] = mapped_column(comment="user id")
    lifted_at: Mapped[datetime | None]
    lifted_by: Mapped[str | None] = mapped_column(comment="user id")
    lifted_because: Mapped[str | None]
    version: Mapped[int]

    @classmethod
    def place(
        cls, *, organization_id: UUID | None, records: str | None, matter: str, by: str, at: datetime
    ) -> "LegalHold":
        """Place a hold. Raises `HoldsNothing` where it names neither an organization nor records."""
        if organization_id is None and records is None:
            raise HoldsNothing(field="records")
        hold = cls(
            id=new_id(),
            organization_id=organization_id,
            records=records,
            matter=matter,
            state=LIFECYCLE.start,
            placed_at=at,
            placed_by=by,
            version=1,
        )
        hold.audit("legal_hold.place", after=hold._covers(), reason=matter)
        return hold

    def lift(self, *, base: int, why: str, by: str, at: datetime) -> None:
        """End it: from now on the schedule counts again. Raises `HoldChanged`."""
        if base != self.version:
            raise HoldChanged
        self.state = LIFECYCLE.next(self.state, "lift")
        self.lifted_at, self.lifted_by, self.lifted_because = at, by, why
        self.version += 1
        self.audit("legal_hold.lift", before=self._covers(), after={"state": self.state}, reason=why)

    def _covers(self) -> dict[str, str | None]:
        held = str(self.organization_id) if self.organization_id else None
        return {"organization_id": held, "records": self.records}
