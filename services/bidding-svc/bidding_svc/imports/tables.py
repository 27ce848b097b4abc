"""How the files of reference data are written: one table a kind (columns, sentences, the model of a row)."""

import re
from datetime import date
from decimal import Decimal
from enum import StrEnum
from typing import Annotated

from pydantic import BaseModel, BeforeValidator, Field

from chassis.csv_import import Table

CODE = r"^[a-z0-9]+(-[a-z0-9]+)*$"
MOST_CENTS = 10**12


class Kind(StrEnum):
    """What a file of a round holds, in the order in which the files build on each other."""

    CBAS = "cbas"
    CATEGORIES = "categories"
    LEAD_ITEMS = "lead-items"
    COMPETITIONS = "competitions"


def _cents(written: object) -> int:
    """Read an amount in dollars: 348, 348.00, $1,234.50. Raises ValueError, also for fractions of cents."""
    text = str(written).removeprefix("$")
    if not re.fullmatch(r"\d{1,3}(,\d{3})*(\.\d\d)?|\d{1,9}(\.\d\d)?", text):
        raise ValueError("no amount in dollars and cents")
    return int(Decimal(text.replace(",", "")) * 100)


def _yes_or_no(written: object) -> bool:
    """Read yes or no; an empty cell is no. Raises ValueError."""
    text = str(written or "no").lower()
    if text not in {"yes", "no"}:
        raise ValueError("neither yes nor no")
    return text == "yes"


def _day(written: object) -> date:
    """Read a day as 2026-01-31; the other ways of ISO 8601 would be slips here. Raises ValueError."""
    text = str(written)
    if len(text) != len("2026-01-31"):
        raise ValueError("no day")
    return date.fromisoformat(text)


Dollars = Annotated[int, BeforeValidator(_cents), Field(gt=0, le=MOST_CENTS)]
YesOrNo = Annotated[bool, BeforeValidator(_yes_or_no)]
Name = Annotated[str, Field(min_length=1, max_length=200)]
CategoryCode = Annotated[str, Field(pattern=r"^[A-Z]{2,6}$")]
AreaCode = Annotated[str, Field(pattern=CODE, max_length=100)]
Item = Annotated[str, Field(pattern=r"^[A-Z][0-9]{4}$")]


class CbaRow(BaseModel):
    """A competitive bidding area; without a state it is nationwide or regional."""

    code: AreaCode
    name: Name
    state: Annotated[str, Field(pattern=r"^[A-Z]{2}$")] | None


class CategoryRow(BaseModel):
    """A product category; what is not published yet is empty."""

    code: CategoryCode
    name: Name
    lead_item: Item | None
    remote_item: YesOrNo
    contract_count: Annotated[int, Field(ge=1, le=10_000)] | None


class LeadItemRow(BaseModel):
    """The lead item of a category, where it is published after the category."""

    category: CategoryCode
    lead_item: Item


class CompetitionRow(BaseModel):
    """A category in an area: the bid limit of the lead item (cents) and the demand (units a calendar year)."""

    category: CategoryCode
    cba: AreaCode
    bid_limit: Dollars
    demand: Annotated[int, Field(ge=0, le=10**9)]


class DemandRow(BaseModel):
    """The demand of a competition, in units of the lead item a calendar year, as it is evaluated by."""

    category: CategoryCode
    cba: AreaCode
    demand: Annotated[int, Field(ge=0, le=10**9)]


class ExpectedUnitsRow(BaseModel):
    """How many units of an item are expected a year in a competition."""

    category: CategoryCode
    cba: AreaCode
    item: Item
    units: Annotated[int, Field(ge=0, le=10**9)]


class FeeRow(BaseModel):
    """The fee schedule amount (cents) of an item in a year and a state."""

    year: Annotated[int, Field(ge=2000, le=2100)]
    item: Item
    state: Annotated[str, Field(pattern=r"^[A-Z]{2}$")]
    amount: Dollars


class ClosingRow(BaseModel):
    """A day on which offices are closed besides weekends and federal holidays."""

    day: Annotated[date, BeforeValidator(_day)]
    reason: Name


class SuretyRow(BaseModel):
    """A company on the Treasury's list of certified sureties, or one that was taken off it."""

    naic: Annotated[str, Field(pattern=r"^[0-9]{5}$")]
    name: Name
    certified: YesOrNo


_CATEGORY = "Write the code of the category in two to six capital letters."
_AREA = "Write the code of the area in small letters, digits and hyphens."
_STATE = "Write the state as two capital letters."
_ITEM = "Write the code of the item as a capital letter and four digits."
_DOLLARS = "Write an amount above zero in dollars, with two decimals or none."

CBAS = Table(
    {"code": _AREA, "name": "Write the name of the area.", "state": f"{_STATE[:-1]}, or leave it empty."},
    row=CbaRow,
    key=lambda row: row.code,
)
CATEGORIES = Table(
    {
        "code": _CATEGORY,
        "name": "Write the name of the category.",
        "lead_item": f"{_ITEM[:-1]}, or leave it empty.",
        "remote_item": "Write yes or no.",
        "contract_count": "Write how many contracts there will be, or leave it empty.",
    },
    row=CategoryRow,
    key=lambda row: row.code,
)
LEAD_ITEMS = Table({"category": _CATEGORY, "lead_item": _ITEM}, row=LeadItemRow, key=lambda row: row.category)
COMPETITIONS = Table(
    {
        "category": _CATEGORY,
        "cba": _AREA,
        "bid_limit": _DOLLARS,
        "demand": "Write the demand in whole units a calendar year.",
    },
    row=CompetitionRow,
    key=lambda row: (row.category, row.cba),
)
DEMAND = Table(
    {"category": _CATEGORY, "cba": _AREA, "demand": "Write the demand in whole units a calendar year."},
    row=DemandRow,
    key=lambda row: (row.category, row.cba),
)
EXPECTED_UNITS = Table(
    {"category": _CATEGORY, "cba": _AREA, "item": _ITEM, "units": "Write the expected units in whole units a year."},
    row=ExpectedUnitsRow,
    key=lambda row: (row.category, row.cba, row.item),
)
FEES = Table(
    {"year": "Write the year in four digits.", "item": _ITEM, "state": _STATE, "amount": _DOLLARS},
    row=FeeRow,
    key=lambda row: (row.year, row.item, row.state),
)
CLOSINGS = Table(
    {"day": "Write the day as 2026-01-31.", "reason": "Say why offices are closed."},
    row=ClosingRow,
    key=lambda row: row.day,
)
SURETIES = Table(
    {
        "naic": "Write the number of the NAIC in five digits.",
        "name": "Write the name of the company as the Treasury lists it.",
        "certified": "Write yes, or no for a company that was taken off the list.",
    },
    row=SuretyRow,
    key=lambda row: (row.naic, row.name),
)
