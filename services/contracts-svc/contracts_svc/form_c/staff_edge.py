"""The routes of contract administrators: late lists, totals, the screening queue, the coding contractor's list."""

from typing import Annotated
from uuid import UUID

from fastapi import Query, Request, Response
from pydantic import BaseModel, StringConstraints

from chassis.csv_import import OPENAPI, CsvImport, Outcome, arriving
from chassis.database import Session
from chassis.door import CurrentActor, ReadingSession, SliceRouter, WritingSession
from chassis.paging import After, Limit, Page
from chassis.versions import IfMatch, etag
from contracts_svc.form_c import following, staff_views
from contracts_svc.form_c.added_product import Screening
from contracts_svc.form_c.coded_product import CODED_PRODUCTS, write
from contracts_svc.form_c.lifecycle import FOLLOW_UP, STAFF_VIEW, ReportState
from contracts_svc.form_c.report import FormCReport
from contracts_svc.form_c.views import CertificationView

router = SliceRouter(prefix="/api/contracts/form-c-work", tags=["Form C, inside"])

Words = Annotated[str, StringConstraints(strip_whitespace=True, max_length=2000)]
InState = Annotated[ReportState | None, Query(description="Only reports in this state")]


class Verdict(BaseModel):
    """Whether an added product is coded correctly; a remark is needed where it is not."""

    verdict: following.Verdict
    remark: Words = ""


class Return(BaseModel):
    """What is to be corrected, in words for the supplier."""

    why: Words


class Screened(BaseModel):
    """The product, and the same product wherever else it waited."""

    products: list[staff_views.AddedView]


@router.get("", permission=STAFF_VIEW)
async def list_work(
    session: ReadingSession,
    state: InState = None,
    late: Annotated[bool, Query(description="Only reports that were ever overdue")] = False,
    after: After = None,
    limit: Limit = 25,
) -> Page[staff_views.StaffReportSummary]:
    """List reports, what is due last first."""
    return await staff_views.list_reports(session, state, late=late, after=after, limit=limit)


@router.get("/totals", permission=STAFF_VIEW)
async def read_totals(session: ReadingSession) -> staff_views.Totals:
    """Read how many reports of each period stand in which state."""
    return await staff_views.read_totals(session)


@router.get("/added-products", permission=STAFF_VIEW)
async def list_added_products(
    actor: CurrentActor,
    session: ReadingSession,
    state: Screening = Screening.PENDING,
    after: After = None,
    limit: Limit = 25,
) -> Page[staff_views.AddedView]:
    """List products that suppliers added, oldest first: the screening queue."""
    return await staff_views.list_added(session, actor, state, after, limit)


@router.post("/added-products/{added_id}/screening", permission=FOLLOW_UP)
async def screen(added_id: UUID, body: Verdict, base: IfMatch, session: WritingSession) -> Screened:
    """Say whether an added product is coded correctly."""
    screened = await following.screen(session, added_id, base, body.verdict, body.remark)
    return Screened(products=[staff_views.added_view(each, session.actor) for each in screened])


@router.post("/product-imports", permission=FOLLOW_UP, streams=True, openapi_extra=OPENAPI)
async def import_products(request: Request, actor: CurrentActor) -> Outcome:
    """Take a CSV file of the coding contractor's products; rows that are wrong are told and left away."""
    database = request.app.state.database
    return await CsvImport(CODED_PRODUCTS, lambda batch: write(database, actor, batch)).take(arriving(request))


@router.get("/{report_id}", permission=STAFF_VIEW)
async def read_work(
    report_id: UUID, actor: CurrentActor, session: ReadingSession, response: Response
) -> staff_views.StaffReportView:
    """Read a report, item by item."""
    view = await staff_views.read_report(session, actor, report_id)
    response.headers["ETag"] = etag(view.row_version)
    return view


@router.get("/{report_id}/certifications", permission=STAFF_VIEW)
async def list_certifications(
    report_id: UUID, session: ReadingSession, after: After = None, limit: Limit = 25
) -> Page[CertificationView]:
    """List a report as it was certified, each time, latest first."""
    return await staff_views.list_certifications(session, report_id, after, limit)


@router.post("/{report_id}/acceptance", permission=FOLLOW_UP)
async def accept(report_id: UUID, base: IfMatch, session: WritingSession) -> staff_views.StaffReportView:
    """Accept a submitted report; its products go to the Supplier Directory."""
    return await _view(session, await following.accept(session, report_id, base))


@router.post("/{report_id}/return", permission=FOLLOW_UP)
async def send_back(
    report_id: UUID, body: Return, base: IfMatch, session: WritingSession
) -> staff_views.StaffReportView:
    """Return a report to be corrected, with a new date."""
    return await _view(session, await following.send_back(session, report_id, base, body.why))


async def _view(session: Session, report: FormCReport) -> staff_views.StaffReportView:
    await session.flush()
    return await staff_views.staff_view_of(session, session.actor, report)
