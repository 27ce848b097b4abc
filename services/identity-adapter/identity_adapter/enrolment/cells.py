"""How the cells of a row are written that hold several things, and how each is read.

`;` stands between two things, `|` between the parts of one. Every reader raises ValueError for what is not written so,
and never with a value: a cell may hold a Social Security number.
"""

from collections.abc import Callable, Mapping
from datetime import date
from typing import Any

from chassis.errors import Invalid
from identity_adapter.enrolment.officials import OfficialDigests

DAYS = "days as 2026-01-31, the last one empty while the period goes on"

LISTS: Mapping[str, str] = {
    "status_periods": f"Write status|from|to, with active, inactive, revoked or unknown, and {DAYS}.",
    "licences": f"Write state|kind|number|categories|from|to, with spaces between two categories, and {DAYS}.",
    "accreditations": f"Write accreditor|categories|from|to, with spaces between two categories, and {DAYS}.",
    "exclusions": f"Write from|to, with {DAYS}.",
    "officials": (
        "Write kind|given name|family name|Social Security number|birth date|from|to, with the kind AO or DO, "
        "nine digits, and days as 2026-01-31."
    ),
}
"""The columns that hold several things, each with how it is written."""

Parts = list[str]


def read_list(column: str, written: str, digests: OfficialDigests) -> list[dict[str, Any]]:
    """Read a cell of one of the columns of `LISTS`. Raises ValueError."""
    read = _READERS.get(column) or (lambda parts: _official(parts, digests))
    return [read([part.strip() for part in each.split("|")]) for each in written.split(";") if each.strip()]


def _status_period(parts: Parts) -> dict[str, Any]:
    status, *days = parts
    return {"status": status, **_period(days)}


def _licence(parts: Parts) -> dict[str, Any]:
    state, kind, number, categories, *days = parts
    about = {"state": state, "kind": kind, "number": number or None, "categories": categories.split()}
    return about | _period(days)


def _accreditation(parts: Parts) -> dict[str, Any]:
    accreditor, categories, *days = parts
    return {"accreditor": accreditor, "categories": categories.split(), **_period(days)}


def _period(parts: Parts) -> dict[str, Any]:
    first, last = parts
    return {"valid_from": _day(first), "valid_to": _day_or_none(last)}


def _official(parts: Parts, digests: OfficialDigests) -> dict[str, Any]:
    kind, given_name, family_name, ssn, birth_date, first, last = parts
    try:
        digest = digests.of(family_name=family_name, ssn=ssn, birth_date=_day(birth_date))
    except Invalid:
        raise ValueError from None
    name = {"kind": kind, "given_name": given_name, "family_name": family_name, "digest": digest}
    return name | {"valid_from": _day_or_none(first), "valid_to": _day_or_none(last)}


def _day(written: str) -> date:
    if len(written) != len("2026-01-31"):  # the other ways of ISO 8601 would be slips here
        raise ValueError
    return date.fromisoformat(written)


def _day_or_none(written: str) -> date | None:
    return _day(written) if written else None


_READERS: Mapping[str, Callable[[Parts], dict[str, Any]]] = {
    "status_periods": _status_period,
    "licences": _licence,
    "accreditations": _accreditation,
    "exclusions": _period,
}
