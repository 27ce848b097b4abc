"""A review case: one kind of review of one bidder, from what was computed to what two people decided."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ForeignKey, Index, text
from sqlalchemy.orm import Mapped, WriteOnlyMapped, mapped_column, relationship

from bidding_svc.base import Base
from bidding_svc.bidders.bidder import Bidder
from bidding_svc.disqualification.reason import Reason
from bidding_svc.reviews.asking import Asking
from bidding_svc.reviews.kinds import RULES, Kind, Outcome
from bidding_svc.reviews.lifecycle import LIFECYCLE, CaseState
from bidding_svc.rounds.calendar import require_reason
from chassis.actor import Actor
from chassis.duties import AnotherPersonThan
from chassis.errors import Conflict, Invalid, NotAllowedNow
from chassis.ids import new_id

USUAL_PRIORITY, MOST_URGENT, LEAST_URGENT = 2, 1, 3

APPROVER_IS_NOT_ANALYST = AnotherPersonThan(
    "review.override",
    "review.key",
    "review.recommend",
    sentence="You worked on this case. Somebody else must approve it.",
)


class CaseChanged(Conflict):
    """Somebody changed this case after you read it. Load it again and look at it as it is now."""


class SomebodyElseHasIt(Conflict):
    """A colleague works on this case. Ask them to release it, or a quality reviewer to assign it."""


class NotInYourHands(NotAllowedNow):
    """Claim this case first."""


class OutcomeMissing(Invalid):
    """A line of this case has no outcome yet: where nothing could be proposed, decide it yourself."""


class DecidedBySomebodyElse(NotAllowedNow):
    """This kind of case is not decided here: CMS decides inquiries, a quality reviewer the other reviews."""


class NotAnOutcome(Invalid):
    """This review does not end like that."""


class ReasonsDoNotFit(Invalid):
    """A bid that fails names at least one reason of this review; one that does not fail names none."""


@dataclass(frozen=True)
class Proposal:
    """What a review proposes for one line, and from which inputs. `outcome` None: it could not be checked."""

    label: str
    outcome: Outcome | None
    reasons: Sequence[Reason] = ()
    inputs: dict[str, Any] = field(default_factory=dict)
    bid_id: UUID | None = None
    requirement_id: UUID | None = None


class Finding(Base):
    """One line of a case. What was proposed, and from which inputs, stays beside what was decided."""

    __tablename__ = "review_finding"
    __table_args__ = (Index("review_finding_case_idx", "case_id", "id"),)

    id: Mapped[UUID] = mapped_column(primary_key=True)
    case_id: Mapped[UUID] = mapped_column(ForeignKey("review_case.id"))
    organization_id: Mapped[UUID]
    bid_id: Mapped[UUID | None] = mapped_column(ForeignKey("bid.id"), index=True)
    requirement_id: Mapped[UUID | None] = mapped_column(ForeignKey("requirement.id"))
    label: Mapped[str]
    inputs: Mapped[dict[str, Any]]
    proposed: Mapped[Outcome | None] = mapped_column(comment="null: it could not be checked")
    proposed_reasons: Mapped[list[str]]
    outcome: Mapped[Outcome | None]
    reasons: Mapped[list[str]]
    overridden_by: Mapped[str | None]
    overridden_because: Mapped[str | None]

    def __init__(self, case: "ReviewCase", proposal: Proposal) -> None:
        self.id, self.case_id, self.organization_id = new_id(), case.id, case.organization_id
        self.bid_id, self.requirement_id, self.label = proposal.bid_id, proposal.requirement_id, proposal.label
        self.overridden_by = self.overridden_because = None
        self.propose(proposal)

    def propose(self, proposal: Proposal) -> None:
        """Take over what was computed, as proposal and, until somebody overrides it, as outcome."""
        self.inputs, self.proposed, self.outcome = proposal.inputs, proposal.outcome, proposal.outcome
        self.proposed_reasons = self.reasons = [reason.value for reason in proposal.reasons]

    def propose_again(self, proposal: Proposal) -> None:
        """Take over what was computed from new inputs; where somebody decided otherwise, that stands."""
        stood = self.outcome, self.reasons
        self.propose(proposal)
        if self.overridden_by is not None:
            self.outcome, self.reasons = stood

    @property
    def why(self) -> list[Reason]:
        """The reasons it fails for."""
        return [Reason(reason) for reason in self.reasons]


class ReviewCase(Asking, Base):
    """One kind of review of one bidder."""

    __tablename__ = "review_case"
    __table_args__ = (
        Index("review_case_bidder_idx", "bidder_id", "kind", "number", unique=True),
        Index("review_case_opened_idx", "round_code", "state", "id"),
        Index("review_case_due_idx", "round_code", "state", "due_at", "id"),
        Index("review_case_urgent_idx", "round_code", "state", "priority", "due_at", "id"),
        Index("review_case_by_due_idx", "due_at", "id"),
        Index("review_case_by_urgency_idx", "priority", "due_at", "id"),
        Index("review_case_state_due_idx", "state", "due_at", "id"),
        Index("review_case_state_urgent_idx", "state", "priority", "due_at", "id"),
        Index("review_case_number_idx", "bidder_number"),
        Index("review_case_mine_idx", "assignee", "state", "due_at", "id"),
        Index("review_case_answer_due_idx", "answer_due_at", postgresql_where=text("state = 'NOTICE_ISSUED'")),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    kind: Mapped[Kind]
    number: Mapped[int] = mapped_column(server_default="1", comment="1 for the first case of its kind, 2 for the next")
    organization_id: Mapped[UUID]
    bidder_id: Mapped[UUID] = mapped_column(ForeignKey("bidder.id"))
    bidder_number: Mapped[str]
    round_code: Mapped[str] = mapped_column(ForeignKey("round.code"))
    state: Mapped[CaseState]
    version: Mapped[int]
    priority: Mapped[int] = mapped_column(comment="1 is most urgent, 3 least")
    due_at: Mapped[datetime] = mapped_column(comment="what the program gives itself; nobody outside waits for it")
    assignee: Mapped[str | None] = mapped_column(comment="user id of the analyst who has it")
    opened_at: Mapped[datetime]
    recommended_by: Mapped[str | None]
    recommended_at: Mapped[datetime | None]
    recommended_person: Mapped[UUID | None] = mapped_column(comment="who drafted what the bidder is asked")
    note: Mapped[str | None] = mapped_column(comment="what the analyst says to the approver")
    returned_because: Mapped[str | None]
    decided_by: Mapped[str | None]
    decided_at: Mapped[datetime | None]
    notice_id: Mapped[UUID | None] = mapped_column(unique=True, comment="the notice by which the bidder is asked")
    slot_id: Mapped[UUID | None] = mapped_column(unique=True, comment="where the bidder's evidence arrives")
    answer_due_at: Mapped[datetime | None] = mapped_column(comment="as notices-svc told it")
    answered_at: Mapped[datetime | None] = mapped_column(comment="the last answer in time")
    overdue: Mapped[bool] = mapped_column(comment="notices-svc told that nothing came in time")
    asked: Mapped[bool] = mapped_column(comment="the answer was due: lines pass or fail now")

    findings: WriteOnlyMapped[Finding] = relationship(order_by=Finding.id)

    def __init__(
        self,
        kind: Kind,
        bidder: Bidder,
        proposals: Sequence[Proposal],
        *,
        due_at: datetime,
        at: datetime,
        number: int = 1,
    ) -> None:
        self.id, self.kind, self.state, self.version = new_id(), kind, LIFECYCLE.start, 1
        self.number = number
        self.organization_id, self.bidder_id = bidder.organization_id, bidder.id
        self.bidder_number, self.round_code = bidder.number, bidder.round_code
        self.priority, self.due_at, self.opened_at = USUAL_PRIORITY, due_at, at
        self.assignee = self.recommended_by = self.note = self.returned_because = self.decided_by = None
        self.recommended_at = self.decided_at = self.recommended_person = None
        self.notice_id = self.slot_id = self.answer_due_at = self.answered_at = None
        self.overdue = self.asked = False
        self.findings.add_all([Finding(self, proposal) for proposal in proposals])
        self.audit("review.open", after={"kind": kind, "bidder": bidder.number, "lines": len(proposals)})

    @property
    def is_decided(self) -> bool:
        """Whether nothing is left to decide."""
        return LIFECYCLE.is_end(self.state)

    def require_version(self, base: int) -> None:
        """Raise `CaseChanged` when the case is not any more as whoever decides has read it."""
        if base != self.version:
            raise CaseChanged

    def claim(self, user_id: str) -> None:
        """Take it to work on it. Raises `SomebodyElseHasIt`, `NotAllowedNow`."""
        if self.assignee not in (None, user_id):
            raise SomebodyElseHasIt
        self._act("claim", after={"assignee": user_id})
        self.assignee = user_id

    def assign(self, user_id: str | None, priority: int) -> None:
        """Give it to an analyst, or to nobody, and say how urgent it is. Raises `NotAllowedNow`."""
        before = {"assignee": self.assignee, "priority": self.priority}
        self._act("assign", before=before, after={"assignee": user_id, "priority": priority})
        self.assignee, self.priority = user_id, priority

    def release(self, user_id: str) -> None:
        """Let somebody else work on it. Raises `NotInYourHands`, `NotAllowedNow`."""
        self._require_assignee(user_id)
        self._act("release")
        self.assignee = None

    def override(
        self, finding: Finding, outcome: Outcome, reasons: Sequence[Reason], *, because: str, user_id: str
    ) -> None:
        """Decide a line otherwise than proposed, or where nothing could be proposed; the proposal stays beside it.

        Raises `NotInYourHands`, `ReasonMissing`, `NotAnOutcome`, `ReasonsDoNotFit`, `NotAllowedNow`.
        """
        self._require_assignee(user_id)
        because, rules = require_reason(because), RULES[self.kind]
        if outcome not in rules.outcomes_now(asked=self.asked):
            raise NotAnOutcome(field="outcome")
        if bool(reasons) != (outcome is Outcome.FAIL) or not set(reasons) <= set(rules.reasons):
            raise ReasonsDoNotFit(field="reasons")
        before = {"finding": finding.id, "outcome": finding.outcome, "reasons": finding.reasons}
        after = {"finding": finding.id, "outcome": outcome, "reasons": [reason.value for reason in reasons]}
        self._act("override", before=before, after=after, reason=because)
        finding.outcome, finding.reasons = outcome, [reason.value for reason in reasons]
        finding.overridden_by, finding.overridden_because = user_id, because

    def key(self, what: str, user_id: str) -> None:
        """What a paper says was keyed in: lines are proposed anew. Raises `NotInYourHands`, `NotAllowedNow`."""
        self._require_assignee(user_id)
        self._act("key", after={"of": what})

    def recommend(self, note: str, *, undecided: bool, by: Actor, at: datetime) -> None:
        """Put it before a second person. `undecided`: a line has no outcome.

        Raises `NotInYourHands`, `OutcomeMissing`, `NotAllowedNow`.
        """
        self._require_assignee(by.user_id)
        if undecided:
            raise OutcomeMissing
        self._act("recommend")
        self.recommended_by, self.recommended_person = by.user_id, by.person_id
        self.recommended_at, self.note = at, note.strip() or None
        self.returned_because = None

    def return_it(self, because: str) -> None:
        """Give it back to its analyst. Raises `ReasonMissing`, `NotAllowedNow`."""
        because = require_reason(because)
        self._act("return", reason=because)
        self.returned_because = because

    def approve(self, user_id: str, at: datetime, *, satisfied: bool) -> None:
        """Decide as recommended; a notice that asked the bidder is closed with it. Raises `NotAllowedNow`."""
        self._act("approve")
        self.decided_by, self.decided_at = user_id, at
        self.close_notice(at, satisfied=satisfied)

    def settle(self, at: datetime, *, satisfied: bool) -> None:
        """What was asked for was sent or is missing: there is nothing to judge. Raises `NotAllowedNow`."""
        self._act("settle", after={"satisfied": satisfied})
        self.decided_at = at
        self.close_notice(at, satisfied=satisfied)

    def _require_assignee(self, user_id: str) -> None:
        if self.assignee is None:
            raise NotInYourHands
        if self.assignee != user_id:
            raise SomebodyElseHasIt

    def _act(
        self,
        verb: str,
        *,
        before: dict[str, Any] | None = None,
        after: dict[str, Any] | None = None,
        reason: str | None = None,
    ) -> None:
        was, self.state = self.state, LIFECYCLE.next(self.state, verb)
        self.version += 1
        moved = was is not self.state
        self.audit(
            f"review.{verb}",
            before=(before or {}) | ({"state": was} if moved else {}) or None,
            after=(after or {}) | ({"state": self.state} if moved else {}) or None,
            reason=reason,
        )
