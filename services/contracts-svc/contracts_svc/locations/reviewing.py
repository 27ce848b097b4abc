"""What the CBIC and CMS do with a request: take, ask, recommend, and decide by a second person."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import select

from chassis.calendar import eastern_day, latest_missed
from chassis.database import Session
from chassis.deadlines import due_day
from chassis.errors import Invalid, NotAllowedNow, NotFound
from chassis.ids import Entity, new_id
from chassis.sweeps import due, each
from contracts_svc.contracts.contract import Contract
from contracts_svc.contracts.use_cases import load
from contracts_svc.enrolment.use_cases import npis_of
from contracts_svc.locations.checks import CHECKS, checks_of, unmet
from contracts_svc.locations.filing import AlreadyOnTheLine, NotOnTheLine, rules_of, settled, with_pair
from contracts_svc.locations.lifecycle import INFO_REQUESTED, SUBMIT
from contracts_svc.locations.location_change import DECIDER_IS_NOT_RECOMMENDER, Action, LocationChange
from contracts_svc.sealing.sealed_copy import SealedCopy
from events.contracts import NoticeRequested
from events.deadlines import DEADLINES
from events.information import InformationRequested
from events.notice_fields import Competition, LocationResultFields, LocationRow, NoticeSubject


class RequirementsUnmet(NotAllowedNow):
    """Not every requirement is met. Ask the supplier, confirm by hand what could not be checked, or deny."""


class LastLocationOfTheLine(NotAllowedNow):
    """This is the last location of its competition on the contract. A competition keeps at least one."""


class ExplanationNeeded(Invalid):
    """Explain to the supplier why the request is denied."""


async def take(session: Session, change_id: UUID, base: int) -> list[LocationChange]:
    """Take a request in review, and ask the enrolment record. Raises `NotFound`, `ChangeChanged`, NotAllowedNow."""
    changes = await _load(session, change_id, base)
    for change in changes:
        change.take(await checks_of(session, change), session.at)
    return changes


async def ask(session: Session, change_id: UUID, base: int, question: str) -> list[LocationChange]:
    """Ask the supplier for more. Raises `NotFound`, `ChangeChanged`, NotAllowedNow."""
    changes = await _load(session, change_id, base)
    contract = await session.get_one(Contract, changes[0].contract_id)
    rules = await rules_of(session, contract)
    answer_by = due_day(DEADLINES["LOCATION_ANSWER"], eastern_day(session.at), rules)
    for change in changes:
        change.ask(question, answer_by, session.at)
    asked = changes[0]  # of a move both halves are asked about at once
    session.say(
        InformationRequested(
            filing="location-change",
            filing_id=asked.id,
            organization_id=asked.organization_id,
            label=f"Answer about your location request: PTAN {asked.ptan}, {asked.label}",
            permission=SUBMIT,
            due_at=asked.answer_due_at,
            requested_at=session.at,
        )
    )
    return changes


async def recommend(
    session: Session, change_id: UUID, base: int, *, what: str, explanation: str, confirmed: Mapping[str, str]
) -> list[LocationChange]:
    """Recommend to approve or to deny, from the checks as they are answered now.

    `confirmed`: checks that could not be made here, and how they were made. Raises `NotFound`, `ChangeChanged`,
    `RequirementsUnmet` for an approval that cannot be given, NotAllowedNow.
    """
    changes = await _load(session, change_id, base)
    for change in changes:
        change.recommend(what, explanation, await checks_of(session, change), dict(confirmed), session.at)
        if what == "approve":
            _require_met(change, change.checks)
    return changes


async def approve(session: Session, change_id: UUID, base: int) -> list[LocationChange]:
    """Approve a request, both halves of a move: the contract gets a new version.

    An addition takes effect on the day the request was received, a removal on the day that was asked for and not
    before receipt. Raises `NotFound`, `ChangeChanged`, `SomebodyElseMust`, `RequirementsUnmet`,
    `LastLocationOfTheLine`, NotAllowedNow.
    """
    contract, changes = await _load_to_decide(session, change_id, base)
    npis = await npis_of(session, [change.ptan for change in changes])
    for change in sorted(changes, key=lambda change: change.action is Action.REMOVE):  # what comes first makes room
        checks = await checks_of(session, change)
        effective_on = _put_through(contract, change, npis)
        change.approve(session.actor.user_id, effective_on, checks, session.at)
        _require_met(change, checks)
    made = contract.change("changed", session.actor.user_id, session.at)
    session.add_all([made, SealedCopy(made, session.at)])
    _tell(session, contract, changes, approved=True)
    return changes


async def deny(session: Session, change_id: UUID, base: int, explanation: str) -> list[LocationChange]:
    """Deny a request; the supplier may file it anew.

    Raises `NotFound`, `ChangeChanged`, `SomebodyElseMust`, `ExplanationNeeded`, NotAllowedNow.
    """
    if not explanation.strip():
        raise ExplanationNeeded(field="explanation")
    contract, changes = await _load_to_decide(session, change_id, base)
    for change in changes:
        change.deny(session.actor.user_id, explanation, session.at)
    _tell(session, contract, changes, approved=False)
    return changes


async def close_unanswered(session: Session, as_of: datetime, limit: int) -> int:
    """Close requests about which nobody answered in time, as of then; a sweep."""
    waiting = LocationChange.state == INFO_REQUESTED
    found = await due(session, LocationChange, LocationChange.answer_due_at, latest_missed(as_of), limit, waiting)
    return await each(session, found, lambda change: _close(session, change))


def _close(session: Session, change: LocationChange) -> None:
    change.close_unanswered()
    session.say(settled(change, answered=False, at=session.at))


def _put_through(contract: Contract, change: LocationChange, npis: Mapping[str, str]) -> date:
    line = contract.line(change.line_id)
    if line is None:
        raise NotFound
    standing = line.standing(change.ptan)
    if change.action is Action.ADD:
        if standing is not None:
            raise AlreadyOnTheLine(field="ptan")
        effective_on = max(change.received_on, contract.starts_on)
        line.put_on(change.ptan, npis.get(change.ptan), effective_on)
        return effective_on
    if standing is None:
        raise NotOnTheLine(field="ptan")
    if sum(location.stays for location in line.locations) < 2:
        raise LastLocationOfTheLine
    standing.effective_to = max(change.received_on, change.requested_on or change.received_on)
    return standing.effective_to


def _require_met(change: LocationChange, checks: Mapping[str, str]) -> None:
    missing = unmet(checks, change.confirmed)
    if missing:
        raise RequirementsUnmet(f"Not met, or not checked: {'; '.join(CHECKS[check] for check in missing)}.")


def _tell(session: Session, contract: Contract, changes: Sequence[LocationChange], *, approved: bool) -> None:
    """Ask for the notice with the result, and note it in the history."""
    words = "Approved" if approved else "Denied"
    rows = []
    for change in changes:
        label = f"{words}: {change.action} a location"
        contract.note(
            "location-change-decided",
            label,
            "location_change.view",
            session.at,
            ptan=change.ptan,
            competition=change.label,
        )
        competition = Competition(category_code=change.category_code, cba_code=change.cba_code, label=change.label)
        rows.append(
            LocationRow(
                ptan=change.ptan,
                competition=competition,
                change=change.action.value,
                approved=approved,
                effective_on=change.effective_on,
                explanation=change.explanation,
            )
        )
    if session.actor.person_id is not None:
        session.say(
            NoticeRequested(
                notice_id=new_id(),
                organization_id=contract.organization_id,
                round_code=contract.round_code,
                about=NoticeSubject(kind="location-change", id=changes[0].id),
                requested_by=session.actor.person_id,
                requested_at=session.at,
                fields=LocationResultFields(contract_number=contract.number, rows=tuple(rows)),
            )
        )


async def _load(session: Session, change_id: UUID, base: int) -> list[LocationChange]:
    change = await session.get(LocationChange, change_id)
    if change is None:
        raise NotFound
    changes = await with_pair(session, change)
    change.require_row_version(base)
    return changes


async def _load_to_decide(session: Session, change_id: UUID, base: int) -> tuple[Contract, list[LocationChange]]:
    contract_id = await session.scalar(select(LocationChange.contract_id).where(LocationChange.id == change_id))
    if contract_id is None:
        raise NotFound
    contract = await load(session, contract_id)
    changes = await _load(session, change_id, base)
    case = [Entity("location-change", change.id) for change in changes]
    await DECIDER_IS_NOT_RECOMMENDER.require(session, *case)
    return contract, changes
