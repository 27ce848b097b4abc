"""What no source gives, made up from a seed and marked so: areas, fees, demand, lead items of Round 2028.

The same seed gives the same data on any machine; nothing here is a fact of CMS.
"""

import random
from collections.abc import Iterator

from bidding_svc.rounds.competition import LIFECYCLE, Competition
from events.rounds import Category, Cba

SEED = 2028
STATES = (
    *("AL", "AR", "AZ", "CA", "CO", "CT", "DE", "FL", "GA", "HI", "IA", "ID", "IL", "IN", "KS", "KY", "LA", "MA"),
    *("MD", "MI", "MN", "MO", "MS", "NC", "NE", "NJ", "NM", "NV", "NY", "OH", "OK", "OR", "PA", "RI", "SC", "TN"),
    *("TX", "UT", "VA", "WA", "WI", "WV"),
)


def areas(count: int) -> list[Cba]:
    """Make up `count` competitive bidding areas, each within one state."""
    drawn = random.Random(f"{SEED} areas")  # noqa: S311  data, not secrets
    states = [drawn.choice(STATES) for _ in range(count)]
    return [
        Cba(code=f"sample-area-{number:03}", name=f"Sample Area {number:03}, {state}", state=state, made_up=True)
        for number, state in enumerate(states, start=1)
    ]


def with_lead_item(category: Category) -> Category:
    """Return the category with a made-up lead item, where none was published."""
    if category.lead_item:
        return category
    drawn = random.Random(f"{SEED} lead item {category.code}")  # noqa: S311
    return category.model_copy(update={"lead_item": f"Z{drawn.randrange(1000, 10000)}", "made_up": True})


def competitions(round_code: str, categories: list[Category], cbas: list[Cba]) -> Iterator[Competition]:
    """Make up bid limit and demand for every category in every area."""
    for category in categories:
        drawn = random.Random(f"{SEED} {round_code} {category.code}")  # noqa: S311
        fee_cents = drawn.randrange(2_000, 250_000)
        for cba in cbas:
            yield Competition(
                round_code=round_code,
                category_code=category.code,
                cba_code=cba.code,
                bid_limit_cents=fee_cents * drawn.randrange(95, 106) // 100,
                demand=drawn.randrange(200, 20_000),
                made_up=True,
                state=LIFECYCLE.start,
            )
