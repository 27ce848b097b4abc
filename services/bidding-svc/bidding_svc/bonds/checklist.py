"""The checklist of a bid surety bond, BND-1 to BND-9 (42 CFR 414.412(g); domain/documents.md 6).

All elements are needed. What a machine cannot judge it leaves to the analyst: such an element could not be checked.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from types import MappingProxyType

from bidding_svc.bonds.paper import Paper
from chassis.answers import Answer, all_of

OBLIGEES = ("Centers for Medicare & Medicaid Services", "Centers for Medicare & Medicaid Services (CMS)", "CMS")
NAIC = re.compile(r"\d{5}")


class Element(StrEnum):
    """An element of the checklist, by its code."""

    PRINCIPAL = "BND-1"
    SURETY = "BND-2"
    OBLIGEE = "BND-3"
    CONDITIONS = "BND-4"
    AREA = "BND-5"
    NUMBER = "BND-6"
    ISSUED = "BND-7"
    VALUE = "BND-8"
    PAGES = "BND-9"


LABELS: Mapping[Element, str] = MappingProxyType(
    {
        Element.PRINCIPAL: "The principal is the bidder's legal business name",
        Element.SURETY: "The surety is named with its NAIC number, and certified",
        Element.OBLIGEE: "The obligee is CMS",
        Element.CONDITIONS: "The conditions for return and forfeiture are stated",
        Element.AREA: "The area covered is the area of the bond",
        Element.NUMBER: "The bond has a number of its own",
        Element.ISSUED: "It was issued by the day it was uploaded",
        Element.VALUE: "The value is the amount of the round",
        Element.PAGES: "Every page needed to show all this is in the file",
    }
)


@dataclass(frozen=True)
class Expected:
    """What a bond must say. Its day of upload is Eastern, its amount in cents.

    `certified` are the names of the surety on the Treasury's list under the NAIC number the paper names, None where the
    list is not on file. `number_also_on` names the other bonds of this surety with the same number.
    """

    principal: str
    area_name: str
    area_code: str
    uploaded_on: date
    amount_cents: int
    certified: Sequence[str] | None = None
    number_also_on: Sequence[str] = ()


@dataclass(frozen=True)
class Checked:
    """One element: whether it is as it must be, what the paper says, and what was expected."""

    element: Element
    answer: Answer
    says: str | int | bool | None
    expected: str | int | None


def folded(text: str) -> str:
    """Return a name without case, spaces and punctuation; an ampersand reads as "and"."""
    return "".join(character for character in text.casefold().replace("&", " and ") if character.isalnum())


def same_name(one: str, other: str) -> bool:
    """Whether two names are the same after folding; an empty one is no name."""
    return bool(folded(one)) and folded(one) == folded(other)


def check(paper: Paper, expected: Expected) -> list[Checked]:
    """Check every element of a bond, in the order of the codes."""
    return [
        Checked(Element.PRINCIPAL, _principal(paper, expected), paper.principal, expected.principal),
        Checked(Element.SURETY, _surety(paper, expected), f"{paper.surety} {paper.naic}".strip(), _listed(expected)),
        Checked(Element.OBLIGEE, _obligee(paper), paper.obligee, OBLIGEES[0]),
        Checked(Element.CONDITIONS, _ticked(paper.conditions_stated), paper.conditions_stated, None),
        Checked(Element.AREA, _area(paper, expected), paper.area, expected.area_name),
        Checked(Element.NUMBER, _number(paper, expected), paper.bond_number, ", ".join(expected.number_also_on)),
        Checked(Element.ISSUED, _issued(paper, expected), _day(paper.issued_on), expected.uploaded_on.isoformat()),
        Checked(Element.VALUE, _value(paper, expected), paper.amount_cents, expected.amount_cents),
        Checked(Element.PAGES, _ticked(paper.all_pages), paper.all_pages, None),
    ]


def _principal(paper: Paper, expected: Expected) -> Answer:
    """BND-1: the same after folding; else a person compares."""
    if not folded(paper.principal):
        return Answer.NO
    return Answer.YES if same_name(paper.principal, expected.principal) else Answer.COULD_NOT_CHECK


def _surety(paper: Paper, expected: Expected) -> Answer:
    """BND-2: a name and five digits, and both on the list; without a list nobody can tell."""
    named = Answer.of(bool(folded(paper.surety)) and NAIC.fullmatch(paper.naic) is not None)
    if expected.certified is None:
        return all_of((named, Answer.COULD_NOT_CHECK))
    if not expected.certified:
        return Answer.NO
    listed = any(same_name(paper.surety, name) for name in expected.certified)
    return all_of((named, Answer.YES if listed else Answer.COULD_NOT_CHECK))


def _obligee(paper: Paper) -> Answer:
    """BND-3: fixed text."""
    return Answer.of(any(same_name(paper.obligee, name) for name in OBLIGEES))


def _area(paper: Paper, expected: Expected) -> Answer:
    """BND-5: the area chosen when it was uploaded, by name or code."""
    return Answer.of(any(same_name(paper.area, name) for name in (expected.area_name, expected.area_code)))


def _number(paper: Paper, expected: Expected) -> Answer:
    """BND-6: a number, unique with its surety."""
    return Answer.of(bool(folded(paper.bond_number)) and not expected.number_also_on)


def _issued(paper: Paper, expected: Expected) -> Answer:
    """BND-7: issued up to the day of the upload."""
    return Answer.of(paper.issued_on is not None and paper.issued_on <= expected.uploaded_on)


def _value(paper: Paper, expected: Expected) -> Answer:
    """BND-8: the amount of the rule set, no more and no less."""
    return Answer.of(paper.amount_cents == expected.amount_cents)


def _ticked(tick: bool | None) -> Answer:
    """BND-4, BND-9: a reviewer's tick."""
    return Answer.COULD_NOT_CHECK if tick is None else Answer.of(tick)


def _listed(expected: Expected) -> str:
    if expected.certified is None:
        return "The Treasury's list is not on file"
    return " or ".join(expected.certified) or "Not on the Treasury's list"


def _day(day: date | None) -> str | None:
    return day.isoformat() if day else None
