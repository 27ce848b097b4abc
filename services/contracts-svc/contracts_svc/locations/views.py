from datetime import date, datetime
from typing import Any
from uuid import UUID

from pydantic import BaseModel
from sqlalchemy import or_, select

from chassis.actor import Actor
from chassis.database import ReadSession, Session
from chassis.errors import NotFound
from chassis.ids import Entity
from chassis.paging import Order, Page, fetch_page
from chassis.signature import StatementView
from contracts_svc.enrolment.use_cases import location_of
from contracts_svc.locations.checks import CHECKS
from contracts_svc.locations.lifecycle import LIFECYCLE, WITHDRAWN, ChangeState
from contracts_svc.locations.location_change import DECIDER_IS_NOT_RECOMMENDER, Action, LocationChange, Why
from contracts_svc.locations.statement import LOCATION_CERTIFICATION


class ChangeSummary(BaseModel):
    """A request about one location and one competition, in a list."""

    id: UUID
    request_id: UUID
    pair_id: UUID | None
    contract_id: UUID
    contract_number: str
    line_id: UUID
    label: str
    action: Action
    ptan: str
    requested_on: date | None
    why: Why
    state: ChangeState
    row_version: int
    received_at: datetime | None
    effective_on: date | None
    changed_at: datetime


class ChangeView(ChangeSummary):
    """A request as its supplier sees it."""

    remark: str
    exchange: list[dict[str, Any]]
    answer_due_at: datetime | None
    explanation: str
    decided_at: datetime | None
    statement: StatementView
    allowed_actions: list[str]


class LookedUp(BaseModel):
    """What the enrolment record says of the location; looked up by its PTAN, never typed."""

    npi: str
    legal_business_name: str
    location: dict[str, Any]


class RequestView(BaseModel):
    """What is filed at once: a change for each competition and location. `enrolled`: the record of the one that comes.

    A record that is not the organization's own is not shown to it.
    """

    request_id: UUID
    contract_id: UUID
    contract_number: str
    remark: str
    changes: list[ChangeSummary]
    enrolled: LookedUp | None
    statement: StatementView
    allowed_actions: list[str]


class Check(BaseModel):
    """A requirement in words, and whether it is met: yes, no, or could-not-check; `confirmed`: by hand, and how."""

    check: str
    words: str
    answer: str
    confirmed: str | None


class StaffChangeSummary(ChangeSummary):
    """A request in the work list. `target_at`: until when it should be decided; it stands still while `paused`."""

    organization_id: UUID
    target_at: datetime | None
    paused: bool
    recommendation: str | None


class StaffChangeView(StaffChangeSummary):
    """A request with the results of its checks."""

    remark: str
    exchange: list[dict[str, Any]]
    answer_due_at: datetime | None
    checks: list[Check]
    enrolled: LookedUp | None
    explanation: str
    decided_at: datetime | None
    decided_by: str | None
    allowed_actions: list[str]


async def list_mine(session: ReadSession, actor: Actor, after: str | None, limit: int) -> Page[ChangeSummary]:
    """Return the requests of the actor's organization, latest first."""
    kept = or_(LocationChange.state != WITHDRAWN, LocationChange.received_at.is_not(None))
    statement = select(LocationChange).where(LocationChange.organization_id == actor.organization_id, kept)
    return await fetch_page(session, statement, [(LocationChange.id, UUID)], _summary, after=after, limit=limit)


async def read_mine(session: ReadSession, actor: Actor, change_id: UUID) -> ChangeView:
    """Return a request of the actor's organization. Raises `NotFound`."""
    found = await session.scalar(
        select(LocationChange).where(
            LocationChange.id == change_id, LocationChange.organization_id == actor.organization_id
        )
    )
    if found is None:
        raise NotFound
    return view_of(found, actor)


async def read_request(session: ReadSession, actor: Actor, request_id: UUID) -> RequestView:
    """Return what the actor's organization files at once. Raises `NotFound`."""
    found = await session.scalars(
        select(LocationChange)
        .where(LocationChange.request_id == request_id, LocationChange.organization_id == actor.organization_id)
        .order_by(LocationChange.label, LocationChange.action.desc(), LocationChange.id)
    )
    changes = found.all()
    if not changes:
        raise NotFound
    comes = next((change.ptan for change in changes if change.action is Action.ADD), None)
    known = await location_of(session, comes) if comes else None
    first = changes[0]
    return RequestView(
        request_id=request_id,
        contract_id=first.contract_id,
        contract_number=first.contract_number,
        remark=first.remark,
        changes=[_summary(change) for change in changes],
        enrolled=LookedUp.model_validate(known, from_attributes=True) if known else None,
        statement=LOCATION_CERTIFICATION.view,
        allowed_actions=LIFECYCLE.allowed(first.state, actor.permissions),
    )


def view_of(change: LocationChange, actor: Actor) -> ChangeView:
    """Return a request as its supplier sees it: the explanation only once it is decided."""
    return ChangeView(
        **_summary(change).model_dump(),
        remark=change.remark,
        exchange=change.exchange,
        answer_due_at=change.answer_due_at,
        explanation=change.explanation if change.decided_at else "",
        decided_at=change.decided_at,
        statement=LOCATION_CERTIFICATION.view,
        allowed_actions=LIFECYCLE.allowed(change.state, actor.permissions),
    )


async def list_work(
    session: ReadSession, state: ChangeState | None, after: str | None, limit: int
) -> Page[StaffChangeSummary]:
    """Return the requests that were received, by when they should be decided."""
    statement = select(LocationChange).where(LocationChange.target_at.is_not(None))
    if state is not None:
        statement = statement.where(LocationChange.state == state)
    order: Order = [(LocationChange.target_at, datetime.fromisoformat), (LocationChange.id, UUID)]
    return await fetch_page(session, statement, order, _staff_summary, after=after, limit=limit, descending=False)


async def read_for_staff(session: ReadSession, actor: Actor, change_id: UUID) -> StaffChangeView:
    """Return a received request. Raises `NotFound`; a draft is its supplier's own."""
    found = await session.get(LocationChange, change_id)
    if found is None or found.received_at is None:
        raise NotFound
    return await staff_view_of(session, actor, found)


async def staff_view_of(session: ReadSession | Session, actor: Actor, change: LocationChange) -> StaffChangeView:
    """Return a request with its checks, and what the reader may do now."""
    known = await location_of(session, change.ptan)
    return StaffChangeView(
        **_staff_summary(change).model_dump(),
        remark=change.remark,
        exchange=change.exchange,
        answer_due_at=change.answer_due_at,
        checks=[
            Check(check=check, words=words, answer=change.checks[check], confirmed=change.confirmed.get(check))
            for check, words in CHECKS.items()
            if check in change.checks
        ],
        enrolled=LookedUp.model_validate(known, from_attributes=True) if known else None,
        explanation=change.explanation,
        decided_at=change.decided_at,
        decided_by=change.decided_by,
        allowed_actions=await _allowed(session, actor, change),
    )


async def _allowed(session: ReadSession | Session, actor: Actor, change: LocationChange) -> list[str]:
    allowed = LIFECYCLE.allowed(change.state, actor.permissions)
    decides = {"approve", "deny"} & set(allowed)
    case = Entity("location-change", change.id)
    if decides and (change.recommendation is None or await DECIDER_IS_NOT_RECOMMENDER.broken_by(actor, session, case)):
        return [verb for verb in allowed if verb not in decides]
    return allowed


def _summary(change: LocationChange) -> ChangeSummary:
    return ChangeSummary.model_validate(change, from_attributes=True)


def _staff_summary(change: LocationChange) -> StaffChangeSummary:
    return StaffChangeSummary(
        **_summary(change).model_dump(),
        organization_id=change.organization_id,
        target_at=change.target_at,
        paused=change.paused_at is not None,
        recommendation=change.recommendation,
    )
