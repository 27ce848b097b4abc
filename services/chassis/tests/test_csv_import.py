import tracemalloc
from collections.abc import AsyncIterator, Sequence
from typing import Annotated

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import BaseModel, Field, model_validator

from chassis.csv_import import (
    LONGEST_LINE,
    MOST_ERRORS_TOLD,
    CsvImport,
    FileIsEmpty,
    HeaderIncomplete,
    Line,
    NotUtf8,
    Numbered,
    Outcome,
    RowError,
    Table,
    Written,
    lines_of,
)


class Person(BaseModel):
    code: Annotated[str, Field(pattern=r"^[a-z]+$")]
    age: Annotated[int, Field(gt=0)] | None

    @model_validator(mode="after")
    def _old_enough(self) -> "Person":
        if self.code == "elder" and (self.age or 0) < 60:
            raise ValueError("too young")
        return self


TABLE = Table(
    {"code": "Write the code in small letters.", "age": "Write the age in years."}, row=Person, key=lambda row: row.code
)


class Store:
    """Where the rows of a test go: keeps what was written, batch by batch."""

    def __init__(self) -> None:
        self.batches: list[list[str]] = []
        self.ages: dict[str, int | None] = {}

    async def write(self, batch: Sequence[Numbered[Person]]) -> Written:
        self.batches.append([numbered.row.code for numbered in batch])
        written = Written()
        for line, person in batch:
            if person.code == "stranger":
                written.refused.append(RowError(line, "code", "Nobody knows them."))
            elif person.code not in self.ages:
                written.added += 1
                self.ages[person.code] = person.age
            else:
                written.changed += self.ages[person.code] != person.age
                written.unchanged += self.ages[person.code] == person.age
                self.ages[person.code] = person.age
        return written


async def chunks(content: bytes, size: int = 7) -> AsyncIterator[bytes]:
    for start in range(0, len(content), size):
        yield content[start : start + size]


async def taken(content: str | bytes, store: Store | None = None, batch: int = 2) -> Outcome:
    store = store or Store()
    sent = content if isinstance(content, bytes) else content.encode()
    return await CsvImport(TABLE, store.write, batch=batch).take(chunks(sent))


def told(outcome: Outcome) -> list[tuple[int, str | None, str]]:
    return [(error.line, error.column, error.message) for error in outcome.errors]


async def test_a_bad_row_in_the_middle_is_told_with_line_and_column_and_the_others_are_taken():
    store = Store()
    outcome = await taken("code,age\nann,30\nBOB,31\ncid,\ndan,x\neve,35\n", store)
    assert store.batches == [["ann", "cid"], ["eve"]]
    assert (outcome.rows, outcome.added, outcome.refused) == (5, 3, 2)
    assert told(outcome) == [(3, "code", "Write the code in small letters."), (5, "age", "Write the age in years.")]


async def test_each_column_at_fault_of_a_row_has_its_sentence_and_the_row_counts_once():
    outcome = await taken("code,age\nBOB,-1\n")
    assert (outcome.refused, [error.column for error in outcome.errors]) == (1, ["code", "age"])


async def test_the_same_file_again_changes_nothing_and_a_later_one_what_differs():
    store = Store()
    await taken("code,age\nann,30\ncid,40\n", store)
    again = await taken("code,age\nann,30\ncid,40\n", store)
    assert (again.added, again.changed, again.unchanged) == (0, 0, 2)
    later = await taken("code,age\nann,31\ncid,40\n", store)
    assert (later.added, later.changed, later.unchanged) == (0, 1, 1)


async def test_a_row_that_does_not_fit_what_stands_is_refused_by_whoever_writes():
    outcome = await taken("code,age\nann,30\nstranger,5\n")
    assert (outcome.added, told(outcome)) == (1, [(3, "code", "Nobody knows them.")])


async def test_of_two_rows_about_the_same_thing_the_first_is_taken_also_across_batches():
    store = Store()
    outcome = await taken("code,age\nann,1\nbea,2\ncid,3\nann,4\n", store)
    assert store.ages["ann"] == 1
    assert [(error.line, error.column) for error in outcome.errors] == [(5, None)]


async def test_cells_that_do_not_go_together_are_told_without_a_column():
    assert told(await taken("code,age\nelder,20\n")) == [
        (2, None, "The cells of this row do not go together. Look at them again.")
    ]


@pytest.mark.parametrize(
    ("row", "word"),
    [
        ("ann", "cells"),
        ("ann,30,x", "cells"),
        ('"ann,30', "quotation mark"),
        ("ann,3\x000", "not text"),
        ("a" * (LONGEST_LINE + 1) + ",1", "longer"),
    ],
)
async def test_a_line_that_is_no_row_is_told_and_the_next_one_taken(row, word):
    outcome = await taken(f"code,age\n{row}\neve,35\n")
    ((line, column, message),) = told(outcome)
    assert (line, column, outcome.added) == (2, None, 1)
    assert word in message


async def test_a_line_that_is_not_utf_8_is_told_and_the_next_one_taken():
    outcome = await taken(b"code,age\nan\xff,30\neve,35\n")
    assert (outcome.added, outcome.errors[0].line) == (1, 2)


async def test_no_sentence_repeats_what_a_cell_says():
    outcome = await taken("code,age\n900-00-0101,x\n")
    assert outcome.errors
    assert "900" not in str(outcome.errors)


async def test_columns_come_in_any_order_beside_others_with_quotes_byte_order_mark_and_windows_line_ends():
    store = Store()
    outcome = await taken('\ufeffAge , note,"CODE"\r\n 30 ,"a, b",ann\r\n\r\n31,x,bea\r\n', store)
    assert (outcome.refused, store.ages) == (0, {"ann": 30, "bea": 31})


@pytest.mark.parametrize(
    ("content", "refused"),
    [
        (b"", FileIsEmpty),
        (b"\n \n", FileIsEmpty),
        (b"code\nann\n", HeaderIncomplete),
        (b"code,age,code\n", HeaderIncomplete),
        (b'"code,age\n', HeaderIncomplete),
        ("code,age\n".encode("utf-16"), NotUtf8),
        (b"c\xffde,age\n", NotUtf8),
        (b"a" * (LONGEST_LINE + 9), HeaderIncomplete),
    ],
)
async def test_a_file_that_is_none_is_refused_before_anything_was_taken(content, refused):
    store = Store()
    with pytest.raises(refused):
        await taken(content, store)
    assert store.batches == []


async def test_a_header_without_a_column_names_it():
    with pytest.raises(HeaderIncomplete, match="age"):
        await taken("code\n")


async def test_errors_beyond_the_first_thousand_are_counted_and_not_told():
    rows = "".join("X,1\n" for _ in range(MOST_ERRORS_TOLD + 5))
    outcome = await taken(f"code,age\n{rows}")
    assert (len(outcome.errors), outcome.errors_left_out, outcome.refused) == (MOST_ERRORS_TOLD, 5, 1005)


async def test_what_was_taken_before_a_file_broke_off_stays():
    store = Store()

    async def broken() -> AsyncIterator[bytes]:
        yield b"code,age\nann,1\nbea,2\ncid,3"
        raise ConnectionError

    with pytest.raises(ConnectionError):
        await CsvImport(TABLE, store.write, batch=2).take(broken())
    assert store.batches == [["ann", "bea"]]


@given(st.lists(st.text(st.characters(exclude_characters="\n\r", codec="utf-8"), max_size=30)), st.integers(1, 9))
async def test_lines_are_the_same_however_the_file_arrives(lines, size):
    content = "\n".join(lines).encode()
    found = [(line.number, line.content) async for line in lines_of(chunks(content, size))]
    expected = [(n, line.encode()) for n, line in enumerate(lines, 1) if line.encode().strip()]
    assert found == expected


@given(st.lists(st.binary(max_size=30)), st.integers(1, 40))
async def test_lines_are_the_same_however_the_bytes_arrive(parts, size):
    content = b"\n".join(part.replace(b"\n", b"").replace(b"\r", b"") for part in parts)
    expected = [Line(n, line) for n, line in enumerate(content.split(b"\n"), 1) if line.strip()]
    assert [line async for line in lines_of(chunks(content, size))] == expected


async def test_the_line_ends_of_windows_are_line_ends():
    assert [line.content async for line in lines_of(chunks(b"a\r\n\r\nb\r\n"))] == [b"a", b"b"]


async def test_a_line_without_an_end_is_not_kept_in_memory():
    async def endless() -> AsyncIterator[bytes]:
        for _ in range(200):
            yield b"x" * 1_000_000
        yield b"\nnext"

    tracemalloc.start()
    found = [line async for line in lines_of(endless())]
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert found == [Line(1, None), Line(2, b"next")]
    assert peak < 5_000_000
