from collections.abc import Sequence
from datetime import datetime, timedelta
from enum import StrEnum
from itertools import pairwise
from typing import Any
from uuid import UUID

from sqlalchemy import ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column, relationship

from chassis.actor import Actor
from chassis.aggregate import Aggregate
from chassis.calendar import in_time, write_moment
from chassis.errors import Conflict, Invalid, NotAllowedNow, NotFound
from chassis.ids import new_id
from chassis.lifecycle import Lifecycle, Move
from chassis.signature import Certificate
from documents_svc.base import Base
from documents_svc.slots.slot import Slot
from documents_svc.uploads.labels import Details, file_id

LIFE = timedelta(days=7)
"""How long an upload may rest before what arrived of it lapses, where its slot does not end it sooner."""
LEASE = timedelta(seconds=4)
"""How long a writer holds an upload without a sign of life (machine time)."""


ERASED = "(erased)"
"""What a file is called whose name was erased."""


class UploadState(StrEnum):
    """Where an upload stands. Once RECEIVED, its file goes on under the same id (`files`)."""

    UPLOADING = "UPLOADING"
    RECEIVED = "RECEIVED"
    LAPSED = "LAPSED"
    GIVEN_UP = "GIVEN_UP"


LIFECYCLE = Lifecycle(
    "upload",
    start=UploadState.UPLOADING,
    ends={UploadState.RECEIVED, UploadState.GIVEN_UP},
    moves=[
        Move(UploadState.UPLOADING, "finish", UploadState.RECEIVED, by="document.upload", guard="every byte is synced"),
        Move(UploadState.UPLOADING, "give up", UploadState.GIVEN_UP, by="document.upload"),
        Move(UploadState.UPLOADING, "lapse", UploadState.LAPSED, guard="its time is over and nobody writes"),
        Move(UploadState.LAPSED, "revive", UploadState.UPLOADING, guard="its slot was extended"),
    ],
)


class FileIsEmpty(Invalid):
    """The file is empty (0 bytes). Choose the file again (UPL-02)."""


class FileTooLarge(Invalid):
    """The file is too large (UPL-02)."""


class StandsElsewhere(Conflict):
    """The upload does not stand where you sent from."""

    def __init__(self, offset: int) -> None:
        """Take where it does stand, to tell the sender."""
        super().__init__()
        self.offset = offset


class AnotherOffset(StandsElsewhere):
    """The upload stands at another place than the one you sent from. Ask where it stands and go on from there."""


class UploadInUse(StandsElsewhere):
    """This upload is being sent in another window or by another device right now. Close one of them."""


class UploadEnded(NotAllowedNow):
    """This upload was given up."""


class UploadLapsed(NotAllowedNow):
    """The time for this upload is over. What had arrived is kept as evidence."""


class ArrivedTooLate(NotAllowedNow):
    """The last byte arrived too late to count. The file is kept as evidence; its receipt says when it arrived."""


class WriterReplaced(UploadInUse):
    """Another window or device has taken over this upload."""


class Upload(Aggregate, Base):
    """A file on its way: how far it has come, who may write to it now, and what its sender certifies.

    `arrived` counts synced bytes. They lie in `pieces`, in order; each piece is one file that one writer wrote, named
    `<start>-<writer>`. `size` is unknown for a form, which does not announce it. While UPLOADING, `arrived` stays below
    `size`: the last byte and the receipt are committed together.
    """

    __tablename__ = "upload"
    __table_args__ = (
        Index(None, "organization_id", "user_id", "state"),
        Index(None, "state", "expires_at"),
        Index(None, "slot_id", "state"),
        Index(None, "organization_id", "started_at"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    organization_id: Mapped[UUID]
    slot_id: Mapped[UUID] = mapped_column(ForeignKey("slot.id"))
    user_id: Mapped[str]
    state: Mapped[UploadState]
    size: Mapped[int | None]
    arrived: Mapped[int]
    pieces: Mapped[list[str]]
    started_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    filename: Mapped[str]
    nickname: Mapped[str]
    includes: Mapped[str]
    document: Mapped[str | None]
    cba_code: Mapped[str | None]
    replaces: Mapped[UUID | None]
    certificate: Mapped[dict[str, Any] | None]
    expected_sha256: Mapped[str | None]
    writer: Mapped[UUID | None]
    writer_until: Mapped[datetime | None]
    erased_at: Mapped[datetime | None]
    slot: Mapped[Slot] = relationship(viewonly=True, lazy="raise")

    @classmethod
    def begin(
        cls,
        slot: Slot,
        actor: Actor,
        at: datetime,
        *,
        size: int | None,
        filename: str,
        expected_sha256: str | None,
    ) -> "Upload":
        """Begin an upload into a slot that admitted it; `at` is the proof of its start."""
        if size is not None:
            require_size(size, slot.max_bytes)
        upload = cls(
            id=new_id(),
            organization_id=slot.organization_id,
            slot_id=slot.id,
            user_id=actor.user_id,
            state=LIFECYCLE.start,
            size=size,
            arrived=0,
            pieces=[],
            started_at=at,
            expires_at=expiry(slot, at),
            filename=filename,
            nickname="",
            includes="",
            expected_sha256=expected_sha256,
        )
        upload.audit("upload.begin", after={"slot_id": str(slot.id), "size": size})
        return upload

    def describe(self, details: Details, certificate: Certificate) -> None:
        """Take what its sender says about the file and certifies; it becomes a signature with the last byte."""
        self.nickname, self.includes = details.nickname, details.includes
        self.document, self.cba_code = details.document or None, details.cba or None
        self.replaces = file_id(details.replaces)
        self.certificate = certificate.model_dump(mode="json")
        told = {"certified_by": certificate.user_id, "statement": certificate.statement}
        self.audit("upload.certify", after=told)

    def claim(self, writer: UUID, offset: int, at: datetime, machine_at: datetime) -> None:
        """Let one writer go on from `offset`; everybody else is told where the upload stands.

        Raises `UploadEnded`, `UploadLapsed`, `UploadInUse` or `AnotherOffset`.
        """
        self.require_under_way(at)
        if self.writer is not None and self.writer_until is not None and self.writer_until > machine_at:
            raise UploadInUse(self.arrived)
        if offset != self.arrived:
            raise AnotherOffset(self.arrived)
        self.writer, self.writer_until = writer, machine_at + LEASE

    def advance(self, writer: UUID, arrived: int, at: datetime, machine_at: datetime) -> bool:
        """Count what is synced now and go on holding the upload; False when its time is over and the writer must stop.

        Raises `WriterReplaced`.
        """
        self.require_writer(writer)
        self.arrived = arrived
        self.writer_until = machine_at + LEASE
        return in_time(at, self.expires_at)

    def release(self, writer: UUID, arrived: int) -> None:
        """Let go, with what is synced. Raises `WriterReplaced`."""
        self.require_writer(writer)
        self.arrived = arrived
        self.writer = self.writer_until = None

    def start_over(self, writer: UUID) -> None:
        """Drop what arrived, because it is not the file its sender announced."""
        self.require_writer(writer)
        self.arrived, self.pieces = 0, []
        self.writer = self.writer_until = None

    def finish(self, writer: UUID, size: int) -> None:
        """Become a received file of this many bytes. Raises `WriterReplaced` or `NotAllowedNow`."""
        self.require_writer(writer)
        self.state = LIFECYCLE.next(self.state, "finish")
        self.size = self.arrived = size
        self.writer = self.writer_until = None

    def give_up(self) -> None:
        """End at the sender's wish; what had arrived is thrown away. Raises `NotAllowedNow`."""
        self._end("give up", "upload.give_up")
        self.pieces = []

    def lapse(self, at: datetime) -> None:
        """End because its time is over; what arrived is kept as evidence. Raises `NotAllowedNow` before that."""
        if in_time(at, self.expires_at):
            raise NotAllowedNow("The upload's time is not over.")
        self._end("lapse", "upload.lapse")

    def extend(self, slot: Slot, at: datetime) -> None:
        """Take the slot's new times; an upload that lapsed with the old ones may go on."""
        self.expires_at = expiry(slot, self.started_at)
        if self.state is UploadState.LAPSED and in_time(at, self.expires_at):
            self.state = LIFECYCLE.next(self.state, "revive")
            self.audit("upload.revive", after={"state": self.state, "expires_at": self.expires_at.isoformat()})

    def erase(self, at: datetime) -> None:
        """Forget what its sender called it and typed; `pieces` are gone from the disk."""
        self.filename, self.nickname, self.includes = ERASED, "", ""
        self.certificate, self.pieces, self.erased_at = None, [], at
        self.audit("upload.erase")

    def require_under_way(self, at: datetime) -> None:
        """Raise `UploadEnded` or `UploadLapsed` unless bytes may still arrive."""
        if self.state is UploadState.GIVEN_UP:
            raise UploadEnded
        if self.state is UploadState.LAPSED or not in_time(at, self.expires_at):
            raise UploadLapsed(
                f"The time for this upload was over on {write_moment(self.expires_at)}. "
                f"The {self.arrived:,} bytes that had arrived are kept as evidence."
            )

    def require_writer(self, writer: UUID) -> None:
        """Raise `WriterReplaced` unless `writer` still holds the upload: the fence against a writer that slept."""
        if self.writer != writer:
            raise WriterReplaced(self.arrived)

    def require_sender(self, actor: Actor) -> None:
        """Raise `NotFound` for everybody but the person who began and certified the upload."""
        if (self.user_id, self.organization_id) != (actor.user_id, actor.organization_id):
            raise NotFound

    def _end(self, verb: str, action: str) -> None:
        before, self.state = self.state, LIFECYCLE.next(self.state, verb)
        self.writer = self.writer_until = None
        self.audit(action, before={"state": before}, after={"state": self.state, "arrived": self.arrived})


def expiry(slot: Slot, started_at: datetime) -> datetime:
    """Return until when bytes of an upload may arrive: the slot's late minutes, at most `LIFE`."""
    return min(slot.late_until, started_at + LIFE)


def require_size(size: int, max_bytes: int) -> None:
    """Raise `FileIsEmpty` or `FileTooLarge` unless the file has 1 to `max_bytes` bytes (UPL-02)."""
    if size <= 0:
        raise FileIsEmpty(field="size")
    if size > max_bytes:
        megabytes = f"{(max_bytes + 1) / 1024 / 1024:.4g}"
        raise FileTooLarge(f"The file must be smaller than {megabytes} MB (UPL-02).", field="size")


def piece_name(start: int, writer: UUID) -> str:
    """Name the piece that `writer` begins at byte `start`."""
    return f"{start}-{writer.hex}"


def piece_lengths(pieces: Sequence[str], arrived: int) -> list[int]:
    """Return how many bytes of each piece count, given that together they hold `arrived` bytes."""
    starts = [int(name.partition("-")[0]) for name in pieces] + [arrived]
    return [end - start for start, end in pairwise(starts)]
