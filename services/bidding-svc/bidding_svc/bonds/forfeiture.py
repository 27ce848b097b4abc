"""When a bid surety bond is forfeited: a function of the offers of one area, and of nothing else.

42 CFR 414.412(h); domain/documents.md 6. All must hold for one line: the offer was made before the public announcement
of the contract suppliers or within the days after it that the rule set gives (LATE_OFFER_BOND), also as the result of
an inquiry; the composite bid is at or below the median of the bids that made the payment amount; the offer was declined
or lapsed. One such line forfeits the bond of its area, also where others were accepted. Times are instants with an
offset, money is whole cents.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from chassis.calendar import in_time


@dataclass(frozen=True)
class FinalLine:
    """One line of an offer when its decision is final: submitted, or past its due time.

    `label` says category and area in words. `at_or_below_median` is `at_or_below_median()` as the line was offered
    with. `given_up`: declined, or lapsed; an accepted line is not, nor one that CMS took back (lifecycle.md 4.6).
    """

    line_id: UUID
    category_code: str
    cba_code: str
    label: str
    offered_at: datetime
    at_or_below_median: bool
    given_up: bool


def at_or_below_median(composite_cents: int, median_cents: int | None) -> bool:
    """Whether a composite bid is at or below the median composite bid rate of its competition.

    The median is over the bidders used in the payment amount, as the regulation says, and not over all bidders; None:
    there is none, as nobody's bid made an amount.
    """
    return median_cents is not None and composite_cents <= median_cents


def puts_bond_at_risk(offered_at: datetime, *, at_or_below_median: bool, late_offers_until: datetime | None) -> bool:
    """Whether giving this line up would forfeit the bond of its area: what a bidder is warned of before declining.

    `late_offers_until` is `clocks.late_offers_until()`; None: the contract suppliers are not announced yet.
    """
    return at_or_below_median and (late_offers_until is None or in_time(offered_at, late_offers_until))


def forfeiting(lines: Iterable[FinalLine], late_offers_until: datetime | None) -> list[FinalLine]:
    """Return the lines that forfeit the bond of their area, in the order given; none of them: the bond is kept."""
    return [
        line
        for line in lines
        if line.given_up
        and puts_bond_at_risk(
            line.offered_at, at_or_below_median=line.at_or_below_median, late_offers_until=late_offers_until
        )
    ]
