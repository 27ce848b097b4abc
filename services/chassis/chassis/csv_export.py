"""CSV on its way out: row by row, and so that no spreadsheet program takes a cell for a formula."""

import csv
import io
from collections.abc import Iterable, Sequence

_BEGINS_A_FORMULA = ("=", "+", "-", "@", "\t", "\r", "＝", "＋", "－", "＠")
_NOT_A_FORMULA = "'"

HEADERS = {"X-Content-Type-Options": "nosniff", "Cache-Control": "no-store"}
"""For every answer that is a file of rows."""


def harmless(cell: str) -> str:
    """Return a cell that no spreadsheet program runs: before what begins a formula stands an apostrophe."""
    return _NOT_A_FORMULA + cell if cell.lstrip(" ").startswith(_BEGINS_A_FORMULA) else cell


def as_typed(cell: str) -> str:
    """Return a cell as it was before `harmless`, where a file comes back."""
    return cell[1:] if cell.startswith(_NOT_A_FORMULA) and harmless(cell[1:]) == cell else cell


def write_rows(rows: Iterable[Sequence[str]]) -> bytes:
    """Write rows as CSV in UTF-8, every cell harmless."""
    written = io.StringIO()
    csv.writer(written).writerows([harmless(cell) for cell in row] for row in rows)
    return written.getvalue().encode()
