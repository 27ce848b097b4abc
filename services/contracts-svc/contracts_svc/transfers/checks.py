"""The conditions TR-1 to TR-9 (42 CFR 414.422(d); contracts.md 4.2).

An answer that could not be had is never yes: a person confirms it, with how. TR-3 is answered once it can be.
"""

from collections.abc import Iterable, Mapping
from datetime import date

from sqlalchemy import select

from chassis.answers import Answer
from chassis.calendar import eastern_day, in_time, midnight
from chassis.database import Session
from contracts_svc.contracts.contract import Contract
from contracts_svc.enrolment.location import EnrolledLocation
from contracts_svc.program.round import KnownRound
from contracts_svc.transfers.moving import Going, going, left_behind
from contracts_svc.transfers.terms import Extent
from contracts_svc.transfers.transfer import Transfer

CHECKS = {
    "TR-1": "The successor meets every requirement for contract suppliers at every location",
    "TR-2": "The documents of both sides came before the change took effect, and the finances are acceptable",
    "TR-3": "Both sides signed the novation within its days after the effective date",
    "TR-4": "The whole contract goes: every area and every product category",
    "TR-5": "A distinct company that furnishes these categories or areas is sold",
    "TR-6": "Every area, category and location of the sold company goes to the successor",
    "TR-7": "Everything that does not go stays unchanged in the contract",
    "TR-8": "The sale includes all assets for these categories and areas",
    "TR-9": "Service is not disrupted and no beneficiary is harmed",
}
"""Every condition, in words."""


async def checks_of(session: Session, transfer: Transfer, contract: Contract) -> dict[str, str]:
    """Return what is known about a transfer: code to yes, no or could-not-check."""
    day = eastern_day(session.at)
    moving = going(transfer, contract, day)
    answers = {"TR-1": await _eligible(session, transfer, moving, day), "TR-2": _documents(transfer)}
    if (novation := _novation(transfer, session)) is not None:
        answers["TR-3"] = novation
    if transfer.asked.extent is Extent.FULL:
        answers["TR-4"] = Answer.of(len(moving) == sum(line.stands for line in contract.lines))
    else:
        stays = any(line.stands for line in contract.lines if line.id not in {each.line.id for each in moving})
        answers |= {
            "TR-5": Answer.COULD_NOT_CHECK,
            "TR-6": Answer.of(not left_behind(transfer, contract, moving, day)),
            "TR-7": Answer.of(stays and bool(moving)),
            "TR-8": Answer.COULD_NOT_CHECK,
            "TR-9": Answer.COULD_NOT_CHECK,
        }
    return {code: answer.value for code, answer in answers.items()}


def unmet(checks: Mapping[str, str], confirmed: Mapping[str, str]) -> list[str]:
    """Return the conditions that stand in the way: every no, and what nobody confirmed."""
    return [
        code
        for code, answer in checks.items()
        if answer == Answer.NO.value or (answer != Answer.YES.value and not confirmed.get(code))
    ]


async def _eligible(session: Session, transfer: Transfer, moving: Iterable[Going], day: date) -> Answer:
    """Active, the successor's own, not excluded, accredited and licensed for each line it is to furnish."""
    moving = list(moving)
    ptans = {ptan for each in moving for ptan in each.ptans}
    found = await session.scalars(select(EnrolledLocation).where(EnrolledLocation.ptan.in_(ptans)))
    known = {location.ptan: location for location in found}
    round_ = await session.get(KnownRound, transfer.round_code)
    states = round_.area_states if round_ else {}
    answers = [Answer.of(bool(each.ptans)) for each in moving]
    for each in moving:
        state = states.get(each.line.cba_code)
        for ptan in each.ptans:
            location = known.get(ptan)
            if location is None:
                answers.append(Answer.COULD_NOT_CHECK)
                continue
            own = location.organization_id == transfer.successor_id
            answers += [
                Answer.of(own) if location.organization_id else Answer.COULD_NOT_CHECK,
                location.active_on(day),
                location.excluded_on(day).opposite,
                location.accredited_on(day, each.line.category_code),
                location.licensed_on(day, state, each.line.category_code) if state else Answer.COULD_NOT_CHECK,
            ]
    return _all(answers)


def _documents(transfer: Transfer) -> Answer:
    packed = (transfer.holder_package_at, transfer.successor_package_at)
    took_effect = midnight(transfer.effective_on)
    if any(each is None or each >= took_effect for each in packed) or transfer.finance == "unacceptable":
        return Answer.NO
    return Answer.YES if transfer.finance == "acceptable" else Answer.COULD_NOT_CHECK


def _novation(transfer: Transfer, session: Session) -> Answer | None:
    due, signed = transfer.novation_due_at, (transfer.holder_novation_at, transfer.successor_novation_at)
    if due is None:
        return None
    if None not in signed:
        return Answer.of(all(each is not None and in_time(each, due) for each in signed))
    return None if in_time(session.at, due) else Answer.NO


def _all(answers: Iterable[Answer]) -> Answer:
    given = set(answers)
    if Answer.NO in given:
        return Answer.NO
    return Answer.COULD_NOT_CHECK if Answer.COULD_NOT_CHECK in given or not given else Answer.YES
