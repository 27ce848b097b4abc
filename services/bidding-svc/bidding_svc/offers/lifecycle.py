from enum import StrEnum

from chassis.lifecycle import Lifecycle, Move

VIEW, DECIDE = "offer.view", "offer.decide"
"""Authorized and backup authorized officials; an end user holds neither (domain/roles.md 1.2)."""
STAFF_VIEW, STAFF_PREPARE, STAFF_DECIDE = "staff.offer.view", "staff.offer.edit", "staff.offer.decide"


class LineState(StrEnum):
    """Where the offer for one competition stands (domain/lifecycle.md 4.6)."""

    DRAFT = "DRAFT"
    OPEN = "OPEN"
    ACCEPTED = "ACCEPTED"
    DECLINED = "DECLINED"
    LAPSED = "LAPSED"
    RESCINDED = "RESCINDED"
    CONTRACTED = "CONTRACTED"


DRAFT, OPEN, ACCEPTED, DECLINED, LAPSED, RESCINDED, CONTRACTED = LineState
GIVEN_UP = (DECLINED, LAPSED)
"""What counts against the bond of the area, where it is at risk."""

LIFECYCLE = Lifecycle(
    "offer line",
    start=DRAFT,
    ends={LAPSED, CONTRACTED},
    moves=[
        Move(
            DRAFT,
            "issue",
            OPEN,
            guard="released with its award; bid winning or added, eligibility fresh",
            effects="payment amounts, locations, median, bond consequence and due date shown",
        ),
        Move((OPEN, DECLINED), "accept", ACCEPTED, by=DECIDE, guard="before due; not submitted; certified"),
        Move(
            (OPEN, ACCEPTED),
            "decline",
            DECLINED,
            by=DECIDE,
            guard="before due; not submitted; certified; warning acknowledged where the bond is at risk",
        ),
        Move(ACCEPTED, "submit", ACCEPTED, guard="submitted or due", effects="final: contracts are told"),
        Move(DECLINED, "submit", DECLINED, guard="submitted or due", effects="final: the bond rule"),
        Move(OPEN, "lapse", LAPSED, guard="due", effects="treated like declined"),
        Move(
            (OPEN, ACCEPTED),
            "withdraw offer",
            RESCINDED,
            by=STAFF_DECIDE,
            guard="eligibility lost before CMS signs; reason",
            effects="no forfeiture",
        ),
        Move(
            (OPEN, ACCEPTED, DECLINED),
            "withdraw with competition",
            RESCINDED,
            guard="competition removed or round cancelled; not signed, and not declined for good",
            effects="no forfeiture",
        ),
        Move(ACCEPTED, "contract", CONTRACTED, guard="CMS signed"),
        Move(
            RESCINDED,
            "sign nevertheless",
            CONTRACTED,
            guard="CMS signed while the rescission was on its way",
            effects="the contract stands",
        ),
    ],
)
