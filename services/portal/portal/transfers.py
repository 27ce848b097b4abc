"""The form of a transfer request: what was typed, what is sent of it, and what it lacks."""

import re
from http import HTTPStatus
from typing import Any

from pydantic import BaseModel

from portal.gateway import Json, Problem

PARTY = ("legal_business_name", "dba", "tin", "npi", "official", "phone", "email")
FIELDS = (
    "contract_number",
    "extent",
    "change",
    "resulting",
    "effective_on",
    "lines",
    *PARTY,
    "ptan",
    "enrolled",
    "locations",
    "affiliated",
    "remark",
)
_NEEDED = {
    "extent": "Choose how much of the contract goes.",
    "change": "Choose what kind of change it is.",
    "resulting": "Choose who is there afterwards.",
    "effective_on": "Say on which day the change takes effect.",
    "legal_business_name": "Write the legal business name of the successor.",
    "tin": "Write the tax identification number of the successor.",
    "npi": "Write the NPI of the successor.",
    "official": "Name the authorized official of the successor.",
    "phone": "Write the phone number of the official.",
    "email": "Write the e-mail address of the official.",
    "enrolled": "Say whether the successor is enrolled with Medicare.",
    "locations": "Write the PTAN of at least one location.",
}


class Wanted(BaseModel):
    """A request as it was typed; `replaces` is the draft it began from. One location's PTAN stands on each line."""

    idempotency_key: str = ""
    replaces: str = ""
    contract_number: str = ""
    extent: str = ""
    change: str = ""
    resulting: str = ""
    effective_on: str = ""
    lines: list[str] = []
    legal_business_name: str = ""
    dba: str = ""
    tin: str = ""
    npi: str = ""
    ptan: str = ""
    official: str = ""
    phone: str = ""
    email: str = ""
    enrolled: str = ""
    locations: str = ""
    affiliated: str = ""
    remark: str = ""

    @property
    def terms(self) -> dict[str, Any]:
        """The terms to send: of the competitions only those of a partial transfer."""
        party = {name: getattr(self, name).strip() for name in PARTY}
        return {
            "extent": self.extent,
            "change": self.change,
            "resulting": self.resulting,
            "effective_on": self.effective_on,
            "successor": {**party, "ptan": self.ptan.strip() if self.enrolled == "yes" else None},
            "affiliated": self.affiliated == "yes",
            "lines": self.lines if self.extent == "partial" else [],
            "locations": [each for each in re.split(r"[\s,;]+", self.locations) if each],
            "remark": self.remark,
        }


def of_draft(told: Json) -> Wanted:
    """Return the form of a draft, to be changed."""
    terms = told["terms"]
    party = terms["successor"]
    return Wanted(
        replaces=told["id"] if told["state"] == "DRAFT" else "",
        contract_number=told["contract_number"],
        enrolled="yes" if party["ptan"] else "no",
        locations="\n".join(terms["locations"]),
        affiliated="yes" if terms["affiliated"] else "",
        lines=terms["lines"],
        ptan=party["ptan"] or "",
        **{name: party[name] for name in PARTY},
        **{name: terms[name] for name in ("extent", "change", "resulting", "effective_on", "remark")},
    )


def lacks(form: Wanted, *, by_number: bool) -> Problem | None:
    """Return what is still to be said; `by_number`: by the successor, who types the contract's number."""
    told = {name: words for name, words in _NEEDED.items() if not getattr(form, name).strip()}
    if by_number and not form.contract_number.strip():
        told["contract_number"] = "Write the number of the contract."
    if form.extent == "partial" and not by_number and not form.lines:
        told["lines"] = "Choose the competitions that go."
    if form.enrolled == "yes" and not form.ptan.strip():
        told["ptan"] = "Write the PTAN of the successor."
    if not told:
        return None
    fields = [{"path": name, "message": told[name]} for name in FIELDS if name in told]
    return Problem(HTTPStatus.UNPROCESSABLE_ENTITY, fields=fields)
