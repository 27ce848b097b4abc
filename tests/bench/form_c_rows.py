"""B20: a Form C workbook of 10,000 rows with 300 planted errors, from its bytes to every error by row and column.

÷ calamine alone: the same bytes read into cells, and nothing checked.
"""

import io
import time
from collections.abc import Iterator

import xlsxwriter
from python_calamine import CalamineWorkbook

from contracts_svc.form_c.rules import COLUMNS
from contracts_svc.form_c.spreadsheet_in import read_spreadsheet
from tests.bench.measuring import OURS, Goal, Plan, Row, take_turns
from tests.bench.stage import Stage

ROWS, ERRORS = 10_000, 300
ITEMS = tuple(f"L{number:04}" for number in range(640, 660))
CALAMINE = "calamine alone"
WRONG_ITEM = "E0601"


def measure(_stage: Stage, plan: Plan) -> Iterator[Row]:
    """Measure reading and checking; lost counts errors that were not named, doubled those that nobody planted."""
    planted = set(range(2, ROWS + 2, ROWS // ERRORS)[:ERRORS])
    file = _workbook(planted)
    lost = doubled = 0

    def ours() -> float:
        nonlocal lost, doubled
        began = time.perf_counter()
        _, problems = read_spreadsheet(file, ITEMS, {})
        took = time.perf_counter() - began
        named = [each.row for each in problems if each.column == COLUMNS[0]]
        lost += len(planted - set(named))
        doubled += len(problems) - len(planted & set(named))
        return ROWS / took

    def alone() -> float:
        began = time.perf_counter()
        CalamineWorkbook.from_filelike(io.BytesIO(file)).get_sheet_by_index(0).to_python()
        return ROWS / (time.perf_counter() - began)

    samples = take_turns(plan.rounds, {OURS: ours, CALAMINE: alone})
    yield Row(
        "B20 Form C rows",
        "/s",
        samples,
        goals={CALAMINE: Goal(0.1)},
        lost=lost,
        doubled=doubled,
        words=[f"{ROWS:,} rows, {ERRORS} planted errors, {len(file) // 1000} kB"],
    )


def _workbook(planted: set[int]) -> bytes:
    written = io.BytesIO()
    with xlsxwriter.Workbook(written, {"in_memory": True}) as book:
        sheet = book.add_worksheet()
        sheet.write_row(0, 0, COLUMNS)
        for number in range(2, ROWS + 2):
            item = WRONG_ITEM if number in planted else ITEMS[number % len(ITEMS)]
            row = (item, f"Maker {number % 97}", f"Model {number}", f"M-{number}", "")
            sheet.write_row(number - 1, 0, row)
    return written.getvalue()
