"""A document that a round asks of a bidder (domain/lifecycle.md 4.4)."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import ForeignKey, Index, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from bidding_svc.base import Base
from bidding_svc.requirements import telling
from bidding_svc.requirements.asked import Asked, Key
from bidding_svc.requirements.by_notice import AskedByNotice
from bidding_svc.requirements.lifecycle import LIFECYCLE, NEED_NOT_BE_MET, Need
from bidding_svc.requirements.received_file import ReceivedFile
from chassis.calendar import in_time
from chassis.errors import Invalid
from chassis.ids import new_id
from events.documents import DocumentReceived
from events.requirements import RequirementClosed, RequirementDropped, RequirementFulfilled, RequirementReopened

VIEW = "requirement.view"


class ReasonMissing(Invalid):
    """Say why this document does not apply to the bidder."""


class LetterNotOnFile(Invalid):
    """A document is waived by a letter that the bidder sent in time and that was not rejected. Choose that file."""


class Requirement(AskedByNotice, Base):
    """One document asked of one bidder, with the upload slot it is to arrive in."""

    __tablename__ = "requirement"
    __table_args__ = (
        Index("requirement_mine_idx", "organization_id", "round_code", "id"),
        Index("requirement_times_idx", "round_code", "asked_closes_at", "asked_opens_at", "asked_cdrd_at"),
        Index(
            "requirement_one_idx",
            "bidder_id",
            "document",
            text("coalesce(member, '')"),
            text("coalesce(cba_code, '')"),
            unique=True,
        ),
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
    member: Mapped[str | None] = mapped_column(comment="PTAN of the network member whose document it is")
    cba_code: Mapped[str | None] = mapped_column(comment="the area it is for, where it is for one (a bond)")
    withheld_because: Mapped[str | None] = mapped_column(comment="why it is not asked for now; null: it is")
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
    waived_by: Mapped[str | None]
    waived_because: Mapped[str | None]
    letter_id: Mapped[UUID | None] = mapped_column(comment="the file by which it was waived")

    notice_slot_id: Mapped[UUID | None] = mapped_column(
        unique=True, comment="where it is sent once a notice asks for it"
    )
    notice_due_at: Mapped[datetime | None] = mapped_column(comment="until when the notice allows it")

    files: Mapped[list[ReceivedFile]] = relationship(lazy="selectin", order_by=ReceivedFile.received_at)

    def __init__(
        self,
        *,
        organization_id: UUID,
        bidder_id: UUID,
        round_code: str,
        asked: Asked,
        opens_at: datetime,
        due_at: datetime,
        cdrd_at: datetime,
    ) -> None:
        self.id, self.slot_id = new_id(), new_id()
        self.organization_id, self.bidder_id, self.round_code = organization_id, bidder_id, round_code
        self.document, self.label, self.hint = asked.document, asked.label, asked.hint
        self.stands_in_for, self.covered = asked.stands_in_for, asked.covered
        self.member, self.cba_code, self.withheld_because = asked.member, asked.cba_code, None
        self.waived_by = self.waived_because = self.letter_id = None
        self.notice_slot_id = self.notice_due_at = None
        self.opens_at, self.due_at, self.cdrd_at = opens_at, due_at, cdrd_at
        self.asked_opens_at, self.asked_closes_at, self.asked_cdrd_at = opens_at, due_at, cdrd_at
        self.state, self.files = LIFECYCLE.start, []
        self.slot_in_force = self.by_cdrd = self.met_by_stand_ins = False
        of_whom = {name: value for name, value in (("member", self.member), ("cba", self.cba_code)) if value}
        self.audit("requirement.open", after={"document": self.document, "due_at": due_at.isoformat()} | of_whom)
        self.say(telling.slot_requested(self))
        if self.needed:
            self.say(telling.opened(self))

    @property
    def key(self) -> Key:
        """What makes it one requirement of its bidder."""
        return self.document, self.member, self.cba_code

    @property
    def is_first_choice(self) -> bool:
        """Whether it is asked for itself, and not only accepted in place of another document."""
        return self.stands_in_for is None

    @property
    def needed(self) -> bool:
        """Whether it must be met: a document that stands in for another, is not asked now or was waived need not."""
        return self.is_first_choice and self.state not in NEED_NOT_BE_MET

    def allowed_actions(self, permissions: frozenset[str], at: datetime) -> list[str]:
        """Return what somebody with these permissions may do at this moment."""
        open_now = self.slot_in_force and self.opens_at <= at and in_time(at, self.due_at)
        open_now |= self.notice_due_at is not None and in_time(at, self.notice_due_at)
        forbidden = set() if open_now and self.withheld_because is None else {"upload"}
        return [verb for verb in LIFECYCLE.allowed(self.state, permissions) if verb not in forbidden]

    def ask(self, asked: Asked, at: datetime) -> None:
        """The forms call for it, in these words: it is asked for, again where it was not."""
        renamed, again = asked.label != self.label, self.withheld_because is not None
        if renamed or asked.hint != self.hint:
            self.audit(
                "requirement.describe",
                before={"label": self.label, "hint": self.hint},
                after={"label": asked.label, "hint": asked.hint},
            )
        self.label, self.hint, self.withheld_because = asked.label, asked.hint, None
        if renamed or again:
            self.say(telling.slot_requested(self))
        if self.state is Need.NOT_ASKED:
            self._move("ask again")
            self._tell(RequirementReopened(**telling.about(self), reopened_at=at))
            self._judge("upload", at)

    def stop_asking(self, because: str, at: datetime) -> None:
        """The forms do not call for it any more; `because` is what is told to whoever would upload it."""
        if self.withheld_because is not None:
            return
        self.withheld_because = because
        self.say(telling.slot_requested(self))
        if self.state is Need.REQUIRED:
            self._move("stop asking", because)
            self._tell(RequirementDropped(**telling.about(self), dropped_at=at))

    def waive(self, reason: str, letter: ReceivedFile | None, *, by: str, at: datetime) -> None:
        """CBIC waives it for this bidder, for good (domain/lifecycle.md 4.4; domain/documents.md 2).

        `letter` is a file of the same bidder. Raises `ReasonMissing`, `LetterNotOnFile`, and `NotAllowedNow` for one
        that was received, waived or found missing.
        """
        was_asked = self.state is Need.REQUIRED
        LIFECYCLE.next(self.state, "waive")
        if not reason.strip():
            raise ReasonMissing(field="reason")
        if letter is None or not letter.counts:
            raise LetterNotOnFile(field="letter_id")
        self.waived_by, self.waived_because, self.letter_id = by, reason.strip(), letter.file_id
        self._move("waive", self.waived_because)
        if was_asked:
            self._tell(RequirementDropped(**telling.about(self), dropped_at=at))

    def ask_again(self, opens_at: datetime, closes_at: datetime, cdrd_at: datetime) -> None:
        """The round's times are others now: ask documents-svc for them. Until its echo the old times stand."""
        self.asked_opens_at, self.asked_closes_at, self.asked_cdrd_at = opens_at, closes_at, cdrd_at
        self.audit("requirement.ask-again", after={"closes_at": closes_at.isoformat(), "cdrd_at": cdrd_at.isoformat()})
        self.say(telling.slot_requested(self))

    def cancel(self, at: datetime) -> None:
        """The round was cancelled: nothing is asked any more, and documents-svc is asked to close the slot at once."""
        self.asked_opens_at, self.asked_closes_at = min(self.asked_opens_at, at), at
        if not LIFECYCLE.is_end(self.state):
            self._move("cancel")
            self._tell(RequirementClosed(**telling.about(self), outcome="cancelled", closed_at=at))
        self.say(telling.slot_requested(self, late_minutes=0))

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

        A file received before the close meets the requirement; one that came later is kept as evidence only. It is told
        of again with a better receipt where an extension has moved the close: then it is judged again.
        """
        known = next((file for file in self.files if file.file_id == received.file_id), None)
        file = known or self._note_file(received)
        was_in_time, file.in_time = file.in_time, in_time(file.received_at, self.due_at)
        self.say(telling.file_taken(self, file))
        if file.in_time and not was_in_time:
            self.say(telling.received(self, file))
        if file.in_time:
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

    def settle(self, *, cdrd_right: bool, at: datetime) -> None:
        """The slot is settled after the close: what was not received is missing.

        42 CFR 414.414(d)(2): a bidder with the CDRD right is told of missing covered documents.
        """
        if self.state is Need.REQUIRED and self.needed:
            verb = "miss with notice" if self.covered and cdrd_right else "miss"
            self._move(verb)
            self._tell(RequirementClosed(**telling.about(self), outcome="missing", closed_at=at))

    def _note_file(self, received: DocumentReceived) -> ReceivedFile:
        file = ReceivedFile(
            file_id=received.file_id,
            organization_id=self.organization_id,
            received_at=received.received_at,
            in_time=False,
            rejected=False,
        )
        self.files.append(file)
        return file

    def _reschedule(self, at: datetime) -> None:
        """Judge every file by the times now in force, and tell whoever shows when it is due."""
        for file in self.files:
            if not file.in_time and in_time(file.received_at, self.due_at):
                file.in_time = True
                self.say(telling.received(self, file))
        self._judge("upload", at)
        if self.needed:
            self.say(telling.rescheduled(self, at))

    def _judge(self, verb: str, at: datetime) -> None:
        """Bring the state in line with the files: the last one that counts, or the documents that stand in."""
        counting = [file for file in self.files if file.counts]
        self.received_at = max((file.received_at for file in counting), default=None)
        self.by_cdrd = any(in_time(file.received_at, self.cdrd_at) for file in counting)
        met, was_met = bool(counting) or self.met_by_stand_ins, self.state is Need.RECEIVED
        if self.state in NEED_NOT_BE_MET:
            return
        if met and not was_met:
            self._move(verb)
            self._tell(RequirementFulfilled(**telling.about(self), fulfilled_at=at))
        elif was_met and not met:
            self._move("lose")
            if self.withheld_because is None:
                self._tell(RequirementReopened(**telling.about(self), reopened_at=at))
            else:
                self._move("stop asking", self.withheld_because)

    def _tell(self, event: RequirementFulfilled | RequirementReopened | RequirementDropped | RequirementClosed) -> None:
        """Tell what became of the To-Do; a document that only stands in for another has none."""
        if self.is_first_choice:
            self.say(event)

    def _move(self, verb: str, reason: str | None = None) -> None:
        before, self.state = self.state, LIFECYCLE.next(self.state, verb)
        self.audit(
            f"requirement.{verb.replace(' ', '-')}",
            before={"state": before},
            after={"state": self.state, "by_cdrd": self.by_cdrd},
            reason=reason,
        )


def has_cdrd_right(requirements: list[Requirement]) -> bool:
    """Whether a bidder must be told which covered documents are missing: at least one arrived by the CDRD.

    42 CFR 414.414(d)(2); one document suffices by default (domain/lifecycle.md 4.4).
    """
    return any(requirement.covered and requirement.by_cdrd for requirement in requirements)
