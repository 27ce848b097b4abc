"""Single payment amounts, and whether they save (domain/bidding.md 4.4 to 4.6). Money is in cents, rounded half up."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from fractions import Fraction
from math import ceil, floor

from events.rule_set import SpaMethod

THREE_QUARTERS = Fraction(3, 4)


@dataclass(frozen=True)
class Fee:
    """The average of fee schedule amounts over areas, exact: their sum in cents, and of how many."""

    cents: int
    areas: int

    @property
    def average(self) -> Fraction:
        """Cents, not rounded."""
        return Fraction(self.cents, self.areas)


@dataclass(frozen=True)
class Item:
    """An item of a competition: how many units are expected a year, and its fees, where there are any on file.

    `ratio_fee` is of the year and the areas the ratio to the lead item is made of, `payable_fee` what would otherwise
    be paid.
    """

    item: str
    units: int
    ratio_fee: Fee | None
    payable_fee: Fee | None


@dataclass(frozen=True)
class Priced:
    """An item with its payment amount; None where there is no fee to make it of."""

    item: str
    units: int
    spa: int | None
    ratio: Fraction | None
    payable_fee: Fee | None


@dataclass(frozen=True)
class Savings:
    """What is paid by payment amounts and what would otherwise be, over all expected units, in cents.

    `saves` is None where an item has no payment amount or no fee: then nobody can say, and that never reads as yes.
    """

    paid: Fraction
    otherwise: Fraction
    unknown: tuple[str, ...]

    @property
    def saves(self) -> bool | None:
        """Whether payments are below what would otherwise be paid (42 CFR 414.414(f))."""
        return None if self.unknown else self.paid < self.otherwise


def half_up(cents: Fraction) -> int:
    """Round to the cent."""
    return floor(cents + Fraction(1, 2))


def lead_spa(method: SpaMethod, amounts: Sequence[int]) -> int:
    """Return the payment amount of the lead item from the winners' bids, of which there is at least one."""
    bids = sorted(amounts)
    if method == "max_winning":
        return bids[-1]
    if method == "median_winning":
        return median_bid(bids)
    if method == "percentile_75_literal":
        return _literal(bids)
    n = len(bids)
    first_is_one = THREE_QUARTERS * (n + 1) if method == "percentile_75_exclusive" else 1 + THREE_QUARTERS * (n - 1)
    return _between(bids, min(max(first_is_one, Fraction(1)), Fraction(n)))


def median_bid(amounts: Sequence[int]) -> int:
    """Return the median of the winners' bids: up to it a bond is at risk (42 CFR 414.412(h)). At least one bid."""
    return _between(sorted(amounts), Fraction(len(amounts) + 1, 2))


def item_spa(spa_of_lead: int, fee: Fee, fee_of_lead: Fee) -> tuple[int, Fraction]:
    """Return the payment amount of another item, and the ratio, which is not rounded before it is used."""
    ratio = fee.average / fee_of_lead.average
    return half_up(spa_of_lead * ratio), ratio


def price_items(spa_of_lead: int, lead_item: str | None, items: Iterable[Item]) -> tuple[Priced, ...]:
    """Price every item of a competition by that of its lead item."""
    every = list(items)
    lead_fee = next((each.ratio_fee for each in every if each.item == lead_item), None)
    priced: list[Priced] = []
    for each in every:
        spa: int | None
        ratio: Fraction | None
        if each.item == lead_item:
            spa, ratio = spa_of_lead, Fraction(1)
        elif each.ratio_fee is None or lead_fee is None or not lead_fee.cents:
            spa, ratio = None, None
        else:
            spa, ratio = item_spa(spa_of_lead, each.ratio_fee, lead_fee)
        priced.append(Priced(each.item, each.units, spa, ratio, each.payable_fee))
    return tuple(priced)


def savings_of(items: Iterable[Priced]) -> Savings:
    """Add up what is paid for the expected units, by payment amounts and otherwise."""
    paid = otherwise = Fraction(0)
    unknown: list[str] = []
    for each in items:
        if each.spa is None or each.payable_fee is None:
            unknown.append(each.item)
            continue
        paid += each.spa * each.units
        otherwise += each.payable_fee.average * each.units
    return Savings(paid, otherwise, tuple(unknown))


def _literal(bids: Sequence[int]) -> int:
    """The rule as its text reads: between two bidders, the amount 75 percent of the way (42 CFR 414.416(b))."""
    k = THREE_QUARTERS * len(bids)
    if k.denominator != 1:
        return bids[ceil(k) - 1]
    if k == len(bids):
        return bids[-1]
    below, above = bids[int(k) - 1], bids[int(k)]
    return half_up(below + THREE_QUARTERS * (above - below))


def _between(bids: Sequence[int], position: Fraction) -> int:
    """The amount at a position, the first being 1; between two of them in proportion."""
    below = floor(position)
    amount = Fraction(bids[below - 1])
    if position > below:
        amount += (position - below) * (bids[below] - bids[below - 1])
    return half_up(amount)
