"""What contracts-svc says: to the platform, and to everybody the public snapshot of each contract."""

from datetime import date
from typing import Annotated, ClassVar, Literal
from uuid import UUID

from pydantic import Field

from events.envelope import Event, Instant, Part
from events.kinds import Cents, Code, Hcpcs, Ptan, RoundCode
from events.notice_fields import NoticeAnsweredElsewhere, NoticeAsked, NoticeSubject

STREAM = "connexion.contracts"
STATE = "connexion.contracts.state"

ContractStatus = Literal["executed", "active", "suspended", "terminated", "transferred", "expired"]


class ContractLocation(Part):
    """A location that may furnish under a contract line, from and until these days (inclusive)."""

    ptan: Ptan
    npi: str | None = None
    effective_from: date
    effective_to: date | None = None


class ContractPrice(Part):
    """What Medicare pays for an item under a contract line: the single payment amount of the area."""

    hcpcs: Hcpcs
    amount: Cents


class ContractLine(Part):
    """One competition (competitive bidding area and product category) of a contract."""

    line_id: UUID | None = None
    cba: str
    category: str
    label: str = Field(default="", description="Category and area, in words.")
    locations: tuple[ContractLocation, ...]
    prices: tuple[ContractPrice, ...] = ()


class StatusSince(Part):
    """How a contract stands from a day on, until the next of these. Of two from one day the later one holds."""

    status: ContractStatus
    since: date


class ContractState(Event):
    """A contract stands like this now; the snapshot of a contract with the highest `revision` holds.

    Said by contracts-svc at every change of a contract that was signed, and again every night. Heard by nobody inside
    yet, and open to downstream systems: it carries nothing that is not public after the award. On a day, a location may
    furnish an item when the contract is active on that day by `statuses`, and a line has both the location on that day
    and a price for the item. `version` counts the versions of the contract's content, `revision` every change of the
    snapshot.
    """

    TYPE: ClassVar[str] = "connexion.contracts.contract-state.v1"
    TOPIC: ClassVar[str] = STATE
    KEY: ClassVar[str] = "contract_id"

    contract_id: UUID
    contract_number: str
    organization_id: UUID
    legal_business_name: str
    bidder_number: str | None = None
    round_code: RoundCode
    status: ContractStatus
    statuses: tuple[StatusSince, ...] = ()
    version: int
    revision: Annotated[int, Field(ge=0)] = 0
    starts_on: date
    ends_on: date
    lines: tuple[ContractLine, ...]
    changed_at: Instant


class ContractExecuted(Event):
    """CMS has signed a contract, or its extension by further lines, and the signed contract can be read.

    Said by contracts-svc. Heard by bidding-svc, whose offers are contracts then. `line_ids` are the accepted lines that
    became part of the contract now.
    """

    TYPE: ClassVar[str] = "connexion.contracts.contract-executed.v1"
    TOPIC: ClassVar[str] = STREAM
    KEY: ClassVar[str] = "contract_id"

    contract_id: UUID
    organization_id: UUID
    round_code: RoundCode
    contract_number: str
    version: int
    line_ids: Annotated[tuple[UUID, ...], Field(min_length=1)]
    starts_on: date
    ends_on: date
    executed_at: Instant


class NoticeRequested(NoticeAsked):
    """Somebody of the program decided that a contract supplier is told something: here are the facts of the notice.

    Said by contracts-svc. Heard by notices-svc, which drafts it, has it approved by somebody else and issues
    it. A reminder of Form C is asked for and released by the calendar.
    """

    TYPE: ClassVar[str] = "connexion.contracts.notice-requested.v1"
    TOPIC: ClassVar[str] = STREAM


class NoticeAnswered(NoticeAnsweredElsewhere):
    """What a notice asks for was done here: a missing Form C report has come, say.

    Said by contracts-svc for notices that are not answered in notices-svc. Heard by notices-svc: nothing is to do any
    more.
    """

    TYPE: ClassVar[str] = "connexion.contracts.notice-answered.v1"
    TOPIC: ClassVar[str] = STREAM


class BreachSuspected(Event):
    """Something points to a breach of a contract (42 CFR 414.422(g)); people look at it before anything follows.

    Said by contracts-svc. Heard by contracts-svc itself, whose compliance analysts find a case of it. `ground` is a
    word of a list that grows: form-c-failure, beneficiary-notice. `about` is what it was seen at, `label` says it in
    words.
    """

    TYPE: ClassVar[str] = "connexion.contracts.breach-suspected.v1"
    TOPIC: ClassVar[str] = STREAM
    KEY: ClassVar[str] = "contract_id"

    suspicion_id: UUID
    contract_id: UUID
    organization_id: UUID
    round_code: RoundCode
    contract_number: str
    ground: Code
    about: NoticeSubject
    label: str
    suspected_at: Instant


EVENTS = (ContractState, ContractExecuted, NoticeRequested, NoticeAnswered, BreachSuspected)
