from datetime import date
from typing import Any

from events import enrolment
from events.examples import _story as story

_RECORD: dict[str, Any] = {
    "ptan": story.PTAN,
    "npi": "1234567893",
    "legal_business_name": story.COMPANY,
    "location": enrolment.Location(street="100 Sample Street", city="Annapolis", state="MD", zip_code="21401"),
    "ownership_group": "Chesapeake Holdings",
    "status_periods": (enrolment.StatusPeriod(status="active", valid_from=date(2012, 5, 1)),),
    "licences": (
        enrolment.Licence(state="MD", kind="Residential service agency", number="R-0001", valid_from=date(2018, 1, 1)),
    ),
    "accreditations": (
        enrolment.Accreditation(
            accreditor="Accreditation Commission for Health Care",
            categories=("OTSB", "OTSK"),
            valid_from=date(2018, 3, 1),
            valid_to=date(2021, 2, 28),
        ),
    ),
    "reported_at": story.LATER,
}

EXAMPLES = (
    enrolment.RecordReported(
        **_RECORD,
        tin="009999999",
        officials=(enrolment.Official(kind="AO", given_name="Dana", family_name="Example", digest=story.OTHER_DIGEST),),
    ),
    enrolment.EnrolmentState(**_RECORD, version=3, organization_id=story.ORGANIZATION),
)
