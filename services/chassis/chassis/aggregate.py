from typing import Any
from uuid import UUID

from sqlalchemy import event
from sqlalchemy.orm import Session as SyncSession
from sqlalchemy.orm import UOWTransaction, object_session

from chassis.recording import AuditEntry, Recording, RecordingSession, Said


class Aggregate:
    """What a mapped class inherits to say events and leave an audit trail.

    Both are written in the transaction that saves the aggregate, in the order they were recorded. The class
    sets `id` in its constructor, so that what it says can name it.

        class Requirement(Aggregate, Base):
            def receive(self, at: datetime) -> None:
                before, self.state = self.state, LIFECYCLE.next(self.state, "receive")
                self.audit("requirement.receive", before={"state": before}, after={"state": self.state})
                self.say(RequirementReceived(...))
    """

    def say(self, said: Said) -> None:
        """Say an event: a past-tense fact of the `events` package. It is published after the commit, or never."""
        self._record(said)

    def audit(
        self,
        action: str,
        *,
        before: dict[str, Any] | None = None,
        after: dict[str, Any] | None = None,
        reason: str | None = None,
    ) -> UUID:
        """Leave an audit row and return its id. `action` is `<entity>.<verb>`; values are plain JSON, no secrets."""
        entry = AuditEntry(action, str(self.id), before, after, reason)  # type: ignore[attr-defined]
        self._record(entry)
        return entry.id

    def _record(self, record: Said | AuditEntry) -> None:
        session = object_session(self)
        if session is None:  # not added yet: kept here until the session first flushes it
            self.__dict__.setdefault("_recorded", []).append(record)
        else:
            _take(session.info["recording"], record)


def _take(recording: Recording, record: Said | AuditEntry) -> None:
    if isinstance(record, AuditEntry):
        recording.audited.append(record)
    else:
        recording.said.append(record)


@event.listens_for(RecordingSession, "before_flush")
def _collect(session: SyncSession, _context: UOWTransaction, _instances: object) -> None:
    for thing in session.new:
        if isinstance(thing, Aggregate):
            for record in thing.__dict__.pop("_recorded", []):
                _take(session.info["recording"], record)
