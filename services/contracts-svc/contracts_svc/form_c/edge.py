"""The routes of suppliers: their Form C reports."""

import asyncio
from typing import Annotated
from uuid import UUID

from fastapi import Query, Request, Response
from pydantic import BaseModel, Field, StringConstraints

from chassis.csv_export import HEADERS
from chassis.csv_import import arriving
from chassis.database import Session
from chassis.door import CurrentActor, ReadingSession, SliceRouter, WritingSession
from chassis.paging import After, Limit, Page
from chassis.signature import CurrentSigner, Typed
from chassis.versions import IfMatch, etag
from contracts_svc.form_c import reporting, views
from contracts_svc.form_c.coded_product import listed
from contracts_svc.form_c.content import Content
from contracts_svc.form_c.lifecycle import SUBMIT, VIEW
from contracts_svc.form_c.report import FormCReport
from contracts_svc.form_c.rules import LONGEST, MOST_ROWS, Row
from contracts_svc.form_c.spreadsheet_in import MOST_BYTES, FileTooLarge
from contracts_svc.form_c.spreadsheet_out import as_csv, as_xlsx
from events.kinds import Hcpcs

router = SliceRouter(prefix="/api/contracts/form-c", tags=["Form C"])

XLSX_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
CSV = {200: {"description": "The report as CSV", "content": {"text/csv": {}}}}
XLSX = {200: {"description": "The report as an Excel workbook", "content": {XLSX_TYPE: {}}}}
_BINARY = {"schema": {"type": "string", "format": "binary"}}
FILE = {"requestBody": {"required": True, "content": {"text/csv": _BINARY, XLSX_TYPE: _BINARY}}}

Cell = Annotated[str, StringConstraints(max_length=2 * LONGEST)]


class TypedRow(BaseModel):
    """A row as somebody typed it: a product of an item, or that the item is “not stocked, will order”."""

    hcpcs: Cell
    manufacturer: Cell = ""
    model_name: Cell = ""
    model_number: Cell = ""
    stock: Cell = ""


class Rows(BaseModel):
    """Everything a report says, row by row. What is wrong is named as `rows.<number from 1>.<column>`."""

    rows: Annotated[list[TypedRow], Field(max_length=MOST_ROWS)]


class Certification(BaseModel):
    """What was typed under the statement."""

    signature: Typed


@router.get("", permission=VIEW)
async def list_reports(
    actor: CurrentActor,
    session: ReadingSession,
    contract: Annotated[UUID | None, Query(description="Only reports of this contract")] = None,
    after: After = None,
    limit: Limit = 25,
) -> Page[views.ReportSummary]:
    """List your organization's reports, what is due last first."""
    return await views.list_mine(session, actor, contract, after, limit)


@router.get("/products", permission=VIEW)
async def list_coded_products(
    session: ReadingSession,
    item: Annotated[list[Hcpcs], Query(max_length=100, description="Items by their HCPCS codes")],
    begins: Annotated[str, Query(max_length=LONGEST, description="How the manufacturer begins")] = "",
    after: After = None,
    limit: Limit = 25,
) -> Page[views.CodedView]:
    """List products of the coding contractor's list."""
    return await views.list_coded(session, item, begins, after, limit)


@router.get("/{report_id}", permission=VIEW)
async def read_report(
    report_id: UUID, actor: CurrentActor, session: ReadingSession, response: Response
) -> views.ReportView:
    """Read a report, item by item."""
    view = await views.read_mine(session, actor, report_id)
    response.headers["ETag"] = etag(view.row_version)
    return view


@router.get("/{report_id}/certifications", permission=VIEW)
async def list_certifications(
    report_id: UUID, actor: CurrentActor, session: ReadingSession, after: After = None, limit: Limit = 25
) -> Page[views.CertificationView]:
    """List a report as it was certified, each time, latest first."""
    return await views.list_certifications(session, actor, report_id, after, limit)


@router.put("/{report_id}/rows", permission=SUBMIT)
async def fill_report(report_id: UUID, body: Rows, base: IfMatch, session: WritingSession) -> views.ReportView:
    """Enter the rows of a report, in place of what stood there; with a row that is wrong nothing is saved."""
    rows = (Row(number, **row.model_dump()) for number, row in enumerate(body.rows, start=1))
    return await _view(session, await reporting.fill(session, report_id, base, rows))


@router.get("/{report_id}/template.csv", permission=VIEW, response_class=Response, responses=CSV)
async def download_csv(report_id: UUID, actor: CurrentActor, session: ReadingSession) -> Response:
    """Download a report as CSV, to change it and send it back."""
    report = await views.find_mine(session, actor, report_id)
    written = await asyncio.to_thread(as_csv, Content.of(report.content), report.items)
    return _file(written, "text/csv", "form-c.csv")


@router.get("/{report_id}/template.xlsx", permission=VIEW, response_class=Response, responses=XLSX)
async def download_xlsx(report_id: UUID, actor: CurrentActor, session: ReadingSession) -> Response:
    """Download a report as an Excel workbook, with the coding contractor's list on its second sheet."""
    report = await views.find_mine(session, actor, report_id)
    coded = await listed(session, report.items)
    written = await asyncio.to_thread(as_xlsx, Content.of(report.content), report.items, coded)
    return _file(written, XLSX_TYPE, "form-c.xlsx")


@router.post("/{report_id}/spreadsheet", permission=SUBMIT, openapi_extra=FILE)
async def fill_from_file(report_id: UUID, request: Request, base: IfMatch, session: WritingSession) -> views.FileTaken:
    """Enter what a CSV or XLSX file says; everything wrong is named by row and column, and then nothing is entered."""
    file = await _read(request)
    report, problems = await reporting.fill_from_file(session, report_id, base, file)
    errors = [views.RowError(row=each.row, column=each.column, message=each.message) for each in problems]
    return views.FileTaken(errors=errors, report=await _view(session, report))


@router.post("/{report_id}/copy", permission=SUBMIT)
async def copy_last(report_id: UUID, base: IfMatch, session: WritingSession) -> views.ReportView:
    """Copy the last certified report of an earlier period; it must be certified again."""
    return await _view(session, await reporting.copy_last(session, report_id, base))


@router.post("/{report_id}/certification", permission=SUBMIT)
async def certify(
    report_id: UUID, body: Certification, base: IfMatch, session: WritingSession, signer: CurrentSigner
) -> views.ReportView:
    """Certify a report and submit it."""
    return await _view(session, await reporting.certify(session, report_id, base, signer, body.signature))


@router.post("/{report_id}/re-opening", permission=SUBMIT)
async def reopen(report_id: UUID, base: IfMatch, session: WritingSession) -> views.ReportView:
    """Open a submitted report again, before it is due; until it is certified again it counts as missing."""
    return await _view(session, await reporting.reopen(session, report_id, base))


async def _read(request: Request) -> bytes:
    """Read a file, and stop where it is too large. Raises `FileTooLarge`, `BrokenOff`."""
    file = bytearray()
    async for chunk in arriving(request):
        file += chunk
        if len(file) > MOST_BYTES:
            raise FileTooLarge(field="file")
    return bytes(file)


def _file(written: bytes, media_type: str, name: str) -> Response:
    headers = HEADERS | {"Content-Disposition": f'attachment; filename="{name}"'}
    return Response(written, media_type=media_type, headers=headers)


async def _view(session: Session, report: FormCReport) -> views.ReportView:
    await session.flush()
    return await views.view_of(session, session.actor, report)
