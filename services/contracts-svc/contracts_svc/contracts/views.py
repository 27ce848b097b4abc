"""A contract as its supplier sees it: now, and as it stood on a day."""

from datetime import date, timedelta
from typing import Any
from uuid import UUID

from pydantic import BaseModel
from sqlalchemy import ColumnElement, Select, select
from sqlalchemy.orm import InstrumentedAttribute, lazyload

from chassis.actor import Actor
from chassis.calendar import midnight
from chassis.database import ReadSession
from chassis.errors import NotFound
from chassis.paging import Page, fetch_page
from contracts_svc.breaches.pending import with_notices
from contracts_svc.contracts.contract import Contract
from contracts_svc.contracts.lifecycle import ASSEMBLING, ContractState
from contracts_svc.contracts.status import ShownStatus, shown_to_supplier, state_on
from contracts_svc.contracts.version import ContractVersion, in_force
from contracts_svc.locations.pending import with_open_changes


class LocationOnContract(BaseModel):
    """A location of a line, and the days it may furnish, both inclusive."""

    ptan: str
    npi: str | None
    effective_from: date | None
    effective_to: date | None


class Price(BaseModel):
    """The single payment amount of an item, in cents."""

    hcpcs: str
    amount: int


class LineView(BaseModel):
    """A competition of a contract. `signed`: it is part of the signed contract; `left_on`: until when, if it went."""

    line_id: UUID
    category_code: str
    cba_code: str
    label: str
    signed: bool = True
    left_on: date | None = None
    locations: list[LocationOnContract]
    prices: list[Price]


class ContractSummary(BaseModel):
    """A contract in a list. Version 0: no version is in force yet."""

    id: UUID
    number: str
    legal_business_name: str
    round_code: str
    starts_on: date
    ends_on: date
    status: ShownStatus
    version: int


class ContractView(ContractSummary):
    """A contract as it stands."""

    bidder_number: str
    lines: list[LineView]


class ContractOnDay(BaseModel):
    """A contract as it stood on a day: its state, and the locations that could furnish on that day.

    `version` is the version that was known on `known_on`.
    """

    on: date
    known_on: date
    state: ContractState | None
    version: int
    lines: list[LineView]


async def list_contracts(session: ReadSession, actor: Actor, after: str | None, limit: int) -> Page[ContractSummary]:
    """Return the actor's contracts that were sent for signature, in the order they were begun."""
    statement = _mine(actor).options(lazyload(Contract.lines))
    page: Page[Contract] = await fetch_page(
        session, statement, [(Contract.id, UUID)], lambda one: one, after=after, limit=limit, descending=False
    )
    listed = [each.id for each in page.items]
    changing, noticed = await with_open_changes(session, actor, listed), await with_notices(session, actor, listed)
    return Page(
        items=[
            summary_of(each, change_open=each.id in changing, notice_issued=each.id in noticed) for each in page.items
        ],
        next=page.next,
    )


async def read_contract(session: ReadSession, actor: Actor, contract_id: UUID) -> ContractView:
    """Return a contract of the actor's organization. Raises `NotFound`."""
    found = await find(session, actor, contract_id)
    changing = await with_open_changes(session, actor, [found.id])
    noticed = await with_notices(session, actor, [found.id])
    return ContractView(
        **summary_of(found, change_open=bool(changing), notice_issued=bool(noticed)).model_dump(),
        bidder_number=found.bidder_number,
        lines=lines_of(found),
    )


async def read_on_day(session: ReadSession, actor: Actor, contract_id: UUID, on: date, known_on: date) -> ContractOnDay:
    """Return a contract as it stood on a day, by what was known at the end of another.

    A location that was approved later with effect from an earlier day shows once the later day is asked for. Raises
    `NotFound`, also where no version was in force by then.
    """
    contract = await find(session, actor, contract_id)
    version: ContractVersion | None = await session.scalar(
        in_force(contract_id)
        .where(ContractVersion.in_force_at < midnight(known_on + timedelta(days=1)))
        .order_by(ContractVersion.number.desc())
        .limit(1)
    )
    if version is None:
        raise NotFound
    return ContractOnDay(
        on=on,
        known_on=known_on,
        state=state_on(contract, on),
        version=version.number,
        lines=[_on_day(line, on) for line in version.content["lines"]],
    )


async def find(session: ReadSession, actor: Actor, contract_id: UUID) -> Contract:
    """Return a contract that the actor may see. Raises `NotFound`."""
    found: Contract | None = await session.scalar(_mine(actor).where(Contract.id == contract_id))
    if found is None:
        raise NotFound
    return found


def summary_of(contract: Contract, *, change_open: bool = False, notice_issued: bool = False) -> ContractSummary:
    """Return a contract as it stands in a supplier's list."""
    return ContractSummary(
        id=contract.id,
        number=contract.number,
        legal_business_name=contract.legal_business_name,
        round_code=contract.round_code,
        starts_on=contract.starts_on,
        ends_on=contract.ends_on,
        status=shown_to_supplier(contract, change_open=change_open, notice_issued=notice_issued),
        version=contract.version,
    )


def lines_of(contract: Contract) -> list[LineView]:
    """Return the lines of a contract in the order of their words."""
    return [
        LineView(
            line_id=line.id,
            category_code=line.category_code,
            cba_code=line.cba_code,
            label=line.label,
            signed=line.is_contracted,
            left_on=line.left_on,
            locations=[LocationOnContract.model_validate(each, from_attributes=True) for each in line.locations],
            prices=[Price.model_validate(price) for price in line.prices],
        )
        for line in sorted(contract.lines, key=lambda line: (line.label, str(line.id)))
    ]


def _mine(actor: Actor) -> Select[Contract]:
    """An organization's own contracts once they were sent to CMS; machines read those of everybody, staff any."""
    sent = () if actor.is_staff else (Contract.state != ASSEMBLING,)
    return select(Contract).where(*sent, *own_rows(actor, Contract.organization_id))


def own_rows(actor: Actor, organization_id: InstrumentedAttribute[UUID]) -> tuple[ColumnElement[bool], ...]:
    """Return the condition that a row is the actor's own; none for machines and staff, who read those of everybody."""
    return () if actor.kind == "machine" or actor.is_staff else (organization_id == actor.organization_id,)


def _on_day(line: dict[str, Any], day: date) -> LineView:
    view = LineView.model_validate(line)
    there = [
        each
        for each in view.locations
        if each.effective_from is not None
        and each.effective_from <= day
        and (each.effective_to is None or day <= each.effective_to)
    ]
    return view.model_copy(update={"locations": there})
