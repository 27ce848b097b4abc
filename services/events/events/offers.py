"""What bidding-svc says to the platform of the offers a round ends in, and of the bonds that stand behind bids."""

from datetime import date
from typing import Annotated, ClassVar, Literal
from uuid import UUID

from pydantic import Field

from events.bidding import STREAM
from events.envelope import Event, Instant, Part
from events.kinds import CategoryCode, Cents, Code, Hcpcs, Ptan, RoundCode


class SinglePayment(Part):
    """What Medicare allows for an item in the competition's area: its single payment amount."""

    hcpcs: Hcpcs
    amount: Cents


class OfferLineAccepted(Event):
    """A bidder accepted the contract that was offered to it for one competition, and the acceptance is final.

    Said by bidding-svc, once for each accepted line, when the decision about it is final (lifecycle.md 4.6). Heard by
    contracts-svc, which makes one contract of all lines of a bidder and needs nothing else from here: the parties, the
    period, the locations (PTANs) of the bid, and the schedule of single payment amounts. `accepted_by` is the person.
    """

    TYPE: ClassVar[str] = "connexion.bidding.offer-line-accepted.v1"
    TOPIC: ClassVar[str] = STREAM
    KEY: ClassVar[str] = "bidder_id"
    SUBJECT: ClassVar[str] = "line_id"

    line_id: UUID
    bidder_id: UUID
    organization_id: UUID
    legal_business_name: Annotated[str, Field(min_length=1)]
    bidder_number: Annotated[str, Field(min_length=1)]
    round_code: RoundCode
    period_starts_on: date
    period_ends_on: date
    category_code: CategoryCode
    cba_code: Code
    label: str = Field(description="Category and area, in words.")
    locations: Annotated[tuple[Ptan, ...], Field(min_length=1)]
    prices: Annotated[tuple[SinglePayment, ...], Field(min_length=1)]
    accepted_at: Instant
    accepted_by: UUID


class _LineEvent(Event):
    """What every event about a line of an offer tells."""

    TOPIC: ClassVar[str] = STREAM
    KEY: ClassVar[str] = "bidder_id"
    SUBJECT: ClassVar[str] = "line_id"

    line_id: UUID
    bidder_id: UUID
    organization_id: UUID
    round_code: RoundCode
    category_code: CategoryCode
    cba_code: Code
    label: str = Field(description="Category and area, in words.")


class OfferLineDeclined(_LineEvent):
    """A bidder declined the contract that was offered to it for one competition, or let the offer lapse, for good.

    Said by bidding-svc, once for each such line. Heard by nobody yet.
    """

    TYPE: ClassVar[str] = "connexion.bidding.offer-line-declined.v1"

    offered_at: Instant
    at_or_below_median: bool
    lapsed: bool
    declined_at: Instant


class OfferLineRescinded(_LineEvent):
    """CMS took back a line that was accepted for good, before it signed: its bidder lost its eligibility.

    Said by bidding-svc. Heard by contracts-svc, which takes the line off a contract that is not signed yet.
    """

    TYPE: ClassVar[str] = "connexion.bidding.offer-line-rescinded.v1"

    rescinded_at: Instant


class _BondEvent(Event):
    """What every event about a bid surety bond tells: one bidder, one area. What its paper says never travels."""

    TOPIC: ClassVar[str] = STREAM
    KEY: ClassVar[str] = "bidder_id"
    SUBJECT: ClassVar[str] = "bond_id"

    bond_id: UUID
    bidder_id: UUID
    organization_id: UUID
    round_code: RoundCode
    cba_code: Code


class BondVerified(_BondEvent):
    """A bid surety bond has every element of the checklist, as two people found.

    Said by bidding-svc. Heard by nobody yet.
    """

    TYPE: ClassVar[str] = "connexion.bidding.bond-verified.v1"

    verified_at: Instant


class BondRejected(_BondEvent):
    """A bid surety bond lacks elements of the checklist: it is not acceptable. The bidder learns of it by a notice.

    Said by bidding-svc. Heard by nobody yet. `elements` are codes such as bnd-1.
    """

    TYPE: ClassVar[str] = "connexion.bidding.bond-rejected.v1"

    elements: Annotated[tuple[Code, ...], Field(min_length=1)]
    rejected_at: Instant


class BondForfeitureOpened(_BondEvent):
    """An offer at or below the median was declined or lapsed: the bond of its area is to be forfeited.

    Said by bidding-svc, in the transaction that makes the decision about the offer final. Heard by nobody yet.
    """

    TYPE: ClassVar[str] = "connexion.bidding.bond-forfeiture-opened.v1"

    opened_at: Instant


class BondForfeited(_BondEvent):
    """CMS notified the surety and collected the bond: it is forfeited. The bidder is told by a notice.

    Said by bidding-svc. Heard by nobody yet.
    """

    TYPE: ClassVar[str] = "connexion.bidding.bond-forfeited.v1"

    forfeited_at: Instant


class BondReturned(_BondEvent):
    """CMS returned the liability of a bond. The bidder is told by a notice.

    Said by bidding-svc. Heard by nobody yet.
    """

    TYPE: ClassVar[str] = "connexion.bidding.bond-returned.v1"

    returned_at: Instant


class BondFalsified(_BondEvent):
    """CMS found a bond falsified. `bar`: from which rounds the bidder is barred for it.

    Said by bidding-svc. Heard by nobody yet.
    """

    TYPE: ClassVar[str] = "connexion.bidding.bond-falsified.v1"

    bar: Literal["none", "this-round", "this-and-next-round"]
    falsified_at: Instant


EVENTS = (
    OfferLineAccepted,
    OfferLineDeclined,
    OfferLineRescinded,
    BondVerified,
    BondRejected,
    BondForfeitureOpened,
    BondForfeited,
    BondReturned,
    BondFalsified,
)
