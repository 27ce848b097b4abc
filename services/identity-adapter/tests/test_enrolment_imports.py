"""A CSV file of enrolment records: what is taken, what is told, what is never kept."""

import csv
import io
import logging
from collections.abc import AsyncIterator
from importlib.resources import files

import psutil
import pytest
from sqlalchemy import event, func, select, text

from chassis.actor import Actor
from chassis.csv_import import (
    BATCH,
    LONGEST_LINE,
    MOST_ERRORS_TOLD,
    FileIsEmpty,
    HeaderIncomplete,
    NotUtf8,
    Outcome,
    RowError,
)
from chassis.database import Fence
from chassis.tables import audit, outbox
from events.enrolment import EnrolmentState
from identity_adapter.enrolment.__main__ import main
from identity_adapter.enrolment.enrolment import Enrolment
from identity_adapter.enrolment.imports import take_file
from identity_adapter.enrolment.table import COLUMNS
from identity_adapter.enrolment.use_cases import Taken
from identity_adapter.seed import Demo
from identity_adapter.seed import _main as load_demonstration
from tests.enrolment.records import DIGESTS, npi

SAMPLE = files("identity_adapter.enrolment").joinpath("sample.csv").read_bytes()
HEADER = ",".join(COLUMNS)
GOOD = {
    "ptan": "9000000101",
    "npi": npi(100000010),
    "tin": "90-0000001",
    "legal_business_name": "Larkspur Sample Medical, LLC",
    "street": "1 Sample Street",
    "city": "Annapolis",
    "state": "MD",
    "zip_code": "21401",
    "ownership_group": "",
    "status_periods": "active|2020-01-01|",
    "licences": "MD|Residential service agency|R-1||2020-01-01|",
    "accreditations": "Sample Board|CPAP OTSB|2020-01-01|2027-12-31",
    "exclusions": "",
    "officials": "AO|Dana|Whitlock-Sample|900-00-0101|1970-02-03||",
}
SECRETS = ("900-00-0101", "900000101", "1970-02-03")
OPERATOR = Actor.system("test")


def row(**more: str) -> str:
    written = io.StringIO()
    csv.writer(written, lineterminator="").writerow((GOOD | more).values())
    return written.getvalue()


def file(*rows: str, header: str = HEADER, end: str = "\n") -> bytes:
    return "".join(each + end for each in (header, *rows)).encode()


async def in_chunks(content: bytes, size: int = 1000) -> AsyncIterator[bytes]:
    for start in range(0, len(content), size):
        yield content[start : start + size]


async def take(identity, content: bytes, size: int = 1000) -> Outcome:
    return await take_file(identity, OPERATOR, DIGESTS, in_chunks(content, size))


def taken(outcome: Outcome) -> Taken:
    return Taken(outcome.added, outcome.changed, outcome.unchanged)


async def stored(identity) -> dict[str, str]:
    async with identity.reading(Fence.system()) as session:
        rows = await session.execute(select(Enrolment.ptan, Enrolment.legal_business_name))
        return {each.ptan: each.legal_business_name for each in rows}


async def count(identity, table) -> int:
    async with identity.reading(Fence.system()) as session:
        return await session.scalar(select(func.count()).select_from(table))


# Files


@pytest.mark.database
async def test_the_sample_file_is_taken_whole_and_again_changes_nothing(identity):
    first = await take(identity, SAMPLE)
    assert (first.rows, taken(first), first.errors) == (5, Taken(added=5), [])
    said = await count(identity, outbox)
    again = await take(identity, SAMPLE)
    assert (again.rows, taken(again), again.errors) == (5, Taken(unchanged=5), [])
    assert await count(identity, outbox) == said == 5
    async with identity.reading(Fence.system()) as session:
        notes = (await session.scalars(select(audit.c.after).where(audit.c.entity == "enrolment-import"))).all()
        others = await session.scalar(select(func.count()).select_from(audit).where(audit.c.entity == "enrolment"))
    assert [note["unchanged"] for note in notes] == [0, 5]
    assert others == 5


@pytest.mark.database
@pytest.mark.parametrize("bytes_at_once", [1, 7, 1_000_000])
async def test_a_file_may_begin_with_a_byte_order_mark_and_have_the_line_ends_of_windows(identity, bytes_at_once):
    outcome = await take(identity, b"\xef\xbb\xbf" + file(row(), end="\r\n"), bytes_at_once)
    assert (taken(outcome), outcome.errors) == (Taken(added=1), [])


@pytest.mark.database
async def test_columns_may_stand_in_another_order_and_between_others(identity):
    columns = ["remark", *reversed(COLUMNS)]
    written = io.StringIO()
    writer = csv.DictWriter(written, columns, lineterminator="\n")
    writer.writeheader()
    writer.writerow(GOOD | {"remark": "ours"})
    assert taken(await take(identity, written.getvalue().encode())) == Taken(added=1)


@pytest.mark.database
@pytest.mark.parametrize(
    ("content", "refused", "says"),
    [
        (b"", FileIsEmpty, "empty"),
        (b"\n\r\n  \n", FileIsEmpty, "empty"),
        (file(row()).decode().encode("utf-16"), NotUtf8, "CSV UTF-8"),
        (file(row()).decode().encode("utf-16-le"), NotUtf8, "CSV UTF-8"),
        ("ptän,npi\n".encode("latin-1"), NotUtf8, "CSV UTF-8"),
        (file(header=HEADER.replace(",", ";")), HeaderIncomplete, "ptan, npi"),
        (file(header=HEADER.replace("tin,", "")), HeaderIncomplete, "twice: tin."),
        (file(header=f"{HEADER},PTAN"), HeaderIncomplete, "twice: ptan."),
        (file(header=f'{HEADER},"'), HeaderIncomplete, "every column"),
        (row().encode(), HeaderIncomplete, "ptan, npi"),
        (b"\xef\xbb\xbf", HeaderIncomplete, "ptan, npi"),
        (b"x" * (LONGEST_LINE + 1), HeaderIncomplete, "ptan, npi"),
    ],
    ids=[
        "zero bytes",
        "blank lines",
        "utf-16",
        "utf-16 without a mark",
        "latin-1",
        "semicolons",
        "a column missing",
        "a column twice",
        "an open quotation mark",
        "no header",
        "a mark alone",
        "no line end",
    ],
)
async def test_a_file_that_cannot_be_read_is_refused_whole(identity, content, refused, says):
    with pytest.raises(refused, match=says):
        await take(identity, content)
    assert await stored(identity) == {}


@pytest.mark.database
async def test_a_file_with_a_header_alone_has_no_rows(identity):
    outcome = await take(identity, file())
    assert (outcome.rows, taken(outcome), outcome.errors) == (0, Taken(), [])


# Rows


WRONG = {
    "too few cells": (row().rsplit(",", 1)[0], None, "13 cells"),
    "too many cells": (f"{row()},more", None, "15 cells"),
    "an open quotation mark": (f'"{row()}', None, "quotation mark"),
    "a letter in the PTAN": (row(ptan="90000O0102"), "ptan", "ten digits"),
    "a wrong check digit": (row(npi="1234567890"), "npi", "check digit"),
    "a short TIN": (row(tin="90-000001"), "tin", "nine digits"),
    "no name": (row(legal_business_name=""), "legal_business_name", "legal business name"),
    "no street": (row(street=" "), "street", "street"),
    "a state in words": (row(state="Maryland"), "state", "two capital letters"),
    "a short ZIP code": (row(zip_code="2140"), "zip_code", "21401"),
    "an unknown status": (row(status_periods="open|2020-01-01|"), "status_periods", "active, inactive"),
    "statuses that overlap": (
        row(status_periods="active|2020-01-01|;inactive|2021-01-01|"),
        "status_periods",
        "cannot have two statuses",
    ),
    "a licence without its category": (row(licences="MD|Agency|R-1|2020-01-01|"), "licences", "categories"),
    "another way to write a day": (row(exclusions="20200101|"), "exclusions", "2026-01-31"),
    "a day that is none": (row(exclusions="2021-02-29|"), "exclusions", "2026-01-31"),
    "a period turned round": (row(exclusions="2021-02-02|2021-02-01"), "exclusions", "ends before it begins"),
    "an official without a number": (
        row(officials="AO|Dana|Whitlock-Sample||1970-02-03||"),
        "officials",
        "nine digits",
    ),
    "an official of another kind": (
        row(officials="CEO|Dana|Whitlock-Sample|900-00-0101|1970-02-03||"),
        "officials",
        "AO or DO",
    ),
    "a birth date that is none": (
        row(officials="AO|Dana|Whitlock-Sample|900-00-0101|02/03/1970||"),
        "officials",
        "2026-01-31",
    ),
}


@pytest.mark.database
@pytest.mark.parametrize(("wrong", "column", "says"), WRONG.values(), ids=WRONG)
async def test_a_bad_row_is_told_with_line_and_column_and_does_not_stop_the_good_ones(identity, wrong, column, says):
    before, after = row(ptan="9000000001"), row(ptan="9000000002")
    outcome = await take(identity, file(before, wrong, after))
    assert taken(outcome) == Taken(added=2)
    assert (outcome.rows, outcome.refused) == (3, 1)
    (error,) = outcome.errors
    assert (error.line, error.column) == (3, column)
    assert says in error.message
    assert not [secret for secret in SECRETS if secret in error.message]
    assert set(await stored(identity)) == {"9000000001", "9000000002"}


@pytest.mark.database
@pytest.mark.parametrize(
    "wrong",
    [row(city="Annapolís").encode("latin-1"), row(city="Anna\0polis").encode(), b"x" * (LONGEST_LINE + 1)],
    ids=["latin-1", "a zero byte", "too long"],
)
async def test_a_row_that_is_no_text_does_not_stop_the_good_ones(identity, wrong):
    content = b"\n".join([HEADER.encode(), wrong, row().encode()])
    outcome = await take(identity, content)
    assert (taken(outcome), outcome.refused) == (Taken(added=1), 1)
    assert [(error.line, error.column) for error in outcome.errors] == [(2, None)]


@pytest.mark.database
async def test_every_column_at_fault_is_told(identity):
    outcome = await take(identity, file(row(npi="1", state="md", officials="AO", exclusions="x")))
    assert {error.column for error in outcome.errors} == {"npi", "state", "officials", "exclusions"}
    assert outcome.refused == 1


@pytest.mark.database
async def test_the_same_ptan_twice_in_one_file_is_taken_once(identity):
    outcome = await take(identity, file(row(), row(legal_business_name="Another Sample, Inc.")))
    assert (taken(outcome), outcome.refused) == (Taken(added=1), 1)
    (error,) = outcome.errors
    assert (error.line, error.column) == (3, "ptan")
    assert await stored(identity) == {GOOD["ptan"]: GOOD["legal_business_name"]}


@pytest.mark.database
async def test_no_more_errors_are_told_than_somebody_can_read(identity):
    outcome = await take(identity, file(*["x"] * (MOST_ERRORS_TOLD + 5)))
    assert outcome.refused == MOST_ERRORS_TOLD + 5
    assert (len(outcome.errors), outcome.errors_left_out) == (MOST_ERRORS_TOLD, 5)
    assert outcome.errors[0] == RowError(2, None, "The row has 1 cells, and the first line names 14 columns.")


@pytest.mark.database
async def test_what_was_taken_before_a_file_broke_off_stays(identity):
    async def broken() -> AsyncIterator[bytes]:
        yield file(*(row(ptan=f"{9_000_000_000 + n}") for n in range(BATCH + 1)))
        raise ConnectionResetError

    with pytest.raises(ConnectionResetError):
        await take_file(identity, OPERATOR, DIGESTS, broken())
    assert len(await stored(identity)) == BATCH


# How much it takes


class Statements:
    """Counts what a database is asked, executemany as one."""

    def __init__(self, database) -> None:
        self.count = 0
        event.listen(database.engine.sync_engine, "before_cursor_execute", self._heard)

    def _heard(self, *_: object) -> None:
        self.count += 1


@pytest.mark.database
async def test_the_number_of_queries_grows_with_batches_not_with_rows(identity):
    statements = Statements(identity)
    one = file(*(row(ptan=f"{9_000_000_000 + n}") for n in range(BATCH)))
    changed = file(*(row(ptan=f"{9_000_000_000 + n}", city="Bowie") for n in range(BATCH)))
    for content, expected in (
        (one, Taken(added=BATCH)),
        (changed, Taken(changed=BATCH)),
        (changed, Taken(unchanged=BATCH)),
    ):
        before = statements.count
        assert taken(await take(identity, content)) == expected
        assert statements.count - before <= 20


LONG = 30_000
"""Rows; as objects each would hold some kilobytes."""


@pytest.mark.database
@pytest.mark.slow
@pytest.mark.timeout(600)
async def test_a_long_file_is_streamed(identity):
    process, held = psutil.Process(), []

    async def rows() -> AsyncIterator[bytes]:
        yield f"{HEADER}\n".encode()
        for first in range(0, LONG, 100):
            numbers = range(first, first + 100)
            yield "".join(f"{row(ptan=str(9_000_000_000 + n), tin=str(100_000_000 + n))}\n" for n in numbers).encode()
            held.append(process.memory_info().rss)

    outcome = await take_file(identity, OPERATOR, DIGESTS, rows())
    assert (outcome.rows, taken(outcome), outcome.refused) == (LONG, Taken(added=LONG), 0)
    assert held[-1] - held[len(held) // 4] < LONG * 1000


# Personal data


@pytest.mark.database
async def test_no_social_security_number_and_no_birth_date_is_kept_anywhere(identity, identity_database, caplog, capfd):
    import asyncpg

    wrong = row(ptan="x", officials="AO|Dana|Whitlock-Sample|900-00-0101|1970-02-03|never|")
    overlapping = row(ptan="9000000102", status_periods="active|2020-01-01|;active|2021-01-01|")
    with caplog.at_level(logging.DEBUG):
        outcome = await take(identity, file(row(), wrong, overlapping, row()[:-1] + '"'))
        await take(identity, file(row(officials="AO|Dana|Whitlock-Sample|900-00-0109|1970-02-03||")))
    connection = await asyncpg.connect(identity_database.admin_url)
    tables = await connection.fetch("select tablename from pg_tables where schemaname = 'public'")
    kept = str([await connection.fetch(f'select t::text from "{table[0]}" t') for table in tables])
    await connection.close()
    out, err = capfd.readouterr()
    assert "Whitlock-Sample" in kept
    told = (kept, str(outcome), caplog.text, out, err)
    assert not [secret for secret in (*SECRETS, "900-00-0109", "900000109") for text in told if secret in text]


@pytest.mark.database
async def test_a_tax_identification_number_is_in_no_event_and_no_audit_row(identity):
    await take(identity, file(row()))
    await take(identity, file(row(tin="900000009")))
    async with identity.reading(Fence.system()) as session:
        told = str([(await session.execute(text(f"table {name}"))).all() for name in ("outbox", "audit")])
    assert EnrolmentState.TYPE in told
    assert not [tin for tin in ("900000001", "90-0000001", "900000009") if tin in told]


# The command


@pytest.fixture
def environment(monkeypatch, settings):
    told = settings.model_dump(include=settings.model_fields_set - {"client_secret"})
    for name, value in told.items():
        monkeypatch.setenv(f"CONNEXION_{name.upper()}", str(value))
    monkeypatch.setenv("CONNEXION_CLIENT_SECRET", "secret")


@pytest.mark.database
def test_the_command_takes_a_file_and_tells_what_it_did_not_take(environment, tmp_path, capsys):
    given_file = tmp_path / "records.csv"
    given_file.write_bytes(SAMPLE)
    assert main(["import", str(given_file)]) == 0
    assert "5 rows: 5 locations are new" in capsys.readouterr().out
    given_file.write_bytes(file(row(npi="1")))
    assert main(["import", str(given_file)]) == 1
    told = capsys.readouterr()
    assert "line 2, npi: An NPI has ten digits" in told.err
    assert "1 rows were not taken" in told.out


@pytest.mark.database
@pytest.mark.parametrize("content", [None, b""])
def test_the_command_says_why_a_file_cannot_be_read(environment, tmp_path, capsys, content):
    given_file = tmp_path / "records.csv"
    if content is not None:
        given_file.write_bytes(content)
    assert main(["import", str(given_file)]) == 1
    assert capsys.readouterr().err


@pytest.mark.database
async def test_the_seed_loads_the_sample_file_and_gives_each_organization_its_locations(identity, settings):
    demo = Demo.model_validate(
        {"organizations": [{"key": "a", "legal_business_name": "Larkspur Sample Medical, LLC", "ptan": "9000000101"}]}
    )
    for _ in range(2):
        assert "5 enrolment records" in await load_demonstration(settings, demo)
    async with identity.reading(Fence.system()) as session:
        rows = (await session.execute(select(Enrolment.ptan, Enrolment.organization_id))).all()
    assert {row.ptan for row in rows if row.organization_id} == {"9000000101", "9000000102"}
    assert len(rows) == 5
