from datetime import date

from events import enrolment
from events.examples import _story as story

EXAMPLES = (
    enrolment.EnrolmentState(
        ptan=story.PTAN,
        npi="1234567893",
        legal_business_name=story.COMPANY,
        organization_id=story.ORGANIZATION,
        status="active",
        valid_from=date(2012, 5, 1),
        licences=(enrolment.Licence(state="MD", kind="Residential service agency", valid_from=date(2018, 1, 1)),),
        accreditations=(
            enrolment.Accreditation(
                accreditor="Accreditation Commission for Health Care",
                categories=("OTSB", "OTSK"),
                valid_from=date(2018, 3, 1),
                valid_to=date(2021, 2, 28),
            ),
        ),
        excluded=False,
        checked_at=story.LATER,
    ),
)
