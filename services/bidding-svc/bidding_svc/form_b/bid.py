"""A bid: one bidder in one competition, on one Form B.

Amount and capacity are procurement sensitive. They stand in no event and in no audit row: those tell that a field was
changed, and by whom.
"""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ForeignKey, ForeignKeyConstraint, Index, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from bidding_svc.base import Base
from bidding_svc.form_b.judging import Judged
from bidding_svc.form_b.lifecycle import BID_LIFECYCLE, FORM_B_LIFECYCLE, BidState, FormBState
from bidding_svc.form_b.related import Findings
from bidding_svc.forms.field import Section
from bidding_svc.forms.hand import Hand
from bidding_svc.forms.permissions import CERTIFY_FORM_B
from bidding_svc.forms.problem import FormProblem, Weight, has_errors
from bidding_svc.forms.reading import Answers
from bidding_svc.forms.sheet import Sheet
from bidding_svc.rounds.competition import Competition
from chassis.errors import Conflict, FieldProblem, Invalid, NotAllowedNow
from chassis.ids import new_id
from events.bidding import BidLapsed, BidReceived, BidRemoved, BidSubmitted, BidVoided, BidWithdrawn

NOT_CERTIFIED = "NOT_CERTIFIED"
"""Why a draft is incomplete at the close."""


class FormBNotReady(Invalid):
    """This bid cannot be certified yet. Mend the fields named here."""


class FormBChanged(Conflict):
    """This bid was changed after you opened it. Read it again before you decide."""


class FormANotApproved(NotAllowedNow):
    """Form A is not approved. An official of your organization approves it first; then this bid can be certified."""


class Bid(Judged, Base):
    """The bid of one bidder in one competition. Money is in cents.

    `amount_cents` and `capacity` are what the form says, once it can be read.
    """

    __tablename__ = "bid"
    __table_args__ = (
        ForeignKeyConstraint(
            ["round_code", "category_code", "cba_code"],
            ["competition.round_code", "competition.category_code", "competition.cba_code"],
        ),
        Index(
            "bid_one_idx",
            "bidder_id",
            "category_code",
            "cba_code",
            unique=True,
            postgresql_where=text("state <> 'WITHDRAWN'"),
        ),
        Index("bid_mine_idx", "organization_id", "round_code", "id"),
        Index("bid_compare_idx", "compare_at", postgresql_where=text("compare_at is not null")),
        Index("bid_competition_idx", "round_code", "category_code", "cba_code"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    organization_id: Mapped[UUID]
    bidder_id: Mapped[UUID] = mapped_column(ForeignKey("bidder.id"))
    round_code: Mapped[str]
    category_code: Mapped[str]
    cba_code: Mapped[str]
    label: Mapped[str] = mapped_column(comment="category and area, in words")
    state: Mapped[BidState]
    form: Mapped[FormBState]
    form_at_close: Mapped[str | None] = mapped_column(comment="the last state of Form B before it was locked")
    version: Mapped[int]
    kept: Mapped[dict[str, Any]] = mapped_column(JSONB)
    amount_cents: Mapped[int | None]
    capacity: Mapped[int | None] = mapped_column(comment="lead item units a calendar year")
    reason: Mapped[str | None] = mapped_column(comment="why it is incomplete")
    reasons: Mapped[list[str]] = mapped_column(comment="why it is disqualified")
    told_at: Mapped[datetime | None] = mapped_column(comment="when the notice of its disqualification was issued")
    submitted_at: Mapped[datetime | None]
    certified_by: Mapped[str | None]
    changed_at: Mapped[datetime]
    compare_at: Mapped[datetime | None] = mapped_column(comment="its competition is to be compared since then")
    findings: Mapped[dict[str, Any]] = mapped_column(JSONB, comment="what comparing found, and whom it is told")

    def __init__(
        self,
        *,
        organization_id: UUID,
        bidder_id: UUID,
        competition: Competition,
        label: str,
        at: datetime,
    ) -> None:
        self.id = new_id()
        self.organization_id, self.bidder_id, self.label = organization_id, bidder_id, label
        self.round_code, self.category_code = competition.round_code, competition.category_code
        self.cba_code = competition.cba_code
        self.state, self.form = BID_LIFECYCLE.start, FORM_B_LIFECYCLE.start
        self.version, self.kept, self.findings, self.reasons = 0, {}, {}, []
        self.changed_at = self.compare_at = at
        self.amount_cents = self.capacity = self.form_at_close = self.reason = None
        self.submitted_at = self.certified_by = self.told_at = None
        self.audit("bid.begin", after={"category": self.category_code, "cba": self.cba_code})

    @property
    def sheet(self) -> Sheet:
        """The answers of Form B."""
        return Sheet(self.kept)

    def edit(self, section: Section, given: Answers, hand: Hand) -> bool:
        """Change answers of Form B; the same answers change nothing. Returns whether something changed.

        A material change of a submitted bid makes it a draft again. Raises `ChangedMeanwhile` when somebody changed
        the form after the hand read it, `WouldVoid`, `NotAField`, and `NotAllowedNow` once the bid is closed or
        withdrawn.
        """
        names = self.sheet.differing(section, given)
        if not names:
            return False
        self.sheet.require_unchanged_since(hand.base)
        certified = self.form is FormBState.CERTIFIED
        voids = certified and any(section.field(name).material for name in names)
        if voids:
            hand.require_may_void()
        if voids or not certified:
            self.form = FORM_B_LIFECYCLE.next(self.form, "edit")
        self.version += 1
        self.kept = self.sheet.with_answers(given, names, version=self.version, by=hand.by).kept
        self.changed_at = hand.at
        self.audit("bid.edit", after={"fields": names})
        if voids:
            self._void(hand)
        return True

    def reopen(self, hand: Hand) -> None:
        """It does not stand certified any more where it was entered: a submitted bid is a draft again."""
        if self.form is FormBState.CERTIFIED:
            self.form = FORM_B_LIFECYCLE.next(self.form, "edit")
            self._void(hand)

    def _void(self, hand: Hand) -> None:
        self._move("re-open by edit", hand.at)
        self.submitted_at = self.certified_by = None
        self.say(BidVoided(**self._about(), permission=CERTIFY_FORM_B, voided_at=hand.at, due_at=hand.closes_at))

    def take_values(self, values: dict[str, Any]) -> None:
        """Note amount and capacity as far as they could be read."""
        self.amount_cents, self.capacity = values.get("amount"), values.get("capacity")

    def certify(self, problems: list[FormProblem], hand: Hand, *, form_a_approved: bool) -> None:
        """Certify Form B as it stands: the bid is submitted.

        Raises `FormBChanged`, `FormANotApproved`, `FormBNotReady` with everything that is missing or wrong, and
        `NotAllowedNow` when there is nothing to certify.
        """
        self._require_version(hand)
        after = FORM_B_LIFECYCLE.next(self.form, "certify")
        if not form_a_approved:
            raise FormANotApproved
        if has_errors(problems):
            raise FormBNotReady(
                fields=[FieldProblem(each.path, each.message) for each in problems if each.weight is Weight.ERROR]
            )
        self.form = after
        self._move("certify", hand.at)
        self.submitted_at, self.certified_by = hand.at, hand.by
        self.say(BidSubmitted(**self._about(), submitted_at=hand.at))

    def withdraw(self, hand: Hand) -> None:
        """Withdraw the bid, for good. Raises `FormBChanged`, and `NotAllowedNow` when it cannot be withdrawn."""
        self._require_version(hand)
        self._move("withdraw", hand.at)
        self._lock_form()
        self.say(BidWithdrawn(**self._about(), withdrawn_at=hand.at))

    def note_findings(self, findings: Findings, at: datetime) -> None:
        """Note what comparing the bids of the competition found about this one, as of `at`."""
        if self.compare_at is not None and self.compare_at <= at:
            self.compare_at = None
        if findings != self.findings:
            self.audit("bid.compare", before=dict(self.findings), after=dict(findings))
            self.findings = findings

    def close(self, at: datetime) -> None:
        """The window has closed: a submitted bid is received and frozen, a draft is left incomplete."""
        if self.state is BidState.SUBMITTED:
            self._move("receive", at)
            self.say(BidReceived(**self._about(), received_at=at))
        else:
            self._move("leave incomplete", at)
            self.reason = NOT_CERTIFIED
            self.say(BidLapsed(**self._about(), reason="not-certified", closed_at=at))
        self._lock_form()

    def remove(self, at: datetime) -> None:
        """Its competition was taken out of the round: the bid goes with it. What it says is kept as it stands."""
        self._move("remove", at)
        if self.form is not FormBState.LOCKED:
            self._lock_form()
        self.say(BidRemoved(**self._about(), removed_at=at))

    def _lock_form(self) -> None:
        self.form_at_close, self.form = self.form.value, FORM_B_LIFECYCLE.next(self.form, "lock")

    def _require_version(self, hand: Hand) -> None:
        if hand.base not in (None, self.version):
            raise FormBChanged

    def _move(self, verb: str, at: datetime) -> None:
        before, self.state = self.state, BID_LIFECYCLE.next(self.state, verb)
        self.changed_at = self.compare_at = at
        self.audit(f"bid.{verb.replace(' ', '-')}", before={"state": before}, after={"state": self.state})

    def _about(self) -> dict[str, Any]:
        return {
            "bid_id": self.id,
            "bidder_id": self.bidder_id,
            "organization_id": self.organization_id,
            "round_code": self.round_code,
            "category_code": self.category_code,
            "cba_code": self.cba_code,
            "label": self.label,
        }
