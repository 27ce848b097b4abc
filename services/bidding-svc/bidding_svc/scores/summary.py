"""The summary a bidder reads: its own score line by line, medians and minimum, nothing of anybody else."""

from typing import Any

from bidding_svc.scores.distribution import Distribution
from bidding_svc.scores.exact import rounded
from bidding_svc.scores.score import FinancialScore, ScoringRun
from events.scoring_rules import Scoring


def summary_of(score: FinancialScore, run: ScoringRun, rules: Scoring) -> dict[str, Any]:
    """Write what a bidder may see.

    Where few bidders are behind a ratio, its rank band would tell of the others: it is left away, as its median is and
    the points of the median. A personal score is its owner's alone: the summary says only that the report was a
    personal one, and leaves away every number the score could be read from: beside the total that is the points of
    the ratios.
    """
    result = score.result or {}
    distribution = Distribution.from_kept(run.distribution, rules)
    credit = dict(result["credit"])
    told = {
        name: result[name] for name in ("method", "total", "minimum", "outcome", "missing", "documents", "ratio_points")
    }
    if credit["personal"]:
        credit["score"] = credit["normalised"] = credit["points"] = None
        told["total" if result["method"] == "credit_only" else "ratio_points"] = None
    many = run.subjects >= rules.fewest_for_a_median
    lines = [_line(line, distribution, many=many) for line in result["ratios"]]
    return {
        **told,
        "median_total": run.median_total,
        "run_at": run.run_at.isoformat(),
        "ratios": [line | {"points": None} for line in lines] if credit["personal"] else lines,
        "credit": credit,
    }


def _line(line: dict[str, Any], distribution: Distribution, *, many: bool) -> dict[str, Any]:
    median = distribution.medians[line["key"]]
    if not many or median is None:
        return {**line, "band": None, "median": None, "median_points": None}
    middle = rounded(distribution.ladders[line["key"]].median_points, 4)
    return {**line, "median": str(median), "median_points": str(middle)}
