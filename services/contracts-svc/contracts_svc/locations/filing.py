"""What a supplier does with its requests: draft, file under signature, answer, withdraw."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import select

from chassis.calendar import eastern_day
from chassis.database import ReadSession, Session
from chassis.deadlines import due_day
from chassis.errors import Conflict, Invalid, NotFound
from chassis.ids import Entity, new_id
from chassis.signature import Signer, Typed, keep
from contracts_svc.contracts.contract import Contract
from contracts_svc.contracts.line import ContractLine
from contracts_svc.contracts.version import digest_of
from contracts_svc.locations.lifecycle import DRAFT, OPEN
from contracts_svc.locations.location_change import Action, LocationChange, Why
from contracts_svc.locations.statement import LOCATION_CERTIFICATION
from contracts_svc.program.round import KnownRound
from events.deadlines import DEADLINES
from events.information import InformationSettled
from events.rule_set import RuleSet


@dataclass(frozen=True)
class Wish:
    """What a supplier wants: a location that comes, one that goes, or both, on some lines of a contract."""

    lines: Sequence[UUID]
    comes: str | None
    goes: str | None
    goes_on: date | None
    why: Why
    remark: str


class NothingAsked(Invalid):
    """Name the location that comes, the location that goes, or both."""


class AlreadyOnTheLine(Invalid):
    """This location is on the contract for this competition already."""


class NotOnTheLine(Invalid):
    """This location is not on the contract for this competition."""


class LastLocation(Invalid):
    """A competition keeps at least one location. Add another one first, or ask to move."""


class BeforeReceipt(Invalid):
    """A location cannot be removed from a day before the request is received."""


class AlreadyAsked(Conflict):
    """A request about this location and competition is under way. Withdraw it, or wait for its result."""


async def draft(session: Session, contract_id: UUID, wish: Wish, replaces: UUID | None = None) -> list[LocationChange]:
    """Draft what is wished, a change for each line and location; `replaces`: a request drafted before, to drop.

    What could not be filed now is refused at once; `submit` asks again. Raises `NotFound`, `NothingAsked`,
    `AlreadyOnTheLine`, `NotOnTheLine`, `LastLocation`, `BeforeReceipt`, `AlreadyAsked`, NotAllowedNow.
    """
    if not (wish.comes or wish.goes):
        raise NothingAsked(field="comes")
    contract = await _my_contract(session, contract_id)
    contract.require_changeable()
    request_id, drafted = new_id(), []
    for line_id in dict.fromkeys(wish.lines):
        line = contract.line(line_id)
        if line is None:
            raise NotFound
        pair_id = new_id() if wish.comes and wish.goes else None
        for action, ptan in ((Action.REMOVE, wish.goes), (Action.ADD, wish.comes)):
            if ptan is not None:
                change = LocationChange(
                    line,
                    action,
                    ptan,
                    contract_number=contract.number,
                    request_id=request_id,
                    pair_id=pair_id,
                    why=wish.why,
                    remark=wish.remark,
                    requested_on=wish.goes_on if action is Action.REMOVE else None,
                    at=session.at,
                )
                await _require_sensible(session, change, line)
                drafted.append(change)
    session.add_all(drafted)
    if replaces is not None:
        await _drop_draft(session, replaces)
    return drafted


async def submit(session: Session, request_id: UUID, signer: Signer, typed: Typed) -> list[LocationChange]:
    """File everything of a request under one signature: it is received now.

    The contract is locked meanwhile, so that of two who ask for the same location one is refused. Raises what `sign`
    raises for a signature that is not good, `NotFound`, `AlreadyOnTheLine`, `NotOnTheLine`, `LastLocation`,
    `BeforeReceipt`, `AlreadyAsked`, NotAllowedNow.
    """
    mine = select(LocationChange).where(
        LocationChange.request_id == request_id, LocationChange.organization_id == session.actor.organization_id
    )
    contract_id = await session.scalar(mine.with_only_columns(LocationChange.contract_id).limit(1))
    if contract_id is None:
        raise NotFound
    contract = await _my_contract(session, contract_id)
    certificate = LOCATION_CERTIFICATION.certify(signer, typed)
    contract.require_changeable()
    changes = (await session.scalars(mine.order_by(LocationChange.id).with_for_update())).all()
    target = due_day(DEADLINES["LOCATION_REVIEW"], eastern_day(session.at), await rules_of(session, contract))
    for change in changes:
        line = contract.line(change.line_id)
        if line is None:
            raise NotFound
        await _require_sensible(session, change, line)
        change.submit(session.at, target)
        await keep(
            session,
            certificate,
            subject=Entity("location-change", change.id),
            content_sha256=digest_of(content_of(change)),
        )
        contract.note(
            "location-change-submitted",
            f"Asked to {change.action} a location",
            "location_change.view",
            session.at,
            ptan=change.ptan,
            competition=change.label,
        )
        await session.flush()
    return list(changes)


async def answer(session: Session, change_id: UUID, words: str, base: int) -> list[LocationChange]:
    """Answer what was asked about a request. Raises `NotFound`, `ChangeChanged`, NotAllowedNow."""
    changes = await _my_changes(session, change_id, base)
    for change in changes:
        change.answer(words, session.at)
    session.say(settled(changes[0], answered=True, at=session.at))
    return changes


async def withdraw(session: Session, change_id: UUID, base: int) -> list[LocationChange]:
    """Take a request back, both halves of a move. Raises `NotFound`, `ChangeChanged`, NotAllowedNow."""
    changes = await _my_changes(session, change_id, base)
    for change in changes:
        change.withdraw(session.at)
    return changes


async def rules_of(session: Session | ReadSession, contract: Contract) -> RuleSet:
    """Return the rule set a contract lives by. Raises `NotFound` while its round is not known here."""
    known = await session.get(KnownRound, contract.round_code)
    if known is None:
        raise NotFound
    return known.rules


def settled(change: LocationChange, *, answered: bool, at: datetime) -> InformationSettled:
    """Return what is said when a question about a request is awaited no more."""
    return InformationSettled(
        filing="location-change",
        filing_id=change.id,
        organization_id=change.organization_id,
        answered=answered,
        settled_at=at,
    )


async def with_pair(session: Session, change: LocationChange) -> list[LocationChange]:
    """Return a change, and the other half of its move where it is one, locked in the order of their ids."""
    statement = select(LocationChange).where(LocationChange.id == change.id)
    if change.pair_id is not None:
        statement = select(LocationChange).where(LocationChange.pair_id == change.pair_id)
    found = await session.scalars(
        statement.order_by(LocationChange.id).with_for_update().execution_options(populate_existing=True)
    )
    return list(found)


def content_of(change: LocationChange) -> dict[str, object]:
    """Return what a request says, as it is signed."""
    return {
        "contract": change.contract_number,
        "line": str(change.line_id),
        "action": change.action.value,
        "ptan": change.ptan,
        "requested_on": change.requested_on.isoformat() if change.requested_on else None,
        "why": change.why.value,
        "remark": change.remark,
    }


async def _require_sensible(session: Session, change: LocationChange, line: ContractLine) -> None:
    standing = line.standing(change.ptan)
    if change.action is Action.ADD and standing is not None:
        raise AlreadyOnTheLine(f"This location is on the contract for {line.label} already.", field="comes")
    if change.action is Action.REMOVE:
        if standing is None:
            raise NotOnTheLine(f"This location is not on the contract for {line.label}.", field="goes")
        if change.requested_on is not None and change.requested_on < eastern_day(session.at):
            raise BeforeReceipt(field="goes_on")
        if change.pair_id is None and sum(each.stays for each in line.locations) < 2:
            raise LastLocation(field="goes")
    asked = select(LocationChange.id).where(
        LocationChange.line_id == change.line_id, LocationChange.ptan == change.ptan, LocationChange.state.in_(OPEN)
    )
    if change.state is DRAFT and await session.scalar(asked.limit(1)) is not None:
        raise AlreadyAsked


async def _drop_draft(session: Session, request_id: UUID) -> None:
    drafted = await session.scalars(
        select(LocationChange)
        .where(LocationChange.request_id == request_id, LocationChange.state == DRAFT)
        .where(LocationChange.organization_id == session.actor.organization_id)
        .with_for_update()
    )
    for change in drafted:
        change.withdraw(session.at)


async def _my_contract(session: Session, contract_id: UUID) -> Contract:
    found: Contract | None = await session.scalar(
        select(Contract)
        .where(Contract.id == contract_id, Contract.organization_id == session.actor.organization_id)
        .with_for_update(of=Contract)
    )
    if found is None:
        raise NotFound
    return found


async def _my_changes(session: Session, change_id: UUID, base: int) -> list[LocationChange]:
    change = await session.scalar(
        select(LocationChange).where(
            LocationChange.id == change_id, LocationChange.organization_id == session.actor.organization_id
        )
    )
    if change is None:
        raise NotFound
    changes = await with_pair(session, change)
    change.require_row_version(base)
    return changes
