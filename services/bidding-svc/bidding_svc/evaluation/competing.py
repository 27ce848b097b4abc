"""One competition from its inputs to its explained result: a function of nothing else."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from bidding_svc.evaluation.pricing import Item, Priced, Savings, lead_spa, median_bid, price_items, savings_of
from bidding_svc.evaluation.selecting import Contender, Selection, Why, select
from bidding_svc.evaluation.terms import Terms


class Objection(StrEnum):
    """Why a competition cannot be awarded as it stands."""

    NO_ELIGIBLE_BID = "NO_ELIGIBLE_BID"
    NO_DEMAND = "NO_DEMAND"
    NO_CONTRACT_COUNT = "NO_CONTRACT_COUNT"
    TOO_FEW_SUPPLIERS = "TOO_FEW_SUPPLIERS"
    ABOVE_THE_FEE_SCHEDULE = "ABOVE_THE_FEE_SCHEDULE"
    NO_SAVINGS = "NO_SAVINGS"
    SAVINGS_UNKNOWN = "SAVINGS_UNKNOWN"
    BIDS_NOT_SCORED = "BIDS_NOT_SCORED"


@dataclass(frozen=True)
class Inputs:
    """All that decides a competition. `bid_limit` is in cents; `excluded` tells of bids that take no part, and why."""

    demand: int
    bid_limit: int
    lead_item: str | None
    contracts: int | None
    items: tuple[Item, ...]
    bids: tuple[Contender, ...]
    excluded: Mapping[str, Why]


@dataclass(frozen=True)
class Result:
    """What came out. `spa` and `median` are cents; without a winner there is neither."""

    selection: Selection
    spa: int | None
    median: int | None
    items: tuple[Priced, ...]
    savings: Savings | None
    objections: tuple[Objection, ...]


def evaluate(inputs: Inputs, terms: Terms) -> Result:
    """Array the bids, select, price the items and test the savings (domain/bidding.md 4, steps 5 to 7)."""
    selection = select(inputs.bids, demand=inputs.demand, contracts=inputs.contracts, terms=terms)
    amounts = [place.amount for place in selection.winners]
    if not amounts:
        return Result(selection, None, None, (), None, _without_winner(inputs, terms))
    spa = lead_spa(terms.spa_method, amounts)
    items = price_items(spa, inputs.lead_item, inputs.items)
    savings = savings_of(items)
    return Result(selection, spa, median_bid(amounts), items, savings, _objections(inputs, selection, spa, savings))


def _without_winner(inputs: Inputs, terms: Terms) -> tuple[Objection, ...]:
    found = [Objection.NO_ELIGIBLE_BID] if not inputs.bids else []
    if terms.selection == "fixed_contract_count" and not inputs.contracts:
        found.append(Objection.NO_CONTRACT_COUNT)
    if terms.selection == "capacity_vs_demand" and inputs.demand <= 0:
        found.append(Objection.NO_DEMAND)
    return (*found, *_unscored(inputs))


def _objections(inputs: Inputs, selection: Selection, spa: int, savings: Savings) -> tuple[Objection, ...]:
    stands = {
        Objection.TOO_FEW_SUPPLIERS: not selection.enough,
        Objection.ABOVE_THE_FEE_SCHEDULE: spa > inputs.bid_limit,
        Objection.NO_SAVINGS: savings.saves is False,
        Objection.SAVINGS_UNKNOWN: savings.saves is None,
    }
    return (*(objection for objection, holds in stands.items() if holds), *_unscored(inputs))


def _unscored(inputs: Inputs) -> tuple[Objection, ...]:
    return (Objection.BIDS_NOT_SCORED,) if Why.NOT_SCORED in inputs.excluded.values() else ()
