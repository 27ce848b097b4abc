"""How the cases of the reviews are worked through: an analyst recommends, a second person approves."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from tests.demo.stage import Round, Stage

CASES = "/api/bidding/reviews"


@dataclass(frozen=True)
class Verdict:
    """What an analyst makes of a line: an outcome and its reasons, and why."""

    outcome: str
    because: str
    reasons: list[str] = field(default_factory=list)


Judge = Callable[[Mapping[str, Any], Mapping[str, Any]], Verdict | None]
"""Case and line to what the analyst decides otherwise than proposed; None: as proposed."""


def as_proposed(_case: Mapping[str, Any], line: Mapping[str, Any]) -> Verdict | None:
    """Leave what was proposed; what nobody could check passes, for the analyst looked."""
    return Verdict("pass", "I looked at it myself.") if line["outcome"] is None else None


async def cases_of(stage: Stage, round_: Round, kind: str, state: str | None = None) -> list[dict[str, Any]]:
    """Return the cases of a kind in a round, as the work list shows them."""
    more = f"&state={state}" if state else ""
    return await stage.staff("EVALUATION_ANALYST").every(f"{CASES}?round={round_.code}&kind={kind}{more}")


async def work_through(
    stage: Stage,
    round_: Round,
    kind: str,
    judge: Judge = as_proposed,
    *,
    before: Callable[[Mapping[str, Any]], Awaitable[None]] | None = None,
    decided_by: str = "QUALITY_REVIEWER",
    decision: str = "approval",
) -> int:
    """Claim every open case of a kind, judge its lines, recommend it and have it approved. Return how many.

    `before` is done with a case in hand before its lines are judged.
    """
    cases = await cases_of(stage, round_, kind, "OPEN")
    for case in cases:
        await _work(stage, case["id"], judge, before)
        await _decide(stage, case["id"], decided_by, decision)
    await stage.settle()
    return len(cases)


async def _work(
    stage: Stage, case_id: str, judge: Judge, before: Callable[[Mapping[str, Any]], Awaitable[None]] | None
) -> None:
    analyst, path = stage.staff("EVALUATION_ANALYST"), f"{CASES}/{case_id}"
    case = await analyst.get(path)
    if case["assignee"] is None:
        case = await analyst.post(f"{path}/claim", version=case["version"])
    if before is not None:
        await before(case)
        case = await analyst.get(path)
    for line in await analyst.every(f"{path}/findings"):
        verdict = judge(case, line)
        if verdict is not None:
            body = {"outcome": verdict.outcome, "reasons": verdict.reasons, "because": verdict.because}
            case = await analyst.do("PUT", f"{path}/findings/{line['id']}", body, version=case["version"])
    await analyst.post(f"{path}/recommendation", {"note": "As the lines say."}, version=case["version"])


async def _decide(stage: Stage, case_id: str, role: str, decision: str) -> None:
    second, path = stage.staff(role), f"{CASES}/{case_id}"
    case = await second.get(path)
    await second.post(f"{path}/{decision}", version=case["version"])
