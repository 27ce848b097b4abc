"""A batch: notices of one type and round that are issued together, after somebody saw what goes to whom.

Its words are all checked before the first notice goes out: one missing field blocks the whole batch and is named.
"""

from datetime import datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import Index
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from chassis.aggregate import Aggregate
from chassis.errors import Conflict
from chassis.ids import new_id
from chassis.lifecycle import Lifecycle, Move
from notices_svc.base import Base
from notices_svc.notices.kinds import APPROVE

MOST_PROBLEMS = 20
"""So many are named; the batch cannot go out with one."""


class BatchState(StrEnum):
    """Where a batch stands."""

    CHECKING = "CHECKING"
    READY = "READY"
    BLOCKED = "BLOCKED"
    ISSUING = "ISSUING"
    ISSUED = "ISSUED"
    CANCELLED = "CANCELLED"


CHECKING, READY, BLOCKED = BatchState.CHECKING, BatchState.READY, BatchState.BLOCKED
ISSUING, ISSUED, CANCELLED = BatchState.ISSUING, BatchState.ISSUED, BatchState.CANCELLED

LIFECYCLE = Lifecycle(
    "notice batch",
    start=CHECKING,
    ends={ISSUED, CANCELLED},
    moves=[
        Move(CHECKING, "find ready", READY, guard="the words of every notice can be made"),
        Move(CHECKING, "block", BLOCKED, guard="a field is missing", effects="names notice and field"),
        Move(READY, "release", ISSUING, by=APPROVE, guard="after the preview"),
        Move(ISSUING, "finish", ISSUED, guard="every notice is issued"),
        Move((READY, BLOCKED), "cancel", CANCELLED, by=APPROVE, effects="its notices wait for another batch"),
    ],
)


class BatchChanged(Conflict):
    """This batch is not what it was when you looked at it. Load the page again."""


class NoticeBatch(Aggregate, Base):
    """One batch. `issued` counts the notices that went out, so that a stopped worker's successor goes on from there."""

    __tablename__ = "notice_batch"
    __table_args__ = (Index("notice_batch_state_idx", "state", "id"),)

    id: Mapped[UUID] = mapped_column(primary_key=True)
    round_code: Mapped[str]
    kind: Mapped[str]
    state: Mapped[BatchState]
    version: Mapped[int] = mapped_column(comment="of what people decide about; for If-Match")
    notices: Mapped[int]
    checked: Mapped[int]
    checked_until: Mapped[UUID | None] = mapped_column(comment="the last notice that was checked")
    problems: Mapped[list[str]] = mapped_column(JSONB)
    issued: Mapped[int]
    prepared_by: Mapped[UUID | None]
    prepared_at: Mapped[datetime]
    released_by: Mapped[UUID | None]
    released_at: Mapped[datetime | None]
    finished_at: Mapped[datetime | None]

    def __init__(self, round_code: str, kind: str, by: UUID | None, at: datetime) -> None:
        self.id, self.round_code, self.kind = new_id(), round_code, kind
        self.state, self.version = LIFECYCLE.start, 1
        self.notices = self.checked = self.issued = 0
        self.problems, self.prepared_by, self.prepared_at = [], by, at
        self.audit("notice_batch.prepare", after={"round": round_code, "kind": kind})

    def note_checked(self, last: UUID, count: int, problems: list[str]) -> None:
        """So many more notices were checked, up to this one."""
        self.checked_until, self.checked = last, self.checked + count
        self.problems = [*self.problems, *problems][:MOST_PROBLEMS]

    def end_check(self) -> None:
        """Every notice was checked: it is ready, or blocked by what was found."""
        self._move("block" if self.problems else "find ready")

    def release(self, by: UUID | None, at: datetime, *, base: int) -> None:
        """Let it go out. Raises `BatchChanged`, and `NotAllowedNow` unless it is ready."""
        self._require_version(base)
        self._move("release")
        self.released_by, self.released_at = by, at

    def note_issued(self, count: int) -> None:
        """So many more notices went out."""
        self.issued += count

    def finish(self, at: datetime) -> None:
        """Every notice went out."""
        self._move("finish")
        self.finished_at = at

    def cancel(self, *, base: int) -> None:
        """Let its notices wait for another batch. Raises `BatchChanged`, `NotAllowedNow`."""
        self._require_version(base)
        self._move("cancel")

    def _require_version(self, base: int) -> None:
        if base != self.version:
            raise BatchChanged

    def _move(self, verb: str) -> None:
        before, self.state = self.state, LIFECYCLE.next(self.state, verb)
        self.version += 1
        after = {"state": self.state, "notices": self.notices, "issued": self.issued}
        self.audit(f"notice_batch.{verb.replace(' ', '-')}", before={"state": before}, after=after)
