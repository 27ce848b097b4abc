"""Winners are checked again, the disqualified are to be told, and the award goes out at once."""

from typing import Any

from tests.demo.acts.notices import end_users_see_nothing, notices_to
from tests.demo.acts.reviewing import work_through
from tests.demo.acts.setting_up import phase_of
from tests.demo.cast import Part
from tests.demo.stage import Round, Stage

AWARDS = "/api/bidding/awards"


async def play(stage: Stage) -> None:
    """Re-check licenses, recommend disqualifications, prepare and release the award."""
    stage.tally.chapter("Contracts are offered")
    for round_ in stage.rounds:
        rechecked = await work_through(stage, round_, "recheck")
        stage.tally.check(f"the licenses of {rechecked} winners are checked again", rechecked > 0)
        told = await work_through(stage, round_, "disqualification")
        out = sum(each.part in {Part.UNLICENSED, Part.WEAK} for each in stage.suppliers)
        stage.tally.check("as many bidders are to be told that they are out", told, out)
        await release_award(stage, round_)
        stage.tally.check(f"{round_.name} is awarding", await phase_of(stage, round_), "AWARDING")
        amounts = await stage.staff("AUDITOR").every(f"/api/bidding/rounds/{round_.code}/payment-amounts")
        stage.tally.check("every competition has its payment amount", len(amounts), len(round_.competitions))
        await _everybody_is_told(stage, round_)


async def release_award(stage: Stage, round_: Round) -> dict[str, Any]:
    """Have an award prepared by one person and released by another; return it when all is out."""
    pricing, officer = stage.staff("PRICING_ANALYST"), stage.staff("CONTRACTING_OFFICER")
    award = await pricing.post(f"/api/bidding/rounds/{round_.code}/awards")
    stage.tally.check("nothing stands against the release", [each["words"] for each in award["obstacles"]], [])
    path = f"{AWARDS}/{award['id']}"
    body = {"unchecked_acknowledged": True}
    tried = await pricing.refused("POST", f"{path}/release", body, version=award["version"])
    stage.tally.check("who prepared the award cannot release it", tried, 403)
    await officer.post(f"{path}/release", body, version=award["version"])
    await stage.settle()
    released: dict[str, Any] = await officer.get(path)
    stage.tally.check("the award is out", released["state"], "RELEASED")
    round_.kept.setdefault("awards", []).append(released["id"])
    return released


async def _everybody_is_told(stage: Stage, round_: Round) -> None:
    for supplier in stage.suppliers:
        summaries = await stage.official(supplier).get(f"/api/bidding/financial-summary?round={round_.code}")
        scored = supplier.part is not Part.UNLICENSED  # out before anybody's finances were keyed
        stage.tally.check(f"{supplier.name} reads the score summary there is", len(summaries), int(scored))
        if supplier.part in {Part.UNLICENSED, Part.WEAK}:
            told = await notices_to(stage, supplier, round_, "disqualification")
            stage.tally.check(f"{supplier.name} has a notice of disqualification", len(told), 1)
        if "EU" in supplier.people:
            tried = await stage.official(supplier, "EU").refused("GET", "/api/bidding/offers")
            stage.tally.check("an end user sees no offers", tried, 403)
    for kind in ("disqualification", "offer"):
        await end_users_see_nothing(stage, round_, kind)
