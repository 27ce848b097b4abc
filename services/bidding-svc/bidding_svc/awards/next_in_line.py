"""Who is offered a contract when those who were selected do not suffice (domain/lifecycle.md 3.5; 42 CFR 414.414(i)).

Bids above the pivotal bid, nearest first, until the capacity lost is made up; bids of one amount are never parted. The
payment amounts stay: nobody who is added enters them.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from enum import Enum


class Standing(Enum):
    """How a bid of the array stands by now."""

    HOLDS = "holds"
    """Offered, accepted or about to be offered: its capacity counts."""
    LOST = "lost"
    """Declined, lapsed, rescinded or disqualified."""
    WAITS = "waits"
    """On the list above the pivotal bid."""


@dataclass(frozen=True)
class InLine:
    """A bid of the array. `amount` is in cents, `counted` in units a year."""

    bid: str
    amount: int
    counted: Decimal
    standing: Standing


def next_in_line(bids: Iterable[InLine], *, demand: int, contracts: int | None) -> list[str]:
    """Return the bids to offer contracts to, from low to high.

    With `contracts` a number of contracts is to be filled, otherwise the demand, in units a year.
    """
    ordered = sorted(bids, key=lambda bid: (bid.amount, bid.bid))
    holding = [bid for bid in ordered if bid.standing is Standing.HOLDS]
    capacity, count = sum((bid.counted for bid in holding), Decimal(0)), len(holding)
    chosen: list[InLine] = []
    for bid in (each for each in ordered if each.standing is Standing.WAITS):
        enough = count >= contracts if contracts is not None else capacity >= demand
        if enough and not (chosen and chosen[-1].amount == bid.amount):
            break
        chosen.append(bid)
        capacity, count = capacity + bid.counted, count + 1
    return [bid.bid for bid in chosen]
