"""What is left of a run: lines on the screen, raw samples in a file, and ratios to compare the next quick run with."""

import json
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

from tests.bench.apart import LOGS
from tests.bench.measuring import Row

RESULTS = LOGS.parent
KEPT = Path(__file__).with_name("quick-ratios.json")
FALL = 0.2
"""A quick run fails when a ratio fell by more than this share."""


def store(rows: Sequence[Row], surroundings: dict[str, Any]) -> Path:
    """Write everything that was measured, and return the file."""
    RESULTS.mkdir(exist_ok=True)
    file = RESULTS / f"{datetime.now().astimezone():%Y%m%d-%H%M%S}.json"
    told = {
        row.name: {
            "unit": row.unit,
            "samples": row.samples,
            "ratios": row.ratios,
            "facts": {fact.words: fact.value for fact in row.facts},
            "lost": row.lost,
            "doubled": row.doubled,
            "goals_met": row.goals_met,
            "line": row.line(),
            "raw": row.raw,
        }
        for row in rows
    }
    file.write_text(json.dumps({"surroundings": surroundings, "rows": told}, indent=1))
    return file


def keep(rows: Sequence[Row]) -> None:
    """Keep these ratios for later quick runs; what was not measured now stays as it was."""
    KEPT.write_text(json.dumps(_kept() | {row.name: _rounded(row) for row in rows}, indent=1, sort_keys=True) + "\n")


def falls(rows: Sequence[Row]) -> list[str]:
    """Return a sentence for each ratio that fell by more than a fifth since it was kept."""
    kept = _kept()
    return [
        f"{row.name}: ours ÷ {side} fell from {before:g} to {row.ratios[side]:.3g}"
        for row in rows
        for side, before in kept.get(row.name, {}).items()
        if side in row.ratios and _worse(row, side, before)
    ]


def _worse(row: Row, side: str, before: float) -> bool:
    goal, now = row.goals.get(side), row.ratios[side]
    if goal is not None and goal.at_most:
        return now > before / (1 - FALL)
    return now < before * (1 - FALL)


def _kept() -> dict[str, dict[str, float]]:
    return dict(json.loads(KEPT.read_text())) if KEPT.exists() else {}


def _rounded(row: Row) -> dict[str, float]:
    return {side: round(ratio, 3) for side, ratio in row.ratios.items()}
