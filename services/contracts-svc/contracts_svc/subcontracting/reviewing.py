"""What contract administrators do with a disclosure, and the sweep that ends what holds no more."""

from collections.abc import Mapping
from datetime import datetime
from typing import Literal
from uuid import UUID

from sqlalchemy import or_, select

from chassis.answers import Answer
from chassis.calendar import eastern_day
from chassis.database import Session
from chassis.errors import Invalid, NotFound
from chassis.ids import new_id
from chassis.sweeps import each
from contracts_svc.enrolment.location import EnrolledLocation
from contracts_svc.subcontracting.checks import checks_of
from contracts_svc.subcontracting.disclosure import Disclosure
from contracts_svc.subcontracting.lifecycle import ACKNOWLEDGED, SUBMIT
from events.contracts import NoticeRequested
from events.information import InformationRequested
from events.notice_fields import NoticeSubject, SubcontractResultFields


class ExplanationNeeded(Invalid):
    """Explain to the supplier why the arrangement is not permitted."""


async def take(session: Session, disclosure_id: UUID, base: int) -> Disclosure:
    """Take a disclosure in review, and ask the enrolment record. Raises `NotFound`, `DisclosureChanged`."""
    disclosure = await _load(session, disclosure_id)
    disclosure.take(await checks_of(session, disclosure, eastern_day(session.at)), base, session.at)
    return disclosure


async def ask(session: Session, disclosure_id: UUID, base: int, question: str) -> Disclosure:
    """Ask the supplier for more. Raises `NotFound`, `DisclosureChanged`, NotAllowedNow."""
    disclosure = await _load(session, disclosure_id)
    disclosure.ask(question, base, session.at)
    _tell(session, disclosure, "information-requested", question)
    session.say(
        InformationRequested(
            filing="subcontract",
            filing_id=disclosure.id,
            organization_id=disclosure.organization_id,
            label=f"Answer about your subcontractor disclosure: {disclosure.subcontractor}",
            permission=SUBMIT,
            requested_at=session.at,
        )
    )
    return disclosure


async def acknowledge(session: Session, disclosure_id: UUID, base: int, confirmed: Mapping[str, str]) -> Disclosure:
    """Acknowledge a disclosure, by the checks as they are answered now.

    Raises `NotFound`, `DisclosureChanged`, `ChecksUnmet`, NotAllowedNow.
    """
    disclosure = await _load(session, disclosure_id)
    checks = await checks_of(session, disclosure, eastern_day(session.at))
    disclosure.acknowledge(checks, confirmed, base, session.at)
    _tell(session, disclosure, "acknowledged", "")
    return disclosure


async def refuse(session: Session, disclosure_id: UUID, base: int, explanation: str) -> Disclosure:
    """Say that an arrangement is not permitted. Raises `NotFound`, `DisclosureChanged`, `ExplanationNeeded`."""
    if not explanation.strip():
        raise ExplanationNeeded(field="explanation")
    disclosure = await _load(session, disclosure_id)
    disclosure.refuse(explanation, base, session.at)
    _tell(session, disclosure, "not-permitted", explanation)
    return disclosure


async def lapse_unfit(session: Session, as_of: datetime, limit: int) -> int:
    """End acknowledged arrangements whose subcontractor is excluded or no longer accredited; a sweep."""
    today = eastern_day(as_of)
    excluded = EnrolledLocation.exclusions != []
    found = await session.execute(
        select(Disclosure, EnrolledLocation)
        .outerjoin(EnrolledLocation, EnrolledLocation.ptan == Disclosure.ptan)
        .where(Disclosure.state == ACKNOWLEDGED, or_(Disclosure.accredited_until < today, excluded))
        .order_by(Disclosure.id)
        .with_for_update(skip_locked=True, of=Disclosure)
    )
    unfit = []
    for disclosure, known in found:
        if disclosure.accredited_until is not None and disclosure.accredited_until < today:
            unfit.append((disclosure, "The accreditation of the subcontractor has ended."))
        elif known is not None and known.excluded_on(today) is Answer.YES:
            unfit.append((disclosure, "The subcontractor is excluded from federal health care programs."))
    return await each(session, unfit[:limit], lambda pair: pair[0].lapse(pair[1], as_of))


def _tell(
    session: Session,
    disclosure: Disclosure,
    outcome: Literal["acknowledged", "information-requested", "not-permitted"],
    explanation: str,
) -> None:
    if session.actor.person_id is None:
        return
    session.say(
        NoticeRequested(
            notice_id=new_id(),
            organization_id=disclosure.organization_id,
            round_code=disclosure.round_code,
            about=NoticeSubject(kind="subcontract", id=disclosure.id),
            requested_by=session.actor.person_id,
            requested_at=session.at,
            fields=SubcontractResultFields(
                contract_number=disclosure.contract_number,
                subcontractor=disclosure.subcontractor,
                outcome=outcome,
                explanation=explanation,
            ),
        )
    )


async def _load(session: Session, disclosure_id: UUID) -> Disclosure:
    found = await session.get(Disclosure, disclosure_id, with_for_update=True)
    if found is None:
        raise NotFound
    return found
