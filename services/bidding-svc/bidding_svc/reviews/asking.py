"""The side of a case that asks the bidder: by a notice, whose words, approval and clock are notices-svc's."""

from collections.abc import Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any
from uuid import UUID

from sqlalchemy.orm import Mapped

from chassis.aggregate import Aggregate
from chassis.ids import new_id
from events.bidding import NoticeDecided, NoticePartPrepared, NoticeRequested
from events.notice_fields import NoticeFields, NoticeSlot, NoticeSubject
from events.requirements import FileTaken, SlotRequested

REVIEW = "review"
"""The kind of subject that notices and upload slots of a case name."""

NOTICE_RETURNED = "The notice was sent back."
"""What the case says then. Why stands with the notice: people wrote it, and no event carries it."""

Parts = Sequence[NoticeFields]
"""The fields of a notice whose rows travel in several records."""

PDF = "application/pdf"
MOST_BYTES = 50 * 1024 * 1024 - 1
MOST_FILES = 20
LATE_MINUTES = 60


class Asking(Aggregate):
    """What a `ReviewCase` asks its bidder, and how the answer comes back."""

    if TYPE_CHECKING:
        id: Mapped[UUID]
        organization_id: Mapped[UUID]
        round_code: Mapped[str]
        recommended_person: Mapped[UUID | None]
        notice_id: Mapped[UUID | None]
        slot_id: Mapped[UUID | None]
        answer_due_at: Mapped[datetime | None]
        answered_at: Mapped[datetime | None]
        overdue: Mapped[bool]
        asked: Mapped[bool]
        returned_because: Mapped[str | None]

        @property
        def is_decided(self) -> bool:
            """Whether nothing is left to decide."""
            ...

        def _act(self, verb: str, *, after: dict[str, Any] | None = None) -> None: ...

    def ask_the_bidder(self, fields: NoticeFields | Parts, at: datetime, *, evidence: str) -> None:
        """Ask for a notice with these fields, drafted by who recommended it. `evidence` names what may be sent.

        Raises `NotAllowedNow`.
        """
        slot = NoticeSlot(slot_id=self.slot_id or new_id(), document="evidence", label=evidence)
        self.slot_id = slot.slot_id
        self.request_notice(fields, (slot,), at)

    def request_notice(self, fields: NoticeFields | Parts, slots: Sequence[NoticeSlot], at: datetime) -> None:
        """Ask for a notice whose answer arrives in these slots. Raises `NotAllowedNow`."""
        self._act("ask the bidder")
        self.tell(fields, at, slots)

    def tell(self, fields: NoticeFields | Parts, at: datetime, slots: Sequence[NoticeSlot] = ()) -> None:
        """Ask for a notice, drafted by who recommended it; nothing of the case waits for it."""
        self.notice_id = self.notice_id or new_id()  # one that was sent back is drafted again
        self._request(self.notice_id, fields, at, slots)

    def tell_now(self, fields: NoticeFields | Parts, at: datetime, released_by: UUID) -> None:
        """Have the notice that was asked for go out at once: a second person released it with the awards."""
        if self.notice_id is not None:
            self._request(self.notice_id, fields, at, (), released_by)

    def _request(
        self,
        notice_id: UUID,
        fields: NoticeFields | Parts,
        at: datetime,
        slots: Sequence[NoticeSlot],
        released_by: UUID | None = None,
    ) -> None:
        if self.recommended_person is None:
            raise ValueError("a case that was recommended names who did")
        first, *further = fields if isinstance(fields, Sequence) else (fields,)
        for part, more in enumerate(further, 2):
            self.say(
                NoticePartPrepared(notice_id=notice_id, organization_id=self.organization_id, part=part, fields=more)
            )
        self.say(
            NoticeRequested(
                notice_id=notice_id,
                organization_id=self.organization_id,
                round_code=self.round_code,
                about=NoticeSubject(kind=REVIEW, id=self.id),
                requested_by=self.recommended_person,
                requested_at=at,
                fields=first,
                slots=tuple(slots),
                released_by=released_by,
                parts=1 + len(further),
            )
        )

    def note_issue(self, issued_at: datetime, due_at: datetime | None) -> None:
        """The notice is before the bidder; its answer is due then. Raises `NotAllowedNow`."""
        if not self.is_decided:
            self._act("note issue", after={"issued_at": issued_at, "due_at": due_at})
        self.answer_due_at = due_at

    def note_return(self) -> None:
        """A second person sent the notice back: what it says is an analyst's again. Raises `NotAllowedNow`.

        Asked again, the same notice is drafted anew. A decided case told it and stays decided.
        """
        if self.is_decided:
            return
        self._act("note return")
        self.returned_because = NOTICE_RETURNED

    def open_evidence_slot(self, label: str, notice: str, opens_at: datetime) -> None:
        """Let the bidder send evidence until the answer is due. `notice` is the notice type that permissions name."""
        if self.slot_id is None or self.answer_due_at is None:
            return
        self.say(
            SlotRequested(
                slot_id=self.slot_id,
                slot_subject=f"{REVIEW}:{self.id}",
                organization_id=self.organization_id,
                upload_permission=f"notice.{notice}.respond",
                read_permission=f"notice.{notice}.view",
                staff_read_permission="staff.document.view",
                label=label,
                accepted_types=(PDF,),
                max_bytes=MOST_BYTES,
                max_files=MOST_FILES,
                opens_at=opens_at,
                closes_at=self.answer_due_at,
                late_minutes=LATE_MINUTES,
                asked_by="notice",
                records=self.round_code,
            )
        )

    def note_file(self, file_id: UUID, slot_id: UUID) -> None:
        """Evidence arrived: answer documents-svc that it is taken. What counts is told with the response."""
        self.audit("review.note-file", after={"file": file_id})
        self.say(
            FileTaken(
                file_id=file_id,
                slot_id=slot_id,
                organization_id=self.organization_id,
                taken_by_subject=f"{REVIEW}:{self.id}",
            )
        )

    def note_answer(self, at: datetime) -> None:
        """The bidder answered in time; more may follow until the answer is due. Raises `NotAllowedNow`."""
        self._act("note answer")
        self.answered_at = at if self.answered_at is None else max(self.answered_at, at)

    def note_overdue(self) -> None:
        """Nothing came until the answer was due. Raises `NotAllowedNow`."""
        self._act("note answer", after={"answered": False})
        self.overdue = True

    def come_due(self) -> None:
        """No more answers: the case is an analyst's again, to pass or to fail. Raises `NotAllowedNow`."""
        self._act("come due", after={"answered": self.answered_at is not None})
        self.asked = True

    def rescind(self) -> None:
        """CMS took the notice back: the case is as before it. Raises `NotAllowedNow`."""
        self._act("rescind")
        self.notice_id = self.slot_id = self.answer_due_at = self.answered_at = None
        self.overdue = False

    def close_notice(self, at: datetime, *, satisfied: bool) -> None:
        """Tell notices-svc what was decided, where the bidder was asked: a notice never issued asked nobody."""
        if self.notice_id is None or self.answer_due_at is None:
            return
        self.say(
            NoticeDecided(
                notice_id=self.notice_id,
                organization_id=self.organization_id,
                outcome="satisfied" if satisfied else "unsatisfied",
                decided_at=at,
            )
        )
