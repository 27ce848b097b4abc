"""Suppliers register, and each gets its bidder number."""

from datetime import timedelta

from tests.demo.acts.setting_up import phase_of
from tests.demo.cast import Part
from tests.demo.stage import Stage

_ONE_DAY = timedelta(days=1)
PROOF = {"ssn": "900-00-0301", "birth_date": "1979-11-08"}
"""What the sample enrolment record holds of the newcomer's official."""


async def play(stage: Stage) -> None:
    """Registration opens; the newcomer registers, and everybody is numbered."""
    stage.tally.chapter("Suppliers register")
    await stage.until_day(min(round_.opens for round_ in stage.rounds) - _ONE_DAY)
    for round_ in stage.rounds:
        stage.tally.check(f"{round_.name} takes registrations", await phase_of(stage, round_), "REGISTRATION")
    for newcomer in [each for each in stage.suppliers if each.part is Part.NEWCOMER and "AO" in each.people]:
        await _register(stage, newcomer.ptan, newcomer.people["AO"])
    await stage.settle()
    analyst = stage.staff("EVALUATION_ANALYST")
    for round_ in stage.rounds:
        found = await analyst.every(f"/api/bidding/round-set-ups/{round_.code}/registrations")
        by_ptan = {each["ptan"]: each["bidder_number"] for each in found}
        mine = {each.ptan: by_ptan.get(each.ptan) for each in stage.suppliers}
        stage.tally.check(f"every supplier has its number in {round_.name}", all(mine.values()))
        round_.kept["numbers"] = mine


async def _register(stage: Stage, ptan: str, user_id: str) -> None:
    official = stage.caller(user_id)
    me = await official.get("/api/identity/me")
    if me["organization"]:
        return
    wrong = PROOF | {"birth_date": "1979-11-09"}
    wanted = {"ptan": ptan, "role": "AO"}
    tried = await official.refused("POST", "/api/identity/role-requests", wanted | wrong)
    stage.tally.check("an official with another birth date is not let in", tried, 422)
    request = await official.post("/api/identity/role-requests", wanted | PROOF)
    stage.tally.check("the official whom the record names is let in", request["state"], "ACTIVE")
    await official.sign_in_anew()
    me = await official.get("/api/identity/me")
    stage.tally.check("and acts for the organization", me["organization"] is not None)
