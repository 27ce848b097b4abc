"""The geometry of pictures: a score against its minimum, the points of a ratio, the bids of a competition.

Only shapes and where they stand; templates draw them as SVG (`macros/charts.html`), with the words around them.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

Json = Mapping[str, Any]

WIDE = 1000.0
BULLET = 20.0
"""Units of a bullet chart for each point."""


@dataclass(frozen=True)
class Total:
    """A bar from 0 to 1,000: what ratios and credit gave, the minimum, the median."""

    ratios: float
    credit: float
    minimum: float | None
    median: float | None


@dataclass(frozen=True)
class Bullet:
    """One ratio: own points, those of the median bidder, and the most there are."""

    own: float
    median: float | None
    most: float


@dataclass(frozen=True)
class Block:
    """One bid of an array: as wide as the capacity that counts, as high as its amount."""

    x: float
    y: float
    width: float
    height: float
    label: str
    price: str
    kind: str
    is_small: bool
    price_at: float

    @property
    def middle(self) -> float:
        """Where its words stand."""
        return self.x + self.width / 2

    @property
    def is_wide(self) -> bool:
        """Whether there is room for its price and its number."""
        return self.width >= 46


@dataclass(frozen=True)
class Mark:
    """A line of an axis with its words."""

    at: float
    words: str


@dataclass(frozen=True)
class ArrayPicture:
    """Price against capacity added up; a line where the demand is, and where the payment amount is."""

    blocks: list[Block]
    prices: list[Mark]
    capacities: list[Mark]
    demand: Mark | None
    payment: Mark | None
    payment_until: float


LEFT, RIGHT, TOP, BOTTOM = 72.0, 1096.0, 56.0, 384.0


def total_of(told: Json) -> Total | None:
    """Lay out the total of a summary; None where a part of it is not told."""
    if told["total"] is None or told["ratio_points"] is None:
        return None
    whole = Decimal(100 if told["method"] == "ratios_80_credit_20" else 1)
    total = Decimal(told["total"])
    ratios = Decimal(told["ratio_points"])
    return Total(
        ratios=_share(ratios, whole),
        credit=_share(max(total - ratios, Decimal(0)), whole),
        minimum=_share(Decimal(told["minimum"]), whole) if told["minimum"] else None,
        median=_share(Decimal(told["median_total"]), whole) if told["median_total"] else None,
    )


def bullet_of(line: Json) -> Bullet | None:
    """Lay out the points of a ratio; None where they are not told."""
    if line["points"] is None:
        return None
    median = line.get("median_points")
    return Bullet(
        own=round(float(line["points"]) * BULLET, 1),
        median=round(float(median) * BULLET, 1) if median is not None else None,
        most=float(line["maximum"]) * BULLET,
    )


def array_of(array: Json) -> ArrayPicture | None:
    """Lay out the array of a competition; None where no bid takes part."""
    bids = [bid for bid in array["bids"] if bid["rank"] is not None]
    if not bids:
        return None
    result = array["result"] or {}
    amounts = [bid["amount_cents"] for bid in bids]
    prices = _steps(min(amounts) - max((max(amounts) - min(amounts)) // 3, 100), max(amounts))
    capacity = max(float(bids[-1]["cumulative"]), float(array["demand"]))
    capacities = _steps(0, int(capacity))
    wide, low, high = capacities[-1], prices[0], prices[-1]

    def across(units: float) -> float:
        return round(LEFT + (RIGHT - LEFT) * units / wide, 1)

    def up(cents: float) -> float:
        return round(BOTTOM - (BOTTOM - TOP) * (cents - low) / (high - low), 1)

    line = across(array["demand"])
    spa, blocks = result.get("spa"), [_block(bid, result.get("pivotal"), across, up, line) for bid in bids]
    winning = [float(bid["cumulative"]) for bid in bids if bid["outcome"] == "WINNING"]
    return ArrayPicture(
        blocks=blocks,
        prices=[
            Mark(up(cents), f"${cents // 100:,}" if cents % 100 == 0 else f"${cents / 100:,.2f}") for cents in prices
        ],
        capacities=[Mark(across(units), f"{units:,}") for units in capacities],
        demand=Mark(across(array["demand"]), f"Demand {array['demand']:,} units") if array["demand"] else None,
        payment=Mark(up(spa), f"Single payment amount ${spa / 100:,.2f}") if spa is not None else None,
        payment_until=across(max(winning, default=0.0)),
    )


def _block(bid: Json, pivotal: int | None, across: Any, up: Any, line: float) -> Block:
    end, counted = float(bid["cumulative"]), float(bid["counted"])
    x, y = across(end - counted), up(bid["amount_cents"])
    kinds = {"WINNING": "pivotal" if bid["amount_cents"] == pivotal else "winning", "ADDED": "added"}
    return Block(
        x=x + 1,
        y=y,
        width=round(max(across(end) - x - 2, 0.5), 1),
        height=round(BOTTOM - y, 1),
        label=str(bid["rank"]),
        price=f"{bid['amount_cents'] / 100:,.2f}",
        kind=kinds.get(bid["outcome"], "out"),
        is_small=bool(bid["is_small"]),
        price_at=line + 36 if abs((x + across(end)) / 2 - line) < 34 else (x + across(end)) / 2,
    )


def _share(part: Decimal, whole: Decimal) -> float:
    return round(float(part / whole) * WIDE, 1)


def _steps(low: int, high: int) -> list[int]:
    """Return round numbers from below `low` to above `high`, five to ten of them."""
    span, step = max(high - low, 1), 1
    while span / step > 8:
        step = step * 5 // 2 if str(step)[0] == "2" else step * 2
    first = low // step * step
    return list(range(first, high + step, step)) if first < high else [first, first + step]
