"""A CSV file taken in as it arrives: in batches, each a transaction of its own; a bad row never stops the good ones.

A slice says how its file is written (`Table`: the columns, each with the sentence for a cell that is not, and the model
a row becomes) and how a batch of rows is written; what became of the file is told row by row (`Outcome`).

    AREAS = Table({"code": "Write the code of the area in small letters.", ...}, row=AreaRow, key=lambda row: row.code)

    async def write(batch: Sequence[Numbered[AreaRow]]) -> Written: ...  # opens its own transaction

    outcome = await CsvImport(AREAS, write).take(arriving(request))

A file broken off leaves what was taken of it. Where `write` compares with what stands, the same file again changes
nothing. No sentence repeats what a cell says.
"""

import csv
from collections.abc import AsyncIterator, Awaitable, Callable, Hashable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Generic, NamedTuple, TypeVar

from pydantic import BaseModel, ValidationError
from starlette.requests import ClientDisconnect, Request

from chassis.errors import Invalid

LONGEST_LINE = 64 * 1024
BATCH = 250
MOST_ERRORS_TOLD = 1_000
BYTE_ORDER_MARK = b"\xef\xbb\xbf"

OPENAPI = {
    "requestBody": {"required": True, "content": {"text/csv": {"schema": {"type": "string", "format": "binary"}}}}
}
"""For `openapi_extra` of a route that takes a file."""

Row = TypeVar("Row", bound=BaseModel)


class FileIsEmpty(Invalid):
    """The file is empty. Choose the file with the rows."""


class NotUtf8(Invalid):
    """The file is not UTF-8 text. Save it as “CSV UTF-8” and send it again."""


class HeaderIncomplete(Invalid):
    """The first line of the file must name every column once, with commas between."""


class BrokenOff(Invalid):
    """The file did not arrive to its end. What had arrived was taken; send the whole file again."""


@dataclass(frozen=True)
class RowError:
    """Why a row was not taken: the line of the file, the column at fault where it is one, what to do about it."""

    line: int
    column: str | None
    message: str


class Numbered(NamedTuple, Generic[Row]):
    """A row that was read, with its line of the file."""

    line: int
    row: Row


@dataclass
class Written:
    """What became of a batch: how many rows were new, changed or stood so already; and those that do not fit."""

    added: int = 0
    changed: int = 0
    unchanged: int = 0
    refused: list[RowError] = field(default_factory=list)


class Outcome(BaseModel):
    """What became of a file: its rows in numbers, and why some were not taken (the first thousand reasons)."""

    rows: int = 0
    added: int = 0
    changed: int = 0
    unchanged: int = 0
    refused: int = 0
    errors: list[RowError] = []
    errors_left_out: int = 0


@dataclass(frozen=True)
class Table(Generic[Row]):
    """How a file is written: its columns, each with the sentence for a cell that is not, and the model of a row.

    An empty cell is None to the model. `key` tells which rows are the same thing: a second one is refused.
    """

    columns: Mapping[str, str]
    row: type[Row]
    key: Callable[[Row], Hashable]

    def header(self, line: "Line") -> list[str]:
        """Read the first line. Raises `NotUtf8`, or `HeaderIncomplete` naming the columns missing or named twice."""
        content = (line.content or b"").removeprefix(BYTE_ORDER_MARK)
        if b"\0" in content or content.startswith((b"\xff\xfe", b"\xfe\xff")):
            raise NotUtf8
        try:
            (names,) = csv.reader([content.decode()], strict=True)
        except UnicodeDecodeError:
            raise NotUtf8 from None
        except (csv.Error, ValueError):
            raise HeaderIncomplete from None
        columns = [name.strip().lower() for name in names]
        if missing := [name for name in self.columns if columns.count(name) != 1]:
            raise HeaderIncomplete(f"{HeaderIncomplete.__doc__} Missing or twice: {', '.join(missing)}.")
        return columns

    def read(self, line: "Line", columns: Sequence[str]) -> "Row | list[RowError]":
        """Turn a line into a row, or into the reasons why it is none."""
        cells = _cells(line, columns)
        return [RowError(line.number, None, cells)] if isinstance(cells, str) else self.row_of(line.number, cells)

    def row_of(self, line: int, cells: Mapping[str, str]) -> "Row | list[RowError]":
        """Turn cells by column into a row. A table whose cells hold more than one thing each reads them itself."""
        try:
            return self.row.model_validate({name: cells[name] or None for name in self.columns})
        except ValidationError as wrong:
            at_fault = dict.fromkeys(str(each["loc"][0]) if each["loc"] else None for each in wrong.errors())
            return [RowError(line, name, self.columns.get(name or "", _AS_A_WHOLE)) for name in at_fault]

    def twice(self, line: int) -> RowError:
        """Say that an earlier line of the file is about the same thing."""
        return RowError(line, None, "An earlier line of the file is about the same. Keep one of the two.")


class CsvImport(Generic[Row]):
    """One file on its way in."""

    def __init__(
        self,
        table: Table[Row],
        write: Callable[[Sequence[Numbered[Row]]], Awaitable[Written]],
        *,
        batch: int = BATCH,
    ) -> None:
        """Take how the file is written, and what writes a batch of at most `batch` rows in a transaction of its own."""
        self._table, self._write, self._most = table, write, batch
        self._outcome = Outcome()
        self._seen: set[Hashable] = set()
        self._batch: list[Numbered[Row]] = []

    async def take(self, chunks: AsyncIterator[bytes]) -> Outcome:
        """Take the file. Raises `FileIsEmpty`, `NotUtf8` or `HeaderIncomplete`, before anything was taken."""
        lines = lines_of(chunks)
        first = await anext(lines, None)
        if first is None:
            raise FileIsEmpty
        columns = self._table.header(first)
        async for line in lines:
            self._outcome.rows += 1
            self._put(line.number, self._table.read(line, columns))
            if len(self._batch) >= self._most:
                await self._flush()
        await self._flush()
        return self._outcome

    def _put(self, line: int, read: "Row | list[RowError]") -> None:
        if isinstance(read, list):
            self._refuse(read)
            return
        key = self._table.key(read)
        if key in self._seen:
            self._refuse([self._table.twice(line)])
            return
        self._seen.add(key)
        self._batch.append(Numbered(line, read))

    async def _flush(self) -> None:
        if not self._batch:
            return
        written = await self._write(self._batch)
        self._batch = []
        self._outcome.added += written.added
        self._outcome.changed += written.changed
        self._outcome.unchanged += written.unchanged
        for error in written.refused:
            self._refuse([error])

    def _refuse(self, errors: list[RowError]) -> None:
        self._outcome.refused += 1
        room = MOST_ERRORS_TOLD - len(self._outcome.errors)
        self._outcome.errors += errors[:room]
        self._outcome.errors_left_out += len(errors[room:])


async def arriving(request: Request) -> AsyncIterator[bytes]:
    """Give the body of a request as it arrives. Raises `BrokenOff` when it does not arrive to its end."""
    try:
        async for chunk in request.stream():
            yield chunk
    except ClientDisconnect:
        raise BrokenOff from None


class Line(NamedTuple):
    """One line, without its end. `content` is None when it is too long to be one."""

    number: int
    content: bytes | None


async def lines_of(chunks: AsyncIterator[bytes]) -> AsyncIterator[Line]:
    """Give the lines, counted from 1; empty ones are counted and left out. None is longer in memory than may be."""
    number, begun = 1, bytearray()
    async for chunk in chunks:
        *ends, rest = chunk.split(b"\n")
        for end in ends:
            begun += end[: LONGEST_LINE + 1 - len(begun)]
            if begun.strip():
                yield _line(number, begun)
            number, begun = number + 1, bytearray()
        begun += rest[: LONGEST_LINE + 1 - len(begun)]
    if begun.strip():
        yield _line(number, begun)


def _line(number: int, content: bytearray) -> Line:
    return Line(number, bytes(content.rstrip(b"\r")) if len(content) <= LONGEST_LINE else None)


_AS_A_WHOLE = "The cells of this row do not go together. Look at them again."


def _cells(line: Line, columns: Sequence[str]) -> dict[str, str] | str:
    """The cells of a line by column, or the sentence why it has none."""
    if line.content is None:
        return f"The line is longer than {LONGEST_LINE} bytes. Is a line end missing?"
    try:
        (cells,) = csv.reader([line.content.decode()], strict=True)
    except UnicodeDecodeError:
        return "The line is not UTF-8 text. Save the file as “CSV UTF-8” and send it again."
    except (csv.Error, ValueError):
        return "A quotation mark is not closed, or stands inside a cell. Write it twice there."
    if len(cells) != len(columns):
        return f"The row has {len(cells)} cells, and the first line names {len(columns)} columns."
    if any("\0" in cell for cell in cells):
        return "The line is not text. Save the file as “CSV UTF-8” and send it again."
    return {name: cell.strip() for name, cell in zip(columns, cells, strict=True)}
