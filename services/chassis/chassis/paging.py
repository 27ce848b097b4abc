"""Keyset pagination: a page starts after the last row seen, so page 1,000 costs what page 1 costs."""

import base64
import json
from collections.abc import Callable, Sequence
from typing import Annotated, Any, Generic, TypeVar

from fastapi import Query
from pydantic import BaseModel
from sqlalchemy import Select, tuple_
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import InstrumentedAttribute

from chassis.errors import Invalid

DEFAULT_LIMIT = 25
MOST = 100

After = Annotated[str | None, Query(max_length=500, description="`next` of the page before")]
"""Query parameter of a list: where to go on."""
Limit = Annotated[int, Query(ge=1, le=MOST, description="Items on the page")]
"""Query parameter of a list: how many items."""

Order = Sequence[tuple[InstrumentedAttribute[Any], Callable[[str], Any]]]
"""The columns that order a list, and how each is read back from a cursor."""

Item = TypeVar("Item")


class Page(BaseModel, Generic[Item]):
    """One page of a list. `next` goes into `?after=` of the next request; None on the last page."""

    items: list[Item]
    next: str | None = None


class BrokenPageLink(Invalid):
    """This page link is broken or out of date. Go back to the first page."""


async def fetch_page(
    session: AsyncSession,
    statement: Select[Any],
    order: Order,
    item: Callable[[Any], Item],
    *,
    after: str | None,
    limit: int = DEFAULT_LIMIT,
    descending: bool = True,
) -> Page[Item]:
    """Fetch the page of `statement` (one mapped class) that comes after the cursor `after`.

    `order` names the columns that order the list and how each is read back from text; together they must be
    unique (end with the id). Raises `BrokenPageLink` when `after` was not made by this list.
    """
    columns = [column for column, _ in order]
    if after is not None:
        place = tuple_(*columns)
        values = tuple_(*_read(after, [parse for _, parse in order]))
        statement = statement.where(place < values if descending else place > values)
    statement = statement.order_by(*(column.desc() if descending else column.asc() for column in columns))
    rows = (await session.scalars(statement.limit(limit + 1))).all()
    more = len(rows) > limit
    rows = rows[:limit]
    last = [getattr(rows[-1], str(column.key)) for column in columns] if more else None
    return Page(items=[item(row) for row in rows], next=_write(last) if last else None)


def _write(values: Sequence[object]) -> str:
    return base64.urlsafe_b64encode(json.dumps([str(value) for value in values]).encode()).decode().rstrip("=")


def _read(cursor: str, parsers: Sequence[Callable[[str], Any]]) -> list[Any]:
    try:
        values = json.loads(base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)))
        return [parse(value) for parse, value in zip(parsers, values, strict=True)]
    except (ValueError, TypeError):
        raise BrokenPageLink(field="after") from None
