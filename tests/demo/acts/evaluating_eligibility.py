"""Preliminary bid evaluation: who did not hold what was needed on the day of the close is asked for proof."""

from collections.abc import Mapping
from typing import Any

from tests.demo.acts.notices import issue, open_one
from tests.demo.acts.reviewing import Verdict, cases_of, work_through
from tests.demo.cast import Part
from tests.demo.stage import Stage


async def play(stage: Stage) -> None:
    """Everybody passes but the unlicensed, who are asked, send no proof, and are disqualified."""
    stage.tally.chapter("Preliminary bid evaluation")
    due = []
    unlicensed = [each for each in stage.suppliers if each.part is Part.UNLICENSED]
    for round_ in stage.rounds:
        numbers = {round_.kept["numbers"][each.ptan] for each in unlicensed}

        def judge(case: Mapping[str, Any], line: Mapping[str, Any], numbers: set[str] = numbers) -> Verdict | None:
            if line["outcome"] is None:
                return Verdict("ask" if case["bidder_number"] in numbers else "pass", "I looked it up.")
            return None

        cases = await work_through(stage, round_, "pbe", judge)
        stage.tally.check(f"every bidder of {round_.name} is evaluated", cases, len(stage.suppliers))
        stage.tally.check("who held no license is asked for proof", await issue(stage, round_, "pbe"), len(unlicensed))
        for supplier in unlicensed:
            notice = await open_one(stage, supplier, round_, "pbe")
            stage.tally.check(f"{supplier.name} reads about its licenses", "license" in (notice["html"] or "").lower())
            due.append(notice["due_at"])
    if due:
        await stage.until_after_due(max(due))
    for round_ in stage.rounds:
        await work_through(stage, round_, "pbe", _unproved)
        states = {case["state"] for case in await cases_of(stage, round_, "pbe")}
        stage.tally.check(f"every bidder of {round_.name} is judged", states, {"DECIDED"})
        for supplier in unlicensed:
            bids = await stage.official(supplier).every(f"/api/bidding/bids?round={round_.code}")
            stage.tally.check(
                f"{supplier.name} reads no result before the notice", {bid["state"] for bid in bids}, {"RECEIVED"}
            )


def _unproved(_case: Mapping[str, Any], line: Mapping[str, Any]) -> Verdict | None:
    if line["outcome"] in {None, "ask"}:
        return Verdict("fail", "No proof came.", ["NOT_LICENSED"])
    return None
