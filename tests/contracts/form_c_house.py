"""A supplier's Form C reports, as sweeps and use cases make them."""

from collections.abc import Iterable
from datetime import UTC, datetime
from uuid import UUID

from sqlalchemy import select

from chassis.actor import Actor
from chassis.calendar import midnight
from chassis.database import Fence
from contracts_svc.contracts.use_cases import move_by_calendar
from contracts_svc.duties.planning import plan_duties
from contracts_svc.form_c import missing, opening, reporting
from contracts_svc.form_c.added_product import AddedProduct
from contracts_svc.form_c.lifecycle import SUBMIT, VIEW
from contracts_svc.form_c.report import FormCReport
from contracts_svc.form_c.rules import WILL_ORDER, Row
from contracts_svc.form_c.statement import FORM_C_CERTIFICATION
from tests.contracts.house import STARTS, Supplier, signer, typed

OPENED = datetime(2028, 1, 3, 15, tzinfo=UTC)
MOST = 1000

STOCKED = (
    Row(1, "L0650", "Sample Orthotics", "Back Support 3", "BS-300"),
    Row(2, "L0648", stock=WILL_ORDER),
)


def in_system(supplier: Supplier, at: datetime):
    """A transaction of the sweeps."""
    return supplier.database.writing(Fence.system(), Actor.system("test"), at=at)


async def sweep(supplier: Supplier, move, at: datetime) -> int:
    """Run a sweep once."""
    async with in_system(supplier, at) as session:
        return await move(session, at, MOST)


async def opened(supplier: Supplier, *areas: str) -> list[FormCReport]:
    """An active contract in these areas, with the reports of its first period open; its reports."""
    await supplier.know_round()
    await supplier.executed(*areas)
    await sweep(supplier, plan_duties, OPENED)
    await sweep(supplier, opening.plan_periods, OPENED)
    await sweep(supplier, move_by_calendar, midnight(STARTS))
    await sweep(supplier, opening.open_reports, OPENED)
    return await reports(supplier)


async def reports(supplier: Supplier) -> list[FormCReport]:
    """The supplier's reports by period and competition."""
    async with supplier.reading() as session:
        found = select(FormCReport).where(FormCReport.organization_id == supplier.organization_id)
        return list(await session.scalars(found.order_by(FormCReport.starts_on, FormCReport.label)))


async def added(supplier: Supplier) -> list[AddedProduct]:
    """The products the supplier added."""
    async with supplier.reading() as session:
        found = select(AddedProduct).where(AddedProduct.organization_id == supplier.organization_id)
        return list(await session.scalars(found.order_by(AddedProduct.id)))


def end_user(supplier: Supplier, user_id: str = "Eve.User") -> Actor:
    """An end user, who may submit Form C."""
    return supplier.person(user_id, VIEW, SUBMIT)


async def fill(supplier: Supplier, report_id: UUID, rows: Iterable[Row] = STOCKED, at: datetime = OPENED) -> None:
    """Enter rows in a report as it stands."""
    base = await version(supplier, report_id)
    async with supplier.as_person(end_user(supplier), at) as session:
        await reporting.fill(session, report_id, base, rows)


async def certify(supplier: Supplier, report_id: UUID, at: datetime = OPENED, base: int | None = None) -> None:
    """An end user certifies a report as it stands, or as it was when they read it."""
    by = end_user(supplier)
    base = await version(supplier, report_id) if base is None else base
    async with supplier.as_person(by, at) as session:
        await reporting.certify(session, report_id, base, signer(by, at), typed(by, FORM_C_CERTIFICATION.name))


async def version(supplier: Supplier, report_id: UUID) -> int:
    """The row version of a report."""
    async with supplier.reading() as session:
        return (await session.get_one(FormCReport, report_id)).row_version


async def pass_time(supplier: Supplier, at: datetime) -> None:
    """Everything that is due by then is moved."""
    for move in (opening.open_reports, missing.miss_due, missing.escalate_due, missing.settle_screened):
        await sweep(supplier, move, at)
