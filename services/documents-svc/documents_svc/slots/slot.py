from datetime import datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import Index
from sqlalchemy.orm import Mapped, mapped_column

from chassis.actor import Actor
from chassis.aggregate import Aggregate
from chassis.calendar import in_time, write_moment
from chassis.errors import Conflict, NotAllowed, NotAllowedNow
from chassis.lifecycle import Lifecycle, Move
from documents_svc.base import Base
from documents_svc.slots.verdict import Verdict, judge, late_until
from events.documents import SettledFile, SlotOpened, SlotSettled
from events.slots import SlotAsked

ROUND = "round"
"""Who asks for what bidders send while the bid window is open."""
_TIMES = ("opens_at", "closes_at", "late_minutes")


class SlotState(StrEnum):
    """Where a slot stands. Between its close and `late_until` it is still OPEN: late files may finish."""

    OPEN = "OPEN"
    CLOSED = "CLOSED"
    SETTLED = "SETTLED"


LIFECYCLE = Lifecycle(
    "upload slot",
    start=SlotState.OPEN,
    ends=set(),
    moves=[
        Move(SlotState.OPEN, "change", SlotState.OPEN, guard="whoever asked for the slot says so"),
        Move(SlotState.OPEN, "close", SlotState.CLOSED, guard="the late minutes are over"),
        Move(SlotState.CLOSED, "settle", SlotState.SETTLED, guard="nothing in it is uploading or scanning"),
        Move(
            (SlotState.CLOSED, SlotState.SETTLED),
            "extend",
            SlotState.OPEN,
            guard="whoever asked for the slot says so",
            effects="late and refused files are judged again; a close that is over closes it again",
        ),
    ],
)


class SlotNotOpenYet(NotAllowedNow):
    """Uploads for this document have not begun yet."""


class SlotClosed(NotAllowedNow):
    """Uploads for this document are closed."""


class OnlyWhatANoticeAsksFor(SlotClosed):
    """The bid window has closed. From now on only documents that an open notice asks for are taken (UPL-07)."""


class SlotWithheld(NotAllowedNow):
    """Uploads for this document are not taken now."""


class SlotServesAnotherPhase(Conflict):
    """A notice asks for a slot of its own: in the one of the bid window, what came late would come to count."""


class SlotHasAnotherOwner(Conflict):
    """A slot belongs to one organization and one subject for good."""


class StillOpen(NotAllowedNow):
    """The slot is not past its late minutes."""


class Slot(Aggregate, Base):
    """A place where an organization may put files, opened by whoever needs them.

    What a file means (`slot_subject`) is opaque here. `closes_at` is the deadline; an upload that began before it may
    finish until `late_until`. `max_bytes` is the largest size. `document` and `cba_code` are the kind of document and
    the bidding area its sender has to choose, where they are set; `withheld_because` refuses uploads while it stands.
    `records` is the body of records its files are kept with (`retention`).
    """

    __tablename__ = "slot"
    __table_args__ = (Index(None, "organization_id", "closes_at", "id"), Index(None, "state", "late_until"))

    id: Mapped[UUID] = mapped_column(primary_key=True)
    organization_id: Mapped[UUID]
    slot_subject: Mapped[str]
    upload_permission: Mapped[str]
    read_permission: Mapped[str]
    staff_read_permission: Mapped[str]
    label: Mapped[str]
    accepted_types: Mapped[list[str]]
    max_bytes: Mapped[int]
    max_files: Mapped[int]
    opens_at: Mapped[datetime]
    closes_at: Mapped[datetime]
    late_minutes: Mapped[int]
    late_until: Mapped[datetime]
    state: Mapped[SlotState]
    settled_at: Mapped[datetime | None]
    document: Mapped[str | None]
    cba_code: Mapped[str | None]
    asked_by: Mapped[str]
    withheld_because: Mapped[str | None]
    records: Mapped[str | None]

    @classmethod
    def open(cls, request: SlotAsked) -> "Slot":
        """Open the slot that was asked for, and echo it."""
        slot = cls(
            id=request.slot_id,
            organization_id=request.organization_id,
            slot_subject=request.slot_subject,
            asked_by=request.asked_by,
            state=LIFECYCLE.start,
        )
        slot._take(request)
        slot.audit("slot.open", after=slot._terms())
        slot._echo()
        return slot

    def ask_again(self, request: SlotAsked) -> None:
        """Take over what is asked for now (an extension, another label), and echo it.

        Also times that are over by now count: an extension that was heard late is for everyone, and what arrived is
        judged by it. Raises `SlotHasAnotherOwner` or `SlotServesAnotherPhase`.
        """
        if (request.organization_id, request.slot_subject) != (self.organization_id, self.slot_subject):
            raise SlotHasAnotherOwner
        if request.asked_by != self.asked_by:
            raise SlotServesAnotherPhase
        before = self._terms()
        self._take(request)
        if self._terms() != before:
            self._change(times_moved=any(self._terms()[name] != before[name] for name in _TIMES))
            self.audit("slot.change", before=before, after=self._terms())
        self._echo()

    def admit(self, actor: Actor, at: datetime) -> None:
        """Let an upload begin at `at`.

        Raises `NotAllowed` without the slot's permission, `SlotNotOpenYet`, `OnlyWhatANoticeAsksFor` or `SlotClosed`
        outside its times (documents.md 1, UPL-07), and `SlotWithheld` while its opener takes nothing (UPL-08).
        """
        actor.require(self.upload_permission)
        if at < self.opens_at:
            raise SlotNotOpenYet(f"Uploads for “{self.label}” begin on {write_moment(self.opens_at)}.", field="slot")
        if self.state is not SlotState.OPEN or not in_time(at, self.closes_at):
            raise self._closed()
        if self.withheld_because is not None:
            raise SlotWithheld(self.withheld_because, field="slot")

    def takes_uploads(self, actor: Actor, at: datetime) -> bool:
        """Whether this actor could begin an upload now."""
        try:
            self.admit(actor, at)
        except (NotAllowed, NotAllowedNow):
            return False
        return actor.organization_id == self.organization_id

    def judge(self, started_at: datetime, received_at: datetime) -> Verdict:
        """Judge a file by the times now in force."""
        return judge(
            started_at=started_at,
            received_at=received_at,
            closes_at=self.closes_at,
            late_minutes=self.late_minutes,
        )

    def close(self, at: datetime) -> None:
        """Close for good, once nothing that arrives could count. Raises `StillOpen` before that."""
        if in_time(at, self.late_until):
            raise StillOpen
        self._move("close")

    def settle(self, files: tuple[SettledFile, ...], at: datetime) -> None:
        """Say that this is all that was received. The caller knows that nothing is uploading or scanning."""
        self._move("settle")
        self.settled_at = at
        self.say(
            SlotSettled(
                slot_id=self.id,
                slot_subject=self.slot_subject,
                organization_id=self.organization_id,
                closes_at=self.closes_at,
                settled_at=at,
                files=files,
            )
        )

    def _closed(self) -> SlotClosed:
        closed = f"Uploads for “{self.label}” closed on {write_moment(self.closes_at)}."
        if self.asked_by == ROUND:
            return OnlyWhatANoticeAsksFor(
                f"{closed} From then on only documents that an open notice asks for are taken (UPL-07).", field="slot"
            )
        return SlotClosed(closed, field="slot")

    def _change(self, *, times_moved: bool) -> None:
        if self.state is SlotState.OPEN:
            self.state = LIFECYCLE.next(self.state, "change")
            return
        if not times_moved:
            return
        self.state = LIFECYCLE.next(self.state, "extend")
        self.settled_at = None

    def _take(self, request: SlotAsked) -> None:
        self.upload_permission = request.upload_permission
        self.read_permission = request.read_permission
        self.staff_read_permission = request.staff_read_permission
        self.label = request.label
        self.accepted_types = list(request.accepted_types)
        self.max_bytes, self.max_files = request.max_bytes, request.max_files
        self.opens_at, self.closes_at = request.opens_at, request.closes_at
        self.late_minutes = request.late_minutes
        self.late_until = late_until(request.closes_at, request.late_minutes)
        self.document, self.cba_code = request.document, request.cba_code
        self.withheld_because = request.withheld_because
        self.records = request.records or self.records

    def _move(self, verb: str) -> None:
        before, self.state = self.state, LIFECYCLE.next(self.state, verb)
        self.audit(f"slot.{verb}", before={"state": before}, after={"state": self.state})

    def _terms(self) -> dict[str, object]:
        return {
            "label": self.label,
            "document": self.document,
            "cba_code": self.cba_code,
            "withheld_because": self.withheld_because,
            "opens_at": self.opens_at.isoformat(),
            "closes_at": self.closes_at.isoformat(),
            "late_minutes": self.late_minutes,
            "max_bytes": self.max_bytes,
            "max_files": self.max_files,
        }

    def _echo(self) -> None:
        self.say(
            SlotOpened(
                slot_id=self.id,
                slot_subject=self.slot_subject,
                organization_id=self.organization_id,
                opens_at=self.opens_at,
                closes_at=self.closes_at,
            )
        )
