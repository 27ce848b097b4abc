"""The distribution of a round: the standings of every ratio over all bidders, and the medians. Frozen, it is kept."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from bidding_svc.scores.exact import median, rounded
from bidding_svc.scores.ranking import Ladder
from bidding_svc.scores.ratios import RATIOS, Standing
from bidding_svc.scores.subject import Subject
from events.scoring_rules import Scoring


@dataclass(frozen=True)
class Distribution:
    """Where everybody stands, ratio by ratio. A median is None where too few are behind it to be told."""

    ladders: Mapping[str, Ladder]
    medians: Mapping[str, Decimal | None]

    @classmethod
    def over(cls, subjects: Iterable[Subject], rules: Scoring) -> "Distribution":
        """Rank all subjects of a round. The order in which they come changes nothing."""
        everybody = list(subjects)
        standings: dict[str, Counter[Standing]] = {key: Counter() for key in rules.ratios}
        values: dict[str, list[Decimal]] = {key: [] for key in rules.ratios}
        for subject in everybody:
            for key in rules.ratios:
                measured = subject.measure(RATIOS[key])
                if measured.standing is not None:
                    standings[key][measured.standing] += 1
                if measured.standing is not None and measured.value is not None:
                    values[key].append(measured.value)
        return cls(
            {key: _ladder(key, counted.items(), rules) for key, counted in standings.items()},
            {
                key: rounded(median(found), 4) if len(found) >= rules.fewest_for_a_median else None
                for key, found in values.items()
            },
        )

    def kept(self) -> dict[str, Any]:
        """Write it as JSON: nothing in it names anybody."""
        return {
            "ladders": {
                key: [[each.tier, str(each.demerit), count] for each, count in ladder.steps]
                for key, ladder in self.ladders.items()
            },
            "medians": {key: value if value is None else str(value) for key, value in self.medians.items()},
        }

    @classmethod
    def from_kept(cls, kept: Mapping[str, Any], rules: Scoring) -> "Distribution":
        """Read what `kept` wrote."""
        ladders = {
            key: _ladder(key, [(Standing(tier, Decimal(demerit)), count) for tier, demerit, count in steps], rules)
            for key, steps in kept["ladders"].items()
        }
        medians = {key: None if value is None else Decimal(value) for key, value in kept["medians"].items()}
        return cls(ladders, medians)


def _ladder(key: str, standings: Iterable[tuple[Standing, int]], rules: Scoring) -> Ladder:
    return Ladder(standings, maximum=RATIOS[key].maximum, group_share=rules.group_share, prorate_by=rules.prorate_by)
