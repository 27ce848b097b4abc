"""What bidding-svc says to the platform of bidder numbers, forms, bids and notices.

What it says of the documents it asks for stands in `events.requirements`, of offers and bonds in `events.offers`.
"""

from typing import ClassVar
from uuid import UUID

from pydantic import Field

from events.envelope import Event, Instant
from events.kinds import CategoryCode, Code, Permission, RoundCode
from events.notice_fields import NoticeAnsweredElsewhere, NoticeAsked, NoticeClosed, NoticePart

STREAM = "connexion.bidding"


class BidderNumbered(Event):
    """An organization got its bidder number in a round.

    Said by bidding-svc. Heard by notices-svc.
    """

    TYPE: ClassVar[str] = "connexion.bidding.bidder-numbered.v1"
    TOPIC: ClassVar[str] = STREAM
    KEY: ClassVar[str] = "organization_id"

    organization_id: UUID
    round_code: RoundCode
    bidder_number: str
    numbered_at: Instant


class FormAApproved(Event):
    """An official of a bidder approved its Form A.

    Said by bidding-svc. Heard by notices-svc, which closes the To-Do to approve it again, where one is open.
    """

    TYPE: ClassVar[str] = "connexion.bidding.form-a-approved.v1"
    TOPIC: ClassVar[str] = STREAM
    KEY: ClassVar[str] = "bidder_id"

    bidder_id: UUID
    organization_id: UUID
    round_code: RoundCode
    approved_at: Instant


class FormAVoided(Event):
    """An approved Form A was changed where it matters: the approval does not hold any more.

    Said by bidding-svc. Heard by notices-svc, which opens a To-Do for those who hold `permission`.
    """

    TYPE: ClassVar[str] = "connexion.bidding.form-a-voided.v1"
    TOPIC: ClassVar[str] = STREAM
    KEY: ClassVar[str] = "bidder_id"

    bidder_id: UUID
    organization_id: UUID
    round_code: RoundCode
    permission: Permission
    due_at: Instant
    voided_at: Instant


class FormALocked(Event):
    """The bid window closed on a Form A, or its round was cancelled: it stays as it stood.

    Said by bidding-svc. Heard by notices-svc: a To-Do to approve it again lapses. `approved`: whether it stood so.
    """

    TYPE: ClassVar[str] = "connexion.bidding.form-a-locked.v1"
    TOPIC: ClassVar[str] = STREAM
    KEY: ClassVar[str] = "bidder_id"

    bidder_id: UUID
    organization_id: UUID
    round_code: RoundCode
    approved: bool
    locked_at: Instant


class _BidEvent(Event):
    """What every event about a bid tells. Amount and capacity never travel: they are procurement sensitive."""

    TOPIC: ClassVar[str] = STREAM
    KEY: ClassVar[str] = "bid_id"

    bid_id: UUID
    bidder_id: UUID
    organization_id: UUID
    round_code: RoundCode
    category_code: CategoryCode
    cba_code: Code
    label: str = Field(description="Category and area, in words.")


class BidSubmitted(_BidEvent):
    """An official of a bidder certified a Form B: the bid is submitted.

    Said by bidding-svc. Heard by notices-svc, which closes the To-Do to certify it again, where one is open.
    """

    TYPE: ClassVar[str] = "connexion.bidding.bid-submitted.v1"

    submitted_at: Instant


class BidVoided(_BidEvent):
    """A submitted bid was changed where it matters: it is a draft again until it is certified again.

    Said by bidding-svc. Heard by notices-svc, which opens a To-Do for those who hold `permission`.
    """

    TYPE: ClassVar[str] = "connexion.bidding.bid-voided.v1"

    permission: Permission
    due_at: Instant
    voided_at: Instant


class BidWithdrawn(_BidEvent):
    """A bidder withdrew a bid before the close.

    Said by bidding-svc. Heard by notices-svc, which closes the To-Do to certify it again, where one is open.
    """

    TYPE: ClassVar[str] = "connexion.bidding.bid-withdrawn.v1"

    withdrawn_at: Instant


class EvaluationRequested(Event):
    """Somebody asked for an evaluation of a round.

    Said by bidding-svc. Heard by bidding-svc, whose worker takes the run up.
    """

    TYPE: ClassVar[str] = "connexion.bidding.evaluation-requested.v1"
    TOPIC: ClassVar[str] = STREAM
    KEY: ClassVar[str] = "run_id"

    run_id: UUID
    round_code: RoundCode
    requested_at: Instant


class FinancialSummaryReleased(Event):
    """A bidder may see its financial score summary, with the awards or (`corrected`) after an upheld inquiry.

    Said by bidding-svc. Heard by notices-svc, which notes it in the activity of those who hold `permission`.
    """

    TYPE: ClassVar[str] = "connexion.bidding.financial-summary-released.v1"
    TOPIC: ClassVar[str] = STREAM
    KEY: ClassVar[str] = "bidder_id"

    bidder_id: UUID
    organization_id: UUID
    round_code: RoundCode
    permission: Permission
    corrected: bool
    released_at: Instant


class BidReceived(_BidEvent):
    """The bid window closed on a submitted bid: it is received, and frozen.

    Said by bidding-svc. Heard by nobody yet.
    """

    TYPE: ClassVar[str] = "connexion.bidding.bid-received.v1"

    received_at: Instant


class BidLapsed(_BidEvent):
    """The bid window closed on a draft: it takes no part in the evaluation.

    Said by bidding-svc. Heard by notices-svc: a To-Do to certify it again lapses.
    """

    TYPE: ClassVar[str] = "connexion.bidding.bid-lapsed.v1"

    reason: Code
    closed_at: Instant


class BidDisqualified(_BidEvent):
    """The evaluation disqualified a bid, for every reason it found. The bidder learns of it by a notice, not by this.

    Said by bidding-svc, when a second person approved what a review found. Heard by nobody yet.
    """

    TYPE: ClassVar[str] = "connexion.bidding.bid-disqualified.v1"

    reasons: tuple[Code, ...]
    disqualified_at: Instant


class BidCleared(_BidEvent):
    """A bid meets every eligibility requirement, or was reinstated by an inquiry: it goes on to be scored and arrayed.

    Said by bidding-svc. Heard by nobody yet.
    """

    TYPE: ClassVar[str] = "connexion.bidding.bid-cleared.v1"

    cleared_at: Instant


class BidRemoved(_BidEvent):
    """A bid was taken out with its competition, or because its round was cancelled.

    Said by bidding-svc. Heard by notices-svc, which tells the bidder; a To-Do to certify it again lapses.
    """

    TYPE: ClassVar[str] = "connexion.bidding.bid-removed.v1"

    removed_at: Instant


class CompetitionRemoved(Event):
    """A competition (one category in one area) was taken out of its round.

    Said by bidding-svc, also for each competition of a removed category. Heard by nobody yet.
    """

    TYPE: ClassVar[str] = "connexion.bidding.competition-removed.v1"
    TOPIC: ClassVar[str] = STREAM
    KEY: ClassVar[str] = "round_code"

    round_code: RoundCode
    category_code: str
    cba_code: Code
    reason: str
    removed_at: Instant


class NoticeRequested(NoticeAsked):
    """A reviewer decided that a bidder is told something: here are the facts of the notice.

    Said by bidding-svc. Heard by notices-svc, which drafts it, has it approved by somebody else, issues it and keeps
    its clock. A notice about bona fide bids carries the questioned amounts: this stream is the platform's own.
    """

    TYPE: ClassVar[str] = "connexion.bidding.notice-requested.v1"
    TOPIC: ClassVar[str] = STREAM


class NoticePartPrepared(NoticePart):
    """Further rows of a notice that has more than one record takes; the notice itself is asked for next.

    Said by bidding-svc. Heard by notices-svc, which keeps them until then.
    """

    TYPE: ClassVar[str] = "connexion.bidding.notice-part-prepared.v1"
    TOPIC: ClassVar[str] = STREAM


class NoticeAnswered(NoticeAnsweredElsewhere):
    """What a notice asks for was done here: an inquiry was submitted, say.

    Said by bidding-svc for notices that are not answered in notices-svc. Heard by notices-svc: nothing is to do any
    more.
    """

    TYPE: ClassVar[str] = "connexion.bidding.notice-answered.v1"
    TOPIC: ClassVar[str] = STREAM


class NoticeDecided(NoticeClosed):
    """A reviewer and a second person decided about what a notice asked for, answered or not.

    Said by bidding-svc. Heard by notices-svc, which closes the notice.
    """

    TYPE: ClassVar[str] = "connexion.bidding.notice-decided.v1"
    TOPIC: ClassVar[str] = STREAM


EVENTS = (
    BidderNumbered,
    CompetitionRemoved,
    FormAApproved,
    FormAVoided,
    FormALocked,
    BidSubmitted,
    BidVoided,
    BidWithdrawn,
    EvaluationRequested,
    FinancialSummaryReleased,
    BidReceived,
    BidLapsed,
    BidRemoved,
    NoticePartPrepared,
    NoticeRequested,
    NoticeAnswered,
    NoticeDecided,
    BidDisqualified,
    BidCleared,
)
