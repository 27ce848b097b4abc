"""What contract administrators do: screen added products, accept a report, return it."""

from collections.abc import Sequence
from datetime import datetime
from typing import Literal
from uuid import UUID

from sqlalchemy import exists, select, update
from sqlalchemy.orm import aliased

from chassis.calendar import due_at, eastern_day
from chassis.database import Session
from chassis.deadlines import due_day
from chassis.errors import Conflict, Invalid, NotFound
from chassis.sweeps import each
from contracts_svc.form_c.added_product import CODED, PENDING, WRONG, AddedProduct
from contracts_svc.form_c.lifecycle import TO_SCREEN
from contracts_svc.form_c.report import FormCReport
from contracts_svc.program.round import KnownRound
from events.deadlines import DEADLINES

Verdict = Literal["pass", "fail"]


class ProductChanged(Conflict):
    """This product was screened after you opened it. Load the queue again."""


class RemarkNeeded(Invalid):
    """Say how the product should be coded, or why it does not belong to the item."""


class ReasonNeeded(Invalid):
    """Explain to the supplier what is to be corrected."""


async def screen(session: Session, added_id: UUID, base: int, verdict: Verdict, remark: str) -> list[AddedProduct]:
    """Say whether an added product is coded correctly; that holds for the same product wherever it waits.

    Raises `NotFound`, `ProductChanged`, `RemarkNeeded`, NotAllowedNow.
    """
    if verdict == "fail" and not remark.strip():
        raise RemarkNeeded(field="remark")
    chosen = await session.get(AddedProduct, added_id, with_for_update=True)
    if chosen is None:
        raise NotFound
    if chosen.row_version != base:
        raise ProductChanged
    chosen.screen(verdict, remark, session.actor.user_id, session.at)
    same = await session.scalars(
        select(AddedProduct)
        .where(AddedProduct.hcpcs == chosen.hcpcs, AddedProduct.key == chosen.key, AddedProduct.id != chosen.id)
        .where(AddedProduct.state == PENDING)
        .order_by(AddedProduct.id)
        .with_for_update()
    )
    screened = [chosen, *same]
    for other in screened[1:]:
        other.screen(verdict, remark, session.actor.user_id, session.at)
    await _look_again(session, screened)
    return screened


async def know_screened(session: Session, _as_of: datetime, limit: int) -> int:
    """Pass added products that were found right for another supplier before; a sweep."""
    before = aliased(AddedProduct)
    right = exists().where(before.hcpcs == AddedProduct.hcpcs, before.key == AddedProduct.key, before.state == CODED)
    found = await session.scalars(
        select(AddedProduct)
        .where(AddedProduct.state == PENDING, right)
        .order_by(AddedProduct.added_at, AddedProduct.id)
        .limit(limit)
        .with_for_update(skip_locked=True, of=AddedProduct)
    )
    waiting = found.all()
    known = await each(session, waiting, lambda product: product.move("know"))
    await _look_again(session, waiting)
    return known


async def accept(session: Session, report_id: UUID, base: int) -> FormCReport:
    """Accept a submitted report. Raises `NotFound`, `ReportChanged`, `NotScreened`, NotAllowedNow."""
    report = await _load(session, report_id)
    report.accept(base, session.at)
    return report


async def send_back(session: Session, report_id: UUID, base: int, why: str) -> FormCReport:
    """Return a report to be corrected, with as many business days as a report has; each return is told.

    Raises `NotFound`, `ReportChanged`, `ReasonNeeded`, NotAllowedNow.
    """
    if not why.strip():
        raise ReasonNeeded(field="why")
    report = await _load(session, report_id)
    known = await session.get_one(KnownRound, report.round_code)
    answer_by = due_day(DEADLINES["FORM_C"], eastern_day(session.at), known.rules)
    escalates_on = due_day(DEADLINES["FORM_C_ESCALATION"], answer_by, known.rules)
    report.send_back(base, why, due_at(answer_by), due_at(escalates_on), session.at)
    return report


async def _look_again(session: Session, screened: Sequence[AddedProduct]) -> None:
    """Reports of which every added product is found right have nothing left to screen."""
    await session.flush()
    waiting = exists().where(AddedProduct.report_id == FormCReport.id, AddedProduct.state.in_((PENDING, WRONG)))
    await session.execute(
        update(FormCReport)
        .where(FormCReport.id.in_({each.report_id for each in screened}), FormCReport.state.in_(TO_SCREEN), ~waiting)
        .values(unscreened=False)
        .execution_options(synchronize_session=False)
    )


async def _load(session: Session, report_id: UUID) -> FormCReport:
    found = await session.get(FormCReport, report_id, with_for_update=True)
    if found is None:
        raise NotFound
    return found
