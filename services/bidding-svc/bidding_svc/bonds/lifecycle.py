from enum import StrEnum

from bidding_svc.form_b.lifecycle import APPROVE_REVIEW
from chassis.lifecycle import Lifecycle, Move

VIEW, PREPARE, DECIDE = "staff.bond.view", "staff.bond.edit", "staff.bond.decide"


class BondState(StrEnum):
    """Where the bid surety bond of a bidder for an area stands (domain/lifecycle.md 4.7)."""

    UPLOADED = "UPLOADED"
    VERIFIED = "VERIFIED"
    UNACCEPTABLE = "UNACCEPTABLE"
    FORFEITURE_PENDING = "FORFEITURE_PENDING"
    FORFEITED = "FORFEITED"
    RETURNED = "RETURNED"
    FALSIFIED = "FALSIFIED"


UPLOADED, VERIFIED, UNACCEPTABLE, FORFEITURE_PENDING, FORFEITED, RETURNED, FALSIFIED = BondState

HELD = (UPLOADED, VERIFIED)
"""The liability is with CMS and nothing has taken it: it is to be returned."""

NOT_FALSIFIED = (*HELD, UNACCEPTABLE, FORFEITURE_PENDING, FORFEITED, RETURNED)
"""A falsification may be found in any state, also after all else has ended (domain/lifecycle.md 4.7, "any")."""

LIFECYCLE = Lifecycle(
    "bid surety bond",
    start=UPLOADED,
    ends={FALSIFIED},
    moves=[
        Move(UPLOADED, "verify", VERIFIED, by=APPROVE_REVIEW, guard="every element of the checklist passes"),
        Move(
            UPLOADED,
            "reject",
            UNACCEPTABLE,
            by=APPROVE_REVIEW,
            guard="an element of the checklist fails",
            effects="bids of the area disqualified",
        ),
        Move(
            VERIFIED,
            "open forfeiture",
            FORFEITURE_PENDING,
            guard="offer at or below the median declined or lapsed, made before the announcement or soon after",
        ),
        Move(FORFEITURE_PENDING, "notify surety", FORFEITURE_PENDING, by=PREPARE, guard="day and reference"),
        Move(
            FORFEITURE_PENDING,
            "forfeit",
            FORFEITED,
            by=DECIDE,
            guard="surety notified, EFT collected; another person than notified it",
            effects="notice to the bidder",
        ),
        Move(
            HELD,
            "return",
            RETURNED,
            by=DECIDE,
            guard="suppliers announced or round cancelled; no offer of the area open",
            effects="notice to the bidder",
        ),
        *(Move(state, "report falsification", state, by=PREPARE, guard="reason") for state in NOT_FALSIFIED),
        *(Move(state, "dismiss report", state, by=DECIDE, guard="reported; reason") for state in NOT_FALSIFIED),
        Move(
            NOT_FALSIFIED,
            "declare falsified",
            FALSIFIED,
            by=DECIDE,
            guard="reported by another person; bar and referral decided",
            effects="bids of the area disqualified",
        ),
    ],
)
