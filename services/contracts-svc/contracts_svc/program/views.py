from datetime import date, datetime

from pydantic import BaseModel
from sqlalchemy import select

from chassis.database import ReadSession
from chassis.paging import Page, fetch_page
from contracts_svc.program.round import KnownRound
from events.rule_set import DayKind


class RoundDuties(BaseModel):
    """What a round's contracts live by: their period, and the lengths of the supplier's duties."""

    round_code: str
    name: str
    phase: str
    starts_on: date | None
    ends_on: date | None
    form_c_months: int
    form_c_bdays: int
    subcontract_days: int
    subcontract_day_kind: DayKind
    novation_days_after: int | None
    emergency_termination: bool
    changed_at: datetime


async def list_rounds(session: ReadSession, after: str | None, limit: int) -> Page[RoundDuties]:
    """Return the rounds contracts-svc knows, latest first."""
    return await fetch_page(
        session, select(KnownRound), [(KnownRound.round_code, str)], _duties, after=after, limit=limit
    )


def _duties(known: KnownRound) -> RoundDuties:
    rules = known.rules
    return RoundDuties(
        round_code=known.round_code,
        name=known.name,
        phase=known.phase,
        starts_on=known.day("period-starts"),
        ends_on=known.day("period-ends"),
        form_c_months=rules.form_c_months,
        form_c_bdays=rules.form_c_bdays,
        subcontract_days=rules.subcontract_days,
        subcontract_day_kind=rules.subcontract_day_kind,
        novation_days_after=rules.change_of_ownership.novation_days_after,
        emergency_termination=rules.emergency_termination,
        changed_at=known.changed_at,
    )
