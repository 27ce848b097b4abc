"""The template of a report as a spreadsheet: what stands in it, ready to be changed and sent back."""

import io
from collections.abc import Iterator, Sequence

import xlsxwriter

from chassis.csv_export import harmless, write_rows
from contracts_svc.form_c.content import Content
from contracts_svc.form_c.rules import COLUMNS, MOST_ROWS, STOCKED, WILL_ORDER, Listed

TEXT = "@"
"""The number format under which a spreadsheet program leaves a model number as it was typed."""


def rows_of(content: Content, items: Sequence[str]) -> Iterator[tuple[str, ...]]:
    """Return the rows of a report; an item of which nothing is said yet has a row to be filled."""
    for item in items:
        said = [each for each in content.products if each.hcpcs == item]
        for each in said:
            yield item, each.manufacturer, each.model_name, each.model_number, STOCKED
        if not said:
            yield item, "", "", "", WILL_ORDER if item in content.will_order else ""


def as_csv(content: Content, items: Sequence[str]) -> bytes:
    """Write a report as CSV."""
    return write_rows([COLUMNS, *rows_of(content, items)])


def as_xlsx(content: Content, items: Sequence[str], listed: Listed) -> bytes:
    """Write a report as an Excel workbook: its rows, and on a second sheet the coding contractor's list."""
    written = io.BytesIO()
    with xlsxwriter.Workbook(
        written, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    ) as book:
        text, head = book.add_format({"num_format": TEXT}), book.add_format({"bold": True, "num_format": TEXT})
        report, products = book.add_worksheet("Form C"), book.add_worksheet("Product list")
        for sheet, rows in (
            (report, rows_of(content, items)),
            (
                products,
                ((each.hcpcs, each.manufacturer, each.model_name, each.model_number) for each in listed.values()),
            ),
        ):
            sheet.set_column(0, len(COLUMNS) - 1, 24, text)
            sheet.write_row(0, 0, COLUMNS[: len(COLUMNS) if sheet is report else -1], head)
            sheet.freeze_panes(1, 0)
            for number, row in enumerate(rows, start=1):
                for column, cell in enumerate(row):
                    sheet.write_string(number, column, harmless(cell), text)
        choice = {"validate": "list", "source": list(items)}
        report.data_validation(1, 0, MOST_ROWS, 0, choice | {"error_type": "warning"})
        report.data_validation(
            1, len(COLUMNS) - 1, MOST_ROWS, len(COLUMNS) - 1, {"validate": "list", "source": [STOCKED, WILL_ORDER]}
        )
    return written.getvalue()
