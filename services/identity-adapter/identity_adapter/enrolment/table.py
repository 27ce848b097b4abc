"""A CSV file of enrolment records: its columns, and how a row becomes a report.

One line is one location. No sentence about a row repeats what the row says: it may hold a Social Security number.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from pydantic import ValidationError

from chassis.csv_import import RowError, Table
from chassis.errors import Invalid
from events.enrolment import RecordReported
from identity_adapter.enrolment.cells import LISTS, read_list
from identity_adapter.enrolment.officials import OfficialDigests
from identity_adapter.enrolment.record import check

COLUMNS: Mapping[str, str] = {
    "ptan": "A PTAN has ten digits.",
    "npi": "An NPI has ten digits, the last of which is a check digit. Look it up again.",
    "tin": "A tax identification number has nine digits.",
    "legal_business_name": "Write the legal business name.",
    "street": "Write the street and the number of the location.",
    "city": "Write the city of the location.",
    "state": "Write the state of the location as two capital letters.",
    "zip_code": "Write the ZIP code as 21401 or 21401-1234.",
    "ownership_group": "Write the name of the ownership group, or leave it empty.",
    **LISTS,
}
"""The columns, each with how it is written: the sentence for a cell that is not."""

_ADDRESS = ("street", "city", "state", "zip_code")


@dataclass(frozen=True)
class EnrolmentTable(Table[RecordReported]):
    """How the rows of one file become reports: `digests` turns its officials into such, `reported_at` is its time."""

    digests: OfficialDigests
    reported_at: datetime

    def row_of(self, line: int, cells: Mapping[str, str]) -> RecordReported | list[RowError]:
        """Turn cells into a report, or tell every column at fault."""
        problems: dict[str, str] = {}
        told: dict[str, Any] = {name: cells[name] for name in ("ptan", "npi", "legal_business_name")}
        told |= {"tin": cells["tin"].replace("-", ""), "ownership_group": cells["ownership_group"] or None}
        told |= {"location": {name: cells[name] for name in _ADDRESS}, "reported_at": self.reported_at}
        for column, sentence in LISTS.items():
            try:
                told[column] = read_list(column, cells[column], self.digests)
            except ValueError:
                problems[column] = sentence
        try:
            record = RecordReported.model_validate(told | dict.fromkeys(problems, ()))
        except ValidationError as wrong:
            at_fault = [_column(problem["loc"]) for problem in wrong.errors(include_input=False, include_context=False)]
            problems |= {column: COLUMNS[column] for column in at_fault}
        else:
            problems |= _broken(record)
        return [RowError(line, column, message) for column, message in problems.items()] or record

    def twice(self, line: int) -> RowError:
        """Say that an earlier line of the file is about the same location."""
        return RowError(line, "ptan", "This PTAN stands on an earlier line of the file. Keep one of the two.")


def table(digests: OfficialDigests, reported_at: datetime) -> EnrolmentTable:
    """Return how a file that is reported now is read."""
    # A number takes half the memory of its digits, a hundred thousand times.
    return EnrolmentTable(COLUMNS, RecordReported, lambda record: int(record.ptan), digests, reported_at)


def _broken(record: RecordReported) -> dict[str, str]:
    """The rules of a record that this one breaks, by column."""
    try:
        check(record)
    except Invalid as broken:
        return {problem.path: problem.message for problem in broken.fields}
    return {}


def _column(location: tuple[int | str, ...]) -> str:
    """The column a field of the record stands in."""
    return str(location[1] if location[0] == "location" else location[0])
