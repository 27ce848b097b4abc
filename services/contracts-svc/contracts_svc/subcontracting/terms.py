"""What a supplier tells of an arrangement, and until when it has to (42 CFR 414.422(f); contracts.md 5)."""

from datetime import date, timedelta
from enum import StrEnum
from typing import Annotated, NamedTuple, Self
from uuid import UUID

from pydantic import BaseModel, Field, StringConstraints, model_validator

from chassis.calendar import Closings
from chassis.deadlines import due_day
from events.deadlines import DEADLINES
from events.enrolment import Npi, StateCode
from events.kinds import Ptan
from events.rule_set import RuleSet

Name = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=200)]
Optionally = Annotated[str, StringConstraints(strip_whitespace=True, max_length=200)]


class Service(StrEnum):
    """What may be subcontracted; everything else stays with the contract supplier."""

    INVENTORY = "purchase-of-inventory"
    DELIVERY = "delivery-and-instruction"
    REPAIR = "maintenance-and-repair"


class Terms(BaseModel):
    """An arrangement with a subcontractor, at the location that performs the services.

    It says who accredited the subcontractor until when, or that accreditation does not apply.
    """

    legal_business_name: Name
    doing_business_as: Optionally = ""
    street: Name
    city: Name
    state: StateCode
    zip_code: Annotated[str, Field(pattern=r"^[0-9]{5}(-[0-9]{4})?$")]
    is_headquarters_only: bool = Field(False, description="The services are performed somewhere else")
    phone: Name
    services: Annotated[frozenset[Service], Field(min_length=1)]
    lines: Annotated[frozenset[UUID], Field(min_length=1, max_length=500, description="Lines of the contract")]
    npi: Npi | None = None
    ptan: Ptan | None = None
    accreditor: Optionally = ""
    accredited_until: date | None = None
    accreditation_not_applicable: bool = False
    starts_on: date
    ends_on: date | None = None

    @model_validator(mode="after")
    def _sensible(self) -> Self:
        if self.is_headquarters_only:
            msg = "Name the location that performs the services. The address of a headquarters is not acceptable."
            raise ValueError(msg)
        if self.accreditation_not_applicable == bool(self.accreditor):
            msg = "Name the accreditor, or say that accreditation does not apply."
            raise ValueError(msg)
        if self.accreditor and self.accredited_until is None:
            msg = "Say until when the subcontractor is accredited."
            raise ValueError(msg)
        if self.ends_on is not None and self.ends_on < self.starts_on:
            msg = "The arrangement cannot end before it starts."
            raise ValueError(msg)
        return self


class Due(NamedTuple):
    """Until when something is to be disclosed by the rule set, and the stricter of the two readings of the rule."""

    on: date
    stricter_on: date


def due_after(trigger: date, rules: RuleSet, closings: Closings, *, initial: bool) -> Due:
    """Return until when a disclosure is due: days after the contract date at first, after the start of each later one.

    The regulation counts calendar days, the contractor's pages business days; the rule set says which counts.
    """
    on = due_day(DEADLINES["SUBCONTRACT_INITIAL" if initial else "SUBCONTRACT_NEW"], trigger, rules, closings)
    return Due(on, min(on, trigger + timedelta(days=rules.subcontract_days)))
