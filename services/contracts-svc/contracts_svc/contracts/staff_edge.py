"""The routes of contract administrators and contracting officers."""

from typing import Annotated
from uuid import UUID

from fastapi import Query, Response
from pydantic import BaseModel, Field

from chassis.database import Session
from chassis.door import CurrentActor, ReadingSession, SliceRouter, WritingSession
from chassis.paging import After, Limit, Page
from chassis.signature import CurrentSigner, Typed
from chassis.versions import IfMatch, etag
from contracts_svc.contracts import staff_views, use_cases, version_views
from contracts_svc.contracts.contract import Contract
from contracts_svc.contracts.lifecycle import ContractState
from contracts_svc.contracts.permissions import DECIDE, PREPARE, STAFF_VIEW

router = SliceRouter(prefix="/api/contracts/administration", tags=["contracts, inside"])

InState = Annotated[ContractState | None, Query(description="Only contracts in this state")]
ToSign = Annotated[bool, Query(description="Only contracts that wait for a signature")]


class ChosenContract(BaseModel):
    """A contract to sign, and the `row_version` in which the officer has read it."""

    contract_id: UUID
    row_version: int


class Batch(BaseModel):
    """Contracts to sign under one statement, and what the officer typed under it."""

    contracts: Annotated[list[ChosenContract], Field(min_length=1, max_length=200)]
    signature: Typed


class Signed(BaseModel):
    """The contracts of a batch, as they stand now."""

    contracts: list[staff_views.StaffContractSummary]


@router.get("", permission=STAFF_VIEW)
async def list_contracts(
    session: ReadingSession,
    state: InState = None,
    to_sign: ToSign = False,
    after: After = None,
    limit: Limit = 25,
) -> Page[staff_views.StaffContractSummary]:
    """List contracts; with `to_sign` the queue of those that wait for a signature."""
    return await staff_views.list_contracts(session, state, to_sign=to_sign, after=after, limit=limit)


@router.post("/signings", permission=DECIDE)
async def sign_contracts(batch: Batch, session: WritingSession, signer: CurrentSigner) -> Signed:
    """Sign a batch of contracts on behalf of CMS: all of them, or none."""
    chosen = [use_cases.Chosen(each.contract_id, each.row_version) for each in batch.contracts]
    signed = await use_cases.sign_batch(session, chosen, signer, batch.signature)
    return Signed(contracts=[staff_views.summary_of(contract) for contract in signed])


@router.get("/signings", permission=STAFF_VIEW)
async def read_queue(session: ReadingSession, after: After = None, limit: Limit = 25) -> staff_views.SigningQueue:
    """List the contracts that wait for a signature, with the statement that is signed."""
    return await staff_views.read_queue(session, after, limit)


@router.get("/{contract_id}/versions", permission=STAFF_VIEW)
async def list_versions(
    contract_id: UUID, actor: CurrentActor, session: ReadingSession, after: After = None, limit: Limit = 25
) -> Page[version_views.VersionSummary]:
    """List the versions of a contract, latest first."""
    return await version_views.list_versions(session, actor, contract_id, after, limit)


@router.get("/{contract_id}", permission=STAFF_VIEW)
async def read_contract(
    contract_id: UUID, actor: CurrentActor, session: ReadingSession, response: Response
) -> staff_views.StaffContractView:
    """Read a contract, and what you may do with it now."""
    return _tagged(response, await staff_views.read_contract(session, actor, contract_id))


@router.post("/{contract_id}/sending", permission=PREPARE)
async def send_for_signature(
    contract_id: UUID, base: IfMatch, session: WritingSession, response: Response
) -> staff_views.StaffContractView:
    """Send a contract, or its extension by further lines, to the contracting officers."""
    return await _saved(session, await use_cases.send_for_signature(session, contract_id, base), response)


@router.post("/{contract_id}/emergency-termination", permission=DECIDE)
async def terminate_in_emergency(
    contract_id: UUID, base: IfMatch, session: WritingSession, response: Response
) -> staff_views.StaffContractView:
    """End a contract in a public health emergency, where the rules of its round allow it."""
    return await _saved(session, await use_cases.terminate_in_emergency(session, contract_id, base), response)


async def _saved(session: Session, contract: Contract, response: Response) -> staff_views.StaffContractView:
    await session.flush()
    return _tagged(response, await staff_views.view_of(session, session.actor, contract))


def _tagged(response: Response, view: staff_views.StaffContractView) -> staff_views.StaffContractView:
    response.headers["ETag"] = etag(view.row_version)
    return view
