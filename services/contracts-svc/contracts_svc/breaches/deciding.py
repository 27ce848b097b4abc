"""The final decision of CMS on each action, and what the calendar does: effects, and dates that were missed."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from uuid import UUID

from chassis.calendar import eastern_day, in_time, midnight
from chassis.database import Session
from chassis.ids import Entity
from chassis.sweeps import due, each
from contracts_svc.breaches import telling
from contracts_svc.breaches.action import OF_THE_CONTRACT, BreachAction, Kind
from contracts_svc.breaches.case import BreachCase
from contracts_svc.breaches.duties import DECIDER_IS_NOT_RECOMMENDER
from contracts_svc.breaches.lifecycle import CAP_ACTIVE, CAP_REVISION, DECIDED, NOTICED
from contracts_svc.breaches.loading import load, rules_for
from contracts_svc.breaches.outcome_steps import Decided
from contracts_svc.breaches.permissions import VIEW
from contracts_svc.contracts.contract import Contract
from contracts_svc.contracts.lifecycle import ACTIVE, EXECUTED, SUSPENDED
from contracts_svc.contracts.use_cases import load as load_contract

CAUSE = "BREACH"
"""The code by which a contract says why it was suspended or ended."""
IN_EFFECT, OVERTAKEN = "in-effect", "overtaken"


async def decide(session: Session, case_id: UUID, base: int, decided: Mapping[UUID, Decided]) -> BreachCase:
    """Decide each action, finally: it applies from a day, or it does not; the supplier is told at once.

    Nothing new can be said in this state: what was heard is all that counts. Raises `NotFound`, `CaseChanged`,
    `SomebodyElseMust`, `EachAction`, `EffectNeeded`, NotAllowedNow.
    """
    case = await load(session, case_id)
    await DECIDER_IS_NOT_RECOMMENDER.require(session, Entity("breach", case.id))
    case.decide(await rules_for(session, case), case.by_id, decided, base=base, at=session.at)
    if case.hearing_recommended_by is not None:
        telling.determination(
            case, requested_by=case.hearing_recommended_by, released_by=session.actor.person_id, at=session.at
        )
    _ask_for_proof(case, session.at)
    contract = await load_contract(session, case.contract_id)
    contract.note("breach-decided", "CMS decided about a breach", VIEW, session.at, case=case.number)
    return case


async def move_by_calendar(session: Session, as_of: datetime, limit: int) -> int:
    """Move the cases whose moment has come, each as of that moment; a sweep."""
    found = await due(session, BreachCase, BreachCase.acts_at, as_of, limit)
    return await each(session, found, lambda case: _move(session, case))


async def _move(session: Session, case: BreachCase) -> None:
    at = case.acts_at
    if at is None:
        return
    if case.state is CAP_REVISION:
        case.miss_revision(at)
    elif case.state is CAP_ACTIVE:
        case.miss_report(at)
    else:
        await _take_effect(session, case, at)


async def _take_effect(session: Session, case: BreachCase, at: datetime) -> None:
    contract = await load_contract(session, case.contract_id)
    ready = case.state in NOTICED or any(_is_due(action, at) for action in case.actions)
    if ready and case.state in (*NOTICED, DECIDED):
        if case.begin_effect(await rules_for(session, case), case.by_id, at):
            telling.determination_by_the_calendar(case, at)
            _ask_for_proof(case, at)
        contract.note("breach-action-in-effect", "An action for a breach is in effect", VIEW, at, case=case.number)
    for action in case.actions:
        if _is_due(action, at):
            _carry_out(case, contract, action, at)
    if case.awaits_proof and case.proof_by is not None and not in_time(at, case.proof_by):
        case.miss_proof(at)
        telling.further_breach(case, at)
    case.watch(case.by_id)


def _is_due(action: BreachAction, at: datetime) -> bool:
    return action.acts_at is not None and action.acts_at <= at


def _carry_out(case: BreachCase, contract: Contract, action: BreachAction, at: datetime) -> None:
    """Do it to every location of the contract at once: its status is theirs (contracts.md 7).

    A contract that has not begun yet is waited for, as is the end of another suspension that ends earlier. What has
    ended already cannot be ended again: then the action was overtaken.
    """
    if action.kind is Kind.PRECLUDE:
        telling.precluded(case, action, action.effective_on or eastern_day(at), at)
    if action.kind not in OF_THE_CONTRACT:
        action.take_effect(IN_EFFECT, at)
    elif contract.state is EXECUTED:
        action.acts_at = max(midnight(contract.starts_on), at) + timedelta(seconds=1)
    elif action.kind is Kind.TERMINATE and contract.state in (ACTIVE, SUSPENDED):
        contract.terminate(CAUSE, at)
        action.take_effect(IN_EFFECT, at)
    elif action.kind is Kind.SUSPEND and action.until is not None and eastern_day(at) <= action.until:
        _suspend(contract, action, at)
    else:
        action.take_effect(OVERTAKEN, at)


def _suspend(contract: Contract, action: BreachAction, at: datetime) -> None:
    if action.until is None:
        return
    ends_on = contract.suspended_until
    if contract.state is ACTIVE:
        contract.suspend(action.until, CAUSE, at)
        action.take_effect(IN_EFFECT, at)
    elif contract.state is SUSPENDED and ends_on is not None and ends_on < action.until:
        # The suspension in force ends at midnight of the day after; this one follows it at once.
        action.acts_at = midnight(ends_on + timedelta(days=1)) + timedelta(seconds=1)
    else:
        action.take_effect(OVERTAKEN, at)


def _ask_for_proof(case: BreachCase, at: datetime) -> None:
    if case.proof_by is not None:
        case.open_slot("Proof that your beneficiaries were told", case.proof_by)
        telling.ask_for_files(case, at)
