"""A notice with many rows travels in parts: a record of Kafka stays below 1 MiB, in however many areas one bids."""

from collections.abc import Callable, Iterator, Sequence
from typing import TypeVar

from events.notice_fields import NoticeFields

ROWS_IN_A_PART = 500
"""With five findings or reasons in every row that is some 600 KB."""

Row = TypeVar("Row")


def in_parts(rows: Sequence[Row], fields: Callable[[tuple[Row, ...]], NoticeFields]) -> list[NoticeFields]:
    """Return the fields of each part; `fields` makes them of some of the rows. There is at least one row."""
    return [fields(tuple(some)) for some in _batches(rows)]


def _batches(rows: Sequence[Row]) -> Iterator[Sequence[Row]]:
    return (rows[first : first + ROWS_IN_A_PART] for first in range(0, len(rows), ROWS_IN_A_PART))
