"""The enrolment record: what the bridge to it reports, and what identity-adapter says of its mirror.

Periods are days, both inclusive; without `valid_to` they go on.
"""

from datetime import date
from typing import Annotated, ClassVar, Literal
from uuid import UUID

from pydantic import Field

from events.envelope import Event, Instant, Part
from events.kinds import Ptan, Sha256

FEED = "connexion.enrolment.feed"
STATE = "connexion.enrolment.state"

StateCode = Annotated[str, Field(pattern=r"^[A-Z]{2}$", description="Two letters, as the postal service has them.")]
Npi = Annotated[str, Field(pattern=r"^[0-9]{10}$", description="National Provider Identifier, check digit included.")]
Named = Annotated[str, Field(min_length=1)]
Tin = Annotated[str, Field(pattern=r"^[0-9]{9}$", description="Tax identification number.")]


class StatusPeriod(Part):
    """How a location was enrolled for a time. `unknown` is a time that could not be checked; it never reads as active.

    A day between periods, or after the last, is not enrolled. Days before the first are not known to the record.
    """

    status: Literal["active", "inactive", "revoked", "unknown"]
    valid_from: date
    valid_to: date | None = None


class Licence(Part):
    """A state licence of a location, for product categories by their codes; with no category named, for all."""

    state: StateCode
    kind: Named
    number: str | None = None
    categories: tuple[str, ...] = ()
    valid_from: date
    valid_to: date | None = None


class Accreditation(Part):
    """An accreditation of a location for product categories, by their codes."""

    accreditor: Named
    categories: tuple[str, ...]
    valid_from: date
    valid_to: date | None = None


class Exclusion(Part):
    """A time in which the supplier is excluded from federal health care programs, or debarred."""

    valid_from: date
    valid_to: date | None = None


class Location(Part):
    """Where the location stands."""

    street: Named
    city: Named
    state: StateCode
    zip_code: Annotated[str, Field(pattern=r"^[0-9]{5}(-[0-9]{4})?$")]


class Official(Part):
    """An authorized (AO) or delegated (DO) official of the enrolment application, form CMS-855S, section 15 or 16.

    `digest` is HMAC-SHA256, under the key the bridge and identity-adapter share, over family name, Social Security
    number and birth date; identity-adapter's README tells how they are written. The last two never travel.
    """

    kind: Literal["AO", "DO"]
    given_name: Named
    family_name: Named
    digest: Sha256
    valid_from: date | None = None
    valid_to: date | None = None


class RecordReported(Event):
    """An enrolled location (PTAN) stands like this in the enrolment record now.

    Said by the bridge to the enrolment record (PECOS), outside the platform. Heard by identity-adapter alone, because
    it names officials and the tax identification number. The report with the latest `reported_at` holds.
    """

    TYPE: ClassVar[str] = "connexion.enrolment.record-reported.v1"
    TOPIC: ClassVar[str] = FEED
    KEY: ClassVar[str] = "ptan"

    ptan: Ptan
    npi: Npi
    tin: Tin
    legal_business_name: Named
    location: Location
    ownership_group: str | None = None
    status_periods: tuple[StatusPeriod, ...]
    licences: tuple[Licence, ...] = ()
    accreditations: tuple[Accreditation, ...] = ()
    exclusions: tuple[Exclusion, ...] = ()
    officials: tuple[Official, ...] = ()
    reported_at: Instant


class EnrolmentState(Event):
    """An enrolled location (PTAN) stands like this now; the snapshot of a PTAN with the highest `version` holds.

    Said by identity-adapter, the mirror of the enrolment record. Heard by bidding-svc and contracts-svc, which ask
    their own projection as of a date: a PTAN that nobody told of could not be checked. `organization_id` is there once
    its owner has registered: with this PTAN, or with another one of the same legal entity.
    """

    TYPE: ClassVar[str] = "connexion.enrolment.enrolment-state.v1"
    TOPIC: ClassVar[str] = STATE
    KEY: ClassVar[str] = "ptan"

    ptan: Ptan
    version: Annotated[int, Field(ge=1)]
    npi: Npi
    legal_business_name: Named
    organization_id: UUID | None = None
    location: Location
    ownership_group: Annotated[
        str | None, Field(description="Commonly owned or controlled suppliers carry the same name of their group.")
    ] = None
    status_periods: tuple[StatusPeriod, ...]
    licences: tuple[Licence, ...] = ()
    accreditations: tuple[Accreditation, ...] = ()
    exclusions: tuple[Exclusion, ...] = ()
    reported_at: Instant

    @property
    def organization(self) -> None:
        """No fence: a location may change hands, and staff ask for those that belong to nobody here."""
        return


EVENTS = (RecordReported, EnrolmentState)
