"""When a bid is complete (domain/lifecycle.md 3.3, 4.3; 42 CFR 414.414(d))."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from bidding_svc.disqualification.reason import Reason
from bidding_svc.requirements.lifecycle import Need
from bidding_svc.reviews.case import Proposal
from bidding_svc.reviews.kinds import Outcome
from chassis.answers import Answer

CURABLE = (Need.MISSING_NOTIFIABLE, Need.REQUESTED)
"""Missing, and to be told to the bidder first: the CDRD right keeps the bid in until the answer is due."""


@dataclass(frozen=True)
class Paper:
    """A required document of a bidder, and where it stands."""

    document: str
    state: Need


@dataclass(frozen=True)
class Candidate:
    """A bid that was received, with what its completeness hangs on."""

    bid_id: UUID
    label: str
    form_a_approved: bool
    form_b_certified: bool
    papers: Sequence[Paper]
    bond: Answer


def propose(candidate: Candidate) -> Proposal:
    """Propose whether a bid is complete. A bond that could not be checked is neither there nor missing.

    A missing bond takes out the bids of its area alone; a missing document every bid of the bidder
    (domain/documents.md 2).
    """
    missing = [paper.document for paper in candidate.papers if paper.state is Need.MISSING]
    curable = [paper.document for paper in candidate.papers if paper.state in CURABLE]
    holds = {
        Reason.FORM_A_NOT_APPROVED: Answer.of(candidate.form_a_approved),
        Reason.FORM_B_NOT_CERTIFIED: Answer.of(candidate.form_b_certified),
        Reason.FIN_DOC_MISSING: Answer.of(not missing),
        Reason.BOND_MISSING: candidate.bond,
    }
    reasons = [reason for reason, answer in holds.items() if answer is Answer.NO]
    unknown = any(answer is Answer.COULD_NOT_CHECK for answer in holds.values())
    outcome = Outcome.FAIL if reasons else None if unknown else Outcome.PASS
    return Proposal(
        candidate.label,
        outcome,
        reasons,
        inputs={
            "form_a_approved": candidate.form_a_approved,
            "form_b_certified": candidate.form_b_certified,
            "documents": {paper.document: paper.state for paper in candidate.papers},
            "missing": missing,
            "told_by_cdrd_notice": curable,
            "bond": candidate.bond,
        },
        bid_id=candidate.bid_id,
    )
