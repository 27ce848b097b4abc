"""Fee schedule amounts as averages, for the ratio to the lead item and for what would otherwise be paid."""

from collections import defaultdict
from collections.abc import Mapping

from sqlalchemy import func, select

from bidding_svc.evaluation.pricing import Fee
from bidding_svc.imports.fee import Fee as ScheduledFee
from chassis.database import Session
from events.rule_set import NonLeadRatio, RuleSet

OfItem = Mapping[str, Mapping[str, int]]
"""Cents by item and state."""


class Fees:
    """The two fee schedules a round is priced by."""

    def __init__(self, ratio_year: OfItem, payable_year: OfItem) -> None:
        self._ratio, self._payable = ratio_year, payable_year

    def for_ratio(self, item: str, state: str | None, method: NonLeadRatio) -> Fee | None:
        """Return the fee the ratio is made of; an area within no one state takes the average over all states."""
        return _fee(self._ratio.get(item, {}), None if method == "avg_2015_all_areas" else state)

    def payable(self, item: str, state: str | None) -> Fee | None:
        """Return what would otherwise be paid for an item."""
        return _fee(self._payable.get(item, {}), state)


async def read_fees(session: Session, rules: RuleSet) -> Fees:
    """Read the schedules of the years the rule set names; without a year the latest on file is what is payable."""
    year = rules.pricing.payable_fee_year or await session.scalar(select(func.max(ScheduledFee.year)))
    rows = await session.execute(
        select(ScheduledFee.year, ScheduledFee.item, ScheduledFee.state, ScheduledFee.amount_cents).where(
            ScheduledFee.year.in_({rules.pricing.ratio_fee_year, year or 0})
        )
    )
    by_year: dict[int, dict[str, dict[str, int]]] = defaultdict(lambda: defaultdict(dict))
    for of_year, item, state, cents in rows:
        by_year[of_year][item][state] = cents
    return Fees(by_year[rules.pricing.ratio_fee_year], by_year[year or 0])


def _fee(by_state: Mapping[str, int], state: str | None) -> Fee | None:
    if state is not None:
        return Fee(by_state[state], 1) if state in by_state else None
    return Fee(sum(by_state.values()), len(by_state)) if by_state else None
