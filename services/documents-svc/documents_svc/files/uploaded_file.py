from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any, Literal
from uuid import UUID

from sqlalchemy import ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column, relationship

from chassis.aggregate import Aggregate
from chassis.calendar import write_moment
from chassis.errors import Conflict, NotAllowedNow
from chassis.lifecycle import Lifecycle, Move
from documents_svc.base import Base
from documents_svc.files.rejection import Rejection
from documents_svc.slots.slot import Slot
from documents_svc.slots.verdict import Verdict
from documents_svc.uploads.upload import ERASED, Upload
from events.documents import (
    DocumentAccepted,
    DocumentReceived,
    DocumentRejected,
    DocumentSuperseded,
    SettledFile,
)

SAME_CONTENT = "UPL-06"
"""The code of the warning about a file whose content was sent for the same requirement before."""
CHECK_LEASE = timedelta(seconds=150)
"""How long one check may take before another worker tries (machine time)."""
FIRST_RETRY = timedelta(seconds=5)
LONGEST_RETRY = timedelta(minutes=10)


class FileState(StrEnum):
    """Where a received file stands. Only what has been ACCEPTED can be downloaded."""

    SCANNING = "SCANNING"
    NOT_SCANNED = "NOT_SCANNED"
    ACCEPTED = "ACCEPTED"
    REJECTED = "REJECTED"
    SUPERSEDED = "SUPERSEDED"
    REFUSED = "REFUSED"


_UNCHECKED = (FileState.SCANNING, FileState.NOT_SCANNED)
_STANDING = (*_UNCHECKED, FileState.ACCEPTED)

LIFECYCLE = Lifecycle(
    "file",
    start=FileState.SCANNING,
    ends={FileState.REJECTED, FileState.SUPERSEDED},
    moves=[
        Move(FileState.SCANNING, "refuse", FileState.REFUSED, guard="begun or finished after the close, too late"),
        Move(FileState.REFUSED, "readmit", FileState.SCANNING, guard="its slot was extended"),
        Move(_UNCHECKED, "accept", FileState.ACCEPTED, guard="opens, holds nothing active, and the scan found nothing"),
        Move(_UNCHECKED, "reject", FileState.REJECTED, guard="a check failed"),
        Move(_UNCHECKED, "leave unscanned", FileState.NOT_SCANNED, guard="it could not be checked now"),
        Move(_STANDING, "supersede", FileState.SUPERSEDED, guard="a later version of it was accepted"),
    ],
)

_VERDICT_WORDS: dict[Verdict, Literal["in-time", "late"]] = {Verdict.IN_TIME: "in-time", Verdict.LATE: "late"}
_SETTLED_WORDS: dict[FileState, Literal["accepted", "not-scanned", "rejected", "superseded"]] = {
    FileState.ACCEPTED: "accepted",
    FileState.NOT_SCANNED: "not-scanned",
    FileState.REJECTED: "rejected",
    FileState.SUPERSEDED: "superseded",
}


class NotOpenable(NotAllowedNow):
    """This file cannot be downloaded: it was not accepted."""


class FileErased(NotAllowedNow):
    """This file was erased by the records schedule. Its receipt is kept."""


class CheckTakenOver(Conflict):
    """Another worker has taken over the check of this file."""


class UploadedFile(Aggregate, Base):
    """A file that arrived whole and is held. Its id is its upload's.

    `pieces` name where its bytes lie in the partial area until `stored_at`; from then on they are in the store under
    their `sha256`. `check_due_at` (machine time) is when the next check may start; None when there is none to come.
    Versions of one file share their `first_version`; in a slot for one file every file is a version of it.
    """

    __tablename__ = "file"
    __table_args__ = (
        Index(None, "organization_id", "received_at", "id"),
        Index(None, "slot_id", "received_at"),
        Index(None, "check_due_at"),
        Index(None, "received_at"),
        Index(None, "organization_id", "slot_subject", "sha256"),
        Index(None, "first_version", "received_at", "id"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    organization_id: Mapped[UUID]
    slot_id: Mapped[UUID] = mapped_column(ForeignKey("slot.id"))
    slot_subject: Mapped[str]
    uploaded_by: Mapped[str]
    filename: Mapped[str]
    nickname: Mapped[str]
    includes: Mapped[str]
    sha256: Mapped[str]
    size: Mapped[int]
    started_at: Mapped[datetime]
    received_at: Mapped[datetime]
    verdict: Mapped[Verdict]
    state: Mapped[FileState]
    code: Mapped[str | None]
    reason: Mapped[str | None]
    same_as: Mapped[UUID | None]
    document: Mapped[str | None]
    cba_code: Mapped[str | None]
    replaces: Mapped[UUID | None]
    first_version: Mapped[UUID]
    superseded_by: Mapped[UUID | None]
    receipt_number: Mapped[str]
    pieces: Mapped[list[str]]
    stored_at: Mapped[datetime | None]
    accepted_at: Mapped[datetime | None]
    check_due_at: Mapped[datetime | None]
    check_tries: Mapped[int]
    checker: Mapped[UUID | None]
    taken_by: Mapped[str | None]
    taken_at: Mapped[datetime | None]
    erased_at: Mapped[datetime | None]
    slot: Mapped[Slot] = relationship(viewonly=True, lazy="raise")

    @classmethod
    def receive(
        cls,
        slot: Slot,
        upload: Upload,
        sha256: str,
        received_at: datetime,
        machine_at: datetime,
        *,
        replaced: "UploadedFile | None" = None,
    ) -> "UploadedFile":
        """Take in a file whose last byte was synced at `received_at`, and judge it by the slot's times.

        With `replaced` it is a new version of that file.
        """
        assert upload.size is not None  # noqa: S101  known once an upload has finished
        file = cls(
            id=upload.id,
            organization_id=upload.organization_id,
            slot_id=slot.id,
            slot_subject=slot.slot_subject,
            uploaded_by=upload.user_id,
            filename=upload.filename,
            nickname=upload.nickname,
            includes=upload.includes,
            document=upload.document or slot.document,
            cba_code=upload.cba_code,
            replaces=upload.replaces,
            first_version=replaced.first_version if replaced else upload.id,
            sha256=sha256,
            size=upload.size,
            started_at=upload.started_at,
            received_at=received_at,
            verdict=slot.judge(upload.started_at, received_at),
            state=LIFECYCLE.start,
            pieces=upload.pieces,
            check_due_at=machine_at,
            check_tries=0,
        )
        if file.verdict is Verdict.REFUSED:
            file.state = LIFECYCLE.next(file.state, "refuse")
            file.check_due_at = None
        return file

    def note_receipt(self, number: str) -> UUID:
        """Take the number of the receipt for the verdict in force; returns the id of the audit row that says so."""
        self.receipt_number = number
        return self.audit(
            "file.receive",
            after={
                "slot_id": str(self.slot_id),
                "sha256": self.sha256,
                "size": self.size,
                "received_at": self.received_at.isoformat(),
                "verdict": self.verdict,
                "receipt": number,
            },
        )

    def announce(self, receipt: str) -> None:
        """Tell that the file is held; its signed receipt travels along. A refused file is not announced."""
        if self.verdict is Verdict.REFUSED:
            return
        self.say(
            DocumentReceived(
                **self._names(),
                sha256=self.sha256,
                size=self.size,
                started_at=self.started_at,
                received_at=self.received_at,
                verdict=_VERDICT_WORDS[self.verdict],
                receipt=receipt,
            )
        )

    def judge_again(self, slot: Slot, machine_at: datetime) -> bool:
        """Judge the file by its slot's new times; True when it stands better now. A verdict never gets worse."""
        verdict = slot.judge(self.started_at, self.received_at)
        order = list(Verdict)
        if order.index(verdict) >= order.index(self.verdict):
            return False
        self.verdict = verdict
        if self.state is FileState.REFUSED:
            self.state = LIFECYCLE.next(self.state, "readmit")
            self.check_due_at = machine_at
        return True

    def claim_check(self, checker: UUID, machine_at: datetime) -> None:
        """Let one worker check the file; when it is not heard of again, another may."""
        self.checker, self.check_due_at = checker, machine_at + CHECK_LEASE

    def require_checker(self, checker: UUID) -> None:
        """Raise `CheckTakenOver` unless this worker still has the check."""
        if self.checker != checker:
            raise CheckTakenOver

    def store(self, at: datetime) -> None:
        """Note that the bytes are in the store now."""
        self.stored_at, self.pieces = at, []

    def accept(self, at: datetime) -> None:
        """Pass the file: every check was made and found nothing."""
        self._move("accept")
        self.accepted_at = at
        self._end_checks()
        self.say(DocumentAccepted(**self._names(), accepted_at=at))

    def reject(self, rejection: Rejection, at: datetime) -> None:
        """Fail the file for good. It is kept, and never opened."""
        self._move("reject", reason=rejection.code)
        self.code, self.reason = rejection.code, rejection.reason
        self._end_checks()
        self.say(DocumentRejected(**self._names(), code=rejection.code, reason=rejection.reason, rejected_at=at))

    def leave_unscanned(self, cause: str, machine_at: datetime) -> None:
        """Note that the file could not be checked, and why; it is tried again, ever more rarely."""
        if self.state is FileState.SCANNING:
            self._move("leave unscanned", reason=cause)
        self.reason = cause
        self.check_due_at = machine_at + min(FIRST_RETRY * 2 ** min(self.check_tries, 10), LONGEST_RETRY)
        self.check_tries += 1
        self.checker = None

    def supersede(self, by: "UploadedFile", at: datetime) -> None:
        """Give way to a later file. This one is kept."""
        self._move("supersede", reason=f"replaced by {by.id}")
        self.superseded_by = by.id
        self._end_checks()
        self.say(DocumentSuperseded(**self._names(), superseded_by=by.id, superseded_at=at))

    def take(self, by_subject: str, at: datetime) -> None:
        """Note that whoever opened the slot has taken note of the file. The first answer counts."""
        if self.taken_at is None:
            self.taken_by, self.taken_at = by_subject, at
            self.audit("file.take", after={"taken_by": by_subject})

    def require_openable(self) -> None:
        """Raise `NotOpenable` unless the file was accepted, also when a later one has replaced it since.

        Raises `FileErased` once its time was over and it was erased.
        """
        if self.erased_at is not None:
            raise FileErased(f"This file was erased by the records schedule on {write_moment(self.erased_at)}.")
        if self.accepted_at is None:
            raise NotOpenable

    def erase(self, at: datetime) -> None:
        """Forget what it was called and what it held; that it was received, when, and with which digest, stays."""
        self.filename, self.nickname, self.includes = ERASED, "", ""
        self.pieces, self.check_due_at, self.erased_at = [], None, at
        self.audit("file.erase", after={"sha256": self.sha256, "size": self.size})

    @property
    def is_unchecked(self) -> bool:
        """Whether the last word about the file has not been said."""
        return self.state in _UNCHECKED

    @property
    def is_standing(self) -> bool:
        """Whether the file counts, or may still come to count."""
        return self.state in _STANDING

    @property
    def settled(self) -> SettledFile:
        """The file as its slot's final list tells it."""
        return SettledFile(
            file_id=self.id,
            received_at=self.received_at,
            verdict=_VERDICT_WORDS[self.verdict],
            state=_SETTLED_WORDS[self.state],
        )

    def _move(self, verb: str, reason: str | None = None) -> None:
        before, self.state = self.state, LIFECYCLE.next(self.state, verb)
        self.audit(
            f"file.{verb.replace(' ', '_')}", before={"state": before}, after={"state": self.state}, reason=reason
        )

    def _end_checks(self) -> None:
        self.check_due_at = self.checker = None
        if self.state is not FileState.REJECTED:
            self.reason = None

    def _names(self) -> dict[str, Any]:
        return {
            "file_id": self.id,
            "slot_id": self.slot_id,
            "slot_subject": self.slot_subject,
            "organization_id": self.organization_id,
        }
