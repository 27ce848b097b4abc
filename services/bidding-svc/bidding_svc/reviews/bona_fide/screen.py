"""The bona fide screen: which lead item amounts are asked about (domain/bidding.md 4, step 4; 42 CFR 414.414(b)(4)).

All amounts for one lead item in the round are compared. An amount stands out where its logarithm lies below the lower
fence of the quartiles, where it is below a share of the median, or below what the item is known to cost. What stands
out is not wrong: it is asked about.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from math import exp, log
from typing import Any

from events.rule_set import BonaFideScreen


class Flag(StrEnum):
    """Why an amount stands out."""

    BELOW_FENCE = "below-fence"
    BELOW_MEDIAN_SHARE = "below-median-share"
    BELOW_COST = "below-acquisition-cost"


@dataclass(frozen=True)
class Statistics:
    """What the amounts of one lead item say together. Money in cents; `log_fence` None: too few amounts for quartiles.

    `floor` is the share of the median an amount must reach.
    """

    amounts: int
    median: Decimal
    floor: Decimal
    log_q1: float | None
    log_q3: float | None
    log_fence: float | None
    cost: int | None

    def flags(self, amount: int) -> list[Flag]:
        """Return why an amount of this lead item stands out; nothing where it does not."""
        found = {
            Flag.BELOW_FENCE: self.log_fence is not None and log(amount) < self.log_fence,
            Flag.BELOW_MEDIAN_SHARE: amount < self.floor,
            Flag.BELOW_COST: self.cost is not None and amount < self.cost,
        }
        return [flag for flag, holds in found.items() if holds]

    def told(self) -> dict[str, Any]:
        """Write them down, the fence as an amount: what the analyst sees, and what stays with the proposal."""
        return {
            "amounts": self.amounts,
            "median_cents": str(self.median),
            "floor_cents": str(self.floor),
            "log_q1": self.log_q1,
            "log_q3": self.log_q3,
            "fence_cents": None if self.log_fence is None else round(exp(self.log_fence)),
            "acquisition_cost_cents": self.cost,
        }


def statistics_of(amounts: Sequence[int], rules: BonaFideScreen, lead_item: str) -> Statistics:
    """Compute what the amounts (cents, above zero) of a lead item say together. Raises ValueError without any."""
    if not amounts:
        raise ValueError("there is nothing to compare")
    ordered = sorted(amounts)
    middle = median(ordered)
    logs = [log(amount) for amount in ordered] if len(ordered) >= rules.least_amounts else None
    q1, q3 = (quantile(logs, 0.25), quantile(logs, 0.75)) if logs else (None, None)
    fence = q1 - float(rules.iqr_factor) * (q3 - q1) if q1 is not None and q3 is not None else None
    cost = next((known.amount for known in rules.acquisition_costs if known.item == lead_item), None)
    return Statistics(len(ordered), middle, middle * rules.median_share, q1, q3, fence, cost)


def median(ordered: Sequence[int]) -> Decimal:
    """Return the middle of ordered numbers; of an even count the mean of the middle two."""
    low, high = ordered[(len(ordered) - 1) // 2], ordered[len(ordered) // 2]
    return Decimal(low + high) / 2


def quantile(ordered: Sequence[float], share: float) -> float:
    """Return a quantile of ordered numbers, by linear interpolation between the two nearest."""
    place = share * (len(ordered) - 1)
    below = int(place)
    above = min(below + 1, len(ordered) - 1)
    return ordered[below] + (place - below) * (ordered[above] - ordered[below])
