"""The rules of a report's rows, and of a report that is to be certified (contracts.md 6).

A row is what somebody typed, in a grid or a spreadsheet: every rule is here once, and what breaks one is named by row
and column.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from contracts_svc.form_c.content import Content, Product, folded

HCPCS, MANUFACTURER, MODEL_NAME, MODEL_NUMBER, STOCK = (
    "hcpcs",
    "manufacturer",
    "model_name",
    "model_number",
    "stock",
)
COLUMNS = (HCPCS, MANUFACTURER, MODEL_NAME, MODEL_NUMBER, STOCK)
PRODUCT_COLUMNS = (MANUFACTURER, MODEL_NAME, MODEL_NUMBER)

WILL_ORDER = "not stocked, will order"
STOCKED = "stocked"

MOST_ROWS = 10_000
LONGEST = 120
MOST_OF_AN_ITEM = 2_000
"""Products of one item. The directory tells them in one message, which must stay below 1 MiB."""

Listed = Mapping[tuple[str, str], Product]
"""The coding contractor's products by item and key."""

_MISSING = {
    MANUFACTURER: "Write the manufacturer.",
    MODEL_NAME: "Write the name of the model.",
    MODEL_NUMBER: "Write the number of the model.",
}


@dataclass(frozen=True)
class Row:
    """A row as somebody typed it; `number` is where it stands."""

    number: int
    hcpcs: str = ""
    manufacturer: str = ""
    model_name: str = ""
    model_number: str = ""
    stock: str = ""

    @property
    def product(self) -> tuple[str, str, str]:
        """The cells that name a product."""
        return self.manufacturer, self.model_name, self.model_number


class RowProblem(NamedTuple):
    """What is wrong in a row: the row, the column, and what to do about it."""

    row: int
    column: str
    message: str


def check_rows(rows: Iterable[Row], items: Sequence[str], listed: Listed) -> tuple[Content, list[RowProblem]]:
    """Turn rows into the content of a report, with everything that is wrong in any of them.

    `items` are the HCPCS codes of the category. A row that names an item and nothing else says nothing yet.
    """
    checking = _Checking(frozenset(items), listed)
    for row in rows:
        checking.take(row)
    return Content(tuple(checking.products), tuple(checking.will_order)), checking.problems


def lacking(content: Content, items: Sequence[str], lead_item: str | None) -> list[tuple[str, str]]:
    """Return what stands in the way of certifying: the item and what to do about it.

    Every item has products or is “not stocked, will order”; the lead item has at least one product. Where the lead
    item was not published, every item is like the others.
    """
    answered = {each.hcpcs for each in content.products}
    wrong = []
    for item in items:
        if item == lead_item and item not in answered:
            wrong.append((item, f"{item} is the lead item of the category. Name at least one product for it."))
        elif item not in answered and item not in content.will_order:
            wrong.append((item, f"Name a product for {item}, or say “{WILL_ORDER}”."))
    return wrong


class _Checking:
    def __init__(self, items: frozenset[str], listed: Listed) -> None:
        self._items, self._listed = items, listed
        self._seen: dict[tuple[str, str], int] = {}
        self._ordered: dict[str, int] = {}
        self._stocked: dict[str, int] = {}
        self._counts: Counter[str] = Counter()
        self.products: list[Product] = []
        self.will_order: list[str] = []
        self.problems: list[RowProblem] = []

    def take(self, row: Row) -> None:
        before = len(self.problems)
        item = row.hcpcs.strip().upper()
        if item not in self._items:
            told = "Write the HCPCS code." if not item else "This code is no item of this product category."
            self._wrong(row, HCPCS, told)
        stock = folded(row.stock)
        if stock not in ("", STOCKED, WILL_ORDER):
            self._wrong(row, STOCK, f"Write “{STOCKED}”, “{WILL_ORDER}”, or nothing.")
        if stock == WILL_ORDER:
            self._order(row, item)
        elif any(cell.strip() for cell in row.product) or stock == STOCKED:
            self._product(row, item)
        if len(self.problems) > before:
            return
        if stock == WILL_ORDER and item not in self.will_order:
            self.will_order.append(item)

    def _order(self, row: Row, item: str) -> None:
        for column, cell in zip(PRODUCT_COLUMNS, row.product, strict=True):
            if cell.strip():
                self._wrong(row, column, f"An item that is “{WILL_ORDER}” has no product. Empty this cell.")
        if item in self._stocked:
            self._wrong(row, STOCK, f"Row {self._stocked[item]} names a product of this item. Keep one of the two.")
        self._ordered.setdefault(item, row.number)

    def _product(self, row: Row, item: str) -> None:
        before = len(self.problems)
        for column, cell in zip(PRODUCT_COLUMNS, row.product, strict=True):
            self._cell(row, column, cell.strip())
        if item in self._ordered:
            self._wrong(row, STOCK, f"Row {self._ordered[item]} says “{WILL_ORDER}” of this item. Keep one of the two.")
        key = item, folded(*row.product)
        if len(self.problems) == before and item in self._items:
            if key in self._seen:
                self._wrong(row, MODEL_NUMBER, f"Row {self._seen[key]} names the same product. Keep one of the two.")
            elif self._counts[item] >= MOST_OF_AN_ITEM:
                self._wrong(row, HCPCS, f"An item has at most {MOST_OF_AN_ITEM:,} products.")
            else:
                self._keep(row, item, key)

    def _keep(self, row: Row, item: str, key: tuple[str, str]) -> None:
        self._seen[key] = row.number
        self._stocked.setdefault(item, row.number)
        self._counts[item] += 1
        manufacturer, model_name, model_number = (" ".join(cell.split()) for cell in row.product)
        added = Product(item, manufacturer, model_name, model_number, source="added")
        self.products.append(self._listed.get(key, added))

    def _cell(self, row: Row, column: str, cell: str) -> None:
        if not cell:
            self._wrong(row, column, _MISSING[column])
        elif len(cell) > LONGEST:
            self._wrong(row, column, f"Use at most {LONGEST} characters.")
        elif not cell.replace("\t", " ").isprintable():
            self._wrong(row, column, "This cell holds characters that cannot be shown. Type it again.")

    def _wrong(self, row: Row, column: str, message: str) -> None:
        self.problems.append(RowProblem(row.number, column, message))
