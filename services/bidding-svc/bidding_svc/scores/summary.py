"""The summary a bidder reads: its own score line by line, medians and minimum, nothing of anybody else."""

from typing import Any

from bidding_svc.scores.score import FinancialScore, ScoringRun
from events.scoring_rules import Scoring


def summary_of(score: FinancialScore, run: ScoringRun, rules: Scoring) -> dict[str, Any]:
    """Write what a bidder may see.

    Where few bidders are behind a ratio, its rank band would tell of the others: it is left away, as its median is. A
    personal score is its owner's alone: the summary says only that the report was a personal one, and leaves away
    every number the score could be read from.
    """
    result = score.result or {}
    medians = run.distribution["medians"]
    few = run.subjects < rules.fewest_for_a_median
    ratios = [
        {**line, "band": None if few or medians[line["key"]] is None else line["band"], "median": medians[line["key"]]}
        for line in result["ratios"]
    ]
    credit = dict(result["credit"])
    told = {name: result[name] for name in ("method", "total", "minimum", "outcome", "missing", "documents")}
    if credit["personal"]:
        credit["score"] = credit["normalised"] = credit["points"] = None
        told["total"] = None if result["method"] == "credit_only" else told["total"]
    return {
        **told,
        "median_total": run.median_total,
        "run_at": run.run_at.isoformat(),
        "ratios": ratios,
        "credit": credit,
    }
