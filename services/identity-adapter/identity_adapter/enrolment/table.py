"""A CSV file of enrolment records: its columns, and how a row becomes a report.

One line is one location. No sentence about a row repeats what the row says: it may hold a Social Security number.
"""

import csv
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from pydantic import ValidationError

from chassis.errors import Invalid
from events.enrolment import RecordReported
from identity_adapter.enrolment.cells import LISTS, read_list
from identity_adapter.enrolment.lines import LONGEST, Line
from identity_adapter.enrolment.officials import OfficialDigests
from identity_adapter.enrolment.record import check

BYTE_ORDER_MARK = b"\xef\xbb\xbf"
SAVE_AS_UTF_8 = "Save the file as “CSV UTF-8” and send it again."

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


class FileIsEmpty(Invalid):
    """The file is empty. Choose the file with the enrolment records."""


class NotUtf8(Invalid):
    """The file is not UTF-8 text. Save it as “CSV UTF-8” and send it again."""


class HeaderIncomplete(Invalid):
    """The first line of the file must name every column once, with commas between."""


@dataclass(frozen=True)
class RowError:
    """Why a row was not taken: the line of the file, the column at fault where it is one, what to do about it."""

    line: int
    column: str | None
    message: str


class RowRefused(Exception):
    """A row cannot be taken. `errors` has a sentence for each column at fault."""

    def __init__(self, line: int, problems: Mapping[str | None, str]) -> None:
        super().__init__(f"line {line}")
        self.errors = [RowError(line, column, message) for column, message in problems.items()]


def columns_of(header: Line) -> list[str]:
    """Read the first line. Raises `NotUtf8` or `HeaderIncomplete`, which names the columns that are missing."""
    content = (header.content or b"").removeprefix(BYTE_ORDER_MARK)
    if b"\0" in content or content.startswith((b"\xff\xfe", b"\xfe\xff")):
        raise NotUtf8
    try:
        (names,) = csv.reader([content.decode()], strict=True)
    except UnicodeDecodeError:
        raise NotUtf8 from None
    except csv.Error:
        raise HeaderIncomplete from None
    columns = [name.strip().lower() for name in names]
    if missing := [name for name in COLUMNS if columns.count(name) != 1]:
        raise HeaderIncomplete(f"{HeaderIncomplete.__doc__} Missing or twice: {', '.join(missing)}.")
    return columns


@dataclass(frozen=True)
class Table:
    """How the rows of one file are read: its columns, whose digests, and when the file was reported."""

    columns: Sequence[str]
    digests: OfficialDigests
    reported_at: datetime

    def record(self, line: Line) -> RecordReported:
        """Turn a row into a report. Raises `RowRefused`."""
        cells = self._cells(line)
        problems: dict[str | None, str] = {}
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
            raise RowRefused(line.number, problems | {column: COLUMNS[column] for column in at_fault}) from None
        return self._checked(line, record, problems)

    def _checked(self, line: Line, record: RecordReported, problems: dict[str | None, str]) -> RecordReported:
        problems = dict(problems)
        try:
            check(record)
        except Invalid as broken:
            problems |= {problem.path: problem.message for problem in broken.fields}
        if problems:
            raise RowRefused(line.number, problems)
        return record

    def _cells(self, line: Line) -> dict[str, str]:
        if line.content is None:
            raise RowRefused(line.number, {None: f"The line is longer than {LONGEST} bytes. Is a line end missing?"})
        try:
            (cells,) = csv.reader([line.content.decode()], strict=True)
        except UnicodeDecodeError:
            raise RowRefused(line.number, {None: f"The line is not UTF-8 text. {SAVE_AS_UTF_8}"}) from None
        except csv.Error:
            raise RowRefused(
                line.number, {None: "A quotation mark is not closed, or stands inside a cell. Write it twice there."}
            ) from None
        if len(cells) != len(self.columns):
            raise RowRefused(
                line.number,
                {None: f"The row has {len(cells)} cells, and the first line names {len(self.columns)} columns."},
            )
        if any("\0" in cell for cell in cells):
            raise RowRefused(line.number, {None: f"The line is not text. {SAVE_AS_UTF_8}"})
        return {name: cell.strip() for name, cell in zip(self.columns, cells, strict=True)}


def _column(location: tuple[int | str, ...]) -> str:
    """The column a field of the record stands in."""
    return str(location[1] if location[0] == "location" else location[0])
