"""Which dates a contract brings: planned once, when it is executed, by the rule set of its round, and then stored."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import exists, select

from chassis.calendar import Closings, due_at, write_day
from chassis.database import Session
from chassis.deadlines import due_day
from chassis.ids import new_id
from chassis.sweeps import each
from contracts_svc.contracts.contract import Contract
from contracts_svc.contracts.lifecycle import ACTIVE, EXECUTED, SUSPENDED
from contracts_svc.contracts.permissions import VIEW
from contracts_svc.contracts.status import since
from contracts_svc.duties.duty import ContractDuty
from contracts_svc.duties.explaining import explain_business_days, explain_calendar_days
from contracts_svc.form_c.period import spans
from contracts_svc.program.round import KnownRound
from events.deadlines import DEADLINES
from events.rule_set import RuleSet

FORM_C, SUBCONTRACT = "form_c.view", "subcontract.submit"


@dataclass(frozen=True)
class Planned:
    """A date of a contract. `acts`: somebody must act until the end of that day."""

    code: str
    title: str
    due_on: date
    explanation: str
    permission: str
    acts: bool = True


def plan(starts_on: date, ends_on: date, executed_on: date, rules: RuleSet, closings: Closings = ()) -> list[Planned]:
    """Return the dates of a contract in their order (contracts.md 5 and 6; lifecycle.md 2.1)."""
    fixed = (
        Planned("PERIOD_STARTS", "The contract period starts", starts_on, "First day of the period", VIEW, acts=False),
        Planned("PERIOD_ENDS", "The contract period ends", ends_on, "Last day of the period", VIEW, acts=False),
    )
    planned = [*fixed, plan_subcontractors(executed_on, rules, closings), *_form_c(starts_on, ends_on, rules, closings)]
    return sorted(planned, key=lambda each: (each.due_on, each.code))


async def plan_duties(session: Session, _as_of: datetime, limit: int) -> int:
    """Plan the dates of contracts that have none yet and whose round is known; a sweep."""
    found = await session.scalars(
        select(Contract)
        .join(KnownRound, KnownRound.round_code == Contract.round_code)
        .where(Contract.state.in_((EXECUTED, ACTIVE, SUSPENDED)), Contract.succeeds.is_(None))
        .where(~exists().where(ContractDuty.contract_id == Contract.id))
        .order_by(Contract.id)
        .limit(limit)
        .with_for_update(skip_locked=True, of=Contract)
    )
    return await each(session, found.all(), lambda contract: _keep(session, contract))


async def _keep(session: Session, contract: Contract) -> None:
    known = await session.get_one(KnownRound, contract.round_code)
    executed_on = since(contract, EXECUTED) or contract.starts_on
    session.add_all(
        ContractDuty(
            id=new_id(),
            contract_id=contract.id,
            organization_id=contract.organization_id,
            code=each.code,
            title=each.title,
            due_on=each.due_on,
            due_at=due_at(each.due_on) if each.acts else None,
            explanation=each.explanation,
            permission=each.permission,
        )
        for each in plan(contract.starts_on, contract.ends_on, executed_on, known.rules, known.closed_on)
    )
    await session.flush()


def plan_subcontractors(executed_on: date, rules: RuleSet, closings: Closings) -> Planned:
    """Return when the subcontractors are disclosed of a contract that was executed on a day (contracts.md 5)."""
    due = due_day(DEADLINES["SUBCONTRACT_INITIAL"], executed_on, rules, closings)
    if rules.subcontract_day_kind == "business":
        words = explain_business_days(executed_on, due, closings)
    else:
        words = explain_calendar_days(executed_on, rules.subcontract_days, due)
    return Planned("SUBCONTRACT_INITIAL", "Disclose your subcontractors", due, words, SUBCONTRACT)


def _form_c(starts_on: date, ends_on: date, rules: RuleSet, closings: Closings) -> Iterator[Planned]:
    """One report for each period, due business days after the day before it begins; none after the contract's end."""
    for span in spans(starts_on, ends_on, rules.form_c_months):
        due = due_day(DEADLINES["FORM_C"], span.trigger, rules, closings)
        title = f"Form C for {write_day(span.first)} through {write_day(span.last)}"
        yield Planned("FORM_C", title, due, explain_business_days(span.trigger, due, closings), FORM_C)
