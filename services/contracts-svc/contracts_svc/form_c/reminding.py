"""A sweep that reminds of reports that are awaited: when they open, and before they are due (contracts.md 6).

The days are planned with the period and stored. A reminder is a notice for everybody who may see Form C, with its
e-mail; nobody has to release it, because the calendar alone decides about it.
"""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import select

from chassis.calendar import latest_missed
from chassis.database import Session
from chassis.ids import new_id
from chassis.sweeps import each
from contracts_svc.contracts.contract import Contract
from contracts_svc.contracts.lifecycle import ACTIVE, ContractState
from contracts_svc.form_c.lifecycle import AWAITED
from contracts_svc.form_c.period import ReportingPeriod
from contracts_svc.form_c.report import FormCReport
from events.contracts import NoticeRequested
from events.notice_fields import THE_CALENDAR, FormCDueFields, NoticeSubject

Due = tuple[ReportingPeriod, ContractState, str, int]


async def remind_of_reports(session: Session, as_of: datetime, limit: int) -> int:
    """Remind the supplier of each opened period of which a report is awaited; a sweep.

    Of several reminders whose day passed while nothing ran, one is sent. Of what was certified nobody is reminded.
    """
    found = await session.execute(
        select(ReportingPeriod, Contract.state, Contract.round_code, Contract.serial)
        .join(Contract, Contract.id == ReportingPeriod.contract_id)
        .where(ReportingPeriod.remind_at <= as_of, ReportingPeriod.opened_version.is_not(None))
        .order_by(ReportingPeriod.remind_at, ReportingPeriod.id)
        .limit(limit)
        .with_for_update(skip_locked=True, of=ReportingPeriod)
    )
    due: list[Due] = [(row[0], row[1], row[2], row[3]) for row in found]
    awaited = await _awaited(session, [period.id for period, *_ in due])

    def act(one: Due) -> None:
        period, state, round_code, serial = one
        period.reminded(as_of)
        if state is ACTIVE and period.id in awaited and period.due_at > latest_missed(as_of):
            session.say(_reminder(period, round_code, f"{round_code}-{serial:06d}", as_of))

    return await each(session, due, act)


def _reminder(period: ReportingPeriod, round_code: str, contract_number: str, at: datetime) -> NoticeRequested:
    return NoticeRequested(
        notice_id=new_id(),
        organization_id=period.organization_id,
        round_code=round_code,
        about=NoticeSubject(kind="form-c-period", id=period.id),
        requested_by=THE_CALENDAR,
        released_by=THE_CALENDAR,
        requested_at=at,
        due_at=period.due_at,
        fields=FormCDueFields(
            contract_number=contract_number, period_starts_on=period.starts_on, period_ends_on=period.ends_on
        ),
    )


async def _awaited(session: Session, periods: Sequence[UUID]) -> set[UUID]:
    """The periods of which a report is awaited still."""
    awaited = select(FormCReport.period_id).distinct()
    return set(await session.scalars(awaited.where(FormCReport.period_id.in_(periods), FormCReport.state.in_(AWAITED))))
