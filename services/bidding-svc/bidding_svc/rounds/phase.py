"""The life of a round, as one table."""

from enum import StrEnum

from chassis.lifecycle import Lifecycle, Move


class Phase(StrEnum):
    """Where a round stands (domain/lifecycle.md 4.1)."""

    DRAFT = "DRAFT"
    ANNOUNCED = "ANNOUNCED"
    REGISTRATION = "REGISTRATION"
    BIDDING = "BIDDING"
    EVALUATION = "EVALUATION"
    AWARDING = "AWARDING"
    ANNOUNCED_SUPPLIERS = "ANNOUNCED_SUPPLIERS"
    PERFORMANCE = "PERFORMANCE"
    EXPIRED = "EXPIRED"
    CANCELLED = "CANCELLED"


MANAGE = "staff.round.manage"
"""Permission to set up rounds, and to decide about them as CMS."""

WATCH = "staff.round.watch"
"""Permission to see who registered in a round and how far its bidders are, in numbers."""

BEFORE_PERFORMANCE = (
    Phase.DRAFT,
    Phase.ANNOUNCED,
    Phase.REGISTRATION,
    Phase.BIDDING,
    Phase.EVALUATION,
    Phase.AWARDING,
    Phase.ANNOUNCED_SUPPLIERS,
)

LIFECYCLE = Lifecycle(
    "round",
    start=Phase.DRAFT,
    ends={Phase.EXPIRED, Phase.CANCELLED},
    moves=[
        Move(
            Phase.DRAFT,
            "publish",
            Phase.ANNOUNCED,
            by=MANAGE,
            guard="rule set, CBAs, categories, lead items and calendar complete",
            effects="public pages",
        ),
        Move(Phase.ANNOUNCED, "open registration", Phase.REGISTRATION, guard="date reached"),
        Move(Phase.REGISTRATION, "open window", Phase.BIDDING, guard="date reached", effects="CDRD frozen"),
        Move(
            Phase.BIDDING,
            "close bidding registration",
            Phase.BIDDING,
            guard="date reached",
            effects="flag registration_closed",
        ),
        Move(
            Phase.BIDDING,
            "extend window",
            Phase.BIDDING,
            by=MANAGE,
            guard="before the close",
            effects="in force once documents-svc has echoed every slot; CDRD moves only if it has not passed",
        ),
        Move(Phase.BIDDING, "close", Phase.EVALUATION, guard="instant reached", effects="bids frozen"),
        Move(
            Phase.EVALUATION,
            "publish payment amounts",
            Phase.AWARDING,
            by="staff.offer.decide",
            guard="every competition awardable, not awarded or removed",
            effects="offers, disqualification notices and summaries released together",
        ),
        Move(
            Phase.AWARDING,
            "announce suppliers",
            Phase.ANNOUNCED_SUPPLIERS,
            by="staff.offer.decide",
            guard="all first-wave offers decided",
            effects="90-day clocks start",
        ),
        Move(Phase.ANNOUNCED_SUPPLIERS, "start period", Phase.PERFORMANCE, guard="start date"),
        Move(Phase.PERFORMANCE, "end", Phase.EXPIRED, guard="end date"),
        Move(BEFORE_PERFORMANCE, "cancel", Phase.CANCELLED, by=MANAGE, guard="reason"),
    ],
)
