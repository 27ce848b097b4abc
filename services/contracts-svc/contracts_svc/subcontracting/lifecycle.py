from enum import StrEnum

from chassis.lifecycle import Lifecycle, Move

SUBMIT = "subcontract.submit"
STAFF_VIEW = "staff.subcontract.view"
REVIEW = "staff.subcontract.edit"


class DisclosureState(StrEnum):
    """Where a subcontracting disclosure stands (domain/lifecycle.md 4.12)."""

    DRAFT = "DRAFT"
    SUBMITTED = "SUBMITTED"
    UNDER_REVIEW = "UNDER_REVIEW"
    INFO_REQUESTED = "INFO_REQUESTED"
    ACKNOWLEDGED = "ACKNOWLEDGED"
    NOT_PERMITTED = "NOT_PERMITTED"
    ENDED = "ENDED"
    LAPSED = "LAPSED"


DRAFT, SUBMITTED, UNDER_REVIEW, INFO_REQUESTED, ACKNOWLEDGED, NOT_PERMITTED, ENDED, LAPSED = DisclosureState

LIFECYCLE = Lifecycle(
    "subcontracting disclosure",
    start=DRAFT,
    ends={NOT_PERMITTED, ENDED, LAPSED},
    moves=[
        Move(
            DRAFT,
            "submit",
            SUBMITTED,
            by=SUBMIT,
            guard="permitted services, the performing location, certification",
            effects="late where the date has passed, and taken all the same",
        ),
        Move(ACKNOWLEDGED, "change", SUBMITTED, by=SUBMIT, guard="certification"),
        Move(SUBMITTED, "take", UNDER_REVIEW, by=REVIEW, effects="checks of the enrolment record"),
        Move(UNDER_REVIEW, "ask", INFO_REQUESTED, by=REVIEW),
        Move(INFO_REQUESTED, "answer", UNDER_REVIEW, by=SUBMIT),
        Move(UNDER_REVIEW, "acknowledge", ACKNOWLEDGED, by=REVIEW, guard="not excluded, accredited where needed"),
        Move(UNDER_REVIEW, "refuse", NOT_PERMITTED, by=REVIEW, guard="said why"),
        Move(ACKNOWLEDGED, "end", ENDED, by=SUBMIT),
        Move(ACKNOWLEDGED, "lapse", LAPSED, guard="the subcontractor is excluded, or its accreditation has ended"),
    ],
)
