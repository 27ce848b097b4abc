"""How inputs and results are written down: one way on every machine, so that digests can be compared."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from bidding_svc.evaluation.competing import Inputs, Result
from bidding_svc.evaluation.pricing import Fee, Item, Priced
from bidding_svc.evaluation.selecting import Contender, Outcome, Why
from bidding_svc.evaluation.terms import Terms
from bidding_svc.forms.digest import digest_of
from events.rule_set import RuleSet

Kept = dict[str, Any]


@dataclass(frozen=True)
class BidRow:
    """What became of a bid, as it is stored; without a rank it took no part in the array."""

    bid: str
    bidder_number: str
    amount: int
    rank: int | None
    counted: str | None
    cumulative: str | None
    outcome: str
    why: str


def keep_item(item: Item) -> list[Any]:
    """Write an item: code, expected units, both fees as cents and areas."""
    return [item.item, item.units, _fee(item.ratio_fee), _fee(item.payable_fee)]


def terms_of(kept: Mapping[str, Any], rules: RuleSet) -> Terms:
    """Return the terms of a kept competition."""
    return Terms.of(rules, remote_item=kept["remote_item"])


def read_inputs(kept: Mapping[str, Any]) -> Inputs:
    """Read what gathering kept of a competition."""
    bids, excluded = [], {}
    for bid, _, amount, capacity, small, why in kept["bids"]:
        if why is None:
            bids.append(Contender(bid, amount, capacity, small=small))
        else:
            excluded[bid] = Why(why)
    return Inputs(
        demand=kept["demand"],
        bid_limit=kept["bid_limit"],
        lead_item=kept["lead_item"],
        contracts=kept["contracts"],
        items=tuple(
            Item(item, units, _read_fee(ratio), _read_fee(payable)) for item, units, ratio, payable in kept["items"]
        ),
        bids=tuple(bids),
        excluded=excluded,
    )


def bid_rows(kept: Mapping[str, Any], result: Result) -> list[BidRow]:
    """Return what became of every bid of a competition: the array from low to high, then who took no part."""
    about = {bid: (number, amount, why) for bid, number, amount, _, _, why in kept["bids"]}
    rows = [
        BidRow(
            place.bid,
            about[place.bid][0],
            place.amount,
            place.rank,
            str(place.counted),
            str(place.cumulative),
            place.outcome.value,
            place.why.value,
        )
        for place in result.selection.places
    ]
    return rows + [
        BidRow(bid, number, amount, None, None, None, Outcome.EXCLUDED.value, why)
        for bid, (number, amount, why) in sorted(about.items())
        if why is not None
    ]


def keep_result(result: Result) -> Kept:
    """Write the result of a competition, without its bids. Sums and ratios are exact fractions."""
    selection, savings = result.selection, result.savings
    return {
        "pivotal": selection.pivotal,
        "filled": selection.filled,
        "enough": selection.enough,
        "winners": len(selection.winners),
        "added": sum(place.outcome is Outcome.ADDED for place in selection.places),
        "small_target": selection.small_target,
        "small_present": selection.small_present,
        "spa": result.spa,
        "median": result.median,
        "items": [_priced(item) for item in result.items],
        "savings": savings
        and {
            "paid": str(savings.paid),
            "otherwise": str(savings.otherwise),
            "saves": savings.saves,
            "unknown": list(savings.unknown),
        },
        "objections": [objection.value for objection in result.objections],
    }


def digest_of_result(kept: Kept, rows: Sequence[BidRow]) -> str:
    """Return the digest of what came out for a competition and each of its bids."""
    bids = [[row.bid, row.rank, row.amount, row.counted, row.cumulative, row.outcome, row.why] for row in rows]
    return digest_of({"result": kept, "bids": bids})


def _fee(fee: Fee | None) -> list[int] | None:
    return None if fee is None else [fee.cents, fee.areas]


def _read_fee(kept: Sequence[int] | None) -> Fee | None:
    return None if kept is None else Fee(kept[0], kept[1])


def _priced(item: Priced) -> Kept:
    return {
        "item": item.item,
        "units": item.units,
        "spa": item.spa,
        "ratio": None if item.ratio is None else str(item.ratio),
        "payable_fee": _fee(item.payable_fee),
    }
