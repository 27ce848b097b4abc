"""Contracts as the people of CMS and the CBIC see them."""

from datetime import date, datetime
from uuid import UUID

from pydantic import BaseModel
from sqlalchemy import select
from sqlalchemy.orm import lazyload

from chassis.actor import Actor
from chassis.database import ReadSession, Session
from chassis.errors import NotFound
from chassis.ids import Entity
from chassis.paging import Page, fetch_page
from chassis.signature import StatementView
from contracts_svc.contracts.contract import SIGNER_IS_NOT_SENDER, Contract
from contracts_svc.contracts.lifecycle import ACTIVE, LIFECYCLE, SUSPENDED, ContractState
from contracts_svc.contracts.permissions import DECIDE
from contracts_svc.contracts.statement import CONTRACT_SIGNATURE
from contracts_svc.contracts.views import LineView, lines_of
from contracts_svc.program.round import KnownRound

SIGNS = {"sign", "sign extension"}
SENDS = {"send for signature", "send extension"}
EMERGENCY = "terminate in an emergency"


class StaffContractSummary(BaseModel):
    """A contract in a list. `being_sealed`: signed, and not in force until its sealed copy is made."""

    id: UUID
    number: str
    organization_id: UUID
    legal_business_name: str
    bidder_number: str
    round_code: str
    starts_on: date
    ends_on: date
    state: ContractState
    awaiting_signature: bool
    being_sealed: bool
    version: int
    row_version: int
    sent_at: datetime | None
    sent_by: str | None
    signed_at: datetime | None
    signed_by: str | None
    suspended_until: date | None
    cause: str | None
    changed_at: datetime


class StaffContractView(StaffContractSummary):
    """A contract with its lines, the statement that is signed, and what the reader may do with it now."""

    lines: list[LineView]
    statement: StatementView
    allowed_actions: list[str]


class SigningQueue(Page[StaffContractSummary]):
    """The contracts that wait for a signature, and the statement under which they are signed."""

    statement: StatementView


async def list_contracts(
    session: ReadSession, state: ContractState | None, *, to_sign: bool, after: str | None, limit: int
) -> Page[StaffContractSummary]:
    """Return contracts in the order they were begun; with `to_sign` those that wait for a signature."""
    statement = select(Contract).options(lazyload(Contract.lines))
    if state is not None:
        statement = statement.where(Contract.state == state)
    if to_sign:
        statement = statement.where(Contract.awaiting_signature)
    return await fetch_page(
        session, statement, [(Contract.id, UUID)], summary_of, after=after, limit=limit, descending=False
    )


async def read_queue(session: ReadSession, after: str | None, limit: int) -> SigningQueue:
    """Return the contracts that wait for a signature, in the order they were begun."""
    page = await list_contracts(session, None, to_sign=True, after=after, limit=limit)
    return SigningQueue(items=page.items, next=page.next, statement=CONTRACT_SIGNATURE.view)


async def read_contract(session: ReadSession, actor: Actor, contract_id: UUID) -> StaffContractView:
    """Return a contract. Raises `NotFound`."""
    found = await session.get(Contract, contract_id)
    if found is None:
        raise NotFound
    return await view_of(session, actor, found)


async def view_of(session: ReadSession | Session, actor: Actor, contract: Contract) -> StaffContractView:
    """Return a contract as this actor sees it."""
    return StaffContractView(
        **summary_of(contract).model_dump(),
        lines=lines_of(contract),
        statement=CONTRACT_SIGNATURE.view,
        allowed_actions=await _allowed(session, actor, contract),
    )


def summary_of(contract: Contract) -> StaffContractSummary:
    """Return a contract as it stands in a list."""
    return StaffContractSummary.model_validate(contract, from_attributes=True)


async def _allowed(session: ReadSession | Session, actor: Actor, contract: Contract) -> list[str]:
    not_now: set[str] = set()
    waiting = any(not line.sent for line in contract.lines)
    if not waiting or contract.awaiting_signature or contract.being_sealed:
        not_now |= SENDS
    case = Entity("contract", contract.id)
    if not contract.awaiting_signature or await SIGNER_IS_NOT_SENDER.broken_by(actor, session, case):
        not_now |= SIGNS
    allowed = [verb for verb in LIFECYCLE.allowed(contract.state, actor.permissions) if verb not in not_now]
    known = await session.get(KnownRound, contract.round_code)
    if actor.may(DECIDE) and contract.state in (ACTIVE, SUSPENDED) and known and known.rules.emergency_termination:
        allowed.append(EMERGENCY)
    return allowed
