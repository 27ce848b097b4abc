"""An e-mail that points to the portal and says nothing else: one for each notice, person, channel and occasion.

Times here are machine time: retries and leases go by the real clock, whatever time the program has.
"""

from datetime import datetime, timedelta
from enum import StrEnum
from uuid import UUID

from sqlalchemy import Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from chassis.aggregate import Aggregate
from chassis.lifecycle import Lifecycle, Move
from notices_svc.base import Base

WORK = "staff.ticket.work"
"""The help desk reaches people whom e-mail does not reach."""

KEPT_TRYING = timedelta(hours=72)
FIRST_PAUSE, LONGEST_PAUSE = timedelta(minutes=1), timedelta(hours=4)


class PointerState(StrEnum):
    """Where an e-mail stands."""

    WAITING = "WAITING"
    SENDING = "SENDING"
    HANDED_OVER = "HANDED_OVER"
    REFUSED = "REFUSED"
    GIVEN_UP = "GIVEN_UP"
    COULD_NOT_TELL = "COULD_NOT_TELL"
    DROPPED = "DROPPED"
    SETTLED = "SETTLED"


WAITING, SENDING, HANDED_OVER = PointerState.WAITING, PointerState.SENDING, PointerState.HANDED_OVER
REFUSED, GIVEN_UP, COULD_NOT_TELL = PointerState.REFUSED, PointerState.GIVEN_UP, PointerState.COULD_NOT_TELL
DROPPED, SETTLED = PointerState.DROPPED, PointerState.SETTLED

TROUBLED = (REFUSED, GIVEN_UP, COULD_NOT_TELL)
"""What the help desk has to look at. The notice itself stands in the portal in any case."""

LIFECYCLE = Lifecycle(
    "e-mail pointer",
    start=WAITING,
    ends={HANDED_OVER, DROPPED, SETTLED},
    moves=[
        Move(WAITING, "claim", SENDING, guard="its time has come"),
        Move(WAITING, "drop", DROPPED, guard="nobody to tell any more: no address, no permission, no notice"),
        Move(WAITING, "give up", GIVEN_UP, guard="72 hours after it was queued", effects="help desk"),
        Move(SENDING, "hand over", HANDED_OVER, guard="the mail server accepted it"),
        Move(SENDING, "put off", WAITING, guard="the server refused for now, or could not be reached"),
        Move(SENDING, "refuse", REFUSED, guard="the address is refused for good", effects="help desk"),
        Move(SENDING, "lose sight", COULD_NOT_TELL, guard="no answer to the text, or the worker died"),
        Move(TROUBLED, "settle", SETTLED, by=WORK, guard="a note of what was done"),
    ],
)


class Pointer(Aggregate, Base):
    """One e-mail to one person. It is never sent again after a try of which nobody can tell how it ended."""

    __tablename__ = "pointer"
    __table_args__ = (
        UniqueConstraint("notice_id", "person_id", "channel", "occasion"),
        Index("pointer_waiting_idx", "next_try_at", postgresql_where="state in ('WAITING', 'SENDING')"),
        Index("pointer_state_idx", "state", "id"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    organization_id: Mapped[UUID]
    notice_id: Mapped[UUID]
    membership_id: Mapped[UUID]
    person_id: Mapped[UUID]
    channel: Mapped[str]
    occasion: Mapped[str]
    state: Mapped[PointerState]
    queued_at: Mapped[datetime]
    next_try_at: Mapped[datetime] = mapped_column(comment="of a claimed one: when its claim runs out")
    tries: Mapped[int]
    problem: Mapped[str | None] = mapped_column(comment="what the server answered last: a code, never a text")
    handed_over_at: Mapped[datetime | None]
    settled_by: Mapped[UUID | None]
    note: Mapped[str | None]

    def claim(self, now: datetime, lasts: timedelta) -> None:
        """Take it to send it. Raises `NotAllowedNow` unless it waits."""
        self.state = LIFECYCLE.next(self.state, "claim")
        self.tries += 1
        self.next_try_at = now + lasts

    def drop(self) -> None:
        """There is nobody to tell any more."""
        self._move("drop")

    def give_up(self) -> None:
        """It waited for 72 hours."""
        self._move("give up")

    def hand_over(self, now: datetime) -> None:
        """The mail server has it."""
        self._move("hand over")
        self.handed_over_at = now

    def put_off(self, problem: str, now: datetime) -> None:
        """Try again later, ever later."""
        self._move("put off")
        self.problem = problem
        self.next_try_at = now + pause_after(self.tries)

    def refuse(self, problem: str) -> None:
        """The server says for good that this address is none."""
        self._move("refuse")
        self.problem = problem

    def lose_sight(self) -> None:
        """Nobody can tell whether the server took it: it is not sent again."""
        self._move("lose sight")

    def settle(self, by: UUID | None, note: str) -> None:
        """The help desk has dealt with it. Raises `NotAllowedNow` unless there was trouble."""
        self._move("settle")
        self.settled_by, self.note = by, note

    def _move(self, verb: str) -> None:
        before, self.state = self.state, LIFECYCLE.next(self.state, verb)
        self.audit(f"pointer.{verb.replace(' ', '-')}", before={"state": before}, after={"state": self.state})


def pause_after(tries: int) -> timedelta:
    """Return how long to wait after so many tries: a minute, doubled each time, four hours at most."""
    return min(FIRST_PAUSE * (1 << min(tries - 1, 10)), LONGEST_PAUSE)
