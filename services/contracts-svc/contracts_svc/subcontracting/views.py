from datetime import date, datetime
from typing import Any
from uuid import UUID

from pydantic import BaseModel
from sqlalchemy import select

from chassis.actor import Actor
from chassis.database import ReadSession
from chassis.errors import NotFound
from chassis.paging import Order, Page, fetch_page
from chassis.signature import StatementView
from contracts_svc.contracts.views import own_rows
from contracts_svc.subcontracting.checks import CHECKS
from contracts_svc.subcontracting.disclosure import Disclosure
from contracts_svc.subcontracting.lifecycle import LIFECYCLE, DisclosureState
from contracts_svc.subcontracting.statement import SUBCONTRACT_CERTIFICATION
from contracts_svc.subcontracting.terms import Terms


class DisclosureView(BaseModel):
    """A disclosure. Without `terms` it says that there are no subcontractors. `stricter_at`: a hint, never the rule."""

    id: UUID
    contract_id: UUID
    contract_number: str
    terms: Terms | None
    state: DisclosureState
    row_version: int
    due_at: datetime
    stricter_at: datetime
    submitted_at: datetime
    late: bool
    exchange: list[dict[str, Any]]
    explanation: str
    ended_on: date | None
    changed_at: datetime
    statement: StatementView
    allowed_actions: list[str]


class Check(BaseModel):
    """A check in words, and its answer: yes, no, or could-not-check; `confirmed`: by hand, and how."""

    check: str
    words: str
    answer: str
    confirmed: str | None


class StaffDisclosureView(DisclosureView):
    """A disclosure with whose it is, and what the enrolment record says."""

    organization_id: UUID
    legal_business_name: str
    checks: list[Check]


class Disclosures(Page[DisclosureView]):
    """A page of one's own disclosures, with the statement that a new one is signed under."""

    statement: StatementView


async def list_mine(session: ReadSession, actor: Actor, after: str | None, limit: int) -> Disclosures:
    """Return the organization's disclosures, latest first."""
    mine = select(Disclosure).where(*own_rows(actor, Disclosure.organization_id))
    order: Order = [(Disclosure.id, UUID)]
    page = await fetch_page(session, mine, order, lambda one: view_of(one, actor), after=after, limit=limit)
    return Disclosures(items=page.items, next=page.next, statement=SUBCONTRACT_CERTIFICATION.view)


async def read_mine(session: ReadSession, actor: Actor, disclosure_id: UUID) -> DisclosureView:
    """Return a disclosure of the actor's organization. Raises `NotFound`."""
    mine = select(Disclosure).where(Disclosure.id == disclosure_id, *own_rows(actor, Disclosure.organization_id))
    found: Disclosure | None = await session.scalar(mine)
    if found is None:
        raise NotFound
    return view_of(found, actor)


async def list_work(
    session: ReadSession, actor: Actor, state: DisclosureState | None, *, late: bool, after: str | None, limit: int
) -> Page[StaffDisclosureView]:
    """Return disclosures in the order they came; in one state, or the late ones."""
    statement = select(Disclosure)
    if state is not None:
        statement = statement.where(Disclosure.state == state)
    if late:
        statement = statement.where(Disclosure.late)
    order: Order = [(Disclosure.submitted_at, datetime.fromisoformat), (Disclosure.id, UUID)]
    return await fetch_page(
        session, statement, order, lambda one: staff_view_of(one, actor), after=after, limit=limit, descending=False
    )


async def read_for_staff(session: ReadSession, actor: Actor, disclosure_id: UUID) -> StaffDisclosureView:
    """Return a disclosure. Raises `NotFound`."""
    found = await session.get(Disclosure, disclosure_id)
    if found is None:
        raise NotFound
    return staff_view_of(found, actor)


def view_of(disclosure: Disclosure, actor: Actor) -> DisclosureView:
    """Return a disclosure with what the reader may do with it now."""
    known = {
        name: getattr(disclosure, name)
        for name in DisclosureView.model_fields
        if name not in ("statement", "allowed_actions")
    }
    allowed = LIFECYCLE.allowed(disclosure.state, actor.permissions)
    if disclosure.terms is None:
        allowed = [verb for verb in allowed if verb != "change"]
    return DisclosureView(**known, statement=SUBCONTRACT_CERTIFICATION.view, allowed_actions=allowed)


def staff_view_of(disclosure: Disclosure, actor: Actor) -> StaffDisclosureView:
    """Return a disclosure with its checks, and what the reader may do with it now."""
    return StaffDisclosureView(
        **view_of(disclosure, actor).model_dump(),
        organization_id=disclosure.organization_id,
        legal_business_name=disclosure.legal_business_name,
        checks=[
            Check(check=check, words=words, answer=disclosure.checks[check], confirmed=disclosure.confirmed.get(check))
            for check, words in CHECKS.items()
            if check in disclosure.checks
        ],
    )
