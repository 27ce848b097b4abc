"""The array of a competition: who is in the winning range, who is added, who is not, and why (domain/bidding.md 4)."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from fractions import Fraction
from itertools import accumulate
from math import ceil

from bidding_svc.evaluation.terms import Terms


class Outcome(StrEnum):
    """What became of a bid."""

    WINNING = "WINNING"
    ADDED = "ADDED"
    NOT_SELECTED = "NOT_SELECTED"
    EXCLUDED = "EXCLUDED"


class Why(StrEnum):
    """Why a bid is in or out."""

    UP_TO_THE_PIVOTAL_BID = "UP_TO_THE_PIVOTAL_BID"
    SMALL_SUPPLIER_TARGET = "SMALL_SUPPLIER_TARGET"
    MINIMUM_NUMBER = "MINIMUM_NUMBER"
    ABOVE_THE_PIVOTAL_BID = "ABOVE_THE_PIVOTAL_BID"
    NOTHING_TO_SELECT_FOR = "NOTHING_TO_SELECT_FOR"
    NOT_ELIGIBLE = "NOT_ELIGIBLE"
    NOT_SCORED = "NOT_SCORED"
    FINANCIAL_BELOW_MINIMUM = "FINANCIAL_BELOW_MINIMUM"


@dataclass(frozen=True)
class Contender:
    """An eligible bid. `amount` is in cents; `capacity` (as stated) and `historic` (if known) are units a year."""

    bid: str
    amount: int
    capacity: int
    small: bool = False
    weak: bool = False
    historic: int | None = None


@dataclass(frozen=True)
class Place:
    """A bid in the array. `cumulative` is the capacity counted up to and with it; only winners set payment amounts."""

    bid: str
    rank: int
    amount: int
    counted: Decimal
    cumulative: Decimal
    outcome: Outcome
    why: Why


@dataclass(frozen=True)
class Selection:
    """What the array of a competition gave. `filled`: the demand is met, or all contracts found a bid."""

    places: tuple[Place, ...]
    pivotal: int | None
    filled: bool
    enough: bool
    small_target: int
    small_present: int

    @property
    def winners(self) -> tuple[Place, ...]:
        """The winning range: the bids that payment amounts are made of."""
        return tuple(place for place in self.places if place.outcome is Outcome.WINNING)


def counted_capacity(bid: Contender, demand: int, terms: Terms) -> Decimal:
    """Return the units a bid counts for: up to the largest share of demand; when weak, what it furnished before."""
    return min(_believed(bid, terms), terms.max_share * demand)


def select(bids: Iterable[Contender], *, demand: int, contracts: int | None, terms: Terms) -> Selection:
    """Array eligible bids from low to high and select.

    `contracts` is the number of a fixed-count competition. Bids of one amount are never parted: all are in, or none.
    """
    ordered = sorted(bids, key=lambda each: (each.amount, each.bid))
    counted = [counted_capacity(bid, demand, terms) for bid in ordered]
    running = list(accumulate(counted))
    needed = _last_needed(ordered, running, demand, contracts, terms)
    last = len(ordered) - 1 if needed is None and _asks(demand, contracts, terms) else needed
    pivotal = ordered[last].amount if last is not None and ordered else None

    winners = [bid for bid in ordered if pivotal is not None and bid.amount <= pivotal]
    above = ordered[len(winners) :] if pivotal is not None else []
    target = ceil(Fraction(terms.small_supplier_target) * len(winners))
    present = sum(bid.small for bid in winners)
    small = _nearest([bid for bid in above if bid.small], target - present)
    least = _least(ordered, demand, terms)
    standing = {bid.bid for bid in (*winners, *small)}
    filling = _nearest([bid for bid in above if bid.bid not in standing], (least or 0) - len(standing))
    why = {
        **{bid.bid: (Outcome.WINNING, Why.UP_TO_THE_PIVOTAL_BID) for bid in winners},
        **{bid.bid: (Outcome.ADDED, Why.SMALL_SUPPLIER_TARGET) for bid in small},
        **{bid.bid: (Outcome.ADDED, Why.MINIMUM_NUMBER) for bid in filling},
    }
    out = Why.NOTHING_TO_SELECT_FOR if pivotal is None else Why.ABOVE_THE_PIVOTAL_BID
    return Selection(
        places=tuple(
            Place(bid.bid, at + 1, bid.amount, counted[at], running[at], *why.get(bid.bid, (Outcome.NOT_SELECTED, out)))
            for at, bid in enumerate(ordered)
        ),
        pivotal=pivotal,
        filled=needed is not None,
        enough=bool(winners) and least is not None and len(why) >= least,
        small_target=target,
        small_present=present + len(small),
    )


def _believed(bid: Contender, terms: Terms) -> Decimal:
    if terms.capacity_policy == "history_if_weak" and bid.weak:
        return Decimal(min(bid.capacity, bid.historic or 0))
    return Decimal(bid.capacity)


def _asks(demand: int, contracts: int | None, terms: Terms) -> bool:
    """Whether there is anything to select bids for."""
    return bool(contracts) if terms.selection == "fixed_contract_count" else demand > 0


def _last_needed(
    ordered: Sequence[Contender], running: Sequence[Decimal], demand: int, contracts: int | None, terms: Terms
) -> int | None:
    """Find the last bid that is needed: it makes the capacity reach the demand, or is the last contract's."""
    if not _asks(demand, contracts, terms):
        return None
    if terms.selection == "fixed_contract_count":
        return contracts - 1 if contracts is not None and contracts <= len(ordered) else None
    return next((at for at, capacity in enumerate(running) if capacity >= demand), None)


def _nearest(above: Sequence[Contender], wanted: int) -> list[Contender]:
    """Take the nearest above the pivotal bid, as many as are wanted, and whoever bid the same as the last of them."""
    if wanted <= 0 or not above:
        return []
    limit = above[min(wanted, len(above)) - 1].amount
    return [bid for bid in above if bid.amount <= limit]


def _least(ordered: Sequence[Contender], demand: int, terms: Terms) -> int | None:
    """Return the least number of contracts; None where there are too few suppliers for any (42 CFR 414.414(h)).

    With fewer qualified than the usual number, a smaller one is enough if together they can meet the demand: judged by
    what they can furnish, for the largest share of one bidder would keep so few from ever meeting it.
    """
    rule = terms.minimum
    if rule is None:
        return 1
    if len(ordered) >= rule.if_enough_qualify:
        return rule.if_enough_qualify
    can_meet = sum(_believed(bid, terms) for bid in ordered) >= demand
    return rule.otherwise if can_meet else None
