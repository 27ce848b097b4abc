"""A missing covered document that a notice asks for: it may still be sent, and nothing else (domain/lifecycle.md 4.4).

42 CFR 414.414(d)(2): a bidder with the CDRD right may send what the notice lists as missing, within its business days.
"""

from datetime import datetime
from typing import TYPE_CHECKING
from uuid import UUID

from sqlalchemy.orm import Mapped

from bidding_svc.requirements.lifecycle import RESPOND, Need
from bidding_svc.requirements.received_file import ReceivedFile
from bidding_svc.requirements.telling import LATE_MINUTES, MOST_BYTES, MOST_FILES, PDF, STAFF_READ
from chassis.aggregate import Aggregate
from chassis.calendar import in_time
from chassis.ids import new_id
from events.documents import DocumentReceived
from events.requirements import FileTaken, SlotRequested

ASKED_FOR = "cdrd"
"""What the subject of such a slot begins with."""


class AskedByNotice(Aggregate):
    """The side of a `Requirement` that a notice asks for."""

    if TYPE_CHECKING:
        id: Mapped[UUID]
        organization_id: Mapped[UUID]
        round_code: Mapped[str]
        document: Mapped[str]
        label: Mapped[str]
        files: Mapped[list[ReceivedFile]]
        notice_slot_id: Mapped[UUID | None]
        notice_due_at: Mapped[datetime | None]

        state: Mapped[Need]

        def _move(self, verb: str, reason: str | None = None) -> None: ...

    def plan_slot(self) -> UUID:
        """Choose the slot that its notice names; it is opened once the notice is issued."""
        self.notice_slot_id = self.notice_slot_id or new_id()
        return self.notice_slot_id

    def request(self, due_at: datetime, at: datetime) -> None:
        """The notice is issued: this document may be sent until then. Said again with other times it moves them."""
        if self.state is Need.MISSING_NOTIFIABLE:
            self._move("request")
        self.notice_due_at = due_at
        self.say(
            SlotRequested(
                slot_id=self.plan_slot(),
                slot_subject=f"{ASKED_FOR}:{self.id}",
                organization_id=self.organization_id,
                upload_permission=RESPOND,
                read_permission="document.view",
                staff_read_permission=STAFF_READ,
                label=self.label,
                accepted_types=(PDF,),
                max_bytes=MOST_BYTES,
                max_files=MOST_FILES,
                opens_at=at,
                closes_at=due_at,
                late_minutes=LATE_MINUTES,
                document=self.document,
                asked_by="notice",
                records=self.round_code,
            )
        )

    def receive_by_notice(self, received: DocumentReceived) -> None:
        """Take note of a file that the notice asked for; one that came later than it allowed is kept as evidence."""
        due_at = self.notice_due_at
        file = ReceivedFile(
            file_id=received.file_id,
            organization_id=self.organization_id,
            received_at=received.received_at,
            in_time=False,
            rejected=False,
            by_notice=due_at is not None and in_time(received.received_at, due_at),
        )
        self.files.append(file)
        self.say(
            FileTaken(
                file_id=file.file_id,
                slot_id=received.slot_id,
                organization_id=self.organization_id,
                taken_by_subject=f"{ASKED_FOR}:{self.id}",
            )
        )
        self._judge_by_notice()

    def reject_by_notice(self, file_id: UUID) -> None:
        """A file failed its checks: without another one the document is asked for still."""
        for file in self.files:
            if file.file_id == file_id:
                file.rejected = True
        self._judge_by_notice()

    def end_notice(self) -> None:
        """All that was sent in time has ended its checks: what was not received is missing for good."""
        if self.state is Need.REQUESTED:
            self._move("miss")

    def _judge_by_notice(self) -> None:
        met = any(file.by_notice and not file.rejected for file in self.files)
        if met and self.state is Need.REQUESTED:
            self._move("upload")
        elif not met and self.state is Need.RECEIVED_LATE_ALLOWED:
            self._move("lose")
