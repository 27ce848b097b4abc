"""A help desk ticket: why customer service acts for somebody, and what came of it (`domain/roles.md` 3).

What people write into it stays in it: neither the audit trail nor an event repeats a summary or a note.
"""

from datetime import datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import BigInteger, ForeignKey, Identity, Index
from sqlalchemy.orm import Mapped, mapped_column, relationship

from chassis.aggregate import Aggregate
from chassis.errors import NotAllowedNow
from chassis.ids import new_id
from chassis.lifecycle import Lifecycle, Move
from identity_adapter.base import Base

WORK = "staff.ticket.work"


class TicketState(StrEnum):
    """Where a ticket stands."""

    OPEN = "OPEN"
    IN_HAND = "IN_HAND"
    CLOSED = "CLOSED"


class Topic(StrEnum):
    """What a ticket is about."""

    REGISTRATION = "registration"
    ROLES = "roles"
    SIGN_IN = "sign-in"
    UPLOADS = "uploads"
    NOTICES = "notices"
    CONTRACTS = "contracts"
    OFFICIAL_NOT_LISTED = "official-not-listed"
    OTHER = "other"


class Outcome(StrEnum):
    """What came of a ticket."""

    DONE = "done"
    DECLINED = "declined"
    NOT_REACHED = "not-reached"


OPEN, IN_HAND, CLOSED = TicketState.OPEN, TicketState.IN_HAND, TicketState.CLOSED

LIFECYCLE = Lifecycle(
    "ticket",
    start=OPEN,
    ends={CLOSED},
    moves=[
        Move(OPEN, "take", IN_HAND, by=WORK),
        Move(IN_HAND, "take", IN_HAND, by=WORK, guard="whoever had it has it no more"),
        Move(IN_HAND, "put down", OPEN, by=WORK, guard="whoever has it, or whose session is over"),
        Move(OPEN, "note", OPEN, by=WORK),
        Move(IN_HAND, "note", IN_HAND, by=WORK),
        Move((OPEN, IN_HAND), "close", CLOSED, by=WORK, guard="nobody else has it in hand"),
    ],
)


class SomebodyElseHasIt(NotAllowedNow):
    """A colleague has this ticket in hand. Take it over first, or leave it to them."""


class TicketNote(Base):
    """What somebody of the help desk noted."""

    __tablename__ = "ticket_note"
    __table_args__ = (Index("ticket_note_ticket_idx", "ticket_id", "at"),)

    id: Mapped[UUID] = mapped_column(primary_key=True)
    ticket_id: Mapped[UUID] = mapped_column(ForeignKey("ticket.id"))
    noted_by: Mapped[UUID | None]
    at: Mapped[datetime]
    text: Mapped[str]

    def __init__(self, text: str, noted_by: UUID | None, at: datetime) -> None:
        self.id, self.text, self.noted_by, self.at = new_id(), text, noted_by, at


class Ticket(Aggregate, Base):
    """One matter of one person or organization. While it is in hand, its session may do what needs a ticket."""

    __tablename__ = "ticket"
    __table_args__ = (
        Index("ticket_list_idx", "closed", "id"),
        Index("ticket_in_hand_idx", "session_id", postgresql_where="state = 'IN_HAND'"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    number: Mapped[int] = mapped_column(BigInteger, Identity(always=True), unique=True)
    topic: Mapped[Topic]
    summary: Mapped[str]
    person_id: Mapped[UUID | None] = mapped_column(ForeignKey("person.id"), comment="whom it is about")
    organization_id: Mapped[UUID | None] = mapped_column(comment="which organization it is about")
    state: Mapped[TicketState]
    closed: Mapped[bool] = mapped_column(comment="whether it is closed: the open ones are listed first")
    opened_by: Mapped[UUID | None] = mapped_column(comment="null: the platform")
    opened_at: Mapped[datetime]
    taken_by: Mapped[UUID | None]
    session_id: Mapped[UUID | None] = mapped_column(comment="the session that has it in hand")
    closed_at: Mapped[datetime | None]
    outcome: Mapped[Outcome | None]

    notes: Mapped[list[TicketNote]] = relationship(lazy="selectin", order_by=(TicketNote.at, TicketNote.id))

    def __init__(
        self,
        topic: Topic,
        summary: str,
        *,
        person_id: UUID | None,
        organization_id: UUID | None,
        opened_by: UUID | None,
        at: datetime,
    ) -> None:
        self.id, self.state, self.closed, self.notes = new_id(), LIFECYCLE.start, False, []
        self.topic, self.summary, self.person_id, self.organization_id = topic, summary, person_id, organization_id
        self.opened_by, self.opened_at = opened_by, at
        self.taken_by = self.session_id = self.closed_at = self.outcome = None
        about = {"topic": topic, "person": person_id, "organization": organization_id}
        self.audit("ticket.open", after=about)

    @property
    def label(self) -> str:
        """The number people call it by."""
        return f"HD-{self.number:06d}"

    def is_in_hand_of(self, session_id: UUID | None) -> bool:
        """Whether this session has it in hand."""
        return self.state is IN_HAND and self.session_id is not None and self.session_id == session_id

    def is_about(self, person_id: UUID, organization_id: UUID | None) -> bool:
        """Whether somebody's role in an organization is this ticket's matter."""
        if self.person_id is not None:
            return self.person_id == person_id and self.organization_id in (None, organization_id)
        return self.organization_id is not None and self.organization_id == organization_id

    def take(self, person_id: UUID | None, session_id: UUID) -> None:
        """Take it in hand, also out of somebody else's. Raises NotAllowedNow when it is closed."""
        self._move("take")
        self.taken_by, self.session_id = person_id, session_id

    def put_down(self) -> None:
        """Let it lie for whoever takes it next. Raises NotAllowedNow unless it is in hand."""
        self._move("put down")
        self.taken_by = self.session_id = None

    def note(self, text: str, noted_by: UUID | None, at: datetime) -> None:
        """Add a note. Raises NotAllowedNow when it is closed."""
        self._move("note")
        self.notes.append(TicketNote(text, noted_by, at))

    def close(self, outcome: Outcome, session_id: UUID | None, at: datetime) -> None:
        """Say what came of it. Raises `SomebodyElseHasIt`, NotAllowedNow."""
        if self.state is IN_HAND and not self.is_in_hand_of(session_id):
            raise SomebodyElseHasIt
        self._move("close")
        self.closed, self.closed_at, self.outcome = True, at, outcome
        self.session_id = None

    def _move(self, verb: str) -> None:
        before, self.state = self.state, LIFECYCLE.next(self.state, verb)
        self.audit(f"ticket.{verb.replace(' ', '-')}", before={"state": before}, after={"state": self.state})
