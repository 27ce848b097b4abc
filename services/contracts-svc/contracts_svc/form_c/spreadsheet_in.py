"""A report that comes back as a spreadsheet, CSV or XLSX: every cell that cannot be read is named by row and column."""

import csv
import io
import zipfile
from collections.abc import Iterator, Sequence
from datetime import date, datetime, time, timedelta

from python_calamine import CalamineError, CalamineWorkbook

from chassis.csv_export import as_typed
from chassis.errors import Invalid
from contracts_svc.form_c.content import Content
from contracts_svc.form_c.rules import COLUMNS, MOST_ROWS, Listed, Row, RowProblem, check_rows

MOST_BYTES = 1_000_000
"""What passes the gateway with its envelope; 10,000 rows fit, as XLSX many times over."""
MOST_UNPACKED = 50_000_000
LONGEST_CELL = 2_000
_BYTE_ORDER_MARK = "\ufeff"
_SEPARATORS = ",;\t"

Cell = str | int | float | bool | date | datetime | time | timedelta | None


class FileTooLarge(Invalid):
    """The file is larger than 1 MB. Save it as XLSX, which is smaller, or enter fewer products."""


class TooManyRows(Invalid):
    """The file has more than 10,000 rows. Empty rows at the end count as well: delete them."""


class NotASpreadsheet(Invalid):
    """This is no CSV and no XLSX file. Save it as “CSV UTF-8” or as an Excel workbook and send it again."""


class NotTheTemplate(Invalid):
    """The first row must name every column once, as the template does."""


def read_spreadsheet(file: bytes, items: Sequence[str], listed: Listed) -> tuple[Content, list[RowProblem]]:
    """Return what a file says, and everything that is wrong in it; the first row names the columns and is row 1.

    Raises `FileTooLarge`, `TooManyRows`, `NotASpreadsheet`, `NotTheTemplate`. It computes for as long as a large file
    takes: call it in a thread.
    """
    cells = cells_of(file)
    places = _places(next(cells, []))
    wrong: list[RowProblem] = []
    rows = _rows(cells, places, wrong)
    content, problems = check_rows(rows, items, listed)
    named = {(each.row, each.column) for each in wrong}
    problems = [each for each in problems if (each.row, each.column) not in named]
    return content, sorted([*wrong, *problems], key=lambda each: (each.row, COLUMNS.index(each.column)))


def cells_of(file: bytes) -> Iterator[Sequence[Cell]]:
    """Return the rows of a file cell by cell; of a workbook those of its first sheet."""
    if len(file) > MOST_BYTES:
        raise FileTooLarge(field="file")
    if file.startswith(b"PK"):
        return _workbook(file)
    try:
        text = file.decode().removeprefix(_BYTE_ORDER_MARK)
    except UnicodeDecodeError:
        raise NotASpreadsheet(field="file") from None
    if "\0" in text or not text.strip():
        raise NotASpreadsheet(field="file")
    return _text(text)


def _workbook(file: bytes) -> Iterator[Sequence[Cell]]:
    try:
        _require_modest(file)
        book = CalamineWorkbook.from_filelike(io.BytesIO(file))
        sheet = book.get_sheet_by_index(0)
        if sheet.total_height > MOST_ROWS + 1:
            raise TooManyRows(field="file")
        return iter(sheet.to_python(skip_empty_area=False))
    except (CalamineError, zipfile.BadZipFile, NotImplementedError, RuntimeError, EOFError, OSError, IndexError):
        raise NotASpreadsheet(field="file") from None


def _require_modest(file: bytes) -> None:
    """Unpack what claims to be a workbook once, to see that it is not larger inside than anything that is one."""
    left = MOST_UNPACKED
    with zipfile.ZipFile(io.BytesIO(file)) as package:
        if "xl/workbook.xml" not in package.namelist():
            raise NotASpreadsheet(field="file")
        for part in package.infolist():
            with package.open(part) as stream:
                while chunk := stream.read(1 << 16):
                    left -= len(chunk)
                    if left < 0:
                        raise FileTooLarge(field="file")


def _text(text: str) -> Iterator[Sequence[Cell]]:
    head = text.partition("\n")[0]
    separator = max(_SEPARATORS, key=head.count)
    try:
        for number, row in enumerate(csv.reader(io.StringIO(text, newline=""), delimiter=separator, strict=True)):
            if number > MOST_ROWS:
                raise TooManyRows(field="file")
            yield row
    except csv.Error:
        raise NotASpreadsheet(field="file") from None


def _places(head: Sequence[Cell]) -> dict[str, int]:
    names = ["_".join(str(cell or "").strip().casefold().split()) for cell in head]
    if missing := [column for column in COLUMNS if names.count(column) != 1]:
        raise NotTheTemplate(f"{NotTheTemplate.__doc__} Missing or twice: {', '.join(missing)}.", field="file")
    return {column: names.index(column) for column in COLUMNS}


def _rows(rows: Iterator[Sequence[Cell]], places: dict[str, int], wrong: list[RowProblem]) -> Iterator[Row]:
    for number, cells in enumerate(rows, start=2):
        typed = {}
        for column, place in places.items():
            cell = cells[place] if place < len(cells) else ""
            words = _words(cell)
            if words is None:
                wrong.append(RowProblem(number, column, "This cell is no text. Format it as text and type it again."))
            typed[column] = words or ""
        if any(word.strip() for word in typed.values()) or any(each.row == number for each in wrong[-5:]):
            yield Row(number, **typed)


def _words(cell: Cell) -> str | None:
    """Return a cell as it was typed; None for a date, a time or a truth, which a program made of something else."""
    if isinstance(cell, str):
        return as_typed(cell.strip())[:LONGEST_CELL]
    if cell is None:
        return ""
    if isinstance(cell, bool | date | time | timedelta):
        return None
    return str(int(cell)) if float(cell).is_integer() else str(cell)
