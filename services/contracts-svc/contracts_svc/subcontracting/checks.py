"""The checks of a subcontractor against the enrolment record; what could not be checked is never yes."""

from datetime import date

from sqlalchemy import select

from chassis.answers import Answer, all_of
from chassis.database import Session
from contracts_svc.contracts.line import ContractLine
from contracts_svc.enrolment.location import EnrolledLocation
from contracts_svc.enrolment.use_cases import location_of
from contracts_svc.subcontracting.disclosure import Disclosure
from contracts_svc.subcontracting.terms import Terms

CHECKS = {
    "not-excluded": "The subcontractor is not excluded from federal health care programs",
    "accredited": "The subcontractor is accredited for the product categories",
}
"""Every check of an arrangement, in words. Where accreditation does not apply, it is not asked."""


async def checks_of(session: Session, disclosure: Disclosure, day: date) -> dict[str, str]:
    """Return what is known about a subcontractor on a day: check to yes, no or could-not-check."""
    if disclosure.terms is None:
        return {}
    terms = Terms.model_validate(disclosure.terms)
    known = await location_of(session, terms.ptan) if terms.ptan else None
    answers = {"not-excluded": known.excluded_on(day).opposite if known else Answer.COULD_NOT_CHECK}
    if not terms.accreditation_not_applicable:
        categories = select(ContractLine.category_code).where(ContractLine.id.in_(terms.lines)).distinct()
        answers["accredited"] = accredited(known, terms, day, list(await session.scalars(categories)))
    return {check: answer.value for check, answer in answers.items()}


def accredited(known: EnrolledLocation | None, terms: Terms, day: date, categories: list[str]) -> Answer:
    """Whether a subcontractor is accredited on a day, for every category of the arrangement."""
    if terms.accredited_until is not None and terms.accredited_until < day:
        return Answer.NO
    if known is None:
        return Answer.COULD_NOT_CHECK
    return all_of(known.accredited_on(day, category) for category in categories)
