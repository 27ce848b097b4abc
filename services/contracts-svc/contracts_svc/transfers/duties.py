"""What is open under a contract goes with the lines: reports, dates, and what the Supplier Directory tells."""

from collections.abc import Sequence
from datetime import date

from sqlalchemy import delete, select

from chassis.calendar import due_at, eastern_day, latest_missed
from chassis.database import Session
from chassis.ids import new_id
from contracts_svc.contracts.contract import Contract
from contracts_svc.contracts.lifecycle import TRANSFERRED
from contracts_svc.contracts.line import ContractLine
from contracts_svc.directory.entry import DirectoryEntry
from contracts_svc.duties.duty import ContractDuty
from contracts_svc.duties.planning import Planned, plan_subcontractors
from contracts_svc.form_c.content import Content
from contracts_svc.form_c.lifecycle import AWAITED, OVERDUE
from contracts_svc.form_c.missing import tell_answered
from contracts_svc.form_c.period import ReportingPeriod, Span
from contracts_svc.form_c.report import FormCReport
from contracts_svc.locations.lifecycle import OPEN
from contracts_svc.locations.location_change import LocationChange
from contracts_svc.program.round import KnownRound

Made = Sequence[tuple[ContractLine, ContractLine]]
_OF_THE_PERIOD = ("PERIOD_STARTS", "PERIOD_ENDS")


async def move_duties(session: Session, contract: Contract, successor: Contract, made: Made) -> None:
    """Move what is open under the lines that went, each told with the line that the successor has for it.

    Requests about locations of these lines are closed: the successor asks for its own. Reports that are not due yet are
    the successor's from now on; what was overdue stays told, and nothing follows from it any more. A contract that the
    successor held before has its own dates and opens reports of new lines by itself.
    """
    await _close_location_changes(session, [line for line, _ in made])
    periods = await _periods(session, contract, successor) if successor.succeeds == contract.id else {}
    await _move_reports(session, successor, made, periods)
    await _move_directory(session, successor, made)
    await _move_dates(session, contract, successor)


async def _close_location_changes(session: Session, lines: Sequence[ContractLine]) -> None:
    found = await session.scalars(
        select(LocationChange)
        .where(LocationChange.line_id.in_([line.id for line in lines]), LocationChange.state.in_(OPEN))
        .with_for_update()
    )
    for change in found:
        change.go_with_the_line(session.at)


async def _periods(session: Session, contract: Contract, successor: Contract) -> dict[date, ReportingPeriod]:
    """Give a new contract the periods that are not due yet; the one that has begun opens no report by itself."""
    found = await session.scalars(
        select(ReportingPeriod).where(
            ReportingPeriod.contract_id == contract.id, ReportingPeriod.due_at > latest_missed(session.at)
        )
    )
    periods = {}
    for each in found:
        span = Span(each.starts_on, each.ends_on, each.starts_on)
        made = ReportingPeriod(successor, span, eastern_day(each.due_at), eastern_day(each.escalates_at))
        made.opened_version = successor.version if each.opens_at <= session.at else None
        periods[each.starts_on] = made
    session.add_all(periods.values())
    await session.flush()
    return periods


async def _move_reports(
    session: Session, successor: Contract, made: Made, periods: dict[date, ReportingPeriod]
) -> None:
    lines = {line.id: theirs for line, theirs in made}
    found = await session.scalars(
        select(FormCReport)
        .where(FormCReport.line_id.in_(lines), FormCReport.state.in_((*AWAITED, OVERDUE)))
        .order_by(FormCReport.id)
        .with_for_update()
    )
    for report in found:
        awaited = report.state in AWAITED
        report.close(session.at)
        await session.flush()
        await tell_answered(session, report)
        period = periods.get(report.starts_on)
        if awaited and period is not None:
            last = (report.starts_on, Content.of(report.content))
            theirs = lines[report.line_id]
            opened = FormCReport(successor, theirs, period, lead_item=report.lead_item, last=last, at=session.at)
            session.add(opened)
    await session.flush()


async def _move_directory(session: Session, successor: Contract, made: Made) -> None:
    """The directory goes on telling the products of a line, now with the successor's locations."""
    ids = [line.id for pair in made for line in pair]
    found = await session.scalars(select(DirectoryEntry).where(DirectoryEntry.line_id.in_(ids)))
    entries = {entry.line_id: entry for entry in found}
    session.add_all(
        DirectoryEntry(
            line_id=theirs.id,
            contract_id=successor.id,
            organization_id=successor.organization_id,
            report_id=entries[line.id].report_id,
            starts_on=entries[line.id].starts_on,
            revision=0,
            told_revision=None,
        )
        for line, theirs in made
        if line.id in entries and theirs.id not in entries
    )
    await session.flush()


async def _move_dates(session: Session, contract: Contract, successor: Contract) -> None:
    today = eastern_day(session.at)
    ahead = (ContractDuty.contract_id == contract.id, ContractDuty.due_on >= today)
    if successor.succeeds == contract.id:
        found = await session.scalars(select(ContractDuty).where(*ahead, ContractDuty.code != "SUBCONTRACT_INITIAL"))
        for each in found.all():
            session.add(_copy(successor, each))
        known = await session.get_one(KnownRound, successor.round_code)
        first = plan_subcontractors(today, known.rules, known.closed_on)
        session.add(_copy(successor, first))
    if contract.state is TRANSFERRED:
        await session.execute(delete(ContractDuty).where(*ahead, ContractDuty.code.not_in(_OF_THE_PERIOD)))
    await session.flush()


def _copy(successor: Contract, duty: ContractDuty | Planned) -> ContractDuty:
    return ContractDuty(
        id=new_id(),
        contract_id=successor.id,
        organization_id=successor.organization_id,
        code=duty.code,
        title=duty.title,
        due_on=duty.due_on,
        due_at=None if duty.code in _OF_THE_PERIOD else due_at(duty.due_on),
        explanation=duty.explanation,
        permission=duty.permission,
    )
