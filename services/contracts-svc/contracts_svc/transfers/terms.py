"""What a request says (contracts.md 4.3). Tax numbers and names of officials stay in its row: no event has them."""

from datetime import date
from enum import StrEnum
from typing import Annotated
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from events.kinds import Ptan

Name = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=200)]
MaybeName = Annotated[str, StringConstraints(strip_whitespace=True, max_length=200)]
Words = Annotated[str, StringConstraints(strip_whitespace=True, max_length=4000)]
Tin = Annotated[str, StringConstraints(strip_whitespace=True, pattern=r"^[0-9]{2}-?[0-9]{7}$")]
Npi = Annotated[str, StringConstraints(strip_whitespace=True, pattern=r"^[0-9]{10}$")]


class Side(StrEnum):
    """Whose part something is: the contract supplier's, or the successor's."""

    HOLDER = "holder"
    SUCCESSOR = "successor"

    @property
    def other(self) -> "Side":
        """The other side."""
        return Side.SUCCESSOR if self is Side.HOLDER else Side.HOLDER


class Extent(StrEnum):
    """How much of the contract goes: all of it (TR-4), or what a distinct company furnishes (TR-5)."""

    FULL = "full"
    PARTIAL = "partial"


class Change(StrEnum):
    """What happens to the company; of a stock transfer without a new owner of the assets no novation follows."""

    OWNERSHIP = "ownership"
    STRUCTURE = "structure"
    STOCK = "stock"


class Resulting(StrEnum):
    """Who is there afterwards."""

    PURCHASER = "purchaser"
    SELLER = "seller"
    NEW = "new"


class Party(BaseModel):
    """The successor, as the request names it. Without a PTAN it is not enrolled with Medicare yet."""

    legal_business_name: Name
    dba: MaybeName = ""
    tin: Tin
    npi: Npi
    ptan: Ptan | None = None
    official: Name
    phone: Name
    email: Annotated[str, StringConstraints(strip_whitespace=True, pattern=r"^[^@\s]+@[^@\s]+\.[^@\s]+$")]


class Terms(BaseModel):
    """What is certified. `lines` go in a partial transfer; `locations` are where the successor will furnish."""

    model_config = ConfigDict(frozen=True)

    extent: Extent
    change: Change
    resulting: Resulting
    effective_on: date
    successor: Party
    affiliated: bool = False
    lines: Annotated[tuple[UUID, ...], Field(max_length=500)] = ()
    locations: Annotated[tuple[Ptan, ...], Field(max_length=500)] = ()
    remark: Words = ""
