"""Sweeps that plan the reporting periods of a contract, and open the reports of a period that has begun."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import exists, or_, select
from sqlalchemy.dialects.postgresql import distinct_on

from chassis.calendar import business_days_before, latest_missed
from chassis.database import ReadSession, Session
from chassis.deadlines import due_day
from chassis.sweeps import each
from contracts_svc.contracts.contract import Contract
from contracts_svc.contracts.lifecycle import ACTIVE, EXECUTED, SUSPENDED
from contracts_svc.duties.duty import ContractDuty
from contracts_svc.form_c.certification import CertifiedReport
from contracts_svc.form_c.content import Content
from contracts_svc.form_c.period import ReportingPeriod, spans
from contracts_svc.form_c.report import FormCReport
from contracts_svc.program.round import KnownRound
from events.deadlines import DEADLINES

Last = tuple[date, Content]


async def plan_periods(session: Session, _as_of: datetime, limit: int) -> int:
    """Plan the periods of contracts whose duties are planned: due when the duty says so; a sweep."""
    found = await session.scalars(
        select(Contract)
        .where(Contract.state.in_((EXECUTED, ACTIVE, SUSPENDED)), Contract.succeeds.is_(None))
        .where(exists().where(ContractDuty.contract_id == Contract.id))
        .where(~exists().where(ReportingPeriod.contract_id == Contract.id))
        .order_by(Contract.id)
        .limit(limit)
        .with_for_update(skip_locked=True, of=Contract)
    )
    return await each(session, found.all(), lambda contract: _plan(session, contract))


async def open_reports(session: Session, as_of: datetime, limit: int) -> int:
    """Open the reports of periods that have begun and are not due yet, one for each active contract's line; a sweep.

    A line that joined the contract later is given its report with the contract's next version. A period that was due
    before the contract was active has none: nobody could have sent it in time.
    """
    found = await session.execute(
        select(ReportingPeriod, Contract)
        .join(Contract, Contract.id == ReportingPeriod.contract_id)
        .where(ReportingPeriod.opens_at <= as_of, ReportingPeriod.due_at > latest_missed(as_of))
        .where(Contract.state == ACTIVE)
        .where(or_(ReportingPeriod.opened_version.is_(None), ReportingPeriod.opened_version < Contract.version))
        .order_by(ReportingPeriod.due_at, ReportingPeriod.id)
        .limit(limit)
        .with_for_update(skip_locked=True, of=ReportingPeriod)
    )
    begun = [(row[0], row[1]) for row in found]
    lines = [line.id for _, contract in begun for line in contract.lines if line.stands]
    last = await last_certified(session, lines)
    leads = await _lead_items(session, {contract.round_code for _, contract in begun})
    there = await _opened(session, [period.id for period, _ in begun])

    def act(pair: tuple[ReportingPeriod, Contract]) -> None:
        period, contract = pair
        known = leads.get(contract.round_code, {})
        for line in contract.lines:
            if line.stands and (period.id, line.id) not in there:
                lead_item = known.get(line.category_code)
                session.add(FormCReport(contract, line, period, lead_item=lead_item, last=last.get(line.id), at=as_of))
        period.opened_version = contract.version

    return await each(session, begun, act)


async def last_certified(
    session: Session | ReadSession, lines: Sequence[UUID], before: date | None = None
) -> dict[UUID, Last]:
    """Return for each of these lines the content that was certified last, with the first day of its period.

    `before`: only of periods that begin before this day.
    """
    certified = (
        select(CertifiedReport)
        .where(CertifiedReport.line_id.in_(lines))
        .ext(distinct_on(CertifiedReport.line_id))
        .order_by(CertifiedReport.line_id, CertifiedReport.starts_on.desc(), CertifiedReport.number.desc())
    )
    if before is not None:
        certified = certified.where(CertifiedReport.starts_on < before)
    return {each.line_id: (each.starts_on, Content.of(each.content)) for each in await session.scalars(certified)}


async def _plan(session: Session, contract: Contract) -> None:
    known = await session.get_one(KnownRound, contract.round_code)
    due = select(ContractDuty.due_on).where(ContractDuty.contract_id == contract.id, ContractDuty.code == "FORM_C")
    days = (await session.scalars(due.order_by(ContractDuty.due_on))).all()
    planned = zip(spans(contract.starts_on, contract.ends_on, known.rules.form_c_months), days, strict=True)
    for span, day in planned:
        escalates_on = due_day(DEADLINES["FORM_C_ESCALATION"], day, known.rules)
        before = [business_days_before(day, count, known.closed_on) for count in known.rules.form_c_reminder_bdays]
        session.add(ReportingPeriod(contract, span, day, escalates_on, before))
    await session.flush()


async def _lead_items(session: Session, rounds: set[str]) -> dict[str, dict[str, Any]]:
    known = await session.scalars(select(KnownRound).where(KnownRound.round_code.in_(rounds)))
    return {each.round_code: each.lead_items for each in known}


async def _opened(session: Session, periods: Sequence[UUID]) -> set[tuple[UUID, UUID]]:
    found = select(FormCReport.period_id, FormCReport.line_id).where(FormCReport.period_id.in_(periods))
    return {(row.period_id, row.line_id) for row in await session.execute(found)}
