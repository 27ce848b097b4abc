"""Whoever gave up an offer at or below the median loses the bond; the others get their liability back."""

from tests.demo.acts.checking_bonds import BONDS, bonds_of
from tests.demo.acts.notices import notices_to
from tests.demo.cast import Part
from tests.demo.stage import Stage


async def play(stage: Stage) -> None:
    """Notify the surety, collect, forfeit by another person; return what nothing stands against."""
    stage.tally.chapter("Bonds are forfeited and returned")
    analyst, officer = stage.staff("EVALUATION_ANALYST"), stage.staff("CONTRACTING_OFFICER")
    for round_ in stage.rounds:
        gave_up = {
            round_.kept["numbers"][each.ptan]: each
            for each in stage.suppliers
            if each.part in {Part.FORGETFUL, Part.NEWCOMER}
        }
        pending = [each for each in await bonds_of(stage, round_) if each["state"] == "FORFEITURE_PENDING"]
        stage.tally.check(
            f"who gave up loses a bond in {round_.name}", {each["bidder_number"] for each in pending}, set(gave_up)
        )
        for bond in pending:
            path, day = f"{BONDS}/{bond['id']}", stage.today.isoformat()
            read = await analyst.get(path)
            letter = {"on": day, "reference": "Letter 1"}
            noted = await analyst.post(f"{path}/surety-notice", letter, version=read["version"])
            tried = await analyst.refused("POST", f"{path}/forfeiture", letter, version=noted["version"])
            stage.tally.check("who notified the surety does not decide the forfeiture", tried, 403)
            transfer = {"on": day, "reference": "EFT 1"}
            done = await officer.post(f"{path}/forfeiture", transfer, version=noted["version"])
            stage.tally.check("the bond is forfeited", done["state"], "FORFEITED")
        await stage.settle()
        held = [each for each in await bonds_of(stage, round_) if each["state"] == "VERIFIED"]
        chosen = [{"id": each["id"], "version": each["version"]} for each in held]
        returned = await officer.post(f"{BONDS}/returns", {"bonds": chosen})
        stage.tally.check(f"{len(held)} bonds are returned", {each["state"] for each in returned}, {"RETURNED"})
    await stage.settle()
    for round_ in stage.rounds:
        forfeiting = next(each for each in stage.suppliers if each.part is Part.FORGETFUL)
        for role in ("AO", "EU"):
            seen = await notices_to(stage, forfeiting, round_, "bond-forfeiture", role)
            stage.tally.check(
                f"of the forfeiture its {role} reads as much as the role may", len(seen) <= (role == "AO")
            )
