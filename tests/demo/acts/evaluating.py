"""The bids are arrayed, selected and priced; the run is checked and released by two people."""

from typing import Any

from tests.demo.stage import Round, Stage


async def play(stage: Stage) -> None:
    """Run, check and release the evaluation of each round."""
    stage.tally.chapter("The bids are evaluated")
    pricing, officer = stage.staff("PRICING_ANALYST"), stage.staff("CONTRACTING_OFFICER")
    for round_ in stage.rounds:
        run = await pricing.post(f"/api/bidding/rounds/{round_.code}/evaluations")
        path = f"/api/bidding/evaluations/{run['id']}"
        await stage.settle()
        run = await pricing.get(path)
        stage.tally.check(f"the bids of {round_.name} are evaluated", run["state"], "COMPLETED")
        await pricing.post(f"{path}/check", version=run["version"])
        await stage.settle()
        run = await pricing.get(path)
        stage.tally.check("computed once more they come out the same", run["state"], "CONFIRMED")
        tried = await pricing.refused("POST", f"{path}/release", version=run["version"])
        stage.tally.check("who ran it cannot release it", tried, 403)
        await officer.post(f"{path}/release", version=run["version"])
        await _told(stage, round_, path)
    await stage.settle()


async def _told(stage: Stage, round_: Round, path: str) -> None:
    results = await stage.staff("AUDITOR").every(f"{path}/competitions")
    stage.tally.check("every competition has a result", len(results), len(round_.competitions))
    objections: list[Any] = [each["result"]["objections"] for each in results]
    stage.tally.check("nothing stands against an award", objections, [[] for _ in results])
