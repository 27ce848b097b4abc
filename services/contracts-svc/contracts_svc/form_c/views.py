"""Form C reports as their supplier sees them."""

from collections.abc import Sequence
from datetime import date, datetime
from uuid import UUID

from pydantic import BaseModel
from sqlalchemy import select

from chassis import program_time
from chassis.actor import Actor
from chassis.database import ReadSession, Session
from chassis.errors import NotFound
from chassis.paging import Order, Page, fetch_page
from chassis.signature import StatementView
from contracts_svc.contracts.views import own_rows
from contracts_svc.form_c.added_product import CODED, WITHDRAWN, AddedProduct, Screening
from contracts_svc.form_c.certification import CertifiedReport
from contracts_svc.form_c.coded_product import CodedProduct
from contracts_svc.form_c.content import Content, Source, folded
from contracts_svc.form_c.lifecycle import LIFECYCLE, ReportState
from contracts_svc.form_c.report import FormCReport
from contracts_svc.form_c.rules import lacking
from contracts_svc.form_c.statement import FORM_C_CERTIFICATION


class ReportSummary(BaseModel):
    """A report in a list. `late`: it was submitted after its due date. `answer_by`: until when it is awaited now."""

    id: UUID
    contract_id: UUID
    contract_number: str
    round_code: str
    category_code: str
    cba_code: str
    label: str
    starts_on: date
    ends_on: date
    due_at: datetime
    answer_by: datetime | None
    state: ReportState
    row_version: int
    late: bool
    submitted_at: datetime | None
    changed_at: datetime


class ProductView(BaseModel):
    """A product of an item. `source`: of the coding contractor's list, or added by the supplier."""

    manufacturer: str
    model_name: str
    model_number: str
    source: Source


class ItemView(BaseModel):
    """An item of the category with what the report says of it. `lacks`: what to do before it can be certified."""

    hcpcs: str
    lead: bool
    will_order: bool
    products: list[ProductView]
    lacks: str | None


class ScreenedProduct(BaseModel):
    """An added product that is coded wrongly or not screened yet, and what was remarked about it."""

    hcpcs: str
    manufacturer: str
    model_name: str
    model_number: str
    state: Screening
    remark: str


class ReportView(ReportSummary):
    """A report with its items in the order of their codes."""

    items: list[ItemView]
    prefilled_from: date | None
    returned_because: str
    screening: list[ScreenedProduct]
    statement: StatementView
    allowed_actions: list[str]


class RowError(BaseModel):
    """What is wrong in a file: the row as the spreadsheet program numbers it, the column, and what to do about it."""

    row: int
    column: str
    message: str


class FileTaken(BaseModel):
    """What became of a file: with any error nothing of it was entered."""

    errors: list[RowError]
    report: ReportView


class CertificationView(BaseModel):
    """A report as it was certified: by whom (user id), when, and what it said."""

    number: int
    certified_by: str
    certified_at: datetime
    late: bool
    content_sha256: str
    items: list[ItemView]


class CodedView(BaseModel):
    """A product of the coding contractor's list."""

    id: UUID
    hcpcs: str
    manufacturer: str
    model_name: str
    model_number: str


LATEST_DUE: Order = [(FormCReport.due_at, datetime.fromisoformat), (FormCReport.id, UUID)]


async def list_mine(
    session: ReadSession, actor: Actor, contract_id: UUID | None, after: str | None, limit: int
) -> Page[ReportSummary]:
    """Return the organization's reports, what is due last first; of one contract where it is named."""
    mine = select(FormCReport).where(*own_rows(actor, FormCReport.organization_id))
    if contract_id is not None:
        mine = mine.where(FormCReport.contract_id == contract_id)
    return await fetch_page(session, mine, LATEST_DUE, summary_of, after=after, limit=limit)


async def read_mine(session: ReadSession, actor: Actor, report_id: UUID) -> ReportView:
    """Return a report of the actor's organization. Raises `NotFound`."""
    return await view_of(session, actor, await find_mine(session, actor, report_id))


async def find_mine(session: ReadSession, actor: Actor, report_id: UUID) -> FormCReport:
    """Find a report of the actor's organization. Raises `NotFound`."""
    found: FormCReport | None = await session.scalar(
        select(FormCReport).where(FormCReport.id == report_id, *own_rows(actor, FormCReport.organization_id))
    )
    if found is None:
        raise NotFound
    return found


async def view_of(session: ReadSession | Session, actor: Actor, report: FormCReport) -> ReportView:
    """Return a report with what the reader may do with it now."""
    not_right = select(AddedProduct).where(AddedProduct.report_id == report.id)
    not_right = not_right.where(AddedProduct.state.not_in((CODED, WITHDRAWN))).order_by(AddedProduct.id)
    allowed = LIFECYCLE.allowed(report.state, actor.permissions)
    if not report.may_reopen(program_time.now()):
        allowed = [verb for verb in allowed if verb != "re-open"]
    if report.unscreened:
        allowed = [verb for verb in allowed if verb != "accept"]
    return ReportView(
        **summary_of(report).model_dump(),
        items=items_of(Content.of(report.content), report.items, report.lead_item),
        prefilled_from=report.prefilled_from,
        returned_because=report.returned_because,
        screening=[
            ScreenedProduct.model_validate(each, from_attributes=True) for each in await session.scalars(not_right)
        ],
        statement=FORM_C_CERTIFICATION.view,
        allowed_actions=allowed,
    )


async def list_certifications(
    session: ReadSession, actor: Actor, report_id: UUID, after: str | None, limit: int
) -> Page[CertificationView]:
    """Return a report as it was certified, latest first. Raises `NotFound`."""
    return await certifications_of(session, await find_mine(session, actor, report_id), after, limit)


async def certifications_of(
    session: ReadSession, report: FormCReport, after: str | None, limit: int
) -> Page[CertificationView]:
    """Return a report as it was certified, latest first."""
    items, lead_item = report.items, report.lead_item
    return await fetch_page(
        session,
        select(CertifiedReport).where(CertifiedReport.report_id == report.id),
        [(CertifiedReport.number, int)],
        lambda each: CertificationView(
            number=each.number,
            certified_by=each.certified_by,
            certified_at=each.certified_at,
            late=each.late,
            content_sha256=each.content_sha256,
            items=items_of(Content.of(each.content), items, lead_item),
        ),
        after=after,
        limit=limit,
    )


async def list_coded(
    session: ReadSession, items: Sequence[str], begins: str, after: str | None, limit: int
) -> Page[CodedView]:
    """Return products of the coding contractor's list of these items, whose manufacturer begins so."""
    statement = select(CodedProduct).where(CodedProduct.hcpcs.in_(items))
    if begins:
        statement = statement.where(CodedProduct.key.startswith(folded(begins), autoescape=True))
    order: Order = [(CodedProduct.hcpcs, str), (CodedProduct.key, str)]
    return await fetch_page(
        session,
        statement,
        order,
        lambda each: CodedView.model_validate(each, from_attributes=True),
        after=after,
        limit=limit,
        descending=False,
    )


def items_of(content: Content, items: Sequence[str], lead_item: str | None) -> list[ItemView]:
    """Return what a content says, item by item."""
    lacks = dict(lacking(content, items, lead_item))
    products: dict[str, list[ProductView]] = {item: [] for item in items}
    for each in content.products:
        products.setdefault(each.hcpcs, []).append(ProductView.model_validate(each, from_attributes=True))
    return [
        ItemView(
            hcpcs=item,
            lead=item == lead_item,
            will_order=item in content.will_order,
            products=products[item],
            lacks=lacks.get(item),
        )
        for item in items
    ]


def summary_of(report: FormCReport) -> ReportSummary:
    """Return a report as it stands in a list."""
    known = {name: getattr(report, name) for name in ReportSummary.model_fields if name not in ("answer_by", "late")}
    return ReportSummary(**known, answer_by=report.awaited_until, late=report.is_late)
