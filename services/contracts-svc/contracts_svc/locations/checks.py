"""The checks of a location that is to be added (contracts.md 3), as of the day the request was received.

An answer that could not be had is never yes: it is confirmed by hand, with how, or the request waits.
"""

from collections.abc import Mapping
from datetime import date

from sqlalchemy import exists, or_, select

from chassis.answers import Answer
from chassis.database import Session
from contracts_svc.contracts.contract import Contract
from contracts_svc.contracts.lifecycle import ACTIVE, EXECUTED, SUSPENDED
from contracts_svc.contracts.line import ContractLine, LineLocation
from contracts_svc.enrolment.location import EnrolledLocation
from contracts_svc.enrolment.use_cases import location_of
from contracts_svc.locations.location_change import Action, LocationChange
from contracts_svc.program.round import KnownRound

CHECKS = {
    "ptan-active": "The PTAN is active in the enrollment record",
    "same-owner": "The location belongs to the contract holder, or to its ownership group",
    "accredited": "The location is accredited for the product category",
    "licensed": "The location is licensed for the product category in the state of the area",
    "not-excluded": "The supplier is not excluded from federal health care programs",
    "not-on-another-contract": "The location is on no other contract for the same competition",
}
"""Every check of an addition, in words."""


async def checks_of(session: Session, change: LocationChange) -> dict[str, str]:
    """Return what is known about a location to be added: check to yes, no or could-not-check; none for a removal."""
    if change.action is Action.REMOVE:
        return {}
    day = change.received_on
    known = await location_of(session, change.ptan)
    round_ = await session.get(KnownRound, change.round_code)
    state = round_.area_states.get(change.cba_code) if round_ else None
    answers = {
        "ptan-active": known.active_on(day) if known else Answer.COULD_NOT_CHECK,
        "same-owner": await _same_owner(session, change, known),
        "accredited": known.accredited_on(day, change.category_code) if known else Answer.COULD_NOT_CHECK,
        "licensed": known.licensed_on(day, state, change.category_code) if known and state else Answer.COULD_NOT_CHECK,
        "not-excluded": known.excluded_on(day).opposite if known else Answer.COULD_NOT_CHECK,
        "not-on-another-contract": Answer.of(not await _on_another_contract(session, change, day)),
    }
    return {check: answer.value for check, answer in answers.items()}


def unmet(checks: Mapping[str, str], confirmed: Mapping[str, str]) -> list[str]:
    """Return the checks that stand in the way of an approval: every no, and what nobody confirmed."""
    return [
        check
        for check, answer in checks.items()
        if answer == Answer.NO.value or (answer != Answer.YES.value and not confirmed.get(check))
    ]


async def _same_owner(session: Session, change: LocationChange, known: EnrolledLocation | None) -> Answer:
    if known is None:
        return Answer.COULD_NOT_CHECK
    if known.organization_id == change.organization_id:
        return Answer.YES
    holders = select(EnrolledLocation.ownership_group).where(
        EnrolledLocation.organization_id == change.organization_id, EnrolledLocation.ownership_group.is_not(None)
    )
    if known.ownership_group is not None and known.ownership_group in set(await session.scalars(holders)):
        return Answer.YES
    return Answer.COULD_NOT_CHECK if known.organization_id is None else Answer.NO


async def _on_another_contract(session: Session, change: LocationChange, day: date) -> bool:
    elsewhere = (
        exists()
        .where(LineLocation.line_id == ContractLine.id, LineLocation.ptan == change.ptan)
        .where(LineLocation.effective_from.is_not(None))
        .where(or_(LineLocation.effective_to.is_(None), LineLocation.effective_to >= day))
    )
    found = select(
        exists()
        .where(ContractLine.contract_id == Contract.id, Contract.id != change.contract_id)
        .where(Contract.state.in_((EXECUTED, ACTIVE, SUSPENDED)))
        .where(ContractLine.round_code == change.round_code, ContractLine.category_code == change.category_code)
        .where(ContractLine.cba_code == change.cba_code, elsewhere)
    )
    return bool(await session.scalar(found))
