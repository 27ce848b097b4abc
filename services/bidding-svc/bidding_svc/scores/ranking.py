"""From a value to its points: ranked over the whole round, best and worst group, prorated between (scoring 3, 4)."""

from bisect import bisect_left
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from fractions import Fraction
from itertools import groupby, pairwise
from math import ceil
from typing import Literal

from bidding_svc.scores.exact import Exact
from bidding_svc.scores.ratios import Standing

FEWEST = 1
"""What the worst group gets."""


class Band(StrEnum):
    """The group of a rank."""

    TOP = "TOP"
    MIDDLE = "MIDDLE"
    BOTTOM = "BOTTOM"


@dataclass(frozen=True)
class Placed:
    """A place among all bidders of the round: `rank` 1 is the best, ties share the mean of their ranks."""

    rank: Fraction
    points: Fraction
    band: Band


@dataclass(frozen=True)
class _Step:
    """Everybody with one standing: ranks `first` to `last`."""

    standing: Standing
    first: int
    last: int


class Ladder:
    """The standings of one ratio over the round, frozen: who has one of them, or one between, finds its place."""

    def __init__(
        self,
        standings: Iterable[tuple[Standing, int]],
        *,
        maximum: Decimal,
        group_share: Exact = Fraction(1, 10),
        prorate_by: Literal["rank", "value"] = "rank",
    ) -> None:
        """Take each standing with how many bidders have it."""
        self._steps: list[_Step] = []
        behind = 0
        for standing, group in groupby(sorted(standings), key=lambda each: each[0]):
            count = sum(each[1] for each in group)
            self._steps.append(_Step(standing, behind + 1, behind + count))
            behind += count
        self.count = behind
        self._standings = [step.standing for step in self._steps]
        self._group = max(1, ceil(Fraction(group_share) * behind)) if behind else 0
        self._maximum, self._prorate_by = Fraction(maximum), prorate_by

    @property
    def steps(self) -> list[tuple[Standing, int]]:
        """Each standing, best first, with how many bidders have it: all there is to keep."""
        return [(step.standing, step.last - step.first + 1) for step in self._steps]

    @property
    def median_points(self) -> Fraction:
        """The points of the one in the middle; where nobody is ranked, midway between the most and the fewest."""
        if not self.count:
            return (self._maximum + FEWEST) / 2
        middle = (self.count + 1) // 2, self.count // 2 + 1
        return sum((self._at_rank(rank) for rank in middle), Fraction(0)) / 2

    def place(self, standing: Standing) -> Placed:
        """Give a standing its place. One that nobody has falls between its neighbours: their ranks' middle."""
        at = bisect_left(self._standings, standing)
        if at < len(self._steps) and self._steps[at].standing == standing:
            step = self._steps[at]
            rank, points = Fraction(step.first + step.last, 2), self._of_step(step)
        else:
            rank = Fraction(self._steps[at - 1].last if at else 0) + Fraction(1, 2)
            points = self._prorated(rank, standing)
        return Placed(rank, points, self._band(rank))

    def _of_step(self, step: _Step) -> Fraction:
        if self._prorate_by == "value" and self._is_between(step.first) and self._is_between(step.last):
            return self._by_value(step.standing)
        ranks = range(step.first, step.last + 1)
        return sum((self._at_rank(rank) for rank in ranks), Fraction(0)) / len(ranks)

    def _at_rank(self, rank: int) -> Fraction:
        return self._prorated(Fraction(rank), self._standing_at(rank))

    def _prorated(self, rank: Fraction, standing: Standing) -> Fraction:
        n, group, maximum = self.count, self._group, self._maximum
        if rank <= group or not n:  # nobody else has a value: this one is the best
            return maximum
        if rank >= n - group + 1:
            return Fraction(FEWEST)
        if self._prorate_by == "value":
            return self._by_value(standing)
        return maximum - (maximum - FEWEST) * (rank - group) / (n - 2 * group + 1)

    def _by_value(self, standing: Standing) -> Fraction:
        """Linear between the values at the two cut-offs; who has no ordinary value is worse than any of them."""
        best = self._standing_at(self._group)
        worst = self._standing_at(self.count - self._group + 1)
        if worst.tier != best.tier:
            worst = next(one for one, after in pairwise(self._standings) if after.tier != best.tier)
        if standing.tier != best.tier:
            return Fraction(FEWEST)
        width = Fraction(worst.demerit) - Fraction(best.demerit)
        share = (Fraction(standing.demerit) - Fraction(best.demerit)) / width if width else Fraction(0)
        return self._maximum - (self._maximum - FEWEST) * min(max(share, Fraction(0)), Fraction(1))

    def _standing_at(self, rank: int) -> Standing:
        at = bisect_left(self._steps, rank, key=lambda step: step.last)
        return self._steps[at].standing

    def _is_between(self, rank: int) -> bool:
        return self._group < rank <= self.count - self._group

    def _band(self, rank: Fraction) -> Band:
        if rank <= self._group or not self.count:
            return Band.TOP
        return Band.BOTTOM if rank >= self.count - self._group + 1 else Band.MIDDLE
