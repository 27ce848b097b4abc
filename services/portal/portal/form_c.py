"""The rows of a Form C report as its grid shows them: a few at a time, and put back among the others to be saved."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from portal.gateway import Problem

Json = dict[str, Any]
Row = dict[str, str]

COLUMNS = ("hcpcs", "manufacturer", "model_name", "model_number", "stock")
WILL_ORDER = "not stocked, will order"
SHOWN, EMPTY = 25, 5
"""How many rows a page shows, and how many empty ones it adds for what is new."""
_CELL = re.compile(r"r(\d{1,4})-hcpcs")


@dataclass(frozen=True)
class Grid:
    """Some rows of a report: `rows` stand in place of the `count` rows from `first` on, of all that it has."""

    rows: list[Row]
    first: int
    count: int
    total: int

    @property
    def fields(self) -> tuple[str, ...]:
        """The ids of the cells, those of the empty rows as well."""
        return tuple(f"r{place}-{column}" for place in range(len(self.rows) + EMPTY) for column in COLUMNS)

    @property
    def empty(self) -> int:
        """How many empty rows stand below them."""
        return EMPTY

    @property
    def next(self) -> int | None:
        """The first row of the next page, counted from 1."""
        behind = self.first + self.count
        return behind + 1 if behind < self.total else None

    @property
    def previous(self) -> int | None:
        """The first row of the page before, counted from 1."""
        return max(self.first - SHOWN, 0) + 1 if self.first else None


def rows_of(report: Json) -> list[Row]:
    """Return every row of a report; an item that says nothing yet has a row that waits for a product."""
    return [row for item in report["items"] for row in _rows_of(item)]


def grid_at(report: Json, row: int) -> Grid:
    """Return the page of rows on which `row` stands, counted from 1; the last page where there is no such row."""
    rows = rows_of(report)
    first = min(row - 1, max(len(rows) - 1, 0)) // SHOWN * SHOWN
    shown = rows[first : first + SHOWN]
    return Grid(shown, first, len(shown), len(rows))


def typed_grid(report: Json, form: Mapping[str, Any]) -> Grid:
    """Return what was typed into a page of rows. A row that was emptied, or never filled, is none."""
    places = sorted(int(match[1]) for name in form if (match := _CELL.fullmatch(name)))
    typed = [{column: str(form.get(f"r{place}-{column}", "")) for column in COLUMNS} for place in places]
    total = len(rows_of(report))
    first = min(_number(form.get("first")), total)
    count = min(_number(form.get("count")), total - first)
    return Grid([row for row in typed if any(cell.strip() for cell in row.values())], first, count, total)


def merged(report: Json, grid: Grid) -> list[Row]:
    """Return every row of the report with those of the grid in their place: what is sent to be saved."""
    rows = rows_of(report)
    return [*rows[: grid.first], *grid.rows, *rows[grid.first + grid.count :]]


def name_the_cells(problem: Problem, grid: Grid) -> None:
    """Let what is wrong with a row, which the service names by its number, name the cell of the page instead."""
    for entry in problem.fields:
        _, _, named = str(entry.get("path", "")).rpartition("rows.")
        number, _, column = named.partition(".")
        if not number.isdecimal():
            continue
        place = int(number) - 1 - grid.first
        on_page = 0 <= place < len(grid.rows)
        entry["path"] = f"r{place}-{column}" if on_page else ""
        entry["message"] = f"Row {number}{'' if on_page else ', on another page'}: {entry['message']}"


def lacking(report: Json) -> Sequence[Json]:
    """Return the items that need an answer before the report can be certified."""
    return [item for item in report["items"] if item["lacks"]]


def by_period(totals: Sequence[Json]) -> list[Json]:
    """Return the totals with one entry for each period of a round, in their order: its reports by state."""
    periods: dict[tuple[str, str], Json] = {}
    for total in totals:
        about = {name: total[name] for name in ("round_code", "starts_on", "ends_on", "due_at")}
        key = total["round_code"], total["starts_on"]
        period = periods.setdefault(key, about | {"reports": 0, "late": 0, "states": []})
        period["reports"] += total["reports"]
        period["late"] += total["late"]
        period["states"].append({"state": total["state"], "reports": total["reports"]})
    return list(periods.values())


def _rows_of(item: Json) -> list[Row]:
    blank = dict.fromkeys(COLUMNS, "") | {"hcpcs": item["hcpcs"]}
    if item["will_order"]:
        return [blank | {"stock": WILL_ORDER}]
    names = COLUMNS[1:4]
    return [blank | {name: product[name] for name in names} for product in item["products"]] or [blank]


def _number(typed: object) -> int:
    return int(typed) if isinstance(typed, str) and typed.isdecimal() and len(typed) < 6 else 0
