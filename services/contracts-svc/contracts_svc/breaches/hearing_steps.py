"""A hearing: asked for in time, announced 30 days before, evidence shared 15 days before, recommended on in 30 days."""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy.orm import Mapped, mapped_column

from chassis.calendar import due_at, eastern_day
from chassis.errors import Invalid, NotAllowedNow
from contracts_svc.breaches.steps import Rules, Steps, require_in_time


class HeldTooSoon(Invalid):
    """A hearing is announced at least so many days before it as the rules ask. Choose a later day."""


class NotTheTimeYet(NotAllowedNow):
    """The hearing has not begun yet."""


class EvidenceNotShared(NotAllowedNow):
    """The evidence was not shared in time before the hearing. Schedule the hearing anew, and share it first."""


class NotPermitted(NotAllowedNow):
    """Evidence comes with the request for the hearing. The hearing officer has permitted no more."""


class NotLater(Invalid):
    """An extension ends on a later day than it does now."""


class PermittedTooEarly(Invalid):
    """Permit evidence until today or later, and not after it is shared."""


class HearingSteps(Steps):
    """The hearing of a case, with every date of it; a date that was told is stored and never computed again."""

    hearing_asked_at: Mapped[datetime | None]
    contact_by: Mapped[datetime | None]
    scheduled_at: Mapped[datetime | None]
    held_at: Mapped[datetime | None] = mapped_column(comment="when the hearing begins, as told")
    held_by: Mapped[str | None] = mapped_column(comment="in-person or telephone")
    place: Mapped[str]
    cms_evidence_by: Mapped[datetime | None]
    share_by: Mapped[datetime | None]
    shared_at: Mapped[datetime | None]
    evidence_until: Mapped[datetime | None] = mapped_column(comment="further evidence of the supplier is permitted")
    closed_on: Mapped[date | None] = mapped_column(comment="the day the hearing closed")
    recommend_by: Mapped[datetime | None]
    hearing_recommended_by: Mapped[UUID | None]

    hearing_by: Mapped[datetime | None]

    def request_hearing(self, rules: Rules, base: int, at: datetime) -> None:
        """An official asks for a hearing, in writing; the effect is stayed. Raises `CaseChanged`, `TooLate`."""
        self.require_row_version(base)
        self._move("request hearing", at)
        require_in_time(at, self.hearing_by)
        self.hearing_asked_at, self.contact_by = at, rules.due("HEARING_CONTACT", eastern_day(at))
        self.clock_at = self.contact_by

    def schedule(self, rules: Rules, held_at: datetime, held_by: str, place: str, *, base: int, at: datetime) -> None:
        """The hearing officer announces when and how it is held; again, where the evidence was not shared in time.

        Raises `CaseChanged`, `HeldTooSoon`, NotAllowedNow.
        """
        self.require_row_version(base)
        today, day = eastern_day(at), eastern_day(held_at)
        self._move("schedule", at, {"held_at": held_at.isoformat()})
        if today > rules.day("HEARING_NOTICE", day):
            raise HeldTooSoon(field="held_at")
        self.scheduled_at, self.held_at, self.held_by, self.place = at, held_at, held_by, place
        self.cms_evidence_by = rules.due("CMS_EVIDENCE", today)
        self.share_by, self.shared_at = rules.due("EVIDENCE_SHARE", day), None
        self.clock_at = self.share_by

    def permit_evidence(self, until: date, base: int, at: datetime) -> None:
        """The officer permits further evidence until a day. Raises `CaseChanged`, `PermittedTooEarly`."""
        self.require_row_version(base)
        clock = self.clock_at
        self._move("permit evidence", at, {"until": until.isoformat()})
        self.evidence_until, self.clock_at = due_at(until), clock
        if until < eastern_day(at) or (self.share_by is not None and self.evidence_until > self.share_by):
            raise PermittedTooEarly(field="until")

    def add_evidence(self, base: int, at: datetime) -> None:
        """The supplier adds evidence that was permitted. Raises `CaseChanged`, `NotPermitted`, `TooLate`."""
        self.require_row_version(base)
        clock = self.clock_at
        self._move("add evidence", at)
        if self.evidence_until is None:
            raise NotPermitted
        require_in_time(at, self.evidence_until)
        self.clock_at = clock

    def give_evidence(self, base: int, at: datetime) -> None:
        """CMS's evidence, within its days. Raises `CaseChanged`, `TooLate`, NotAllowedNow."""
        self.require_row_version(base)
        clock = self.clock_at
        self._move("give evidence", at)
        require_in_time(at, self.cms_evidence_by)
        self.clock_at = clock

    def share_evidence(self, base: int, at: datetime) -> None:
        """Each side gets the other's evidence. Raises `CaseChanged`, `TooLate`, NotAllowedNow."""
        self.require_row_version(base)
        self._move("share evidence", at)
        require_in_time(at, self.share_by)
        self.shared_at, self.evidence_until = at, None
        if self.held_at is not None:
            self.clock_at = self.held_at

    def hold(self, rules: Rules, base: int, at: datetime) -> None:
        """The hearing was held, and is closed. Raises `CaseChanged`, `NotTheTimeYet`, `EvidenceNotShared`."""
        self.require_row_version(base)
        self._move("hold", at)
        if self.held_at is None or at < self.held_at:
            raise NotTheTimeYet
        if self.shared_at is None:
            raise EvidenceNotShared
        self.closed_on = eastern_day(at)
        self.recommend_by = self.clock_at = rules.due("RECOMMENDATION", self.closed_on)

    def extend(self, until: date, base: int, at: datetime) -> None:
        """CMS gives the hearing officer longer. Raises `CaseChanged`, `NotLater`, NotAllowedNow."""
        self.require_row_version(base)
        self._move("extend", at, {"until": until.isoformat()})
        if self.recommend_by is None or due_at(until) <= self.recommend_by:
            raise NotLater(field="until")
        self.recommend_by = self.clock_at = due_at(until)

    def recommend_to_cms(self, rules: Rules, by: UUID | None, base: int, at: datetime) -> datetime:
        """The officer recommends on each action; returns until when CMS decides. Raises `CaseChanged`."""
        self.require_row_version(base)
        self._move("recommend to CMS", at)
        self.hearing_recommended_by = by
        self.clock_at = rules.due("FINAL_DECISION", eastern_day(at))
        return self.clock_at
