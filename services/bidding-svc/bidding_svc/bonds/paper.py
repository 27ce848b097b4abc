"""What a bond's paper says, as an analyst has keyed it in from the file (domain/documents.md 6)."""

from dataclasses import asdict, dataclass
from datetime import date
from typing import Any


@dataclass(frozen=True)
class Paper:
    """The elements of one bond as they stand on the paper; empty or None: it does not name it.

    `amount_cents` is the value in cents. `conditions_stated` (42 CFR 414.412(g)(3)) and `all_pages` are the reviewer's
    ticks; None: not looked at yet.
    """

    principal: str = ""
    surety: str = ""
    naic: str = ""
    obligee: str = ""
    conditions_stated: bool | None = None
    area: str = ""
    bond_number: str = ""
    issued_on: date | None = None
    amount_cents: int | None = None
    all_pages: bool | None = None

    def kept(self) -> dict[str, Any]:
        """Return it as plain JSON."""
        return asdict(self) | {"issued_on": self.issued_on and self.issued_on.isoformat()}

    @classmethod
    def read(cls, kept: dict[str, Any]) -> "Paper":
        """Return what `kept` wrote."""
        issued_on = kept.get("issued_on")
        return cls(**kept | {"issued_on": date.fromisoformat(issued_on) if issued_on else None})
