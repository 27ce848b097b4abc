"""A Form C report: what a contract supplier plans to furnish in one competition in one period (contracts.md 6)."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any
from uuid import UUID, uuid5

from sqlalchemy import ForeignKey, Index, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from chassis.aggregate import Aggregate
from chassis.calendar import in_time, write_day
from chassis.errors import Conflict, FieldProblem, Invalid, NotAllowedNow
from chassis.ids import new_id
from contracts_svc.base import Base
from contracts_svc.contracts.contract import Contract
from contracts_svc.contracts.line import ContractLine
from contracts_svc.form_c.content import Content
from contracts_svc.form_c.lifecycle import (
    AWAITED,
    IN_PROGRESS,
    LIFECYCLE,
    OVERDUE,
    SUBMIT,
    SUBMITTED_LATE,
    ReportState,
)
from contracts_svc.form_c.period import ReportingPeriod
from contracts_svc.form_c.rules import lacking
from events.form_c import FormCClosed, FormCOpened, FormCReopened, FormCSubmitted


class ReportChanged(Conflict):
    """This report was changed after you opened it. Read it again, and enter your changes once more."""


class ReportIncomplete(Invalid):
    """The report cannot be certified yet. Every item needs an answer."""


class NothingToCopy(NotAllowedNow):
    """There is no certified report of an earlier period to copy."""


class DueDatePassed(NotAllowedNow):
    """The due date has passed: a report that was submitted in time cannot be opened again."""


class AlreadyEscalated(NotAllowedNow):
    """This report is long overdue, and was handed on. Call the help desk."""


class NotScreened(NotAllowedNow):
    """A product that the supplier added is not screened yet, or is coded wrongly. Screen it, or return the report."""


class FormCReport(Aggregate, Base):
    """The report of one line of a contract for one period.

    `acts_by` is the last instant until which somebody has to act, and drives the sweeps: the due date, after a return
    the date for the correction, of an overdue report its escalation date; of a submitted one in time the due date,
    until which it may still be opened again.
    """

    __tablename__ = "form_c_report"
    __table_args__ = (
        Index("form_c_report_one_idx", "line_id", "starts_on", unique=True),
        Index("form_c_report_mine_idx", "organization_id", "due_at", "id"),
        Index("form_c_report_work_idx", "state", "due_at", "id"),
        Index("form_c_report_acts_idx", "acts_by", postgresql_where=text("acts_by is not null")),
        Index("form_c_report_period_idx", "period_id"),
        Index(
            "form_c_report_accepted_idx", "starts_on", "id", postgresql_where=text("state = 'ACCEPTED' and not listed")
        ),
        Index("form_c_report_notice_idx", "notice_id", postgresql_where=text("notice_id is not null")),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    organization_id: Mapped[UUID]
    contract_id: Mapped[UUID] = mapped_column(ForeignKey("contract.id"))
    line_id: Mapped[UUID] = mapped_column(ForeignKey("contract_line.id"))
    period_id: Mapped[UUID] = mapped_column(ForeignKey("form_c_period.id"))
    contract_number: Mapped[str]
    legal_business_name: Mapped[str]
    round_code: Mapped[str]
    category_code: Mapped[str]
    cba_code: Mapped[str]
    label: Mapped[str] = mapped_column(comment="category and area, in words")
    starts_on: Mapped[date]
    ends_on: Mapped[date]
    due_at: Mapped[datetime] = mapped_column(comment="as told; never changed")
    escalates_at: Mapped[datetime] = mapped_column(comment="missing after that it is a suspected breach")
    items: Mapped[list[str]] = mapped_column(JSONB, comment="HCPCS codes of the category")
    lead_item: Mapped[str | None] = mapped_column(comment="null: not published")
    state: Mapped[ReportState]
    row_version: Mapped[int]
    content: Mapped[dict[str, Any]] = mapped_column(JSONB, comment="products, and items that will be ordered")
    prefilled_from: Mapped[date | None] = mapped_column(comment="first day of the period it was copied from")
    acts_by: Mapped[datetime | None]
    missed: Mapped[bool] = mapped_column(comment="whether it was ever overdue")
    notice_id: Mapped[UUID | None] = mapped_column(comment="the failure notice that names it")
    certified: Mapped[int] = mapped_column(comment="how often it was certified")
    submitted_at: Mapped[datetime | None]
    unscreened: Mapped[bool] = mapped_column(comment="whether an added product waits to be screened, or is wrong")
    listed: Mapped[bool] = mapped_column(comment="whether it has come to the Supplier Directory")
    returned_because: Mapped[str]
    changed_at: Mapped[datetime]

    def __init__(
        self,
        contract: Contract,
        line: ContractLine,
        period: ReportingPeriod,
        *,
        lead_item: str | None,
        last: tuple[date, Content] | None,
        at: datetime,
    ) -> None:
        self.id, self.organization_id = new_id(), contract.organization_id
        self.contract_id, self.line_id, self.period_id = contract.id, line.id, period.id
        self.contract_number, self.legal_business_name = contract.number, contract.legal_business_name
        self.round_code, self.category_code, self.cba_code = line.round_code, line.category_code, line.cba_code
        self.label, self.starts_on, self.ends_on = line.label, period.starts_on, period.ends_on
        self.due_at = self.acts_by = period.due_at
        self.escalates_at = period.escalates_at
        self.items, self.lead_item = sorted({price["hcpcs"] for price in line.prices}), lead_item
        self.state, self.row_version, self.certified, self.missed = LIFECYCLE.start, 0, 0, False
        self.notice_id = self.submitted_at = None
        self.unscreened = self.listed = False
        self.returned_because, self.changed_at = "", at
        self.prefilled_from, filled = last or (None, Content())
        self.content = filled.only(self.items).kept
        self._move("open", at)
        self.say(
            FormCOpened(
                report_id=self.id,
                contract_id=self.contract_id,
                organization_id=self.organization_id,
                round_code=self.round_code,
                contract_number=self.contract_number,
                label=self.title,
                permission=SUBMIT,
                due_at=self.due_at,
                opened_at=at,
            )
        )

    @property
    def title(self) -> str:
        """The report in words, as a To-Do tells it."""
        return f"Form C: {self.label}, {write_day(self.starts_on)} through {write_day(self.ends_on)}"

    @property
    def is_late(self) -> bool:
        """Whether it was submitted late."""
        return self.missed and self.submitted_at is not None

    @property
    def awaited_until(self) -> datetime | None:
        """Until when the supplier may act on it in time; None where nobody has to act."""
        return self.acts_by if self.state in (*AWAITED, OVERDUE) else None

    def fill(self, content: Content, base: int, at: datetime) -> None:
        """Write what was entered. Raises `ReportChanged`, NotAllowedNow."""
        self.require_row_version(base)
        self._move("edit", at)
        self.content = content.kept

    def copy(self, last: tuple[date, Content] | None, base: int, at: datetime) -> None:
        """Write the last report over what stands here; it must be certified again. Raises `NothingToCopy`."""
        if last is None:
            raise NothingToCopy
        self.fill(last[1].only(self.items), base, at)
        self.prefilled_from = last[0]

    def certify(self, base: int, at: datetime, screened: Mapping[tuple[str, str], bool]) -> None:
        """Submit what stands here; after the due date it is late, and taken all the same.

        `screened` tells of products, by item and key, whether their coding was found right before.

        Raises `ReportChanged`, `ReportIncomplete` with everything that lacks, `AlreadyEscalated`, NotAllowedNow.
        """
        self.require_row_version(base)
        if self.state in AWAITED and not self._has_time(at):
            self.miss(at)
        if self.state is OVERDUE and not self._has_time(at):
            raise AlreadyEscalated
        moved = LIFECYCLE.next(self.state, "certify")
        if wrong := lacking(Content.of(self.content), self.items, self.lead_item):
            raise ReportIncomplete(fields=[FieldProblem(f"items.{item}", words) for item, words in wrong])
        self._move("certify", at)
        self.certified, self.submitted_at, self.returned_because = self.certified + 1, at, ""
        self.acts_by = None if moved is SUBMITTED_LATE else self.acts_by
        self.unscreened = not all(screened.get((each.hcpcs, each.key)) for each in Content.of(self.content).added)
        self.say(
            FormCSubmitted(
                report_id=self.id,
                organization_id=self.organization_id,
                late=self.missed,
                submitted_at=at,
            )
        )

    def reopen(self, base: int, at: datetime) -> None:
        """Take it back to change it, before it is due. Raises `ReportChanged`, `DueDatePassed`, NotAllowedNow."""
        self.require_row_version(base)
        LIFECYCLE.next(self.state, "re-open")
        if not self._has_time(at):
            raise DueDatePassed
        self._move("re-open", at)
        self._awaited_again(at)

    def accept(self, base: int, at: datetime) -> None:
        """The program takes it as it is. Raises `ReportChanged`, `NotScreened`, NotAllowedNow."""
        self.require_row_version(base)
        self._take("accept", at)

    def settle(self, at: datetime) -> None:
        """Nothing is left to screen, and it can be opened no more: it is taken."""
        self._take("settle", at)

    def send_back(self, base: int, why: str, answer_by: datetime, escalates_at: datetime, at: datetime) -> None:
        """Return it to be corrected until a date. Raises `ReportChanged`, NotAllowedNow."""
        self.require_row_version(base)
        self._move("return", at)
        self.returned_because, self.acts_by, self.escalates_at = why, answer_by, escalates_at
        self._awaited_again(at)

    def miss(self, at: datetime, *, again: bool = False, noticed: bool = False) -> None:
        """It did not come by its date: it is overdue, and waits until its escalation date.

        `noticed`: a failure notice names it, the one of its period and date. `again`: an earlier report of the same
        line was missed as well, which is a suspected breach at once (contracts.md 6).
        """
        missed_by = self.acts_by or self.due_at
        self._move("miss", at)
        self.missed = True
        if noticed:
            self.notice_id = uuid5(self.period_id, missed_by.isoformat())
        self.acts_by = missed_by if again else self.escalates_at

    def escalate(self, at: datetime) -> None:
        """It did not come by its escalation date either."""
        self._move("escalate", at)
        self._over(at)

    def close(self, at: datetime) -> None:
        """The contract has ended: nothing remains to be planned."""
        self._move("close", at)
        self._over(at)

    def require_row_version(self, base: int) -> None:
        """Raise `ReportChanged` when somebody else changed it meanwhile."""
        if base != self.row_version:
            raise ReportChanged

    def may_reopen(self, at: datetime) -> bool:
        """Whether there is time left to open a submitted report again."""
        return self._has_time(at)

    def _has_time(self, at: datetime) -> bool:
        return self.acts_by is None or in_time(at, self.acts_by)

    def _take(self, verb: str, at: datetime) -> None:
        LIFECYCLE.next(self.state, verb)
        if self.unscreened:
            raise NotScreened
        self._move(verb, at)
        self.acts_by = None

    def _over(self, at: datetime) -> None:
        self.acts_by = None
        self.say(FormCClosed(report_id=self.id, organization_id=self.organization_id, closed_at=at))

    def _awaited_again(self, at: datetime) -> None:
        """Its To-Do is open again. A report that was opened again is due when it was due before."""
        self.say(
            FormCReopened(
                report_id=self.id,
                organization_id=self.organization_id,
                because="opened" if self.state is IN_PROGRESS else "returned",
                due_at=self.acts_by or self.due_at,
                reopened_at=at,
            )
        )

    def _move(self, verb: str, at: datetime) -> None:
        before, self.state = self.state, LIFECYCLE.next(self.state, verb)
        self.row_version += 1
        self.changed_at = at
        self.audit(f"form-c-report.{verb}", before={"state": before}, after={"state": self.state})
