"""CSV files that stand for the feed of DBidS, where its bridge is down: a row is one report, of one form as it stands.

A file of Forms A or of bids names its columns in the first line: who, which version, when, then the answers by their
field names. What a form has several of stands in one cell: `;` between two, `|` between the parts of one, spaces
between two codes. No sentence about a row repeats what the row says: it holds amounts of bids.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any, TypeVar

from pydantic import ValidationError

from bidding_svc.form_a.fields import DISCLOSURES, LINKS, LOCATIONS, MEMBERS, sections_for
from bidding_svc.form_b.fields import section_for
from bidding_svc.forms.field import Field, Kind, Section
from bidding_svc.rounds.round import Round
from chassis.csv_import import RowError, Table
from events.dbids import Answer, BidEntered, FormAEntered


class Forms(StrEnum):
    """Which forms a file holds."""

    FORM_A = "form-a"
    BIDS = "bids"


Report = TypeVar("Report", FormAEntered, BidEntered)

_TIME = "Write the time with its zone, as 2026-01-31T20:59:00Z."
_SIGNED = f"{_TIME[:-1]}, and who signed beside it; or leave both empty."
_REPORT: Mapping[str, str] = {
    "bidder_number": "Write the bidder number.",
    "version": "Write the version of the form in DBidS, a whole number from 1.",
    "entered_at": _TIME,
}
_OF_A_BID: Mapping[str, str] = {
    "category": "Write the code of the category in two to six capital letters.",
    "cba": "Write the code of the area in small letters, digits and hyphens.",
    "withdrawn": "Write yes or no.",
    "certified_by": "Write the user id of the official who certified, or leave it and the time empty.",
    "certified_at": _SIGNED,
}
_OF_FORM_A: Mapping[str, str] = {
    "approved_by": "Write the user id of the official who approved, or leave it and the time empty.",
    "approved_at": _SIGNED,
}
_SEVERAL = (LOCATIONS, LINKS, MEMBERS)
_COLUMN_OF = {"bidder_number": "bidder_number", "category_code": "category", "cba_code": "cba"}
_ANSWER = "Write the answer as on the form; between two codes a space."


class _NotWrittenSoError(ValueError):
    def __init__(self, column: str) -> None:
        self.column = column


@dataclass(frozen=True)
class ReportTable(Table[Report]):
    """How the rows of one file become reports about a round; `told` reads what is not the same in every report."""

    round_code: str
    told: Callable[[Mapping[str, str]], dict[str, Any]]

    def row_of(self, line: int, cells: Mapping[str, str]) -> Report | list[RowError]:
        """Turn cells into a report, or tell the column at fault."""
        try:
            about = {
                "round_code": self.round_code,
                "bidder_number": cells["bidder_number"],
                "version": _version(cells["version"]),
                "entered_at": _time(cells, "entered_at"),
            }
            return self.row.model_validate(about | self.told(cells))
        except _NotWrittenSoError as wrong:
            column = wrong.column
        except ValidationError as wrong:
            name = str(wrong.errors(include_input=False, include_context=False)[0]["loc"][0])
            column = _COLUMN_OF.get(name, name)
        return [RowError(line, column, self.columns[column])]


def table_of(forms: Forms, round_: Round) -> ReportTable[FormAEntered] | ReportTable[BidEntered]:
    """Return how a file of a round is written."""
    return _bids(round_) if forms is Forms.BIDS else _forms_a(round_)


def _forms_a(round_: Round) -> ReportTable[FormAEntered]:
    """A row is the whole Form A of a bidder."""
    business = sections_for(round_.rules)[0]

    def told(cells: Mapping[str, str]) -> dict[str, Any]:
        return {
            "approved": _signed(cells, "approved"),
            business.name: _answers(business, cells),
            DISCLOSURES.name: _answers(DISCLOSURES, cells),
            **{section.name: _entries(section, cells[section.name]) for section in _SEVERAL},
        }

    several = {section.name: how_written(section) for section in _SEVERAL}
    columns = {**_REPORT, **_OF_FORM_A, **_columns(business), **_columns(DISCLOSURES), **several}
    return ReportTable(columns, FormAEntered, lambda report: report.bidder_number, round_.code, told)


def _bids(round_: Round) -> ReportTable[BidEntered]:
    """A row is the Form B of a bidder for one competition."""
    section = section_for(round_.rules)

    def told(cells: Mapping[str, str]) -> dict[str, Any]:
        return {
            "category_code": cells["category"],
            "cba_code": cells["cba"],
            "withdrawn": _yes(cells, "withdrawn"),
            "certified": _signed(cells, "certified"),
            "answers": _answers(section, cells),
        }

    columns = {**_REPORT, **_OF_A_BID, **_columns(section)}
    return ReportTable(columns, BidEntered, _competition, round_.code, told)


def how_written(section: Section) -> str:
    """Say how a cell is written that holds several entries of Form A."""
    return f"Write {'|'.join(_parts(section))} with ; between two, and spaces between two codes."


def _parts(section: Section) -> list[str]:
    return ["ptan" if section.keyed_by_ptan else "key", *(field.name for field in section.fields)]


def _competition(report: BidEntered) -> tuple[str, str, str]:
    return report.bidder_number, report.category_code, report.cba_code


def _columns(section: Section) -> dict[str, str]:
    return {field.name: _ANSWER for field in section.fields}


def _answers(section: Section, cells: Mapping[str, str]) -> dict[str, Answer]:
    return {field.name: _answer(field, cells[field.name]) for field in section.fields if cells[field.name]}


def _answer(field: Field, written: str) -> Answer:
    return tuple(written.split()) if field.kind is Kind.CHOICES else written


def _entries(section: Section, written: str) -> dict[str, dict[str, Answer]]:
    entries: dict[str, dict[str, Answer]] = {}
    for each in written.split(";"):
        if not each.strip():
            continue
        key, *parts = (part.strip() for part in each.split("|"))
        if not key or key in entries or len(parts) != len(section.fields):
            raise _NotWrittenSoError(section.name)
        told = dict(zip((field.name for field in section.fields), parts, strict=True))
        entries[key] = _answers(section, told)
    return entries


def _signed(cells: Mapping[str, str], how: str) -> dict[str, Any] | None:
    by, at = cells[f"{how}_by"], cells[f"{how}_at"]
    if not by and not at:
        return None
    if not by:
        raise _NotWrittenSoError(f"{how}_by")
    return {"by": by, "at": _time(cells, f"{how}_at")}


def _yes(cells: Mapping[str, str], column: str) -> bool:
    written = cells[column].lower()
    if written not in {"yes", "no", ""}:
        raise _NotWrittenSoError(column)
    return written == "yes"


def _version(written: str) -> int:
    if not (written.isascii() and written.isdigit() and len(written) <= 18 and int(written)):  # fits a bigint
        raise _NotWrittenSoError("version")
    return int(written)


def _time(cells: Mapping[str, str], column: str) -> datetime:
    written = cells[column]
    try:
        at = datetime.fromisoformat(written)
    except ValueError:
        raise _NotWrittenSoError(column) from None
    if at.tzinfo is None or "T" not in written:
        raise _NotWrittenSoError(column)
    return at
