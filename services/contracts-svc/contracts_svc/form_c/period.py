"""The reporting periods of a contract. Planned once with their due dates, and never computed again (lifecycle.md 2)."""

import calendar
from collections.abc import Iterator, Sequence
from datetime import date, datetime, timedelta
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import ForeignKey, Index, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from chassis.calendar import due_at, midnight
from chassis.ids import new_id
from contracts_svc.base import Base
from contracts_svc.contracts.contract import Contract


class Span(NamedTuple):
    """A reporting period by its first and last day; `trigger` is the day its due date counts from."""

    first: date
    last: date
    trigger: date


def spans(starts_on: date, ends_on: date, months: int) -> Iterator[Span]:
    """Return the periods of a contract: one after the other from its start, none after its end (contracts.md 6)."""
    first = starts_on
    while first <= ends_on:
        following = _months_later(first, months)
        yield Span(first, min(following - timedelta(days=1), ends_on), first - timedelta(days=1))
        first = following


class ReportingPeriod(Base):
    """A period of one contract, and until when its reports are due.

    `opened_version` is the version of the contract for whose lines reports were opened: a line that joins later, while
    there is still time, gets its report then.
    """

    __tablename__ = "form_c_period"
    __table_args__ = (
        Index("form_c_period_contract_idx", "contract_id", "starts_on", unique=True),
        Index("form_c_period_due_idx", "due_at"),
        Index("form_c_period_remind_idx", "remind_at", postgresql_where=text("remind_at is not null")),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    contract_id: Mapped[UUID] = mapped_column(ForeignKey("contract.id"))
    organization_id: Mapped[UUID]
    starts_on: Mapped[date]
    ends_on: Mapped[date]
    opens_at: Mapped[datetime]
    due_at: Mapped[datetime]
    escalates_at: Mapped[datetime] = mapped_column(comment="a report still missing then is a suspected breach")
    opened_version: Mapped[int | None] = mapped_column(comment="of the contract; null: not open yet")
    reminders: Mapped[list[Any]] = mapped_column(
        JSONB, server_default=text("'[]'"), comment="moments that lie ahead, in order"
    )
    remind_at: Mapped[datetime | None] = mapped_column(comment="the next of its reminders")

    def __init__(
        self, contract: Contract, span: Span, due_on: date, escalates_on: date, remind_on: Sequence[date] = ()
    ) -> None:
        self.id, self.contract_id, self.organization_id = new_id(), contract.id, contract.organization_id
        self.starts_on, self.ends_on, self.opens_at = span.first, span.last, midnight(span.first)
        self.due_at, self.escalates_at, self.opened_version = due_at(due_on), due_at(escalates_on), None
        days = sorted({span.first, *(day for day in remind_on if day > span.first)})
        self.reminders = [midnight(day).isoformat() for day in days]
        self.remind_at = midnight(days[0])

    def reminded(self, at: datetime) -> None:
        """Everything up to this moment is reminded of; the next reminder, if any, lies after it."""
        self.reminders = [each for each in self.reminders if datetime.fromisoformat(each) > at]
        self.remind_at = datetime.fromisoformat(self.reminders[0]) if self.reminders else None


def _months_later(day: date, months: int) -> date:
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return date(year, month + 1, min(day.day, calendar.monthrange(year, month + 1)[1]))
