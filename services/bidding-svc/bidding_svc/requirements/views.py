from datetime import datetime
from uuid import UUID

from pydantic import BaseModel
from sqlalchemy import select

from bidding_svc.bidders.bidder import Bidder
from bidding_svc.requirements.lifecycle import Need
from bidding_svc.requirements.requirement import Requirement
from chassis import program_time
from chassis.actor import Actor
from chassis.database import ReadSession, Session
from chassis.errors import NotFound
from chassis.paging import Page, fetch_page


class RequirementView(BaseModel):
    """A document asked of a bidder. `by_cdrd` tells whether it arrived by the covered document review date.

    `member` is the PTAN of the network member whose document it is, `cba_code` the area a bond is for. `needed`: it
    must be met. `not_asked_because`: why the forms do not call for it now; `waived_because`: why CBIC waived it.
    """

    id: UUID
    round_code: str
    bidder_number: str
    document: str
    label: str
    hint: str
    stands_in_for: str | None
    covered: bool
    member: str | None
    cba_code: str | None
    needed: bool
    not_asked_because: str | None
    waived_because: str | None
    slot_id: UUID
    state: Need
    opens_at: datetime
    due_at: datetime
    cdrd_at: datetime
    received_at: datetime | None
    by_cdrd: bool
    allowed_actions: list[str]


async def list_requirements(session: ReadSession, actor: Actor, after: str | None, limit: int) -> Page[RequirementView]:
    """Return what the rounds ask of the actor's organization; staff see every organization's."""
    statement = select(Requirement)
    if actor.organization_id is not None:
        statement = statement.where(Requirement.organization_id == actor.organization_id)
    page = await fetch_page(
        session, statement, [(Requirement.id, UUID)], lambda found: found, after=after, limit=limit, descending=False
    )
    numbers = await _bidder_numbers(session, {found.bidder_id for found in page.items})
    at = program_time.now()
    return Page(items=[_view(found, numbers[found.bidder_id], actor, at) for found in page.items], next=page.next)


async def read_requirement(session: ReadSession, actor: Actor, requirement_id: UUID) -> RequirementView:
    """Return one requirement. Raises `NotFound`, also for another organization's."""
    statement = select(Requirement).where(Requirement.id == requirement_id)
    if actor.organization_id is not None:
        statement = statement.where(Requirement.organization_id == actor.organization_id)
    found = await session.scalar(statement)
    if found is None:
        raise NotFound
    return await view_of(session, actor, found)


async def view_of(session: Session | ReadSession, actor: Actor, found: Requirement) -> RequirementView:
    """Return a requirement as this actor sees it."""
    numbers = await _bidder_numbers(session, {found.bidder_id})
    return _view(found, numbers[found.bidder_id], actor, program_time.now())


async def _bidder_numbers(session: Session | ReadSession, bidder_ids: set[UUID]) -> dict[UUID, str]:
    rows = await session.execute(select(Bidder.id, Bidder.number).where(Bidder.id.in_(bidder_ids)))
    return {row.id: row.number for row in rows}


def _view(found: Requirement, bidder_number: str, actor: Actor, at: datetime) -> RequirementView:
    return RequirementView(
        id=found.id,
        round_code=found.round_code,
        bidder_number=bidder_number,
        document=found.document,
        label=found.label,
        hint=found.hint,
        stands_in_for=found.stands_in_for,
        covered=found.covered,
        member=found.member,
        cba_code=found.cba_code,
        needed=found.needed,
        not_asked_because=found.withheld_because,
        waived_because=found.waived_because,
        slot_id=found.slot_id,
        state=found.state,
        opens_at=found.opens_at,
        due_at=found.due_at,
        cdrd_at=found.cdrd_at,
        received_at=found.received_at,
        by_cdrd=found.by_cdrd,
        allowed_actions=found.allowed_actions(actor.permissions, at),
    )
