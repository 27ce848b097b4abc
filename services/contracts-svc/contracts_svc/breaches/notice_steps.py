"""From a suspicion to a notice, and what happens where nobody answers it (42 CFR 414.422(g); contracts.md 7)."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from chassis.calendar import eastern_day, midnight
from chassis.errors import Invalid, NotAllowedNow
from chassis.ids import new_id
from contracts_svc.breaches.lifecycle import NOTICED
from contracts_svc.breaches.steps import Rules, Steps


class EffectTooEarly(Invalid):
    """An action cannot take effect before the supplier's time to answer the notice is over."""


class NotNoticedYet(NotAllowedNow):
    """The notice has not gone out yet. It can be answered once it has."""


class NoticeSteps(Steps):
    """The notices of a case: what deviates, whether a plan is allowed, and the clocks of the latest one.

    `notice_told_at` is when notices-svc issued it; nothing takes effect on a notice that never went out.
    """

    deviations: Mapped[list[str]] = mapped_column(JSONB, comment="what deviates from the contract, in words")
    suspicions: Mapped[list[dict[str, Any]]] = mapped_column(JSONB, comment="what pointed to it, each once")
    recommended_by: Mapped[UUID | None] = mapped_column(comment="the person who recommended the notice")
    notice_id: Mapped[UUID | None] = mapped_column(comment="the latest notice of the case")
    noticed_on: Mapped[date | None] = mapped_column(comment="the date on the latest breach notice; null: none yet")
    notice_told_at: Mapped[datetime | None] = mapped_column(comment="when notices-svc issued the breach notice")
    told_at: Mapped[datetime | None] = mapped_column(comment="since when the supplier knows of the case")
    notices: Mapped[int] = mapped_column(comment="breach notices so far")
    cap_allowed: Mapped[bool] = mapped_column(comment="whether a corrective action plan may be sent")
    barred_check: Mapped[str] = mapped_column(comment="how it was checked that a plan is not barred")
    named_on: Mapped[date | None] = mapped_column(comment="the effective date a notice names; null: day 45")
    plan_by: Mapped[datetime | None]
    hearing_by: Mapped[datetime | None]
    effect_on: Mapped[date | None]

    def recommend(self, deviations: Sequence[str], by: UUID | None, base: int, at: datetime) -> None:
        """The CBIC recommends a notice. Raises `CaseChanged`, NotAllowedNow."""
        self.require_row_version(base)
        self._move("recommend", at)
        self.deviations, self.recommended_by = list(deviations), by

    def dismiss(self, base: int, at: datetime) -> None:
        """There was no breach. Raises `CaseChanged`, NotAllowedNow."""
        self.require_row_version(base)
        self._move("dismiss", at)

    def send_back(self, base: int, at: datetime) -> None:
        """CMS issues no notice on this recommendation. Raises `CaseChanged`, NotAllowedNow."""
        self.require_row_version(base)
        self._move("send back", at)

    def issue(
        self, rules: Rules, *, cap_allowed: bool, barred_check: str, named_on: date | None, base: int, at: datetime
    ) -> None:
        """CMS issues the notice, or a subsequent one: its clocks run from the day it goes out.

        Raises `CaseChanged`, `EffectTooEarly`, NotAllowedNow.
        """
        self.require_row_version(base)
        first = self.notices == 0
        self._move("issue notice" if first else "issue subsequent notice", at, {"cap_allowed": cap_allowed})
        self.notices += 1
        self.cap_allowed, self.barred_check, self.named_on = cap_allowed, barred_check, named_on
        self.notice_id, self.notice_told_at = new_id(), None
        self._start_clocks(eastern_day(at), rules)
        if named_on is not None and self.hearing_by is not None and midnight(named_on) <= self.hearing_by:
            raise EffectTooEarly(field="effective_on")

    def note_issued(self, issued_at: datetime, rules: Rules) -> None:
        """The notice has gone out: the clocks run from the date on it. Told again, nothing changes."""
        if self.notice_told_at is not None or self.state not in NOTICED:
            return
        self.notice_told_at, self.told_at = issued_at, self.told_at or issued_at
        self._start_clocks(eastern_day(issued_at), rules)
        self.acts_at = midnight(self.effect_on) if self.effect_on else None
        self.row_version += 1
        self.audit("breach.note-issued", after={"noticed_on": str(self.noticed_on), "effect_on": str(self.effect_on)})

    def require_noticed(self) -> None:
        """Raise `NotNoticedYet` while the notice has not gone out."""
        if self.state in NOTICED and self.notice_told_at is None:
            raise NotNoticedYet

    def _start_clocks(self, day: date, rules: Rules) -> None:
        """30 days for a plan and 30 for a hearing, rolled forward; 45 days until the effect, or the date named.

        A date that was named stands, except where a notice that went out late would leave no time to answer.
        """
        self.noticed_on = day
        self.plan_by = rules.due("CAP_SUBMIT", day) if self.cap_allowed else None
        self.hearing_by = rules.due("HEARING_REQUEST", day)
        by_rule = rules.day("BREACH_EFFECT", day)
        self.effect_on = self.named_on or by_rule
        if self.named_on is not None and midnight(self.named_on) <= self.hearing_by:
            self.effect_on = by_rule
        self.clock_at = self.hearing_by
