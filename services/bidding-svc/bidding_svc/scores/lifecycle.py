from enum import StrEnum

from chassis.lifecycle import Lifecycle, Move

VIEW = "staff.financial_score.view"
KEY = "staff.financial_score.edit"
APPROVE = "staff.financial_score.approve"
SEE_SUMMARY = "financial_summary.view"
"""Of the bidder's people: authorized and backup officials alone (domain/roles.md)."""


class ScoreState(StrEnum):
    """Where a score stands (domain/financial-scoring.md 6).

    APPROVED stands between the check by a second person and the score: ratios are ranked only when the sheets of all
    bidders of the round are approved.
    """

    NOT_STARTED = "NOT_STARTED"
    KEYING = "KEYING"
    QA = "QA"
    APPROVED = "APPROVED"
    SCORED = "SCORED"
    RELEASED = "RELEASED"
    RECALCULATED = "RECALCULATED"


NOT_STARTED, KEYING, QA, APPROVED, SCORED, RELEASED, RECALCULATED = ScoreState

LIFECYCLE = Lifecycle(
    "financial score",
    start=NOT_STARTED,
    ends=set(),
    moves=[
        Move((NOT_STARTED, KEYING), "key", KEYING, by=KEY),
        Move(KEYING, "submit", QA, by=KEY, guard="sheet complete"),
        Move(QA, "return", KEYING, by=APPROVE, guard="reason"),
        Move(QA, "approve", APPROVED, by=APPROVE, guard="another person than keyed it"),
        Move((APPROVED, SCORED), "score", SCORED, by=KEY, guard="every sheet of the round approved"),
        Move((APPROVED, SCORED), "re-open", KEYING, by=KEY, guard="not released yet; reason"),
        Move(SCORED, "release", RELEASED, guard="with the awards", effects="distribution frozen"),
        Move(RELEASED, "propose correction", RELEASED, by=KEY, guard="upheld inquiry"),
        Move(
            RELEASED,
            "recalculate",
            RECALCULATED,
            by=APPROVE,
            guard="another person than proposed it",
            effects="scored against the frozen distribution",
        ),
        Move(RECALCULATED, "release", RELEASED, by=APPROVE, guard="awards published"),
    ],
)
