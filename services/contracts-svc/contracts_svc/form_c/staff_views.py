"""Form C reports as the people of CMS and the CBIC see them: the work list, totals, the screening queue."""

from datetime import date, datetime
from uuid import UUID

from pydantic import BaseModel
from sqlalchemy import func, select

from chassis.actor import Actor
from chassis.database import ReadSession, Session
from chassis.errors import NotFound
from chassis.paging import Order, Page, fetch_page
from contracts_svc.form_c.added_product import LIFECYCLE as SCREENING
from contracts_svc.form_c.added_product import AddedProduct, Screening
from contracts_svc.form_c.lifecycle import ReportState
from contracts_svc.form_c.report import FormCReport
from contracts_svc.form_c.views import (
    CertificationView,
    ReportSummary,
    ReportView,
    certifications_of,
    summary_of,
    view_of,
)


class StaffReportSummary(ReportSummary):
    """A report in the work list. `unscreened`: an added product waits to be screened, or is coded wrongly."""

    organization_id: UUID
    legal_business_name: str
    missed: bool
    unscreened: bool


class StaffReportView(ReportView):
    """A report with whose it is."""

    organization_id: UUID
    legal_business_name: str
    missed: bool
    unscreened: bool


class Total(BaseModel):
    """How many reports of a period of a round stand in a state; `late`: of them, how many were ever overdue."""

    round_code: str
    starts_on: date
    ends_on: date
    due_at: datetime
    state: ReportState
    reports: int
    late: int


class Totals(BaseModel):
    """The totals of the latest periods."""

    totals: list[Total]


class AddedView(BaseModel):
    """An added product in the screening queue."""

    id: UUID
    report_id: UUID
    organization_id: UUID
    hcpcs: str
    manufacturer: str
    model_name: str
    model_number: str
    label: str
    state: Screening
    row_version: int
    remark: str
    added_at: datetime
    screened_at: datetime | None
    screened_by: str | None
    allowed_actions: list[str]


MOST_TOTALS = 200
_DUE: Order = [(FormCReport.due_at, datetime.fromisoformat), (FormCReport.id, UUID)]


async def list_reports(
    session: ReadSession, state: ReportState | None, *, late: bool, after: str | None, limit: int
) -> Page[StaffReportSummary]:
    """Return reports by their due date; in one state, or those that were ever overdue."""
    statement = select(FormCReport)
    if state is not None:
        statement = statement.where(FormCReport.state == state)
    if late:
        statement = statement.where(FormCReport.missed)
    return await fetch_page(session, statement, _DUE, _summary, after=after, limit=limit)


async def read_totals(session: ReadSession) -> Totals:
    """Count the reports of each period by their state, latest period first."""
    by = FormCReport.round_code, FormCReport.starts_on, FormCReport.ends_on, FormCReport.due_at, FormCReport.state
    counted = select(*by, func.count(), func.count().filter(FormCReport.missed))
    rows = await session.execute(
        counted.group_by(*by)
        .order_by(FormCReport.due_at.desc(), FormCReport.round_code, FormCReport.state)
        .limit(MOST_TOTALS)
    )
    names = ("round_code", "starts_on", "ends_on", "due_at", "state", "reports", "late")
    return Totals(totals=[Total.model_validate(dict(zip(names, row, strict=True))) for row in rows])


async def read_report(session: ReadSession, actor: Actor, report_id: UUID) -> StaffReportView:
    """Return a report. Raises `NotFound`."""
    return await staff_view_of(session, actor, await _find(session, report_id))


async def list_certifications(
    session: ReadSession, report_id: UUID, after: str | None, limit: int
) -> Page[CertificationView]:
    """Return a report as it was certified, latest first. Raises `NotFound`."""
    return await certifications_of(session, await _find(session, report_id), after, limit)


async def staff_view_of(session: ReadSession | Session, actor: Actor, report: FormCReport) -> StaffReportView:
    """Return a report with what the reader may do with it now."""
    view = await view_of(session, actor, report)
    return StaffReportView(
        **view.model_dump(),
        organization_id=report.organization_id,
        legal_business_name=report.legal_business_name,
        missed=report.missed,
        unscreened=report.unscreened,
    )


async def list_added(
    session: ReadSession, actor: Actor, state: Screening, after: str | None, limit: int
) -> Page[AddedView]:
    """Return added products in a state, oldest first."""
    order: Order = [(AddedProduct.added_at, datetime.fromisoformat), (AddedProduct.id, UUID)]
    statement = select(AddedProduct).where(AddedProduct.state == state)
    return await fetch_page(
        session, statement, order, lambda each: added_view(each, actor), after=after, limit=limit, descending=False
    )


def added_view(added: AddedProduct, actor: Actor) -> AddedView:
    """Return an added product with what the reader may do with it now."""
    known = {name: getattr(added, name) for name in AddedView.model_fields if name != "allowed_actions"}
    return AddedView(**known, allowed_actions=SCREENING.allowed(added.state, actor.permissions))


async def _find(session: ReadSession, report_id: UUID) -> FormCReport:
    found = await session.get(FormCReport, report_id)
    if found is None:
        raise NotFound
    return found


def _summary(report: FormCReport) -> StaffReportSummary:
    return StaffReportSummary(
        **summary_of(report).model_dump(),
        organization_id=report.organization_id,
        legal_business_name=report.legal_business_name,
        missed=report.missed,
        unscreened=report.unscreened,
    )
