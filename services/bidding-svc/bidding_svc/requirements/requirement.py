"""A document that a round asks of a bidder (domain/lifecycle.md 4.4)."""

from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column, relationship

from bidding_svc.base import Base
from chassis.aggregate import Aggregate
from chassis.calendar import in_time
from chassis.ids import new_id
from chassis.lifecycle import Lifecycle, Move
from events.bidding import (
    FileTaken,
    RequirementFulfilled,
    RequirementOpened,
    RequirementReceived,
    RequirementReopened,
    RequirementRescheduled,
    SlotRequested,
)
from events.documents import DocumentReceived
from events.rule_set import FinancialDocument

UPLOAD = "document.upload"
VIEW = "requirement.view"
STAFF_READ = "staff.document.view"
PDF = "application/pdf"
MOST_BYTES = 50 * 1024 * 1024 - 1
MOST_FILES = 20
LATE_MINUTES = 60


class Need(StrEnum):
    """Where a requirement stands."""

    REQUIRED = "REQUIRED"
    RECEIVED = "RECEIVED"
    MISSING_NOTIFIABLE = "MISSING_NOTIFIABLE"
    MISSING = "MISSING"


LIFECYCLE = Lifecycle(
    "document requirement",
    start=Need.REQUIRED,
    ends={Need.MISSING, Need.MISSING_NOTIFIABLE},
    moves=[
        Move((Need.REQUIRED, Need.RECEIVED), "upload", Need.RECEIVED, by=UPLOAD, guard="received before the close"),
        Move(Need.REQUIRED, "meet by stand-ins", Need.RECEIVED, guard="all documents that stand in were received"),
        Move(Need.RECEIVED, "lose", Need.REQUIRED, guard="every file was rejected"),
        Move(
            Need.REQUIRED,
            "miss with notice",
            Need.MISSING_NOTIFIABLE,
            guard="slot settled; covered document; bidder has the CDRD right",
        ),
        Move(Need.REQUIRED, "miss", Need.MISSING, guard="slot settled, otherwise", effects="bid incomplete"),
    ],
)


class ReceivedFile(Base):
    """A file that arrived for a requirement. The last one that was in time and not rejected counts."""

    __tablename__ = "received_file"

    file_id: Mapped[UUID] = mapped_column(primary_key=True)
    requirement_id: Mapped[UUID] = mapped_column(ForeignKey("requirement.id"), index=True)
    organization_id: Mapped[UUID]
    received_at: Mapped[datetime]
    in_time: Mapped[bool]
    rejected: Mapped[bool] = mapped_column(default=False)

    @property
    def counts(self) -> bool:
        """Whether this file can meet the requirement."""
        return self.in_time and not self.rejected


class Requirement(Aggregate, Base):
    """One document asked of one bidder, with the upload slot it is to arrive in."""

    __tablename__ = "requirement"
    __table_args__ = (
        Index("requirement_mine_idx", "organization_id", "round_code", "id"),
        Index("requirement_times_idx", "round_code", "asked_closes_at", "asked_opens_at", "asked_cdrd_at"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    organization_id: Mapped[UUID]
    bidder_id: Mapped[UUID] = mapped_column(ForeignKey("bidder.id"), index=True)
    round_code: Mapped[str] = mapped_column(ForeignKey("round.code"))
    document: Mapped[str]
    label: Mapped[str]
    hint: Mapped[str]
    stands_in_for: Mapped[str | None]
    covered: Mapped[bool]
    slot_id: Mapped[UUID] = mapped_column(unique=True)
    slot_in_force: Mapped[bool] = mapped_column(default=False, comment="documents-svc has echoed these times")
    opens_at: Mapped[datetime] = mapped_column(comment="in force: as documents-svc has echoed it")
    due_at: Mapped[datetime] = mapped_column(comment="in force: as documents-svc has echoed it")
    cdrd_at: Mapped[datetime]
    asked_opens_at: Mapped[datetime] = mapped_column(comment="what documents-svc was last asked to hold")
    asked_closes_at: Mapped[datetime]
    asked_cdrd_at: Mapped[datetime]
    state: Mapped[Need]
    received_at: Mapped[datetime | None]
    by_cdrd: Mapped[bool] = mapped_column(default=False)
    met_by_stand_ins: Mapped[bool] = mapped_column(default=False)

    files: Mapped[list[ReceivedFile]] = relationship(lazy="selectin", order_by=ReceivedFile.received_at)

    def __init__(
        self,
        *,
        organization_id: UUID,
        bidder_id: UUID,
        round_code: str,
        document: FinancialDocument,
        opens_at: datetime,
        due_at: datetime,
        cdrd_at: datetime,
    ) -> None:
        self.id, self.slot_id = new_id(), new_id()
        self.organization_id, self.bidder_id, self.round_code = organization_id, bidder_id, round_code
        self.document, self.label, self.hint = document.code, document.label, document.hint
        self.stands_in_for, self.covered = document.stands_in_for, True
        self.opens_at, self.due_at, self.cdrd_at = opens_at, due_at, cdrd_at
        self.asked_opens_at, self.asked_closes_at, self.asked_cdrd_at = opens_at, due_at, cdrd_at
        self.state, self.files = LIFECYCLE.start, []
        self.slot_in_force = self.by_cdrd = self.met_by_stand_ins = False
        self.audit("requirement.open", after={"document": self.document, "due_at": due_at.isoformat()})
        self.say(self._slot_requested())
        if self.needed:
            self.say(self._opened())

    @property
    def needed(self) -> bool:
        """Whether it must be met; a document that stands in for another one need not."""
        return self.stands_in_for is None

    def allowed_actions(self, permissions: frozenset[str], at: datetime) -> list[str]:
        """Return what somebody with these permissions may do at this moment."""
        open_now = self.slot_in_force and self.opens_at <= at and in_time(at, self.due_at)
        return LIFECYCLE.allowed(self.state, permissions) if open_now else []

    def ask_again(self, opens_at: datetime, closes_at: datetime, cdrd_at: datetime) -> None:
        """The round's times are others now: ask documents-svc for them. Until its echo the old times stand."""
        self.asked_opens_at, self.asked_closes_at, self.asked_cdrd_at = opens_at, closes_at, cdrd_at
        self.audit("requirement.ask-again", after={"closes_at": closes_at.isoformat(), "cdrd_at": cdrd_at.isoformat()})
        self.say(self._slot_requested())

    def slot_opened(self, opens_at: datetime, closes_at: datetime, at: datetime) -> None:
        """Note the times documents-svc holds the slot open: only now are they in force, and may people be sent there.

        With the times asked for last, the covered document review date that goes with them is in force too, and what
        had arrived is judged again.
        """
        stood, was_open = (self.opens_at, self.due_at, self.cdrd_at), self.slot_in_force
        self.slot_in_force, self.opens_at, self.due_at = True, opens_at, closes_at
        if (opens_at, closes_at) == (self.asked_opens_at, self.asked_closes_at):
            self.cdrd_at = self.asked_cdrd_at
        if (moved := (self.opens_at, self.due_at, self.cdrd_at) != stood) or not was_open:
            self.audit("requirement.slot-opened", after={"opens_at": opens_at, "closes_at": closes_at})
        if moved:
            self._reschedule(at)

    def receive(self, received: DocumentReceived) -> None:
        """Take note of a file, and answer documents-svc that it is taken.

        A file received before the close meets the requirement; one that came later is kept as evidence only.
        """
        file = ReceivedFile(
            file_id=received.file_id,
            organization_id=self.organization_id,
            received_at=received.received_at,
            in_time=in_time(received.received_at, self.due_at),
            rejected=False,
        )
        self.files.append(file)
        self.say(self._file_taken(file))
        if file.in_time:
            self.say(self._received(file))
            self._judge("upload", received.received_at)

    def file_rejected(self, file_id: UUID, at: datetime) -> None:
        """A file failed its checks: an earlier one counts again, or the requirement stands open again."""
        for file in self.files:
            if file.file_id == file_id:
                file.rejected = True
        self._judge("upload", at)

    def stand_ins_received(self, at: datetime, *, every_one: bool) -> None:
        """Note whether every document that may stand in for this one has been received."""
        self.met_by_stand_ins = every_one
        self._judge("meet by stand-ins", at)

    def settle(self, *, cdrd_right: bool) -> None:
        """The slot is settled after the close: what was not received is missing.

        42 CFR 414.414(d)(2): a bidder with the CDRD right is told of missing covered documents.
        """
        if self.state is Need.REQUIRED and self.needed:
            verb = "miss with notice" if self.covered and cdrd_right else "miss"
            self._move(verb)

    def _reschedule(self, at: datetime) -> None:
        """Judge every file by the times now in force, and tell whoever shows when it is due."""
        for file in self.files:
            if not file.in_time and in_time(file.received_at, self.due_at):
                file.in_time = True
                self.say(self._received(file))
        self._judge("upload", at)
        if self.needed:
            self.say(
                RequirementRescheduled(**self._about(), due_at=self.due_at, cdrd_at=self.cdrd_at, rescheduled_at=at)
            )

    def _judge(self, verb: str, at: datetime) -> None:
        """Bring the state in line with the files: the last one that counts, or the documents that stand in."""
        counting = [file for file in self.files if file.counts]
        self.received_at = max((file.received_at for file in counting), default=None)
        self.by_cdrd = any(in_time(file.received_at, self.cdrd_at) for file in counting)
        met, was_met = bool(counting) or self.met_by_stand_ins, self.state is Need.RECEIVED
        if met and not was_met:
            self._move(verb)
            self.say(RequirementFulfilled(**self._about(), fulfilled_at=at))
        elif was_met and not met:
            self._move("lose")
            self.say(RequirementReopened(**self._about(), reopened_at=at))

    def _move(self, verb: str) -> None:
        before, self.state = self.state, LIFECYCLE.next(self.state, verb)
        self.audit(
            f"requirement.{verb.replace(' ', '-')}",
            before={"state": before},
            after={"state": self.state, "by_cdrd": self.by_cdrd},
        )

    def _about(self) -> dict[str, Any]:
        return {
            "requirement_id": self.id,
            "organization_id": self.organization_id,
            "round_code": self.round_code,
            "document": self.document,
        }

    def _slot_requested(self) -> SlotRequested:
        return SlotRequested(
            slot_id=self.slot_id,
            slot_subject=f"requirement:{self.id}",
            organization_id=self.organization_id,
            upload_permission=UPLOAD,
            read_permission="document.view",
            staff_read_permission=STAFF_READ,
            label=self.label,
            accepted_types=(PDF,),
            max_bytes=MOST_BYTES,
            max_files=MOST_FILES,
            opens_at=self.asked_opens_at,
            closes_at=self.asked_closes_at,
            late_minutes=LATE_MINUTES,
            document=self.document,
        )

    def _opened(self) -> RequirementOpened:
        return RequirementOpened(
            **self._about(),
            label=self.label,
            covered=self.covered,
            slot_id=self.slot_id,
            permission=UPLOAD,
            due_at=self.due_at,
            cdrd_at=self.cdrd_at,
        )

    def _file_taken(self, file: ReceivedFile) -> FileTaken:
        return FileTaken(
            file_id=file.file_id,
            slot_id=self.slot_id,
            organization_id=self.organization_id,
            taken_by_subject=f"requirement:{self.id}",
        )

    def _received(self, file: ReceivedFile) -> RequirementReceived:
        return RequirementReceived(
            **self._about(),
            label=self.label,
            file_id=file.file_id,
            received_at=file.received_at,
            by_cdrd=in_time(file.received_at, self.cdrd_at),
        )


def has_cdrd_right(requirements: list[Requirement]) -> bool:
    """Whether a bidder must be told which covered documents are missing: at least one arrived by the CDRD.

    42 CFR 414.414(d)(2); one document suffices by default (domain/lifecycle.md 4.4).
    """
    return any(requirement.covered and requirement.by_cdrd for requirement in requirements)
