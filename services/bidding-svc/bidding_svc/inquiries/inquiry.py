"""A bidder inquiry: one for each bidder number, about every disqualified bid (domain/lifecycle.md 3.5, 4.8).

It never tells why a bid was disqualified: an end user files inquiries and may not see that (domain/roles.md 1.4).
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ForeignKey, Index
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column, relationship

from bidding_svc.base import Base
from bidding_svc.inquiries import telling
from bidding_svc.inquiries.lifecycle import LIFECYCLE, SUBMIT, InquiryState
from bidding_svc.reviews.case import ReviewCase
from chassis.actor import Actor
from chassis.aggregate import Aggregate
from chassis.calendar import in_time
from chassis.errors import Conflict, Invalid, NotAllowedNow
from chassis.ids import new_id
from events.bidding import NoticeAnswered, NoticeDecided
from events.requirements import FileTaken


class InquiryChanged(Conflict):
    """Somebody of your organization changed this inquiry after you opened it. Load it again."""


class InquiryIsOver(NotAllowedNow):
    """The time for inquiries is over. Nothing can be added any more."""


class NothingSaid(Invalid):
    """Write why the bids should be looked at again, or add a file."""


class InquiryEntry(Base):
    """What was submitted at once: words, and files by their receipts. Entries are added, never replaced."""

    __tablename__ = "inquiry_entry"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    inquiry_id: Mapped[UUID] = mapped_column(ForeignKey("inquiry.id"), index=True)
    organization_id: Mapped[UUID]
    text: Mapped[str]
    files: Mapped[list[dict[str, Any]]] = mapped_column(JSONB, comment="as their receipts tell them")
    submitted_at: Mapped[datetime]
    submitted_by: Mapped[str]
    person_id: Mapped[UUID | None]


class Inquiry(Aggregate, Base):
    """The inquiry of one bidder about its disqualified bids. It waits, as NONE, for whoever begins it."""

    __tablename__ = "inquiry"
    __table_args__ = (Index("inquiry_due_idx", "state", "due_at"),)

    id: Mapped[UUID] = mapped_column(primary_key=True)
    organization_id: Mapped[UUID] = mapped_column(index=True)
    bidder_id: Mapped[UUID] = mapped_column(ForeignKey("bidder.id"), unique=True)
    bidder_number: Mapped[str]
    round_code: Mapped[str] = mapped_column(ForeignKey("round.code"))
    notice_id: Mapped[UUID] = mapped_column(comment="the disqualification notice it is about")
    slot_id: Mapped[UUID] = mapped_column(unique=True, comment="where its files arrive")
    state: Mapped[InquiryState]
    version: Mapped[int]
    due_at: Mapped[datetime]
    draft: Mapped[str] = mapped_column(comment="words that were not submitted; they never count")
    submitted_at: Mapped[datetime | None] = mapped_column(comment="the last submission")
    decided_at: Mapped[datetime | None]

    entries: Mapped[list[InquiryEntry]] = relationship(lazy="selectin", order_by=InquiryEntry.submitted_at)

    def __init__(self, case: ReviewCase, notice_id: UUID, due_at: datetime, at: datetime) -> None:
        self.id, self.slot_id, self.state, self.version = new_id(), new_id(), LIFECYCLE.start, 1
        self.organization_id, self.bidder_id = case.organization_id, case.bidder_id
        self.bidder_number, self.round_code = case.bidder_number, case.round_code
        self.notice_id, self.due_at, self.draft, self.entries = notice_id, due_at, "", []
        self.submitted_at = self.decided_at = None
        self.audit("inquiry.open", after={"bidder": case.bidder_number, "due_at": due_at})
        self.say(telling.slot_requested(self, opens_at=at))

    def save_draft(self, text: str, at: datetime, *, base: int) -> None:
        """Keep words that are not submitted yet. Raises `InquiryChanged`, `InquiryIsOver`, `NotAllowedNow`."""
        self._require_open(at, base)
        self._move("save draft")
        self.draft = text

    def submit(self, text: str, files: Sequence[dict[str, Any]], by: Actor, at: datetime, *, base: int) -> None:
        """Submit words and files; more may follow until it is due.

        Raises `InquiryChanged`, `InquiryIsOver`, `NothingSaid`, `NotAllowedNow`.
        """
        self._require_open(at, base)
        if not text.strip() and not files:
            raise NothingSaid(field="text")
        self._move("submit", after={"files": [file["file_id"] for file in files]})
        self.draft, self.submitted_at = "", at
        entry = InquiryEntry(
            id=new_id(),
            organization_id=self.organization_id,
            text=text.strip(),
            files=list(files),
            submitted_at=at,
            submitted_by=by.user_id,
            person_id=by.person_id,
        )
        self.entries.append(entry)
        self.say(NoticeAnswered(notice_id=self.notice_id, organization_id=self.organization_id, answered_at=at))

    def take_up(self) -> None:
        """It is due: whatever was submitted is reviewed."""
        self._move("take up")

    def decide(self, upheld: int, of: int, at: datetime) -> None:
        """Uphold it for `upheld` of its bids."""
        verb = "deny" if not upheld else "uphold in full" if upheld == of else "uphold in part"
        self._move(verb)
        self.decided_at = at
        self.say(
            NoticeDecided(
                notice_id=self.notice_id,
                organization_id=self.organization_id,
                outcome="satisfied" if upheld else "unsatisfied",
                decided_at=at,
            )
        )

    def take_file(self, file_id: UUID) -> None:
        """A file arrived: answer documents-svc that it is taken. What counts is submitted by its receipt."""
        self.audit("inquiry.take-file", after={"file": file_id})
        self.say(
            FileTaken(
                file_id=file_id,
                slot_id=self.slot_id,
                organization_id=self.organization_id,
                taken_by_subject=telling.subject_of(self),
            )
        )

    def allowed_actions(self, permissions: frozenset[str], at: datetime) -> list[str]:
        """Return what somebody with these permissions may do now."""
        return LIFECYCLE.allowed(self.state, permissions & {SUBMIT}) if in_time(at, self.due_at) else []

    @property
    def worked_on_by(self) -> tuple[UUID, ...]:
        """The persons who filed it or added to it."""
        return tuple({entry.person_id: None for entry in self.entries if entry.person_id})

    def _require_open(self, at: datetime, base: int) -> None:
        if base != self.version:
            raise InquiryChanged
        if not in_time(at, self.due_at):
            raise InquiryIsOver

    def _move(self, verb: str, *, after: dict[str, Any] | None = None) -> None:
        before, self.state = self.state, LIFECYCLE.next(self.state, verb)
        self.version += 1
        self.audit(
            f"inquiry.{verb.replace(' ', '-')}",
            before={"state": before},
            after={"state": self.state} | (after or {}),
        )
