"""What a supplier does with a report: enter products, copy the last one, certify, open again."""

import asyncio
from collections.abc import Iterable
from uuid import UUID

from sqlalchemy import select

from chassis.database import Session
from chassis.errors import FieldProblem, Invalid, NotFound
from chassis.ids import Entity
from chassis.signature import Signer, Typed, keep
from contracts_svc.form_c.added_product import CODED, PENDING, WITHDRAWN, AddedProduct
from contracts_svc.form_c.certification import CertifiedReport
from contracts_svc.form_c.coded_product import listed
from contracts_svc.form_c.content import Content
from contracts_svc.form_c.missing import tell_answered
from contracts_svc.form_c.opening import last_certified
from contracts_svc.form_c.report import FormCReport
from contracts_svc.form_c.rules import Row, RowProblem, check_rows
from contracts_svc.form_c.spreadsheet_in import read_spreadsheet
from contracts_svc.form_c.statement import FORM_C_CERTIFICATION


class RowsWrong(Invalid):
    """Some rows cannot be taken as they are. Nothing was saved."""

    def __init__(self, problems: list[RowProblem]) -> None:
        """Take what is wrong, row by row."""
        super().__init__(fields=[FieldProblem(f"rows.{each.row}.{each.column}", each.message) for each in problems])


async def fill(session: Session, report_id: UUID, base: int, rows: Iterable[Row]) -> FormCReport:
    """Enter the rows of a report, in place of what stood there. Raises `NotFound`, `ReportChanged`, `RowsWrong`."""
    report = await load(session, report_id)
    content, problems = check_rows(rows, report.items, await listed(session, report.items))
    if problems:
        raise RowsWrong(problems)
    report.fill(content, base, session.at)
    return report


async def fill_from_file(
    session: Session, report_id: UUID, base: int, file: bytes
) -> tuple[FormCReport, list[RowProblem]]:
    """Enter what a spreadsheet says, in place of what stood there; with anything wrong in it nothing is entered.

    Returns the report and what is wrong. Raises `NotFound`, `ReportChanged` and what `read_spreadsheet` raises.
    """
    report = await load(session, report_id)
    report.require_row_version(base)
    coded = await listed(session, report.items)
    content, problems = await asyncio.to_thread(read_spreadsheet, file, report.items, coded)
    if not problems:
        report.fill(content, base, session.at)
    return report, problems


async def copy_last(session: Session, report_id: UUID, base: int) -> FormCReport:
    """Copy the last certified report of an earlier period. Raises `NotFound`, `NothingToCopy`, `ReportChanged`."""
    report = await load(session, report_id)
    last = await last_certified(session, [report.line_id], before=report.starts_on)
    report.copy(last.get(report.line_id), base, session.at)
    return report


async def certify(session: Session, report_id: UUID, base: int, signer: Signer, typed: Typed) -> FormCReport:
    """Certify a report and submit it; after its due date it is late.

    Added products are handed to the screening queue. Raises what `sign` raises for a signature that is not good,
    `NotFound`, `ReportChanged`, `ReportIncomplete`, `AlreadyEscalated`, NotAllowedNow.
    """
    report = await load(session, report_id)
    certificate = FORM_C_CERTIFICATION.certify(signer, typed)
    report.certify(base, session.at, await _hand_to_screening(session, report))
    certified = CertifiedReport(report, session.actor.user_id, session.at)
    session.add(certified)
    subject = Entity("form-c-report", report.id)
    await keep(session, certificate, subject=subject, content_sha256=certified.content_sha256)
    await tell_answered(session, report)
    return report


async def reopen(session: Session, report_id: UUID, base: int) -> FormCReport:
    """Open a submitted report again, before it is due. Raises `NotFound`, `ReportChanged`, `DueDatePassed`."""
    report = await load(session, report_id)
    report.reopen(base, session.at)
    return report


async def load(session: Session, report_id: UUID) -> FormCReport:
    """Load a report of the actor's organization, locked. Raises `NotFound`."""
    found: FormCReport | None = await session.scalar(
        select(FormCReport)
        .where(FormCReport.id == report_id, FormCReport.organization_id == session.actor.organization_id)
        .with_for_update()
    )
    if found is None:
        raise NotFound
    return found


async def _hand_to_screening(session: Session, report: FormCReport) -> dict[tuple[str, str], bool]:
    """Make the queue say what the report says: what it added waits, what it names no more is withdrawn.

    A product that was found right in another report of this organization is right. Returns by item and key whether the
    coding was found right.
    """
    wanted = {(each.hcpcs, each.key): each for each in Content.of(report.content).added}
    mine = select(AddedProduct).where(AddedProduct.organization_id == report.organization_id)
    right = await session.scalars(mine.where(AddedProduct.state == CODED))
    known = {(each.hcpcs, each.key) for each in right}
    told: dict[tuple[str, str], bool] = {}
    for standing in await session.scalars(mine.where(AddedProduct.report_id == report.id)):
        key = standing.hcpcs, standing.key
        if key not in wanted:
            if standing.state is not WITHDRAWN:
                standing.move("withdraw")
            continue
        del wanted[key]
        if standing.state is WITHDRAWN:
            standing.move("add again")
        if standing.state is PENDING and key in known:
            standing.move("know")
        told[key] = standing.state is CODED
    for key, product in wanted.items():
        added = AddedProduct(report, product, session.at)
        if key in known:
            added.move("know")
        session.add(added)
        told[key] = added.state is CODED
    return told
