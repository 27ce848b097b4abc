"""What contracts-svc says of Form C: reports that are awaited, and the products they tell to the Supplier Directory."""

from datetime import date
from typing import Annotated, ClassVar, Literal
from uuid import UUID

from pydantic import Field

from events.contracts import STREAM, ContractLocation, ContractStatus
from events.envelope import Event, Instant, Part
from events.kinds import Hcpcs, Permission, RoundCode

DIRECTORY = "connexion.contracts.directory"


class FormCOpened(Event):
    """A contract supplier is awaited to report what it plans to furnish in one competition in one period.

    Said by contracts-svc. Heard by notices-svc, which opens a To-Do for those with the permission. `label` names the
    report in words.
    """

    TYPE: ClassVar[str] = "connexion.contracts.form-c-opened.v1"
    TOPIC: ClassVar[str] = STREAM
    KEY: ClassVar[str] = "report_id"

    report_id: UUID
    contract_id: UUID
    organization_id: UUID
    round_code: RoundCode
    contract_number: str
    label: str
    permission: Permission
    due_at: Instant
    opened_at: Instant


class FormCSubmitted(Event):
    """A Form C report was certified and submitted; `late`: after its date.

    Said by contracts-svc. Heard by notices-svc: nothing is to do any more.
    """

    TYPE: ClassVar[str] = "connexion.contracts.form-c-submitted.v1"
    TOPIC: ClassVar[str] = STREAM
    KEY: ClassVar[str] = "report_id"

    report_id: UUID
    organization_id: UUID
    late: bool
    submitted_at: Instant


class FormCReopened(Event):
    """A submitted Form C report is awaited again: its supplier opened it, or the program returned it.

    Said by contracts-svc. Heard by notices-svc. `due_at` is until when it is awaited now.
    """

    TYPE: ClassVar[str] = "connexion.contracts.form-c-reopened.v1"
    TOPIC: ClassVar[str] = STREAM
    KEY: ClassVar[str] = "report_id"

    report_id: UUID
    organization_id: UUID
    because: Literal["opened", "returned"]
    due_at: Instant
    reopened_at: Instant


class FormCClosed(Event):
    """A Form C report that did not come is awaited no more: it was handed on, or its contract has ended.

    Said by contracts-svc. Heard by notices-svc.
    """

    TYPE: ClassVar[str] = "connexion.contracts.form-c-closed.v1"
    TOPIC: ClassVar[str] = STREAM
    KEY: ClassVar[str] = "report_id"

    report_id: UUID
    organization_id: UUID
    closed_at: Instant


class DirectoryProduct(Part):
    """A product that a contract supplier plans to furnish."""

    manufacturer: str
    model_name: str
    model_number: str


class DirectoryState(Event):
    """The products of one item that a contract supplier furnishes at the locations of one contract line, as they stand.

    Said by contracts-svc when a Form C report is accepted, and again whenever contract or locations change; the entry
    of a `listing` with the highest `revision` holds. Heard by nobody inside yet, and open to downstream systems, the
    Supplier Directory before all.
    `listing` is the contract line and the item. Without products the item is ordered on demand where `will_order` says
    so, and otherwise not told. An entry counts on days on which the contract is active by `status`.
    """

    TYPE: ClassVar[str] = "connexion.contracts.directory-state.v1"
    TOPIC: ClassVar[str] = DIRECTORY
    KEY: ClassVar[str] = "listing"

    listing: str
    revision: Annotated[int, Field(ge=0)]
    contract_id: UUID
    contract_number: str
    line_id: UUID
    organization_id: UUID
    legal_business_name: str
    round_code: RoundCode
    status: ContractStatus
    cba: str
    category: str
    label: str
    hcpcs: Hcpcs
    starts_on: date
    ends_on: date
    locations: tuple[ContractLocation, ...]
    products: tuple[DirectoryProduct, ...] = ()
    will_order: bool = False
    listed_at: Instant


EVENTS = (FormCOpened, FormCSubmitted, FormCReopened, FormCClosed, DirectoryState)
