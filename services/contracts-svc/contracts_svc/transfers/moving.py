"""What goes with a transfer: which lines, and on each of them which locations. The same for checks and completion."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from contracts_svc.contracts.contract import Contract
from contracts_svc.contracts.line import ContractLine
from contracts_svc.transfers.terms import Extent
from contracts_svc.transfers.transfer import Transfer


@dataclass(frozen=True)
class Going:
    """A line that goes, and the locations from which the successor will furnish it, each by its PTAN."""

    line: ContractLine
    ptans: tuple[str, ...]


def going(transfer: Transfer, contract: Contract, day: date) -> list[Going]:
    """Return what goes on a day.

    A location of the contract goes with the lines on which it stands on that day: one that was removed meanwhile goes
    nowhere. One that never stood on the contract is the successor's own, and furnishes every line that goes.
    """
    terms = transfer.asked
    ever = {location.ptan for line in contract.lines for location in line.locations}
    lines = [line for line in contract.lines if line.stands]
    if terms.extent is Extent.PARTIAL:
        lines = [line for line in lines if line.id in set(terms.lines)]
    return [
        Going(line, tuple(ptan for ptan in dict.fromkeys(terms.locations) if ptan not in ever or _on(line, ptan, day)))
        for line in lines
    ]


def left_behind(transfer: Transfer, contract: Contract, moving: Sequence[Going], day: date) -> list[str]:
    """Return named locations that also stand on a line that stays: those of a sold company all go (TR-6)."""
    ids = {each.line.id for each in moving}
    staying = [line for line in contract.lines if line.stands and line.id not in ids]
    return [ptan for ptan in transfer.asked.locations if any(_on(line, ptan, day) for line in staying)]


def _on(line: ContractLine, ptan: str, day: date) -> bool:
    return any(
        each.ptan == ptan and (each.is_on(day) or (each.stays and each.effective_from)) for each in line.locations
    )
