"""What a notice says, as typed fields: one part for each notice type of the program (domain/lifecycle.md 4.5, 3.4).

Whoever reviews a case decides what is told and says it in these fields; notices-svc alone puts it into words, sends it
and keeps its clock. Fields are facts, never sentences of the letter, except where a person must explain in own words.
`notice_type` tells the parts apart. Money is whole cents.
"""

from datetime import date
from typing import Annotated, ClassVar, Literal
from uuid import UUID

from pydantic import Field

from events.envelope import Event, Instant, Part
from events.kinds import CategoryCode, Cents, Code, Ptan, RoundCode

# A record of Kafka stays below 1 MiB: so many rows, with a finding in every one, take about two thirds of it.
MOST_ROWS = 1500

# Who asked for a notice that no person decided: a date has passed. Anybody who may approve it may do so.
THE_CALENDAR = UUID(int=0)

BidderNumber = Annotated[str, Field(min_length=1)]


class Competition(Part):
    """One product category in one area; `label` says both in words."""

    category_code: CategoryCode
    cba_code: Code
    label: str


class ReviewedDocument(Part):
    """A covered document and whether it was received by the covered document review date."""

    document: Code
    label: str
    received: bool


class CdrdFields(Part):
    """The findings of the covered document review (documents.md 7): presence only, never quality.

    Only the documents that are not `received` may be sent in answer. `note` is a person's own words, where needed.
    """

    notice_type: Literal["cdrd"] = "cdrd"
    bidder_number: BidderNumber
    documents: Annotated[tuple[ReviewedDocument, ...], Field(min_length=1)]
    note: str = ""


class QuestionedBid(Part):
    """A lead item amount that the bidder is asked to substantiate, and what is asked about it."""

    competition: Competition
    lead_item: str
    amount: Cents
    question: str


class BfbFields(Part):
    """Substantiate your bids: the amounts in question, and what to send (invoices, quotes, a narrative)."""

    notice_type: Literal["bfb"] = "bfb"
    bidder_number: BidderNumber
    bids: Annotated[tuple[QuestionedBid, ...], Field(min_length=1, max_length=MOST_ROWS)]
    to_send: Annotated[tuple[str, ...], Field(min_length=1)]
    note: str = ""


class PbeCheck(Part):
    """A requirement that was checked, with its words: bid-complete, bond-present, ptan-active, accredited, licensed."""

    check: Code
    label: str


class PbeFinding(Part):
    """A check that could not be verified, and why."""

    check: Code
    explanation: str


class PbeRow(Part):
    """The checks of one competition, at one location where they are about a location."""

    competition: Competition
    ptan: Ptan | None = None
    met: tuple[Code, ...] = ()
    not_verified: tuple[PbeFinding, ...] = ()


class PbeFields(Part):
    """The preliminary bid evaluation: what was met and what could not be verified, as of the close.

    `checks` gives the words of every check that the rows name.
    """

    notice_type: Literal["pbe"] = "pbe"
    bidder_number: BidderNumber
    closed_at: Instant
    checks: Annotated[tuple[PbeCheck, ...], Field(min_length=1)]
    rows: Annotated[tuple[PbeRow, ...], Field(min_length=1, max_length=MOST_ROWS)]
    note: str = ""


class DisqualificationReason(Part):
    """A reason of domain/bidding.md 4.7 by its code, such as bond-missing, with the explanation the bidder reads."""

    reason: Code
    label: str
    explanation: str


class DisqualifiedBid(Part):
    """A disqualified bid with every reason."""

    competition: Competition
    reasons: Annotated[tuple[DisqualificationReason, ...], Field(min_length=1)]


class DisqualificationFields(Part):
    """Bids that take no further part in the evaluation, each with every reason."""

    notice_type: Literal["disqualification"] = "disqualification"
    bidder_number: BidderNumber
    bids: Annotated[tuple[DisqualifiedBid, ...], Field(min_length=1, max_length=MOST_ROWS)]


class InquiryRow(Part):
    """What became of one disqualified bid after the inquiry."""

    competition: Competition
    upheld: bool = Field(description="Whether the inquiry was upheld for this bid: it is eligible again.")
    explanation: str


class InquiryResultFields(Part):
    """The result of a bidder inquiry. `worked_on_by`: the persons who filed it or added to it.

    An end user sees the result only when among them (domain/roles.md 1.3, footnote 4).
    """

    notice_type: Literal["inquiry-result"] = "inquiry-result"
    bidder_number: BidderNumber
    outcome: Literal["upheld-full", "upheld-part", "denied"]
    rows: Annotated[tuple[InquiryRow, ...], Field(min_length=1, max_length=MOST_ROWS)]
    worked_on_by: tuple[UUID, ...] = ()


class OfferedLine(Part):
    """A competition for which a contract is offered.

    `bond_at_risk`: the bid is at or below the median, so declining forfeits the bond of the area.
    """

    competition: Competition
    bond_at_risk: bool


class OfferFields(Part):
    """Contract offers that wait for a decision, competition by competition."""

    notice_type: Literal["offer"] = "offer"
    bidder_number: BidderNumber
    lines: Annotated[tuple[OfferedLine, ...], Field(min_length=1, max_length=MOST_ROWS)]


class NoticedBond(Part):
    """A bid surety bond: for which area, its number, its amount."""

    cba_code: Code
    label: str
    bond_number: str
    amount: Cents


class BondReturnFields(Part):
    """Liability of bonds that is returned to the bidder."""

    notice_type: Literal["bond-return"] = "bond-return"
    bidder_number: BidderNumber
    bonds: Annotated[tuple[NoticedBond, ...], Field(min_length=1)]


class BondForfeitureFields(Part):
    """Bonds that are forfeited, and the declined offers that are the reason."""

    notice_type: Literal["bond-forfeiture"] = "bond-forfeiture"
    bidder_number: BidderNumber
    bonds: Annotated[tuple[NoticedBond, ...], Field(min_length=1)]
    declined: Annotated[tuple[Competition, ...], Field(min_length=1)]


class ContractSignedFields(Part):
    """A contract that CMS has signed."""

    notice_type: Literal["contract-signed"] = "contract-signed"
    contract_number: str
    starts_on: date
    ends_on: date


class FormCDueFields(Part):
    """A Form C report that is due for a reporting period."""

    notice_type: Literal["form-c-due"] = "form-c-due"
    contract_number: str
    period_starts_on: date
    period_ends_on: date


class FormCMissingFields(Part):
    """A Form C report that did not come, and for which competitions."""

    notice_type: Literal["form-c-missing"] = "form-c-missing"
    contract_number: str
    period_starts_on: date
    period_ends_on: date
    competitions: Annotated[tuple[Competition, ...], Field(min_length=1)]


class LocationRow(Part):
    """What was decided about one location in one competition; `effective_on` where it was approved."""

    ptan: Ptan
    competition: Competition
    change: Literal["add", "remove"]
    approved: bool
    effective_on: date | None = None
    explanation: str = ""


class LocationResultFields(Part):
    """The result of a request to add or remove locations."""

    notice_type: Literal["location-result"] = "location-result"
    contract_number: str
    rows: Annotated[tuple[LocationRow, ...], Field(min_length=1, max_length=MOST_ROWS)]


class TransferResultFields(Part):
    """The result, or the next step, of a request to transfer a contract."""

    notice_type: Literal["transfer-result"] = "transfer-result"
    contract_number: str
    outcome: Literal["approved-conditionally", "not-required", "completed", "denied", "lapsed"]
    effective_on: date | None = None
    explanation: str


class SubcontractResultFields(Part):
    """What was decided about a disclosed subcontract."""

    notice_type: Literal["subcontract-result"] = "subcontract-result"
    contract_number: str
    subcontractor: str
    outcome: Literal["acknowledged", "information-requested", "not-permitted"]
    explanation: str = ""


class BreachAction(Part):
    """An action that CMS takes for a breach, such as termination, and from when."""

    action: Code
    label: str
    effective_on: date | None = None


class BreachFields(Part):
    """A breach of contract (42 CFR 414.423): what deviates, the actions, and whether a corrective plan may be sent."""

    notice_type: Literal["breach"] = "breach"
    contract_number: str
    deviations: Annotated[tuple[str, ...], Field(min_length=1)]
    actions: Annotated[tuple[BreachAction, ...], Field(min_length=1)]
    cap_allowed: bool


class BreachSubsequentFields(Part):
    """A breach notice after a corrective action plan that was not accepted or not carried out."""

    notice_type: Literal["breach-subsequent"] = "breach-subsequent"
    contract_number: str
    deviations: Annotated[tuple[str, ...], Field(min_length=1)]
    actions: Annotated[tuple[BreachAction, ...], Field(min_length=1)]
    cap_allowed: bool
    plan_failed_because: str


class CapResultFields(Part):
    """What was decided about a corrective action plan; `finish_by` where it was accepted."""

    notice_type: Literal["cap-result"] = "cap-result"
    contract_number: str
    outcome: Literal["accepted", "revise", "not-accepted"]
    finish_by: date | None = None
    explanation: str


class HearingScheduleFields(Part):
    """When and how a hearing is held, and until when evidence is exchanged."""

    notice_type: Literal["hearing-schedule"] = "hearing-schedule"
    contract_number: str
    held_at: Instant
    held_by: Literal["in-person", "telephone"]
    place: str
    evidence_by: date


class DeterminedAction(Part):
    """What CMS finally decided about one action."""

    label: str
    applies: bool
    effective_on: date | None = None
    explanation: str


class FinalDeterminationFields(Part):
    """The final determination of a breach case, action by action."""

    notice_type: Literal["final-determination"] = "final-determination"
    contract_number: str
    actions: Annotated[tuple[DeterminedAction, ...], Field(min_length=1)]


class GeneralFields(Part):
    """Whatever no other type tells: a heading and paragraphs of plain text."""

    notice_type: Literal["general"] = "general"
    heading: str
    paragraphs: Annotated[tuple[str, ...], Field(min_length=1)]


NoticeFields = Annotated[
    CdrdFields
    | BfbFields
    | PbeFields
    | DisqualificationFields
    | InquiryResultFields
    | OfferFields
    | BondReturnFields
    | BondForfeitureFields
    | ContractSignedFields
    | FormCDueFields
    | FormCMissingFields
    | LocationResultFields
    | TransferResultFields
    | SubcontractResultFields
    | BreachFields
    | BreachSubsequentFields
    | CapResultFields
    | HearingScheduleFields
    | FinalDeterminationFields
    | GeneralFields,
    Field(discriminator="notice_type"),
]


class NoticeSubject(Part):
    """What a notice belongs to, in the words of whoever asked for it; opaque to notices-svc, and handed back."""

    kind: Code
    id: UUID


class NoticeSlot(Part):
    """An upload slot whose receipts may be sent with a response, and for what it is."""

    slot_id: UUID
    document: Code
    label: str


class NoticeAsked(Event):
    """The shape of every request for a notice; not an event by itself.

    The asking service makes `notice_id`. `requested_by` is the person who decided that it is sent, and may not approve
    it; `THE_CALENDAR` where a date decided. Said again for the same notice while it is a draft, it replaces the fields.
    `due_at` only where a period or a calendar fixes it (Form C); otherwise notices-svc computes it from the day of
    issue. `slots` are the upload slots for a response; the asking service opens them when it hears `notice-issued`,
    until the due date told there.
    `released_by`: a second person has released it in the asking service, with the awards of a round: it is issued at
    once, also where it was asked for before and not issued since. `parts`: of so many parts its rows are made; the
    second and further ones were said before, each as a `NoticePart`.
    """

    KEY: ClassVar[str] = "notice_id"

    notice_id: UUID
    organization_id: UUID
    round_code: RoundCode
    about: NoticeSubject
    requested_by: UUID
    requested_at: Instant
    fields: NoticeFields
    slots: tuple[NoticeSlot, ...] = ()
    due_at: Instant | None = None
    released_by: UUID | None = None
    parts: Annotated[int, Field(ge=1)] = 1


class NoticePart(Event):
    """The shape of further rows of a notice that is asked for next; not an event by itself.

    `part` is 2 for the first of them. `fields` are those of the request with other rows. Said again with the request.
    """

    KEY: ClassVar[str] = "notice_id"

    notice_id: UUID
    organization_id: UUID
    part: Annotated[int, Field(ge=2)]
    fields: NoticeFields


class NoticeClosed(Event):
    """The shape of every decision that closes a notice; not an event by itself."""

    KEY: ClassVar[str] = "notice_id"

    notice_id: UUID
    organization_id: UUID
    outcome: Literal["satisfied", "unsatisfied"]
    decided_at: Instant


class NoticeAnsweredElsewhere(Event):
    """The shape of every answer that was given in the asking service itself; not an event by itself."""

    KEY: ClassVar[str] = "notice_id"

    notice_id: UUID
    organization_id: UUID
    answered_at: Instant
