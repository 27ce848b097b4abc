"""A corrective action plan: one revision, carried out by its own date, reported on within days (42 CFR 414.423)."""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy.orm import Mapped, mapped_column

from chassis.calendar import eastern_day
from chassis.errors import Invalid, NotAllowedNow
from contracts_svc.breaches.lifecycle import CAP_ACTIVE, CAP_REVIEW
from contracts_svc.breaches.steps import Rules, Steps, once_missed, require_in_time


class NoPlanAllowed(NotAllowedNow):
    """CMS does not allow a corrective action plan for this notice. A hearing can be requested."""


class RevisedAlready(NotAllowedNow):
    """A plan may be revised once only, and this one was. Recommend what CMS should decide about it."""


class FinishesTooEarly(Invalid):
    """Give a day on which the plan will be fully carried out, today or later."""


class NotRecommendedYet(NotAllowedNow):
    """A compliance analyst recommends first what to decide about the plan."""


class NotReported(NotAllowedNow):
    """No follow-up report has come. Wait for it, or issue a subsequent notice once its time is over."""


class StillInTime(NotAllowedNow):
    """The plan is being carried out, and the time for its follow-up report is not over yet."""


class PlanSteps(Steps):
    """The plan of a case: when it will be carried out, when a revision and the follow-up report are due."""

    finish_on: Mapped[date | None] = mapped_column(comment="when the plan will be fully carried out")
    revised: Mapped[bool] = mapped_column(comment="whether this plan was returned once")
    revise_by: Mapped[datetime | None]
    revision_missed: Mapped[bool]
    plan_recommendation: Mapped[str | None] = mapped_column(comment="accept or refuse")
    plan_recommended_by: Mapped[UUID | None]
    report_by: Mapped[datetime | None]
    reported_at: Mapped[datetime | None]
    report_missed: Mapped[bool]

    cap_allowed: Mapped[bool]
    plan_by: Mapped[datetime | None]

    def submit_plan(self, finish_on: date, base: int, at: datetime) -> None:
        """The supplier says how and by when it puts everything right; the effect is stayed.

        Raises `CaseChanged`, `NoPlanAllowed`, `TooLate`, `FinishesTooEarly`, NotAllowedNow.
        """
        self.require_row_version(base)
        self._move("submit plan", at, {"finish_on": finish_on.isoformat()})
        if not self.cap_allowed:
            raise NoPlanAllowed
        require_in_time(at, self.plan_by)
        self._take(finish_on, at)
        self.revised = self.revision_missed = False

    def return_plan(self, rules: Rules, base: int, at: datetime) -> None:
        """The CBIC returns it, once; the revised plan has as long as a plan had [proposal: no source gives a length].

        Raises `CaseChanged`, `RevisedAlready`, NotAllowedNow.
        """
        self.require_row_version(base)
        self._move("return plan", at)
        if self.revised:
            raise RevisedAlready
        self.revised, self.revise_by = True, rules.due("CAP_SUBMIT", eastern_day(at))
        self.clock_at, self.acts_at = self.revise_by, once_missed(self.revise_by)

    def resubmit_plan(self, finish_on: date, base: int, at: datetime) -> None:
        """The supplier sends the revised plan. Raises `CaseChanged`, `TooLate`, `FinishesTooEarly`, NotAllowedNow."""
        self.require_row_version(base)
        self._move("resubmit plan", at, {"finish_on": finish_on.isoformat()})
        require_in_time(at, self.revise_by)
        self._take(finish_on, at)

    def miss_revision(self, at: datetime) -> None:
        """No revised plan came: the plan is judged as it was."""
        self._move("miss revision", at)
        self.revision_missed = True

    def recommend_plan(self, what: str, by: UUID | None, base: int, at: datetime) -> None:
        """The CBIC recommends to accept the plan or not. Raises `CaseChanged`, NotAllowedNow."""
        self.require_row_version(base)
        self._move("recommend plan", at, {"what": what})
        self.plan_recommendation, self.plan_recommended_by = what, by

    def accept_plan(self, rules: Rules, base: int, at: datetime) -> None:
        """CMS accepts it: its timeframes are stored. Raises `CaseChanged`, `NotRecommendedYet`, NotAllowedNow."""
        self.require_row_version(base)
        self._move("accept plan", at)
        if self.plan_recommendation is None or self.finish_on is None:
            raise NotRecommendedYet
        self.reported_at, self.report_missed = None, False
        self.report_by = rules.due("CAP_FOLLOWUP", max(self.finish_on, eastern_day(at)))
        self.clock_at, self.acts_at = self.report_by, once_missed(self.report_by)

    def report(self, base: int, at: datetime) -> None:
        """The supplier reports that the plan is carried out. Raises `CaseChanged`, `TooLate`, NotAllowedNow."""
        self.require_row_version(base)
        until = self.report_by
        self._move("report", at)
        require_in_time(at, until)
        self.reported_at = at

    def miss_report(self, at: datetime) -> None:
        """No follow-up report came within its days: CMS issues a subsequent notice."""
        self._move("miss report", at)
        self.report_missed = True

    def verify(self, base: int, at: datetime) -> None:
        """The CBIC found that the plan is carried out. Raises `CaseChanged`, `NotReported`, NotAllowedNow."""
        self.require_row_version(base)
        self._move("verify", at)
        if self.reported_at is None:
            raise NotReported

    def require_failed(self) -> None:
        """Raise unless the plan was judged, reported on or missed: only then may a subsequent notice follow."""
        if self.state is CAP_REVIEW and self.plan_recommendation is None:
            raise NotRecommendedYet
        if self.state is CAP_ACTIVE and self.reported_at is None and not self.report_missed:
            raise StillInTime

    def _take(self, finish_on: date, at: datetime) -> None:
        if finish_on < eastern_day(at):
            raise FinishesTooEarly(field="finish_on")
        self.finish_on, self.plan_recommendation, self.plan_recommended_by = finish_on, None, None
