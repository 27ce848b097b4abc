"""What happened under a contract: each entry is shown to those who hold its permission (roles.md 1.3, footnote 5)."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

from pydantic import BaseModel
from sqlalchemy import ColumnElement, any_, bindparam, func, select
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.types import Text

from chassis.actor import Actor
from chassis.database import ReadSession
from chassis.paging import Order, Page, fetch_page
from contracts_svc.breaches.pending import with_notices
from contracts_svc.contracts.entry import ContractEntry
from contracts_svc.contracts.status import ShownStatus, shown_to_supplier
from contracts_svc.contracts.views import find, own_rows
from contracts_svc.locations.pending import with_open_changes


class EntryView(BaseModel):
    """Something that happened. `details` depend on the kind."""

    id: UUID
    kind: str
    label: str
    occurred_at: datetime
    details: dict[str, Any]


class KindCount(BaseModel):
    """How often something happened under a contract, and when last."""

    kind: str
    times: int
    last_at: datetime


class MaintenanceSummary(BaseModel):
    """The state of a contract at a glance, of what the reader may see."""

    contract_id: UUID
    number: str
    status: ShownStatus
    version: int
    starts_on: date
    ends_on: date
    lines: int
    locations: int
    happened: list[KindCount]


async def list_entries(
    session: ReadSession, actor: Actor, contract_id: UUID, after: str | None, limit: int
) -> Page[EntryView]:
    """Return what happened under a contract, latest first. Raises `NotFound`."""
    await find(session, actor, contract_id)
    statement = select(ContractEntry).where(*_seen(actor, contract_id))
    order: Order = [(ContractEntry.occurred_at, datetime.fromisoformat), (ContractEntry.id, UUID)]
    return await fetch_page(
        session,
        statement,
        order,
        lambda one: EntryView.model_validate(one, from_attributes=True),
        after=after,
        limit=limit,
    )


async def read_summary(session: ReadSession, actor: Actor, contract_id: UUID, today: date) -> MaintenanceSummary:
    """Return the maintenance summary of a contract. Raises `NotFound`."""
    contract = await find(session, actor, contract_id)
    counted = await session.execute(
        select(ContractEntry.kind, func.count(), func.max(ContractEntry.occurred_at))
        .where(*_seen(actor, contract_id))
        .group_by(ContractEntry.kind)
        .order_by(func.max(ContractEntry.occurred_at).desc())
    )
    signed = [line for line in contract.lines if line.stands]
    return MaintenanceSummary(
        contract_id=contract.id,
        number=contract.number,
        status=shown_to_supplier(
            contract,
            change_open=bool(await with_open_changes(session, actor, [contract.id])),
            notice_issued=bool(await with_notices(session, actor, [contract.id])),
        ),
        version=contract.version,
        starts_on=contract.starts_on,
        ends_on=contract.ends_on,
        lines=len(signed),
        locations=len({each.ptan for line in signed for each in line.locations if each.is_on(today)}),
        happened=[KindCount(kind=kind, times=times, last_at=last) for kind, times, last in counted],
    )


def _seen(actor: Actor, contract_id: UUID) -> tuple[ColumnElement[bool], ...]:
    mine = bindparam("mine", sorted(actor.permissions), type_=ARRAY(Text), unique=True)
    own = own_rows(actor, ContractEntry.organization_id)
    return ContractEntry.contract_id == contract_id, ContractEntry.permission == any_(mine), *own
