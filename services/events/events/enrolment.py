"""What identity-adapter says about the mirror of the enrolment record, location by location."""

from datetime import date
from typing import Annotated, ClassVar, Literal
from uuid import UUID

from pydantic import Field

from events.envelope import Event, Instant, Part
from events.kinds import Ptan

STATE = "connexion.enrolment.state"


class Licence(Part):
    """A state licence of a location."""

    state: Annotated[str, Field(pattern=r"^[A-Z]{2}$")]
    kind: str
    valid_from: date
    valid_to: date | None = None


class Accreditation(Part):
    """An accreditation of a location for product categories, by their codes."""

    accreditor: str
    categories: tuple[str, ...]
    valid_from: date
    valid_to: date | None = None


class EnrolmentState(Event):
    """An enrolled location (PTAN) stands like this now; the latest snapshot of a PTAN holds.

    Said by identity-adapter, the mirror of the enrolment record. Heard by bidding-svc and contracts-svc. `valid_from`
    and `valid_to` bound the enrolment, days inclusive. `unknown` means it could not be checked, and never reads as
    active. `organization_id` is there once the owner has registered.
    """

    TYPE: ClassVar[str] = "connexion.enrolment.enrolment-state.v1"
    TOPIC: ClassVar[str] = STATE
    KEY: ClassVar[str] = "ptan"

    ptan: Ptan
    npi: Annotated[str, Field(pattern=r"^[0-9]{10}$")] | None = None
    legal_business_name: str
    organization_id: UUID | None = None
    status: Literal["active", "inactive", "revoked", "unknown"]
    valid_from: date
    valid_to: date | None = None
    licences: tuple[Licence, ...] = ()
    accreditations: tuple[Accreditation, ...] = ()
    excluded: bool
    checked_at: Instant


EVENTS = (EnrolmentState,)
