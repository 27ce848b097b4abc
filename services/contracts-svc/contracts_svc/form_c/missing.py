"""Sweeps over reports that did not come, and over those of which nothing is left to do."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import func, or_, select

from chassis.calendar import latest_missed
from chassis.database import Session
from chassis.ids import new_id
from chassis.sweeps import due, each
from contracts_svc.contracts.contract import Contract
from contracts_svc.contracts.lifecycle import ACTIVE, SUSPENDED
from contracts_svc.form_c.lifecycle import AWAITED, OVERDUE, TO_SCREEN
from contracts_svc.form_c.report import FormCReport
from events.contracts import BreachSuspected, NoticeAnswered, NoticeRequested
from events.notice_fields import THE_CALENDAR, Competition, FormCMissingFields, NoticeSubject


async def miss_due(session: Session, as_of: datetime, limit: int) -> int:
    """Mark reports overdue that did not come, and ask for the failure notice of each contract and period; a sweep.

    Where the contract has ended meanwhile, nothing remains to be planned: the report is closed.
    """
    found = await due(
        session, FormCReport, FormCReport.acts_by, latest_missed(as_of), limit, FormCReport.state.in_(AWAITED)
    )
    running = await _running(session, found)
    again = await _missed_before(session, found)

    def act(report: FormCReport) -> None:
        if report.contract_id in running:
            report.miss(report.acts_by or as_of, again=report.line_id in again, noticed=True)
        else:
            report.close(as_of)

    moved = await each(session, found, act)
    await session.flush()
    await _ask_for_notices(session, {report.notice_id for report in found if report.notice_id is not None})
    return moved


async def escalate_due(session: Session, as_of: datetime, limit: int) -> int:
    """Hand on overdue reports whose escalation date has passed, as suspected breaches; a sweep."""
    overdue = FormCReport.state == OVERDUE
    found = await due(session, FormCReport, FormCReport.acts_by, latest_missed(as_of), limit, overdue)
    running = await _running(session, found)

    def act(report: FormCReport) -> None:
        at = report.acts_by or as_of
        if report.contract_id not in running:
            report.close(as_of)
            return
        report.escalate(at)
        session.say(_suspicion(report, at))

    return await each(session, found, act)


async def settle_screened(session: Session, as_of: datetime, limit: int) -> int:
    """Take reports that can be opened no more and of which nothing is left to screen; a sweep."""
    over = or_(FormCReport.acts_by.is_(None), FormCReport.acts_by <= latest_missed(as_of))
    found = await session.scalars(
        select(FormCReport)
        .where(FormCReport.state.in_(TO_SCREEN), FormCReport.unscreened.is_(False), over)
        .order_by(FormCReport.due_at, FormCReport.id)
        .limit(limit)
        .with_for_update(skip_locked=True)
    )
    return await each(session, found.all(), lambda report: report.settle(as_of))


async def tell_answered(session: Session, report: FormCReport) -> None:
    """A report that a failure notice names has come: where it was the last of the notice, the notice is answered."""
    if report.notice_id is None:
        return
    still = select(func.count()).select_from(FormCReport)
    still = still.where(FormCReport.notice_id == report.notice_id, FormCReport.id != report.id)
    if not await session.scalar(still.where(FormCReport.state == OVERDUE)):
        answered = NoticeAnswered(
            notice_id=report.notice_id, organization_id=report.organization_id, answered_at=session.at
        )
        session.say(answered)


async def _ask_for_notices(session: Session, notices: Collection[UUID]) -> None:
    """Ask for each notice with every report it names; asked again while it is a draft, it only gets longer."""
    named = select(FormCReport).where(FormCReport.notice_id.in_(notices)).order_by(FormCReport.label, FormCReport.id)
    reports = defaultdict(list)
    for report in await session.scalars(named):
        reports[report.notice_id].append(report)
    for notice_id, missing in reports.items():
        if notice_id is not None:
            session.say(_failure_notice(notice_id, missing, session.at))


def _failure_notice(notice_id: UUID, missing: Sequence[FormCReport], at: datetime) -> NoticeRequested:
    first = missing[0]
    return NoticeRequested(
        notice_id=notice_id,
        organization_id=first.organization_id,
        round_code=first.round_code,
        about=NoticeSubject(kind="form-c-period", id=first.period_id),
        requested_by=THE_CALENDAR,
        requested_at=at,
        fields=FormCMissingFields(
            contract_number=first.contract_number,
            period_starts_on=first.starts_on,
            period_ends_on=first.ends_on,
            competitions=tuple(
                Competition(category_code=each.category_code, cba_code=each.cba_code, label=each.label)
                for each in missing
            ),
        ),
    )


def _suspicion(report: FormCReport, at: datetime) -> BreachSuspected:
    return BreachSuspected(
        suspicion_id=new_id(),
        contract_id=report.contract_id,
        organization_id=report.organization_id,
        round_code=report.round_code,
        contract_number=report.contract_number,
        ground="form-c-failure",
        about=NoticeSubject(kind="form-c-report", id=report.id),
        label=report.title,
        suspected_at=at,
    )


async def _running(session: Session, reports: Iterable[FormCReport]) -> set[UUID]:
    contracts = {report.contract_id for report in reports}
    running = select(Contract.id).where(Contract.id.in_(contracts), Contract.state.in_((ACTIVE, SUSPENDED)))
    return set(await session.scalars(running))


async def _missed_before(session: Session, reports: Sequence[FormCReport]) -> set[UUID]:
    """The lines of these reports of which an earlier report was missed."""
    lines = {report.line_id: report.starts_on for report in reports}
    missed = select(FormCReport.line_id, FormCReport.starts_on)
    found = await session.execute(missed.where(FormCReport.line_id.in_(lines), FormCReport.missed))
    return {row.line_id for row in found if row.starts_on < lines[row.line_id]}
