"""What a bidder answers: responses that are appended and never replaced, and one draft that counts for nothing."""

import secrets
from datetime import datetime
from uuid import UUID

from sqlalchemy import ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from chassis.aggregate import Aggregate
from chassis.errors import Conflict, Invalid
from chassis.ids import new_id
from events.notice_fields import NoticeSubject
from events.notices import NoticeResponded, RespondedFile
from notices_svc.base import Base
from notices_svc.notices.notice import Notice

_ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"  # Crockford's: nothing to mix up when read aloud


class EmptyResponse(Invalid):
    """Write an answer, or choose at least one file you have uploaded for this notice."""


class DraftChanged(Conflict):
    """A colleague saved this draft before you. Load the page again to see what they wrote."""


class ResponseFile(Base):
    """A file of a response, by its verified receipt. A file answers a notice once."""

    __tablename__ = "response_file"
    __table_args__ = (UniqueConstraint("notice_id", "file_id"), Index("response_file_response_idx", "response_id"))

    id: Mapped[UUID] = mapped_column(primary_key=True)
    response_id: Mapped[UUID] = mapped_column(ForeignKey("response.id"))
    notice_id: Mapped[UUID]
    organization_id: Mapped[UUID]
    file_id: Mapped[UUID]
    slot_id: Mapped[UUID]
    sha256: Mapped[str]
    size: Mapped[int]
    received_at: Mapped[datetime]
    receipt: Mapped[str] = mapped_column(comment="JWS of documents-svc")

    def __init__(self, notice: Notice, file: RespondedFile) -> None:
        self.id, self.notice_id, self.organization_id = new_id(), notice.id, notice.organization_id
        self.file_id, self.slot_id, self.sha256, self.size = file.file_id, file.slot_id, file.sha256, file.size
        self.received_at, self.receipt = file.received_at, file.receipt


class Response(Aggregate, Base):
    """One submitted answer, with the number of its receipt."""

    __tablename__ = "response"
    __table_args__ = (Index("response_notice_idx", "notice_id", "id"),)

    id: Mapped[UUID] = mapped_column(primary_key=True)
    notice_id: Mapped[UUID] = mapped_column(ForeignKey("notice.id"))
    organization_id: Mapped[UUID]
    receipt_number: Mapped[str] = mapped_column(unique=True)
    text: Mapped[str]
    responded_by: Mapped[UUID | None]
    responded_at: Mapped[datetime]

    files: Mapped[list[ResponseFile]] = relationship(lazy="selectin", order_by=ResponseFile.id)

    def __init__(self, notice: Notice, text: str, files: list[RespondedFile], by: UUID | None, at: datetime) -> None:
        """Answer a notice. Raises `EmptyResponse` when there is neither a word nor a file."""
        if not text.strip() and not files:
            raise EmptyResponse
        self.id, self.notice_id, self.organization_id = new_id(), notice.id, notice.organization_id
        self.receipt_number, self.text, self.responded_by, self.responded_at = _number(), text.strip(), by, at
        self.files = [ResponseFile(notice, file) for file in files]
        self.audit("response.submit", after={"notice": notice.id, "files": [file.sha256 for file in files]})
        self.say(
            NoticeResponded(
                notice_id=notice.id,
                organization_id=notice.organization_id,
                round_code=notice.round_code,
                notice_type=notice.kind,
                about=NoticeSubject.model_validate(notice.about),
                response_id=self.id,
                receipt_number=self.receipt_number,
                responded_at=at,
                has_text=bool(self.text),
                files=tuple(files),
            )
        )


class ResponseDraft(Base):
    """The one draft of a notice, shared by everybody of the organization who may answer it."""

    __tablename__ = "response_draft"

    notice_id: Mapped[UUID] = mapped_column(ForeignKey("notice.id"), primary_key=True)
    organization_id: Mapped[UUID]
    text: Mapped[str]
    version: Mapped[int]
    saved_by: Mapped[UUID | None]
    saved_at: Mapped[datetime]

    def __init__(self, notice: Notice) -> None:
        self.notice_id, self.organization_id, self.text, self.version = notice.id, notice.organization_id, "", 0

    def save(self, text: str, *, base: int, by: UUID | None, at: datetime) -> None:
        """Keep these words. Raises `DraftChanged` when they were written from another version."""
        if base != self.version:
            raise DraftChanged
        self.text, self.saved_by, self.saved_at = text, by, at
        self.version += 1


def _number() -> str:
    """Return a fresh receipt number, such as `N-7K3M-9QXZ-1TAB`: random, so that it tells nothing of how many."""
    letters = "".join(secrets.choice(_ALPHABET) for _ in range(12))
    return "-".join(("N", letters[:4], letters[4:8], letters[8:]))
