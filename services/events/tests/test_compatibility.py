"""A small corpus of edits to one event, each of which must be judged right: safe for every reader, or breaking."""

from typing import Annotated, ClassVar, Literal
from uuid import UUID

import pytest
from pydantic import Field

from events.compatibility import breaking_changes
from events.envelope import Event, Instant, Part
from events.schema import schema_of


class Line(Part):
    cba: str
    note: str | None = None


class Said(Event):
    """The event before the edit."""

    TYPE: ClassVar[str] = "connexion.bidding.bid-filed.v1"
    TOPIC: ClassVar[str] = "connexion.bidding"
    KEY: ClassVar[str] = "bid_id"

    bid_id: UUID
    amount: Annotated[int, Field(ge=0)]
    kind: Literal["purchase", "rental"]
    filed_at: Instant
    lines: tuple[Line, ...]
    title: str
    remark: str | None = None
    late: bool = False


class Edited(Said):
    """The event after an edit: more words of documentation."""

    TYPE: ClassVar[str] = Said.TYPE


class Optional(Edited):
    channel: str = "portal"


class OptionalPart(Edited):
    first: Line | None = None


class LineWithMore(Line):
    rank: int | None = None


class OptionalInsideAPart(Edited):
    lines: tuple[LineWithMore, ...]


class Documented(Edited):
    amount: Annotated[int, Field(ge=0, title="Bid", description="Cents.", examples=[100])]


class Reordered(Edited):
    kind: Literal["rental", "purchase"]


SAFE = (Edited, Optional, OptionalPart, OptionalInsideAPart, Documented, Reordered)


class NewRequired(Edited):
    channel: str


class Retyped(Edited):
    amount: str  # type: ignore[assignment]


class Reformatted(Edited):
    filed_at: str  # type: ignore[assignment]


class Nullable(Edited):
    amount: Annotated[int, Field(ge=0)] | None  # type: ignore[assignment]


class NowOptional(Edited):
    amount: Annotated[int, Field(ge=0)] = 0


class NowRequired(Edited):
    late: bool


class Narrowed(Edited):
    amount: Annotated[int, Field(ge=1)]


class Widened(Edited):
    amount: int


class WordAdded(Edited):
    kind: Literal["purchase", "rental", "lease"]  # type: ignore[assignment]


class WordGone(Edited):
    kind: Literal["purchase"]


class OtherDefault(Edited):
    late: bool = True


class ListBecameOne(Edited):
    lines: Line  # type: ignore[assignment]


class PartBecameText(Edited):
    lines: tuple[str, ...]  # type: ignore[assignment]


class StrictLine(Line):
    rank: int


class NewRequiredInsideAPart(Edited):
    lines: tuple[StrictLine, ...]


class OtherTopic(Edited):
    TOPIC: ClassVar[str] = "connexion.public"


class OtherKey(Edited):
    KEY: ClassVar[str] = "title"


class OtherSubject(Edited):
    SUBJECT: ClassVar[str | None] = "title"


BREAKING = {
    NewRequired: "channel is new and required",
    Retyped: "amount changed from 'integer' to 'string'",
    Reformatted: "filed_at format changed",
    Nullable: "amount anyOf changed",
    NowOptional: "amount became optional",
    NowRequired: "late became required",
    Narrowed: "amount changed from 0 to 1",
    Widened: "amount minimum changed",
    WordAdded: "kind changed",
    WordGone: "kind const changed",
    OtherDefault: "late changed",
    ListBecameOne: "lines was an object or became one",
    PartBecameText: "lines[] was an object or became one",
    NewRequiredInsideAPart: "lines[].rank is new and required",
    OtherTopic: "changed from 'connexion.bidding' to 'connexion.public'",
    OtherKey: "changed from 'bid_id' to 'title'",
    OtherSubject: "changed from 'bid_id' to 'title'",
}


@pytest.mark.parametrize("edited", SAFE)
def test_a_safe_edit_is_let_through(edited):
    assert breaking_changes(schema_of(Said), schema_of(edited)) == []


@pytest.mark.parametrize(("edited", "sentence"), BREAKING.items())
def test_a_breaking_edit_is_named(edited, sentence):
    changes = breaking_changes(schema_of(Said), schema_of(edited))
    assert any(sentence in change for change in changes), changes


@pytest.mark.parametrize("field", ["remark", "amount", "title", "late"])
def test_a_removed_field_is_named_even_an_optional_one_or_one_called_like_a_keyword(field):
    shrunk = schema_of(Said)
    del shrunk["properties"][field]
    assert f"{field} was removed or renamed" in breaking_changes(schema_of(Said), shrunk)


def test_a_renamed_field_is_one_removed_and_one_new():
    renamed = schema_of(Said)
    renamed["properties"]["price"] = renamed["properties"].pop("amount")
    renamed["required"] = ["price" if name == "amount" else name for name in renamed["required"]]
    assert breaking_changes(schema_of(Said), renamed) == [
        "amount was removed or renamed",
        "price is new and required: give it a default",
    ]


def test_a_part_that_moves_to_a_module_of_its_own_is_no_change():
    moved = schema_of(Said)
    moved["$defs"] = {"elsewhere__Line": moved["$defs"]["Line"]}
    moved["properties"]["lines"]["items"]["$ref"] = "#/$defs/elsewhere__Line"
    assert breaking_changes(schema_of(Said), moved) == []
