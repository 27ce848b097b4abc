"""How a round scores finances: the part of a rule set that the program did not publish, or not in full."""

from decimal import Decimal
from typing import Literal

from pydantic import Field

from events.envelope import Part
from events.kinds import Code, Number

Favourable = Literal["maximum", "median", "zero"]


class CreditScale(Part):
    """How a score of one type becomes a number from 0 (worst) to 1 (best).

    Numbers run from `low` to `high`; a rating in `letters` (best first) stands for equal steps. `minimum` is the lowest
    passing normalised score where a round judges by the credit report alone and this type has one of its own.
    """

    score_type: Code
    agency: str
    low: Number = Decimal(0)
    high: Number = Decimal(100)
    better: Literal["higher", "lower"] = "higher"
    letters: tuple[str, ...] = ()
    minimum: Number | None = None


CREDIT_SCALES = (
    CreditScale(score_type="paydex", agency="Dun & Bradstreet", low=Decimal(1), high=Decimal(100)),
    CreditScale(score_type="commercial-credit", agency="Dun & Bradstreet", low=Decimal(101), high=Decimal(670)),
    CreditScale(score_type="intelliscore-plus", agency="Experian", low=Decimal(1), high=Decimal(100)),
    CreditScale(score_type="business-credit-risk", agency="Equifax", low=Decimal(101), high=Decimal(992)),
    CreditScale(score_type="personal", agency="TransUnion, Equifax or Experian", low=Decimal(300), high=Decimal(850)),
    CreditScale(
        score_type="sp-rating",
        agency="Standard & Poor's",
        letters=("AAA", "AA", "A", "BBB", "BB", "B", "CCC", "CC", "C", "D"),
    ),
)

TEN_RATIOS = (
    "return_on_sales",
    "current_ratio",
    "sales_to_inventory",
    "collection_period",
    "working_capital",
    "ap_to_sales",
    "debt_to_equity",
    "cl_to_net_worth",
    "quality_of_earnings",
    "ocf_to_sales",
)


class Scoring(Part):
    """The ratios of the round, how they are ranked, and what a ratio without a value is worth.

    `group_share` of the bidders are the best and the worst group of each ratio; between them points are prorated by
    rank or by value. `no_inventory` and `no_current_liabilities` tell the points of a ratio that cannot be computed
    for a reason that speaks for the bidder. Medians are told only where at least `fewest_for_a_median` are behind them.
    """

    ratios: tuple[str, ...] = TEN_RATIOS
    group_share: Number = Decimal("0.10")
    prorate_by: Literal["rank", "value"] = "rank"
    no_inventory: Favourable = "median"
    no_current_liabilities: Favourable = "maximum"
    credit_scales: tuple[CreditScale, ...] = CREDIT_SCALES
    credit_minimum: Number | None = Field(
        default=None, description="Lowest passing normalised score where credit alone counts; None: not published."
    )
    fewest_for_a_median: int = Field(default=10, ge=1)
