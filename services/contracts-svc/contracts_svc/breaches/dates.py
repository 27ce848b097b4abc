"""The dates of a case as people read them: which runs now, for whom, and which are over."""

from collections.abc import Iterator
from datetime import datetime

from pydantic import BaseModel

from chassis.calendar import midnight
from contracts_svc.breaches.case import BreachCase
from contracts_svc.breaches.lifecycle import (
    CAP_ACTIVE,
    CAP_REVISION,
    HEARD,
    HEARING_REQUESTED,
    HEARING_SCHEDULED,
    NOTICED,
    RECOMMENDED_TO_CMS,
    SUBSEQUENT_NOTICE,
)


class CaseDate(BaseModel):
    """A date of a case by its code of the deadline catalogue. `who` acts: supplier, hearing-officer, cms or calendar.

    `running`: something is awaited until then. A date without it is told for the record.
    """

    code: str
    at: datetime
    who: str
    running: bool


def dates_of(case: BreachCase) -> list[CaseDate]:
    """Return every date of a case that was told, in the order of the case."""
    return [
        CaseDate(code=code, at=at, who=who, running=running) for code, at, who, running in _all(case) if at is not None
    ]


def running_for_supplier(case: BreachCase) -> CaseDate | None:
    """Return the date by which the supplier has to act now; None when it is somebody else's turn."""
    return next((each for each in dates_of(case) if each.running and each.who == "supplier"), None)


def _all(case: BreachCase) -> Iterator[tuple[str, datetime | None, str, bool]]:
    state = case.state
    answerable = state in NOTICED
    waits = case.evidence_until is not None and state in (HEARING_REQUESTED, HEARING_SCHEDULED)
    yield "CAP_SUBMIT", case.plan_by, "supplier", answerable
    yield "HEARING_REQUEST", case.hearing_by, "supplier", answerable
    effect = midnight(case.effect_on) if case.effect_on and case.decided_at is None else None
    yield "BREACH_EFFECT", effect, "calendar", answerable
    if state is not SUBSEQUENT_NOTICE:
        yield "CAP_REVISION", case.revise_by, "supplier", state is CAP_REVISION
        yield "CAP_FOLLOWUP", case.report_by, "supplier", state is CAP_ACTIVE and case.acts_at is not None
    yield "HEARING_CONTACT", case.contact_by, "hearing-officer", state is HEARING_REQUESTED
    yield "CMS_EVIDENCE", case.cms_evidence_by, "cms", state is HEARING_SCHEDULED and case.shared_at is None
    yield "SUPPLIER_EVIDENCE", case.evidence_until, "supplier", waits
    yield "EVIDENCE_SHARE", case.share_by, "hearing-officer", state is HEARING_SCHEDULED and case.shared_at is None
    yield "HEARING", case.held_at, "hearing-officer", state is HEARING_SCHEDULED
    yield "RECOMMENDATION", case.recommend_by, "hearing-officer", state is HEARD
    yield "FINAL_DECISION", case.decide_by, "cms", state is RECOMMENDED_TO_CMS
    yield "BENEFICIARY_NOTICE", case.proof_by, "supplier", case.awaits_proof
