"""A notice: what the program tells an organization, until when it wants an answer, and what became of it.

A notice knows its permission, its clock and its state; the words are made by `wording` from the fields it was asked
for with. No outcome of a case is decided here (domain/lifecycle.md 4.5).
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from pydantic import TypeAdapter
from sqlalchemy import ARRAY, Index, Uuid
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from chassis.aggregate import Aggregate
from chassis.calendar import SOON, due_at, eastern_day, in_time
from chassis.deadlines import due_day
from chassis.errors import Conflict, NotAllowedNow
from events import notices as events
from events.deadlines import DEADLINES
from events.notice_fields import (
    GeneralFields,
    InquiryResultFields,
    NoticeAsked,
    NoticeFields,
    NoticeSlot,
    NoticeSubject,
)
from notices_svc.base import Base
from notices_svc.notices.kinds import KINDS, Answer, Kind
from notices_svc.notices.lifecycle import ISSUED, LIFECYCLE, NoticeState
from notices_svc.notices.rows import joined
from notices_svc.program.round import Terms

FIELDS: TypeAdapter[NoticeFields] = TypeAdapter(NoticeFields)


class FieldsMissing(NotAllowedNow):
    """This notice cannot go on: fields of it are missing. Whoever asked for it must ask again."""


class DueDatePassed(NotAllowedNow):
    """The due date of this notice has passed. Nothing more is taken; what was submitted in time stays."""


class AnsweredElsewhere(NotAllowedNow):
    """This notice is not answered with a response. It says where and how to answer."""


class NoticeChanged(Conflict):
    """Somebody changed this notice before you. Load the page again and look at it as it is now."""


class Notice(Aggregate, Base):
    """One notice to one organization. Rows without `issued_at` are the program's own and no bidder's business."""

    __tablename__ = "notice"
    __table_args__ = (
        Index("notice_mine_idx", "organization_id", "issued_at", "id", postgresql_where="issued_at is not null"),
        Index("notice_desk_idx", "state", "kind", "id"),
        Index("notice_due_idx", "due_at", postgresql_where="passed_at is null"),
        Index("notice_remind_idx", "remind_at", postgresql_where="reminded_at is null"),
        Index("notice_batch_idx", "batch_id", "state", "id"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    organization_id: Mapped[UUID]
    round_code: Mapped[str]
    about: Mapped[dict[str, Any]] = mapped_column(JSONB, comment="the asking service's own subject, handed back")
    kind: Mapped[str]
    title: Mapped[str]
    permission: Mapped[str] = mapped_column(comment="needed to see it")
    restricted_to: Mapped[list[UUID] | None] = mapped_column(ARRAY(Uuid), comment="persons; null: nobody in particular")
    unrestricted_with: Mapped[str | None] = mapped_column(comment="permission that lifts the restriction")
    fields: Mapped[dict[str, Any]] = mapped_column(JSONB)
    further: Mapped[list[dict[str, Any]]] = mapped_column(JSONB, comment="the fields of its second and further parts")
    slots: Mapped[list[dict[str, Any]]] = mapped_column(JSONB, comment="whose receipts a response may bring")
    asked_due_at: Mapped[datetime | None] = mapped_column(comment="fixed by whoever asked; null: by the catalogue")
    state: Mapped[NoticeState]
    version: Mapped[int] = mapped_column(comment="of what people decide about; for If-Match")
    wording: Mapped[int | None] = mapped_column(comment="version of the words it was submitted with")
    missing: Mapped[list[str]] = mapped_column(JSONB, comment="what keeps it from being submitted")
    drafted_by: Mapped[UUID] = mapped_column(comment="who decided that it is sent")
    drafted_at: Mapped[datetime]
    returned_because: Mapped[str | None]
    approved_at: Mapped[datetime | None]
    released_by: Mapped[UUID | None] = mapped_column(comment="who released it with the awards: it goes out by itself")
    batch_id: Mapped[UUID | None]
    issued_at: Mapped[datetime | None]
    due_at: Mapped[datetime | None]
    remind_at: Mapped[datetime | None]
    reminded_at: Mapped[datetime | None]
    viewed_at: Mapped[datetime | None]
    responded_at: Mapped[datetime | None]
    passed_at: Mapped[datetime | None] = mapped_column(comment="the due date, once it passed without an answer")
    closed_at: Mapped[datetime | None]
    rescinded_because: Mapped[str | None]
    replaced_by: Mapped[UUID | None]

    def __init__(self, asked: NoticeAsked, further: Sequence[dict[str, Any]] = ()) -> None:
        self.id, self.organization_id, self.round_code = asked.notice_id, asked.organization_id, asked.round_code
        self.about = asked.about.model_dump(mode="json")
        self.state, self.version = LIFECYCLE.start, 1
        self._take_over(asked, further)
        self.audit("notice.draft", after={"kind": self.kind, "drafted_by": self.drafted_by})

    @property
    def type(self) -> Kind:
        """What is true of its type."""
        return KINDS[self.kind]

    @property
    def content(self) -> NoticeFields:
        """What it says, as typed fields with all of its rows."""
        return joined(FIELDS.validate_python(self.fields), [FIELDS.validate_python(part) for part in self.further])

    @property
    def slot_ids(self) -> set[UUID]:
        """The upload slots whose receipts a response may bring."""
        return {NoticeSlot.model_validate(slot).slot_id for slot in self.slots}

    @property
    def is_decided(self) -> bool:
        """Whether a second person has decided that it goes out."""
        return not LIFECYCLE.can(self.state, "draft again")

    @property
    def wants_answer(self) -> bool:
        """Whether something is to be done about it by a day: then it has a To-Do and a reminder."""
        return self.type.answer is not Answer.NONE and self.due_at is not None

    def draft_again(self, asked: NoticeAsked, further: Sequence[dict[str, Any]] = ()) -> None:
        """Take over other fields. Raises `NotAllowedNow` once it is approved."""
        self._move("draft again")
        self._take_over(asked, further)

    def submit(self, wording: int, missing: list[str]) -> None:
        """Put it before a second person. Raises `FieldsMissing`, and `NotAllowedNow` unless it is a draft."""
        if missing:
            raise FieldsMissing(f"{FieldsMissing.__doc__} Missing: {', '.join(missing)}.")
        self._move("submit")
        self.wording, self.missing, self.returned_because = wording, [], None

    def lack(self, missing: list[str]) -> None:
        """Stay a draft: this is what is missing."""
        self.missing = missing
        self.audit("notice.lack", after={"missing": missing})

    def approve(self, at: datetime) -> None:
        """A second person releases it for issue. Raises `NotAllowedNow` unless it is in review."""
        self._move("approve")
        self.approved_at = at

    def release(self, by: UUID | None) -> None:
        """Let it go out by itself: it was released with the awards of its round."""
        self.released_by = by
        self.audit("notice.release", after={"released_by": str(by)})

    def send_back(self, reason: str, at: datetime) -> None:
        """A second person sends it back. Raises `NotAllowedNow` unless it is in review."""
        self._move("return", reason=reason)
        self.returned_because = reason
        self.say(events.NoticeReturned(**self._told(), returned_at=at))

    def due_when_issued(self, at: datetime, terms: Terms | None) -> datetime | None:
        """Return until when an answer is wanted if it is issued at `at` (lifecycle.md 2.1); None where none is.

        Raises `FieldsMissing` where the round's rules, which give the length, are not known.
        """
        if self.asked_due_at is not None or self.type.deadline is None:
            return self.asked_due_at
        if terms is None:
            raise FieldsMissing(f"The rules of round {self.round_code} are not known here yet.")
        return due_at(due_day(DEADLINES[self.type.deadline], eastern_day(at), terms.rules, terms.closings))

    def issue(self, at: datetime, terms: Terms | None) -> None:
        """Put it before its readers; its due date is fixed for ever. Raises `NotAllowedNow`, `FieldsMissing`."""
        until = self.due_when_issued(at, terms)
        self._move("issue")
        self.issued_at, self.due_at = at, until
        if self.wants_answer and until is not None:
            self.remind_at = max(until - SOON, at)
        self.say(events.NoticeIssued(**self._told(), issued_at=at, due_at=until))

    def open(self, at: datetime) -> bool:
        """Somebody permitted reads it; only the first time is recorded. Returns whether this was it."""
        if self.viewed_at is not None:
            return False
        if self.state is ISSUED:
            self._move("open")
        self.viewed_at = at
        self.say(events.NoticeViewed(**self._told(), viewed_at=at))
        return True

    def save_draft(self, at: datetime) -> None:
        """Somebody wrote at a response. Raises `DueDatePassed`, `AnsweredElsewhere`, `NotAllowedNow`."""
        self._require_answerable(at)
        self._move("save draft")

    def respond(self, at: datetime) -> None:
        """A response was submitted. Raises `DueDatePassed`, `AnsweredElsewhere`, `NotAllowedNow`."""
        self._require_answerable(at)
        self._move("respond")
        self.responded_at = self.responded_at or at

    def hear_answer(self, at: datetime) -> None:
        """It was answered in the service that asked for it. Raises `NotAllowedNow`."""
        self._move("hear answer")
        self.responded_at = self.responded_at or at

    def note_answer(self, at: datetime) -> None:
        """What it asks for was done before it was issued."""
        self.responded_at = self.responded_at or at
        self.audit("notice.note-answer", after={"responded_at": self.responded_at})

    def pass_due(self) -> None:
        """Its due date passed without an answer: it is overdue where silence counts, otherwise a chance has gone."""
        if self.type.must_answer:
            self._move("pass due")
        self.passed_at = self.due_at
        if self.type.must_answer and self.due_at is not None:
            self.say(events.NoticeOverdue(**self._told(), overdue_at=self.due_at))

    def close(self, outcome: str, at: datetime) -> None:
        """The reviewers decided. Raises `NotAllowedNow` before it was answered or overdue."""
        self._move("satisfy" if outcome == "satisfied" else "leave unsatisfied")
        self.closed_at = at

    def rescind(self, reason: str, replaced_by: UUID | None, at: datetime) -> None:
        """Take it back; it stays readable with the reason. Raises `NotAllowedNow` before issue and after the end."""
        self._move("rescind", reason=reason)
        self.rescinded_because, self.replaced_by, self.closed_at = reason, replaced_by, at
        self.say(events.NoticeRescinded(**self._told(), replaced_by=replaced_by, rescinded_at=at))

    def require_version(self, base: int) -> None:
        """Raise `NoticeChanged` when a decision was made about another version."""
        if base != self.version:
            raise NoticeChanged

    def takes_answers(self, at: datetime) -> bool:
        """Whether answers are given here, and there is time left."""
        in_good_time = self.due_at is None or in_time(at, self.due_at)
        return self.type.answer is Answer.HERE and in_good_time

    def _require_answerable(self, at: datetime) -> None:
        if self.type.answer is not Answer.HERE:
            raise AnsweredElsewhere
        if not self.takes_answers(at):
            raise DueDatePassed

    def _take_over(self, asked: NoticeAsked, further: Sequence[dict[str, Any]]) -> None:
        content = asked.fields
        self.further = list(further)
        self.kind, self.fields = content.notice_type, content.model_dump(mode="json")
        self.title = content.heading if isinstance(content, GeneralFields) else self.type.title
        self.permission, self.unrestricted_with = self.type.view, self.type.own_only
        self.restricted_to = list(content.worked_on_by) if isinstance(content, InquiryResultFields) else None
        self.slots = [slot.model_dump(mode="json") for slot in asked.slots]
        self.asked_due_at, self.missing, self.wording = asked.due_at, [], None
        self.drafted_by, self.drafted_at = asked.requested_by, asked.requested_at

    def _move(self, verb: str, reason: str | None = None) -> None:
        before, self.state = self.state, LIFECYCLE.next(self.state, verb)
        self.version += 1
        action = f"notice.{verb.replace(' ', '-')}"
        self.audit(action, before={"state": before}, after={"state": self.state}, reason=reason)

    def _told(self) -> dict[str, Any]:
        return {
            "notice_id": self.id,
            "organization_id": self.organization_id,
            "round_code": self.round_code,
            "notice_type": self.kind,
            "about": NoticeSubject.model_validate(self.about),
        }
