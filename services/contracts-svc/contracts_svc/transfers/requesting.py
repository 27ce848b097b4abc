"""What the two sides do: draft, file under signature, tell the date, answer, take back."""

import re
from collections.abc import Sequence
from datetime import date
from uuid import UUID

from sqlalchemy import or_, select

from chassis.calendar import in_time
from chassis.database import ReadSession, Session
from chassis.errors import Conflict, Invalid, NotAllowed, NotAllowedNow, NotFound
from chassis.ids import Entity
from chassis.signature import Signer, Typed, keep
from contracts_svc.contracts.contract import Contract
from contracts_svc.contracts.lifecycle import RUNNING
from contracts_svc.contracts.version import digest_of
from contracts_svc.program.round import KnownRound
from contracts_svc.transfers.clocks import notice_due, novation_due, package_due
from contracts_svc.transfers.lifecycle import DRAFT, OPEN, SUCCEED, VIEW
from contracts_svc.transfers.statement import TRANSFER_CERTIFICATION
from contracts_svc.transfers.terms import Extent, Side, Terms
from contracts_svc.transfers.transfer import Transfer

NUMBER = re.compile(r"(R[0-9]{4}[A-Z]?)-([0-9]{6,12})")


class NoSuchNumber(Invalid):
    """A contract number looks like R2028-000123. It stands on the contract."""


class NameTheLines(Invalid):
    """Choose the competitions that go, and leave at least one: a transfer of everything is a full transfer (TR-5)."""


class NotOfTheContract(Invalid):
    """Choose competitions of this contract."""


class NameTheLocations(Invalid):
    """Name at least one location from which the successor will furnish."""


class TooLate(Invalid):
    """The documents of both sides have to come before the change takes effect (TR-2), and that time is over."""


class AlreadyAsked(Conflict):
    """A transfer of this contract is under way. Withdraw it, or wait for its outcome."""


class NotRunning(NotAllowedNow):
    """Only a signed contract that has not ended can be transferred."""


class OnlyTheOfficial(NotAllowed):
    """Only the authorized official of the successor may ask to take over a contract."""


async def draft(
    session: Session, terms: Terms, *, contract_id: UUID | None, number: str, replaces: UUID | None
) -> Transfer:
    """Draft a request: for a contract of the own organization, or as the successor for the contract with a number.

    What could not be filed now is refused at once; `submit` asks again. `replaces`: a draft that is dropped. Raises
    `NotFound`, `OnlyTheOfficial`, `NoSuchNumber`, and what `submit` raises for the content.
    """
    organization_id = session.actor.organization_id
    if organization_id is None:
        raise NotFound
    transfer = Transfer(Side.HOLDER if contract_id else Side.SUCCESSOR, organization_id, terms, session.at)
    if contract_id is not None:
        transfer.name_contract(await _my_contract(session, contract_id))
    else:
        transfer.round_code, transfer.serial = _read_number(number)
        transfer.contract_number = number
    await _require_sensible(session, transfer)
    session.add(transfer)
    if replaces is not None:
        dropped = await load_mine(session, replaces)
        if dropped.state is DRAFT:
            dropped.withdraw(dropped.row_version, session.at)
    return transfer


async def submit(session: Session, transfer_id: UUID, signer: Signer, typed: Typed) -> Transfer:
    """File a request under signature. The contract is locked meanwhile, so that of two requests one comes first.

    Raises what `Statement.certify` raises, `NotFound`, `OnlyTheOfficial`, `NotRunning`, `AlreadyAsked`,
    `NameTheLines`, `NotOfTheContract`, `NameTheLocations`, `TooLate`, NotAllowedNow.
    """
    transfer = await load_mine(session, transfer_id)
    certificate = TRANSFER_CERTIFICATION.certify(signer, typed)
    await _require_sensible(session, transfer)
    known = await session.get(KnownRound, transfer.round_code)
    novation = novation_due(transfer.effective_on, known) if known else None
    transfer.submit(package_due(transfer.effective_on, known), novation, session.at)
    if transfer.contract_id is not None:
        contract = await _my_contract(session, transfer.contract_id)
        contract.note("transfer-asked", "Told of a change of ownership", VIEW, session.at)
    content = {"contract": transfer.contract_number, "terms": transfer.terms}
    subject = Entity("transfer", transfer.id)
    await keep(session, certificate, subject=subject, content_sha256=digest_of(content))
    return transfer


async def name_lines(session: Session, transfer_id: UUID, lines: Sequence[UUID], base: int) -> Transfer:
    """The contract supplier names the competitions that go, where the successor asked for a part of the contract.

    Raises `NotFound`, `NameTheLines`, `NotOfTheContract`, `NotRunning`, `TransferChanged`, NotAllowedNow.
    """
    transfer = await load_mine(session, transfer_id)
    if transfer.holder_id != session.actor.organization_id:
        raise NotFound
    terms = transfer.asked.model_copy(update={"lines": tuple(lines)})
    contract = await _require_own(session, transfer, terms)
    transfer.name_lines(lines, base, session.at)
    transfer.write_lines(contract)
    return transfer


async def re_date(session: Session, transfer_id: UUID, on: date, base: int) -> Transfer:
    """Tell another date on which the change takes effect, or the one on which it did.

    Raises `NotFound`, `TransferChanged`, `TookEffect`, `BeforeThePackage`, NotAllowedNow.
    """
    transfer = await load_mine(session, transfer_id)
    known = await session.get(KnownRound, transfer.round_code)
    novation = novation_due(on, known) if known else None
    transfer.re_date(on, package_due=package_due(on, known), novation_due=novation, base=base, at=session.at)
    return transfer


async def answer(session: Session, transfer_id: UUID, words: str, base: int) -> Transfer:
    """Answer what was asked. Raises `NotFound`, `TransferChanged`, NotAllowedNow."""
    transfer = await load_mine(session, transfer_id)
    transfer.answer(words, base, session.at)
    return transfer


async def withdraw(session: Session, transfer_id: UUID, base: int) -> Transfer:
    """Take a request back, from either side. Of two who do so at once one is told that it has changed.

    Raises `NotFound`, `TransferChanged`, NotAllowedNow.
    """
    transfer = await load_mine(session, transfer_id)
    transfer.withdraw(base, session.at)
    if transfer.contract_id is not None and transfer.holder_id == session.actor.organization_id:
        contract = await session.get_one(Contract, transfer.contract_id)
        contract.note("transfer-withdrawn", "The request to transfer the contract was taken back", VIEW, session.at)
    return transfer


async def load_mine(session: Session, transfer_id: UUID) -> Transfer:
    """Return a transfer of which the actor's organization is a side, locked. Raises `NotFound`."""
    own = session.actor.organization_id
    found: Transfer | None = await session.scalar(
        select(Transfer)
        .where(Transfer.id == transfer_id, or_(Transfer.holder_id == own, Transfer.successor_id == own))
        .with_for_update()
    )
    if found is None:
        raise NotFound
    return found


async def _require_sensible(session: Session, transfer: Transfer) -> None:
    terms, at = transfer.asked, session.at
    if transfer.opened_by is Side.SUCCESSOR and not session.actor.may(SUCCEED):
        raise OnlyTheOfficial
    if not terms.locations:
        raise NameTheLocations(field="locations")
    known = await session.get(KnownRound, transfer.round_code)
    dues = [package_due(transfer.effective_on, known)]
    if known is not None and (notice := notice_due(transfer.effective_on, known)) is not None:
        dues.append(notice)
    if not in_time(at, min(dues)):
        raise TooLate(field="effective_on")
    if transfer.contract_id is not None:
        await _require_own(session, transfer, terms)


async def _require_own(session: Session, transfer: Transfer, terms: Terms) -> Contract:
    contract = await _my_contract(session, transfer.contract_id)
    if contract.state not in RUNNING:
        raise NotRunning
    standing = {line.id for line in contract.lines if line.stands}
    if any(line not in standing for line in terms.lines):
        raise NotOfTheContract(field="lines")
    if terms.extent is Extent.PARTIAL and not 0 < len(set(terms.lines)) < len(standing):
        raise NameTheLines(field="lines")
    if await _others(session, contract.id, transfer.id):
        raise AlreadyAsked
    return contract


async def _others(session: Session | ReadSession, contract_id: UUID, but: UUID) -> bool:
    asked = select(Transfer.id).where(Transfer.contract_id == contract_id, Transfer.id != but, Transfer.state.in_(OPEN))
    return await session.scalar(asked.limit(1)) is not None


def _read_number(number: str) -> tuple[str, int]:
    read = NUMBER.fullmatch(number.strip())
    if read is None:
        raise NoSuchNumber(field="contract_number")
    return read[1], int(read[2])


async def _my_contract(session: Session, contract_id: UUID | None) -> Contract:
    found: Contract | None = await session.scalar(
        select(Contract)
        .where(Contract.id == contract_id, Contract.organization_id == session.actor.organization_id)
        .with_for_update(of=Contract)
    )
    if found is None:
        raise NotFound
    return found
