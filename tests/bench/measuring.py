"""Rounds, ratios, and the one line that each row prints."""

import statistics
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

OURS = "ours"


@dataclass(frozen=True)
class Plan:
    """How much is measured. Sides take turns (A-B-A-B) within each round; what is compared stood in the same round."""

    rounds: int
    seconds: float
    """Length of a timed load."""
    warm_up: float
    quick: bool

    def count(self, full: int, quick: int) -> int:
        """How many things a round moves, where it counts things and not seconds."""
        return quick if self.quick else full


FULL = Plan(rounds=5, seconds=4.0, warm_up=8.0, quick=False)
QUICK = Plan(rounds=3, seconds=0.4, warm_up=0.4, quick=True)


@dataclass(frozen=True)
class Goal:
    """What a ratio, or a fact, has to be."""

    bound: float
    at_most: bool = False

    def met(self, value: float) -> bool:
        """Whether the value is within the bound."""
        return value <= self.bound if self.at_most else value >= self.bound

    def verdict(self, value: float) -> str:
        """Say it in words."""
        return f"goal {'≤' if self.at_most else '≥'} {self.bound:g} {'met' if self.met(value) else 'NOT MET'}"


@dataclass(frozen=True)
class Fact:
    """A number beside the ratios, with its goal where it has one."""

    words: str
    value: float
    unit: str
    goal: Goal | None = None

    def __str__(self) -> str:
        told = f"{self.words} {number(self.value)}{self.unit}"
        return f"{told} ({self.goal.verdict(self.value)})" if self.goal else told


@dataclass
class Row:
    """What one benchmark found. `samples` holds a number a round for each side; ours is among them."""

    name: str
    unit: str
    samples: Mapping[str, Sequence[float]]
    goals: Mapping[str, Goal] = field(default_factory=dict)
    facts: Sequence[Fact] = ()
    lost: int = 0
    doubled: int = 0
    words: Sequence[str] = ()
    """What a reader must know of the set-up."""
    raw: Any = None

    @property
    def void(self) -> bool:
        """Whether the numbers count for nothing, because something was lost or doubled."""
        return bool(self.lost or self.doubled)

    @property
    def ratios(self) -> dict[str, float]:
        """Ours ÷ each other side: the median of the rounds' ratios."""
        return {side: statistics.median(self._ratios(side)) for side in self.samples if side != OURS}

    @property
    def goals_met(self) -> bool:
        """Whether every goal is."""
        ratios = self.ratios
        return all(goal.met(ratios[side]) for side, goal in self.goals.items()) and all(
            fact.goal.met(fact.value) for fact in self.facts if fact.goal
        )

    def line(self) -> str:
        """Ours, each side with its ratio, and what was lost."""
        ratios, told = self.ratios, [f"ours {self._absolute(OURS)}"]
        for side in ratios:
            goal = f", {self.goals[side].verdict(ratios[side])}" if side in self.goals else ""
            told.append(f"{side} {self._absolute(side)} ({number(ratios[side])}{goal})")
        told += [str(fact) for fact in self.facts]
        told += [f"lost {self.lost}", f"doubled {self.doubled}", self._spread(), *self.words]
        return f"{'VOID ' if self.void else ''}{self.name}: {' · '.join(told)}"

    def _ratios(self, side: str) -> list[float]:
        return [ours / other for ours, other in zip(self.samples[OURS], self.samples[side], strict=True)]

    def _absolute(self, side: str) -> str:
        return f"{number(statistics.median(self.samples[side]))}{self.unit}"

    def _spread(self) -> str:
        rounds = len(self.samples[OURS])
        compared = list(self.ratios)[:1]
        values = self._ratios(compared[0]) if compared else list(self.samples[OURS])
        return f"{rounds} rounds ±{spread(values):.0%}"


def spread(values: Sequence[float]) -> float:
    """Half of the range, as a share of the median."""
    return (max(values) - min(values)) / 2 / statistics.median(values)


def take_turns(rounds: int, sides: Mapping[str, Callable[[], float]]) -> dict[str, list[float]]:
    """Let every side run once in each round, in the same order, and return its numbers."""
    samples: dict[str, list[float]] = {side: [] for side in sides}
    for _ in range(rounds):
        for side, run in sides.items():
            samples[side].append(run())
    return samples


def quantile(values: Sequence[float], share: float) -> float:
    """The value that `share` of all values do not exceed."""
    ordered = sorted(values)
    return ordered[min(int(share * len(ordered)), len(ordered) - 1)]


def number(value: float) -> str:
    """Three digits that mean something, with thousands apart."""
    if abs(value) >= 100:
        return f"{value:,.0f}"
    return f"{value:.1f}" if abs(value) >= 10 else f"{value:.2f}"
