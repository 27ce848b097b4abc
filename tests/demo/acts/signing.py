"""Contracts are sent for signature, signed by CMS, and seen by their suppliers; the period starts."""

from datetime import timedelta

from tests.demo.acts.filling_forms import typed
from tests.demo.acts.setting_up import phase_of
from tests.demo.cast import Part
from tests.demo.stage import Stage

ADMINISTRATION = "/api/contracts/administration"


async def play(stage: Stage) -> None:
    """Send, sign, and look at the signed contract."""
    stage.tally.chapter("Contracts are signed")
    administrator, officer = stage.staff("CONTRACT_ADMINISTRATOR"), stage.staff("CONTRACTING_OFFICER")
    codes = {round_.code: round_ for round_ in stage.rounds}
    mine = [each for each in await administrator.every(ADMINISTRATION) if each["round_code"] in codes]
    expected = sum(
        each.part in {Part.STEADY, Part.FORGETFUL, Part.UNLICENSED} or (each.part is Part.DEAR and not round_.remote)
        for round_ in stage.rounds
        for each in stage.suppliers
    )
    stage.tally.check("everybody who accepted has a contract", len(mine), expected)
    for contract in mine:
        await administrator.post(f"{ADMINISTRATION}/{contract['id']}/sending", version=contract["row_version"])
    queue = await officer.get(f"{ADMINISTRATION}/signings?limit=100")
    waiting = [each for each in queue["items"] if each["round_code"] in codes]
    chosen = [{"contract_id": each["id"], "row_version": each["row_version"]} for each in waiting]
    body = {"contracts": chosen, "signature": await typed(officer, queue["statement"])}
    await officer.post(f"{ADMINISTRATION}/signings", body)
    await stage.settle()
    mine = [each for each in await administrator.every(ADMINISTRATION) if each["round_code"] in codes]
    stage.tally.check("every contract is executed", {each["state"] for each in mine}, {"EXECUTED"})
    for supplier in stage.suppliers:
        seen = [each for each in await stage.official(supplier).every("/api/contracts/contracts")
                if each["round_code"] in codes]  # fmt: skip
        if supplier.part is Part.STEADY:
            stage.tally.check(f"{supplier.name} sees its contracts", len(seen), len(stage.rounds))
        elif supplier.part in {Part.NEWCOMER, Part.WEAK}:
            stage.tally.check(f"{supplier.name} has none", seen, [])
    await stage.until_day(max(round_.closes for round_ in stage.rounds) + timedelta(days=261))
    for round_ in stage.rounds:
        stage.tally.check(f"the period of {round_.name} has begun", await phase_of(stage, round_), "PERFORMANCE")
    mine = [each for each in await administrator.every(ADMINISTRATION) if each["round_code"] in codes]
    stage.tally.check("every contract is active", {each["state"] for each in mine}, {"ACTIVE"})
