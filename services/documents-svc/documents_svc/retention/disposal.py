"""A disposal: one person proposes that what is due is erased, another approves it, a sweep carries it out."""

from datetime import datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import Index
from sqlalchemy.orm import Mapped, mapped_column

from chassis.aggregate import Aggregate
from chassis.calendar import write_moment
from chassis.duties import AnotherPersonThan
from chassis.errors import Conflict, Invalid
from chassis.ids import new_id
from chassis.lifecycle import Lifecycle, Move
from documents_svc.base import Base

PROPOSE = "staff.records.propose"
APPROVE = "staff.records.approve"


class DisposalState(StrEnum):
    """Where a disposal stands. Only one that is APPROVED erases anything."""

    PROPOSED = "PROPOSED"
    APPROVED = "APPROVED"
    WITHDRAWN = "WITHDRAWN"
    DONE = "DONE"


LIFECYCLE = Lifecycle(
    "disposal",
    start=DisposalState.PROPOSED,
    ends={DisposalState.WITHDRAWN, DisposalState.DONE},
    moves=[
        Move(DisposalState.PROPOSED, "approve", DisposalState.APPROVED, by=APPROVE, guard="by another person"),
        Move(
            (DisposalState.PROPOSED, DisposalState.APPROVED),
            "withdraw",
            DisposalState.WITHDRAWN,
            by=PROPOSE,
            effects="what was erased by then stays erased",
        ),
        Move(DisposalState.APPROVED, "finish", DisposalState.DONE, guard="nothing is left that no hold keeps"),
    ],
)

APPROVED_BY_ANOTHER = AnotherPersonThan(
    "disposal.propose", sentence="You proposed this disposal. Somebody else must approve it: erasing cannot be undone."
)


class NotOverYet(Invalid):
    """Choose a moment that has passed: only what is due by now can be erased."""


class DisposalChanged(Conflict):
    """Somebody decided about this disposal after you read it. Load the page again."""


class Disposal(Aggregate, Base):
    """Erase what the schedule let go until `due_before`, except what a hold keeps at the moment of erasing.

    `records` and `bytes` count what it erased so far, `held` what a hold kept from it when it was done.
    """

    __tablename__ = "disposal"
    __table_args__ = (Index(None, "state", "approved_at"), Index(None, "proposed_at", "id"))

    id: Mapped[UUID] = mapped_column(primary_key=True)
    due_before: Mapped[datetime]
    state: Mapped[DisposalState]
    proposed_at: Mapped[datetime]
    proposed_by: Mapped[str] = mapped_column(comment="user id")
    approved_at: Mapped[datetime | None]
    approved_by: Mapped[str | None] = mapped_column(comment="user id")
    ended_at: Mapped[datetime | None]
    records: Mapped[int]
    bytes: Mapped[int]
    held: Mapped[int | None]
    version: Mapped[int]

    @classmethod
    def propose(cls, due_before: datetime, *, by: str, at: datetime) -> "Disposal":
        """Propose to erase what was due by then. Raises `NotOverYet` for a moment to come."""
        if due_before > at:
            raise NotOverYet(f"It is {write_moment(at)}. Choose a moment that has passed.", field="due_before")
        disposal = cls(
            id=new_id(),
            due_before=due_before,
            state=LIFECYCLE.start,
            proposed_at=at,
            proposed_by=by,
            records=0,
            bytes=0,
            version=1,
        )
        disposal.audit("disposal.propose", after={"due_before": due_before.isoformat()})
        return disposal

    def require_version(self, base: int) -> None:
        """Raise `DisposalChanged` when it is not any more as whoever decides has read it."""
        if base != self.version:
            raise DisposalChanged

    def approve(self, *, by: str, at: datetime) -> None:
        """Let it be carried out."""
        self.approved_at, self.approved_by = at, by
        self._move("approve")

    def withdraw(self, at: datetime) -> None:
        """Erase nothing more under it."""
        self.ended_at = at
        self._move("withdraw")

    def count(self, size: int) -> None:
        """Count one record that was erased, with its bytes."""
        self.records, self.bytes = self.records + 1, self.bytes + size

    def finish(self, held: int, at: datetime) -> None:
        """Everything due is erased, except `held` records that a hold keeps."""
        self.held, self.ended_at = held, at
        self._move("finish")

    def _move(self, verb: str) -> None:
        before, self.state = self.state, LIFECYCLE.next(self.state, verb)
        self.version += 1
        after = {"state": self.state, "records": self.records, "bytes": self.bytes, "held": self.held}
        self.audit(f"disposal.{verb}", before={"state": before}, after=after)
