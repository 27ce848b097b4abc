"""What a supplier does: disclose an arrangement or that there is none, change it, end it, answer."""

from datetime import date
from uuid import UUID

from sqlalchemy import func, select

from chassis.calendar import eastern_day
from chassis.database import Session
from chassis.errors import Invalid, NotAllowedNow, NotFound
from chassis.ids import Entity
from chassis.signature import Signer, Typed, keep
from contracts_svc.contracts.contract import Contract
from contracts_svc.contracts.lifecycle import ACTIVE, EXECUTED, SUSPENDED
from contracts_svc.contracts.status import since
from contracts_svc.contracts.version import digest_of
from contracts_svc.program.round import KnownRound
from contracts_svc.subcontracting.disclosure import Disclosure
from contracts_svc.subcontracting.lifecycle import NOT_PERMITTED
from contracts_svc.subcontracting.statement import SUBCONTRACT_CERTIFICATION
from contracts_svc.subcontracting.terms import Due, Terms, due_after
from events.information import InformationSettled


class NotTheFirst(NotAllowedNow):
    """Only the first disclosure of a contract can say that there are no subcontractors."""


class NotRunning(NotAllowedNow):
    """Subcontractors are disclosed under a signed contract that has not ended."""


class NotOfTheContract(Invalid):
    """Choose competitions of this contract."""


class BeforeTheStart(Invalid):
    """An arrangement cannot end before it starts."""


async def disclose(
    session: Session, contract_id: UUID, terms: Terms | None, signer: Signer, typed: Typed
) -> Disclosure:
    """Disclose an arrangement under a contract; without terms, that there are no subcontractors.

    What was in force by the contract date is due with the initial disclosure, each later arrangement after it starts.
    Raises what `sign` raises for a signature that is not good, `NotFound`, `NotRunning`, `NotTheFirst`,
    `NotOfTheContract`.
    """
    contract = await _contract(session, contract_id)
    certificate = SUBCONTRACT_CERTIFICATION.certify(signer, typed)
    if contract.state not in (EXECUTED, ACTIVE, SUSPENDED):
        raise NotRunning
    _require_own_lines(contract, terms)
    if terms is None and await _others(session, contract_id):
        raise NotTheFirst
    disclosure = Disclosure(contract, terms, await _due(session, contract, terms), session.at)
    session.add(disclosure)
    subject = Entity("subcontract", disclosure.id)
    await keep(session, certificate, subject=subject, content_sha256=digest_of(disclosure.content))
    return disclosure


async def change(
    session: Session, disclosure_id: UUID, base: int, terms: Terms, *, signer: Signer, typed: Typed
) -> Disclosure:
    """Disclose a change of an acknowledged arrangement; it is reviewed again, and due after the day it starts.

    Raises what `sign` raises for a signature that is not good, `NotFound`, `DisclosureChanged`, `NotOfTheContract`,
    NotAllowedNow.
    """
    disclosure = await _load(session, disclosure_id)
    certificate = SUBCONTRACT_CERTIFICATION.certify(signer, typed)
    contract = await session.get_one(Contract, disclosure.contract_id)
    _require_own_lines(contract, terms)
    disclosure.change(terms, await _due(session, contract, terms), base, session.at)
    subject = Entity("subcontract", disclosure.id)
    await keep(session, certificate, subject=subject, content_sha256=digest_of(disclosure.content))
    return disclosure


async def end(session: Session, disclosure_id: UUID, base: int, on: date) -> Disclosure:
    """End an arrangement on a day. Raises `NotFound`, `DisclosureChanged`, `BeforeTheStart`, NotAllowedNow."""
    disclosure = await _load(session, disclosure_id)
    if disclosure.terms is not None and on < Terms.model_validate(disclosure.terms).starts_on:
        raise BeforeTheStart(field="on")
    disclosure.end(on, base, session.at)
    return disclosure


async def answer(session: Session, disclosure_id: UUID, base: int, words: str) -> Disclosure:
    """Answer what was asked. Raises `NotFound`, `DisclosureChanged`, NotAllowedNow."""
    disclosure = await _load(session, disclosure_id)
    disclosure.answer(words, base, session.at)
    session.say(
        InformationSettled(
            filing="subcontract",
            filing_id=disclosure.id,
            organization_id=disclosure.organization_id,
            answered=True,
            settled_at=session.at,
        )
    )
    return disclosure


async def _due(session: Session, contract: Contract, terms: Terms | None) -> Due:
    known = await session.get(KnownRound, contract.round_code)
    if known is None:
        raise NotFound
    signed_on = since(contract, EXECUTED) or since(contract, ACTIVE) or eastern_day(session.at)
    initial = terms is None or terms.starts_on <= signed_on
    trigger = signed_on if terms is None or initial else terms.starts_on
    return due_after(trigger, known.rules, known.closed_on, initial=initial)


def _require_own_lines(contract: Contract, terms: Terms | None) -> None:
    if terms is not None and any(contract.line(line_id) is None for line_id in terms.lines):
        raise NotOfTheContract(field="lines")


async def _others(session: Session, contract_id: UUID) -> int:
    standing = select(func.count()).select_from(Disclosure).where(Disclosure.contract_id == contract_id)
    return await session.scalar(standing.where(Disclosure.state != NOT_PERMITTED)) or 0


async def _contract(session: Session, contract_id: UUID) -> Contract:
    """The contract, locked, so that of two first disclosures one comes first."""
    mine = select(Contract).where(Contract.id == contract_id, Contract.organization_id == session.actor.organization_id)
    found: Contract | None = await session.scalar(mine.with_for_update(of=Contract))
    if found is None:
        raise NotFound
    return found


async def _load(session: Session, disclosure_id: UUID) -> Disclosure:
    mine = select(Disclosure).where(
        Disclosure.id == disclosure_id, Disclosure.organization_id == session.actor.organization_id
    )
    found: Disclosure | None = await session.scalar(mine.with_for_update())
    if found is None:
        raise NotFound
    return found
