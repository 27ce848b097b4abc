"""A Form C report out as a spreadsheet and in again: every error is named by row and column, and nothing runs."""

import csv
import io
import random
import zipfile
from datetime import date

import pytest
import xlsxwriter
from hypothesis import given
from hypothesis import strategies as st

from chassis.csv_export import as_typed, harmless
from contracts_svc.form_c import reporting
from contracts_svc.form_c.content import Content, Product, folded
from contracts_svc.form_c.rules import COLUMNS, WILL_ORDER
from contracts_svc.form_c.spreadsheet_in import (
    FileTooLarge,
    NotASpreadsheet,
    NotTheTemplate,
    TooManyRows,
    cells_of,
    read_spreadsheet,
)
from contracts_svc.form_c.spreadsheet_out import as_csv, as_xlsx
from tests.contracts.form_c_house import OPENED, STOCKED, end_user, opened, reports

ITEMS = ("L0648", "L0650", "L0651", "L0652", "L0653", "L0654")
PRODUCT = Product("L0650", "=cmd|'/c calc'!A1", "+Plus", "-300", "added")
CONTENT = Content((PRODUCT, Product("L0650", "Maker", "@Model", "007", "added")), ("L0648",))


def workbook(rows) -> bytes:
    written = io.BytesIO()
    with xlsxwriter.Workbook(written, {"in_memory": True}) as book:
        sheet = book.add_worksheet()
        day = book.add_format({"num_format": "yyyy-mm-dd"})
        for number, row in enumerate(rows):
            for column, cell in enumerate(row):
                if isinstance(cell, date):
                    sheet.write_datetime(number, column, cell, day)
                else:
                    sheet.write(number, column, cell)
    return written.getvalue()


def text(rows) -> bytes:
    written = io.StringIO()
    csv.writer(written).writerows(rows)
    return written.getvalue().encode()


@pytest.mark.parametrize("write", [lambda: as_csv(CONTENT, ITEMS), lambda: as_xlsx(CONTENT, ITEMS, {})])
def test_what_goes_out_begins_no_formula_and_comes_back_as_it_was(write):
    file = write()
    cells = [str(cell) for row in cells_of(file) for cell in row]
    assert not [cell for cell in cells if cell.startswith(("=", "+", "-", "@"))]
    assert "'=cmd|'/c calc'!A1" in cells
    content, problems = read_spreadsheet(file, ITEMS, {})
    assert (content, problems) == (CONTENT, [])


def test_a_workbook_holds_no_formula_and_no_link():
    with zipfile.ZipFile(io.BytesIO(as_xlsx(CONTENT, ITEMS, {}))) as package:
        sheet = package.read("xl/worksheets/sheet1.xml").decode()
    assert "<f>" not in sheet
    assert "hyperlink" not in sheet


@given(st.text(max_size=20))
def test_a_cell_made_harmless_is_read_as_it_was_typed(cell):
    assert not harmless(cell).lstrip(" ").startswith(("=", "+", "-", "@", "\t", "\r"))
    assert as_typed(harmless(cell)) == cell or cell.startswith("'")


def planted() -> tuple[list[list[object]], set[tuple[int, str]]]:
    """10,000 rows, 300 of them with one error each, all over the file; row 1 names the columns."""
    chance = random.Random(5)
    rows: list[list[object]] = [
        [ITEMS[number % len(ITEMS)], f"Maker {number % 97}", f"Model {number}", f"M-{number}", ""]
        for number in range(10_000)
    ]
    errors = set()
    kinds = [
        ("hcpcs", "E0601"),
        ("manufacturer", ""),
        ("model_name", "x" * 121),
        ("model_number", ""),
        ("stock", "perhaps"),
    ]
    for nth, place in enumerate(sorted(chance.sample(range(1, 10_000), 300))):
        column, cell = kinds[nth % len(kinds)]
        rows[place][COLUMNS.index(column)] = cell
        errors.add((place + 2, column))
    return [list(COLUMNS), *rows], errors


@pytest.mark.parametrize("write", [text, workbook])
def test_of_ten_thousand_rows_all_three_hundred_planted_errors_are_named_and_no_other(write):
    rows, errors = planted()
    _, problems = read_spreadsheet(write(rows), ITEMS, {})
    assert {(each.row, each.column) for each in problems} == errors
    assert len(problems) == 300


def test_numbers_are_read_as_typed_and_what_a_program_turned_into_a_date_is_named():
    rows = [COLUMNS, ["L0650", "Maker", "Model", 4055, ""], ["L0650", "Maker", "Model", date(2026, 3, 12), True]]
    content, problems = read_spreadsheet(workbook(rows), ITEMS, {})
    assert [each.model_number for each in content.products] == ["4055"]
    assert [(each.row, each.column) for each in problems] == [(3, "model_number"), (3, "stock")]


def test_columns_may_stand_in_any_order_beside_others_with_semicolons_between():
    head = "\ufeffStock;Model Number;Model name;Manufacturer;HCPCS;Remark"
    file = "\r\n".join([head, ";B-1;Back;Maker;l0650;mine", ";;;;;", ""]).encode()
    content, problems = read_spreadsheet(file, ITEMS, {})
    assert (problems, [each.key for each in content.products]) == ([], [folded("Maker", "Back", "B-1")])


def bomb() -> bytes:
    written = io.BytesIO()
    with zipfile.ZipFile(written, "w", zipfile.ZIP_DEFLATED) as package:
        package.writestr("xl/workbook.xml", "<workbook/>")
        package.writestr("xl/worksheets/sheet1.xml", b"0" * 60_000_000)
    return written.getvalue()


@pytest.mark.parametrize(
    ("file", "refused"),
    [
        (b"%PDF-1.7\n\xff\xfe", NotASpreadsheet),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", NotASpreadsheet),
        (b"PK\x03\x04 not a zip", NotASpreadsheet),
        (b"", NotASpreadsheet),
        (b'hcpcs,"manufacturer\n', NotASpreadsheet),
        ("hcpcs,manufacturer".encode("utf-16"), NotASpreadsheet),
        (b"<html><body>hcpcs</body></html>", NotTheTemplate),
        (b"hcpcs,manufacturer,model_name,model_number\nL0650,A,B,C\n", NotTheTemplate),
        (b"x" * 1_000_001, FileTooLarge),
        (bomb(), FileTooLarge),
        (text([COLUMNS, *(["L0650", "", "", "", ""] for _ in range(10_001))]), TooManyRows),
    ],
    ids=lambda each: getattr(each, "__name__", "file"),
)
def test_a_file_of_another_format_or_size_is_refused(file, refused):
    with pytest.raises(refused):
        read_spreadsheet(file, ITEMS, {})


@pytest.mark.database
async def test_a_file_with_errors_enters_nothing_and_a_good_one_takes_the_place_of_what_stood_there(supplier):
    (report,) = await opened(supplier)
    by = end_user(supplier)
    good = [COLUMNS, ["L0650", "Maker", "Model", "1", ""], ["L0648", "", "", "", WILL_ORDER.upper()]]
    for rows, errors, version in (([*good, ["wrong", "A", "B", "C", ""]], 1, 1), (good, 0, 2)):
        async with supplier.as_person(by, OPENED) as session:
            filled, problems = await reporting.fill_from_file(session, report.id, 1, workbook(rows))
        assert (len(problems), filled.row_version) == (errors, version)
    (report,) = await reports(supplier)
    assert report.content["will_order"] == [STOCKED[1].hcpcs]
    assert len(report.content["products"]) == 1
