"""What Form A changes about the documents of a round, as a file a person can read: `reference/documents.toml`."""

import tomllib
from functools import cache

from pydantic import BaseModel, ConfigDict, Field

from bidding_svc.rounds.reference import FILES


class _Line(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Paper(_Line):
    """A document in words. `with_document`: it is asked only where this one is asked by the rule set."""

    code: str
    label: str
    hint: str
    covered: bool = True
    with_document: str | None = Field(default=None, alias="with")


class Variation(_Line):
    """What an answer of Form A's business section leaves out, adds, and has to be said about other documents."""

    field: str
    answer: str
    leaves_out: tuple[str, ...] = ()
    adds: tuple[Paper, ...] = ()
    hints: dict[str, str] = {}


class DocumentReference(_Line):
    """The whole file: variations by answer, what a network sends once, and what it sends for each member."""

    variations: tuple[Variation, ...]
    network: tuple[Paper, ...]
    network_member: tuple[Paper, ...]


@cache
def documents() -> DocumentReference:
    """Read the file. Raises pydantic's ValidationError naming each field that is wrong."""
    return DocumentReference.model_validate(tomllib.loads((FILES / "documents.toml").read_text()))
