"""The one transaction in which a contract, or a part of it, goes to its successor (contracts.md 4.5).

Before its commit the old supplier is responsible for every line, after it the new one is for those that went: there is
no state between. Every contract is locked in the order of the ids before anything is changed.
"""

from collections.abc import Sequence
from datetime import timedelta
from uuid import UUID

from sqlalchemy import select

from chassis.calendar import eastern_day
from chassis.database import Session
from chassis.errors import NotAllowedNow, NotFound
from chassis.ids import Entity, new_id
from chassis.signature import Signer, Typed, keep
from contracts_svc.contracts.contract import Contract
from contracts_svc.contracts.lifecycle import LIFECYCLE as CONTRACT
from contracts_svc.contracts.lifecycle import RUNNING
from contracts_svc.contracts.line import ContractLine
from contracts_svc.contracts.succession import Succession
from contracts_svc.contracts.version import digest_of
from contracts_svc.enrolment.use_cases import location_of, npis_of
from contracts_svc.sealing.sealed_copy import SealedCopy
from contracts_svc.transfers.checks import checks_of
from contracts_svc.transfers.document import TransferDocument
from contracts_svc.transfers.duties import move_duties
from contracts_svc.transfers.moving import Going, going
from contracts_svc.transfers.reviewing import load_to_decide, require_met
from contracts_svc.transfers.statement import NOVATION_SIGNATURE
from contracts_svc.transfers.telling import tell
from contracts_svc.transfers.terms import Extent
from contracts_svc.transfers.transfer import Transfer
from contracts_svc.transfers.wanted import Phase
from events.offers import OfferLineAccepted, SinglePayment


class NoLocationLeft(NotAllowedNow):
    """No location is left from which the successor would furnish a competition. A location has to be added first."""


async def complete(session: Session, transfer_id: UUID, base: int, signer: Signer, typed: Typed) -> Transfer:
    """CMS signs the novation: lines, locations, prices and open duties go to the successor, from today on.

    Raises what `Statement.certify` raises, `NotFound`, `TransferChanged`, `SomebodyElseMust`, `NotInEffect`,
    `ConditionsUnmet`, `NoLocationLeft`, NotAllowedNow.
    """
    certificate = NOVATION_SIGNATURE.certify(signer, typed)
    transfer = await load_to_decide(session, transfer_id, base)
    transfer.require_completable(session.at)
    held = await _contracts(session, transfer)
    contract = next(each for each in held if each.id == transfer.contract_id)
    CONTRACT.next(contract.state, "transfer")  # an active contract only, of which all or a part goes
    contract.require_changeable()
    require_met(transfer, await checks_of(session, transfer, contract))
    moving = going(transfer, contract, eastern_day(session.at))
    for each in moving:
        if not each.ptans:
            raise NoLocationLeft(f"No location is left from which the successor would furnish {each.line.label}.")
    successor, made = await _succeed(session, transfer, contract, [one for one in held if one is not contract], moving)
    _let_go(session, transfer, contract, moving)
    await move_duties(session, contract, successor, made)
    transfer.complete(session.actor.user_id, successor.id, session.at)
    novation = await _novation(session, transfer, contract)
    subject = Entity("transfer", transfer.id)
    await keep(session, certificate, subject=subject, content_sha256=digest_of(novation))
    tell(session, transfer, "completed", contract)
    return transfer


Made = list[tuple[ContractLine, ContractLine]]
"""Lines that went, each with the successor's line for the same competition."""


async def _contracts(session: Session, transfer: Transfer) -> list[Contract]:
    """The contract, and those of the successor in the same round, locked in the order of their ids."""
    theirs = (Contract.organization_id == transfer.successor_id) & Contract.state.in_(RUNNING)
    found = await session.scalars(
        select(Contract)
        .where((Contract.id == transfer.contract_id) | (theirs & (Contract.round_code == transfer.round_code)))
        .order_by(Contract.id)
        .with_for_update(of=Contract)
        .execution_options(populate_existing=True)
    )
    return list(found)


async def _succeed(
    session: Session, transfer: Transfer, contract: Contract, theirs: Sequence[Contract], moving: Sequence[Going]
) -> tuple[Contract, Made]:
    """Put what goes on the successor's contract of the round, or on a new one where it holds none."""
    day = eastern_day(session.at)
    npis = await npis_of(session, [ptan for each in moving for ptan in each.ptans])
    successor = theirs[0] if theirs else await _new_contract(session, transfer, contract)
    if theirs:
        successor.require_changeable()
    made: Made = []
    for each in moving:
        same = (line for line in successor.lines if line.stands and line.competition == each.line.competition)
        there = next(same, None)
        if there is None:
            there = successor.succeed_to(_as_accepted(session, successor, each), npis, day)
        else:
            for ptan in each.ptans:
                if there.standing(ptan) is None:
                    there.put_on(ptan, npis.get(ptan), day)
        made.append((each.line, there))
    by, at = session.actor.user_id, session.at
    version = successor.change("changed", by, at) if theirs else successor.succeed(by, at)
    session.add_all([version, SealedCopy(version, at)])
    await session.flush()
    return successor, made


def _let_go(session: Session, transfer: Transfer, contract: Contract, moving: Sequence[Going]) -> None:
    """The old supplier furnishes these lines up to yesterday; what does not go stays as it is (TR-7)."""
    for each in moving:
        each.line.leave(eastern_day(session.at) - timedelta(days=1))
    if transfer.asked.extent is Extent.FULL:
        contract.transfer(session.at)
    else:
        version = contract.change("changed", session.actor.user_id, session.at)
        session.add_all([version, SealedCopy(version, session.at)])


async def _new_contract(session: Session, transfer: Transfer, contract: Contract) -> Contract:
    """A contract of the same round, period and prices; bids and the bond stay with the original bidder."""
    if transfer.successor_id is None:
        raise NotFound
    ptan = transfer.asked.successor.ptan
    known = await location_of(session, ptan) if ptan else None
    name = known.legal_business_name if known else transfer.asked.successor.legal_business_name
    made = Contract(
        Succession(
            succeeds=contract.id,
            organization_id=transfer.successor_id,
            round_code=contract.round_code,
            legal_business_name=name,
            bidder_number=contract.bidder_number,
            period_starts_on=contract.starts_on,
            period_ends_on=contract.ends_on,
            accepted_at=session.at,
        )
    )
    session.add(made)
    await session.flush()
    return made


def _as_accepted(session: Session, successor: Contract, each: Going) -> OfferLineAccepted:
    """A line as a contract takes it: the competition and the prices of the one that goes."""
    line = each.line
    return OfferLineAccepted(
        line_id=new_id(),
        bidder_id=successor.id,
        organization_id=successor.organization_id,
        legal_business_name=successor.legal_business_name,
        bidder_number=successor.bidder_number,
        round_code=line.round_code,
        period_starts_on=successor.starts_on,
        period_ends_on=successor.ends_on,
        category_code=line.category_code,
        cba_code=line.cba_code,
        label=line.label,
        locations=each.ptans,
        prices=tuple(SinglePayment.model_validate(price) for price in line.prices),
        accepted_at=session.at,
        accepted_by=line.accepted_by,
    )


async def _novation(session: Session, transfer: Transfer, contract: Contract) -> dict[str, object]:
    """What CMS signs: who takes over what, by which files of both sides."""
    files = await session.scalars(
        select(TransferDocument)
        .where(TransferDocument.transfer_id == transfer.id, TransferDocument.phase == Phase.NOVATION)
        .order_by(TransferDocument.side, TransferDocument.code)
    )
    return {
        "contract": contract.number,
        "terms": transfer.terms,
        "effective_on": transfer.effective_on.isoformat(),
        "files": [[file["sha256"] for file in each.files] for each in files],
    }
