"""The form of a subcontracting arrangement: what was typed, what is sent of it, and what it lacks."""

from http import HTTPStatus
from typing import Any

from pydantic import Field

from portal.gateway import Json, Problem
from portal.signing import FIELDS as SIGNATURE
from portal.signing import Signing

PLAIN = ("legal_business_name", "doing_business_as", "street", "city", "zip_code", "phone", "starts_on")
OPTIONAL = ("npi", "ptan", "ends_on")
FIELDS = (*PLAIN, *OPTIONAL, "state", "place", "services", "lines", "accreditation", "accreditor", "accredited_until")
ALL_FIELDS = (*FIELDS, *SIGNATURE)
HEADQUARTERS = "Name the location that performs the services. The address of a headquarters is not acceptable."


class Arrangement(Signing):
    """An arrangement as it was typed, with the signature under it."""

    legal_business_name: str = ""
    doing_business_as: str = ""
    place: str = ""
    street: str = ""
    city: str = ""
    state: str = ""
    zip_code: str = ""
    phone: str = ""
    services: list[str] = Field(default_factory=list)
    lines: list[str] = Field(default_factory=list)
    npi: str = ""
    ptan: str = ""
    accreditation: str = ""
    accreditor: str = ""
    accredited_until: str = ""
    starts_on: str = ""
    ends_on: str = ""

    @property
    def terms(self) -> dict[str, Any]:
        """The terms to send: of the accreditation only what was chosen."""
        accredited = self.accreditation == "accredited"
        return {
            **{name: getattr(self, name).strip() for name in PLAIN},
            **{name: getattr(self, name).strip() or None for name in OPTIONAL},
            "state": self.state.strip().upper(),
            "services": self.services,
            "lines": self.lines,
            "accreditor": self.accreditor.strip() if accredited else "",
            "accredited_until": (self.accredited_until or None) if accredited else None,
            "accreditation_not_applicable": not accredited,
        }


def of_terms(terms: Json, version: int) -> Arrangement:
    """Return the form of an arrangement that was disclosed, to be changed."""
    told = {name: value for name, value in terms.items() if value is not None and name in Arrangement.model_fields}
    accreditation = "not-applicable" if terms["accreditation_not_applicable"] else "accredited"
    return Arrangement(**told, version=version, place="performs", accreditation=accreditation)


def lacks(form: Arrangement) -> Problem | None:
    """Return what is still to be said: that which the service would tell of the whole, not of its field."""
    told = {}
    if form.place != "performs":
        told["place"] = HEADQUARTERS if form.place else "Say whether the services are performed at this address."
    if not form.services:
        told["services"] = "Choose at least one service."
    if not form.lines:
        told["lines"] = "Choose at least one competition."
    if not form.accreditation:
        told["accreditation"] = "Name the accreditor, or say that accreditation does not apply."
    if form.accreditation == "accredited" and not form.accreditor.strip():
        told["accreditor"] = "Name the accreditor, or say that accreditation does not apply."
    if form.accreditation == "accredited" and not form.accredited_until:
        told["accredited_until"] = "Say until when the subcontractor is accredited."
    if not form.starts_on:
        told["starts_on"] = "Say from which day the arrangement holds."
    elif form.ends_on and form.ends_on < form.starts_on:
        told["ends_on"] = "The arrangement cannot end before it starts."
    if not told:
        return None
    fields = [{"path": name, "message": message} for name, message in told.items()]
    return Problem(HTTPStatus.UNPROCESSABLE_ENTITY, fields=fields)
