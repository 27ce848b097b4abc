from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import select, update
from sqlalchemy.orm import raiseload
from sqlalchemy.orm.interfaces import ORMOption

from chassis.database import Session
from chassis.errors import Invalid, NotAllowedNow, NotFound
from chassis.ids import Entity
from chassis.signature import Signer, Typed, keep
from chassis.sweeps import due, each
from contracts_svc.contracts.contract import SIGNER_IS_NOT_SENDER, Contract
from contracts_svc.contracts.line import ContractLine, LineLocation
from contracts_svc.contracts.statement import CONTRACT_SIGNATURE
from contracts_svc.enrolment.use_cases import npis_of
from contracts_svc.program.round import KnownRound
from contracts_svc.sealing.sealed_copy import SealedCopy
from events.offers import OfferLineAccepted, OfferLineRescinded


@dataclass(frozen=True)
class Chosen:
    """A contract to sign, and the state of it that the officer has read."""

    contract_id: UUID
    row_version: int


class ContractNamedTwice(Invalid):
    """A contract stands twice in this batch. Choose it once."""


class NoEmergencyTermination(NotAllowedNow):
    """The rules of this round do not let a contract end in an emergency. It ends by a breach case, or by its date."""


async def take_accepted_line(session: Session, told: OfferLineAccepted) -> Contract:
    """Put an accepted line on the one contract of its bidder, which the first of them begins."""
    found: Contract | None = await session.scalar(
        select(Contract).where(Contract.bidder_id == told.bidder_id).with_for_update()
    )
    contract = found or Contract(told)
    if found is None:
        session.add(contract)
    contract.take_line(told)
    await session.flush()
    return contract


async def give_back_line(session: Session, told: OfferLineRescinded) -> None:
    """Take a line off the contract of its bidder, unless CMS has signed it meanwhile."""
    contract = await session.scalar(
        select(Contract).where(Contract.bidder_id == told.bidder_id).with_for_update(of=Contract)
    )
    if contract is not None:
        contract.give_back_line(told.line_id, told.rescinded_at)


async def send_for_signature(session: Session, contract_id: UUID, base: int) -> Contract:
    """Send a contract, or its extension by further lines, to the contracting officers.

    Raises `NotFound`, `ContractChanged`, `NothingToSend`, NotAllowedNow.
    """
    contract = await load(session, contract_id)
    ptans = [location.ptan for line in contract.lines if not line.sent for location in line.locations]
    contract.send(base, session.actor.user_id, session.at, await npis_of(session, ptans))
    return contract


async def sign_batch(session: Session, chosen: Sequence[Chosen], signer: Signer, typed: Typed) -> list[Contract]:
    """Sign several contracts under one statement: all of them, or none. Each is in force once it is sealed.

    They are locked in the order of their ids, so that two officers with overlapping batches do not wait for each other
    for ever: the second finds them signed. Raises what `Statement.certify` raises; `NotFound`, `ContractNamedTwice`,
    `ContractChanged`, `NothingToSign`, and `SomebodyElseMust` for who sent one of them.
    """
    certificate = CONTRACT_SIGNATURE.certify(signer, typed)
    versions = {each.contract_id: each.row_version for each in chosen}
    if len(versions) != len(chosen):
        raise ContractNamedTwice
    signed = []
    for contract_id in sorted(versions):
        contract = await load(session, contract_id)
        await SIGNER_IS_NOT_SENDER.require(session, Entity("contract", contract_id))
        made = contract.sign(versions[contract_id], session.actor.user_id, session.at)
        session.add_all([made, SealedCopy(made, session.at)])
        await keep(session, certificate, subject=Entity("contract", contract_id), content_sha256=made.content_sha256)
        signed.append(contract)
    await session.flush()
    return signed


async def move_by_calendar(session: Session, as_of: datetime, limit: int) -> int:
    """Start contracts whose period begins, end suspensions, expire what has ended; a sweep."""
    found = await due(session, Contract, Contract.moves_at, as_of, limit)
    return await each(session, found, lambda contract: contract.move_by_calendar())


async def say_again(session: Session, as_of: datetime, limit: int) -> int:
    """Say the snapshot of each signed contract once more every night, for whoever lost or missed one; a sweep."""
    found = await due(session, Contract, Contract.say_again_at, as_of, limit)
    return await each(session, found, lambda contract: contract.say_again())


async def terminate_in_emergency(session: Session, contract_id: UUID, base: int) -> Contract:
    """End a contract in a public health emergency, where the round's rule set allows it (contracts.md 7).

    Raises `NotFound`, `ContractChanged`, `NoEmergencyTermination`, NotAllowedNow.
    """
    contract = await load(session, contract_id)
    contract.require_row_version(base)
    known = await session.get(KnownRound, contract.round_code)
    if known is None or not known.rules.emergency_termination:
        raise NoEmergencyTermination
    contract.terminate("EMERGENCY", session.at)
    return contract


async def load(session: Session, contract_id: UUID, *options: ORMOption) -> Contract:
    """Return a contract, locked for this transaction. Raises `NotFound`."""
    contract: Contract | None = await session.scalar(
        select(Contract).where(Contract.id == contract_id).options(*options).with_for_update(of=Contract)
    )
    if contract is None:
        raise NotFound
    return contract


async def load_without_lines(session: Session, contract_id: UUID) -> Contract:
    """Return a contract, locked, for what needs none of its hundreds of lines. Raises `NotFound`."""
    return await load(session, contract_id, raiseload(Contract.lines))


async def begin_lines(session: Session, contract_id: UUID, version: int, day: date) -> list[UUID]:
    """Make the lines that were sent part of the contract as of a version; their locations may furnish from `day` on.

    Returns their ids. Two statements, however many lines there are.
    """
    sent = (ContractLine.contract_id == contract_id) & ContractLine.sent & ContractLine.since_version.is_(None)
    begun = await session.scalars(
        update(ContractLine).where(sent).values(since_version=version).returning(ContractLine.id)
    )
    ids = list(begun)
    await session.execute(update(LineLocation).where(LineLocation.line_id.in_(ids)).values(effective_from=day))
    return ids
