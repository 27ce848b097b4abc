"""Which documents each side sends, and when (contracts.md 4.4; documents.md 8)."""

from dataclasses import dataclass
from enum import StrEnum

from contracts_svc.transfers.terms import Extent, Side, Terms

CONTRACT_READER = "staff.document.contract.view"
FINANCE_READER = "staff.document.financial.view"


class Phase(StrEnum):
    """The package is due before the change takes effect (TR-2), the novation within its days after it (TR-3)."""

    PACKAGE = "package"
    NOVATION = "novation"


@dataclass(frozen=True)
class Wanted:
    """A document that a side sends. `partial_only`: asked only where a part of the contract goes."""

    side: Side
    phase: Phase
    code: str
    label: str
    read_by: str = CONTRACT_READER
    partial_only: bool = False


_ALL = (
    Wanted(Side.HOLDER, Phase.PACKAGE, "chow-notice", "Cover letter or draft sale instrument"),
    Wanted(Side.HOLDER, Phase.PACKAGE, "assets-sold", "Statement of the assets that are sold", partial_only=True),
    Wanted(Side.SUCCESSOR, Phase.PACKAGE, "financials", "Financial documents, as for a bid", FINANCE_READER),
    Wanted(Side.SUCCESSOR, Phase.PACKAGE, "ownership-chart", "Business and ownership chart"),
    Wanted(Side.SUCCESSOR, Phase.PACKAGE, "location-list", "Locations, with licenses and accreditation"),
    *(Wanted(side, Phase.NOVATION, "novation", "Signed novation agreement") for side in Side),
    *(Wanted(side, Phase.NOVATION, "instrument", "Executed sale instrument") for side in Side),
)


def wanted_of(terms: Terms, phase: Phase, side: Side) -> list[Wanted]:
    """Return the documents a side has to send in a phase, in the order they are shown."""
    partial = terms.extent is Extent.PARTIAL
    return [each for each in _ALL if (each.phase, each.side) == (phase, side) and (partial or not each.partial_only)]
