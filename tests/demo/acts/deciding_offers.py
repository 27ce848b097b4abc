"""Officials accept and decline what they are offered; what nobody decides lapses."""

from typing import Any

from tests.demo.acts.filling_forms import typed
from tests.demo.acts.setting_up import phase_of, set_up_of
from tests.demo.cast import Part, Supplier
from tests.demo.stage import Round, Stage

OFFERS = "/api/bidding/offers"


async def play(stage: Stage) -> None:
    """Accept, decline with the warning, let lapse; then the contract suppliers are announced."""
    stage.tally.chapter("Offers are decided")
    due = []
    for round_ in stage.rounds:
        for supplier in stage.suppliers:
            for offer in await offers_to(stage, supplier, round_):
                due.append(offer["due_at"])
                if supplier.part is Part.FORGETFUL:
                    await _decline_the_first(stage, supplier, offer)
                elif supplier.part is not Part.NEWCOMER:
                    await accept_all(stage, supplier, offer)
    stage.tally.check("some were offered contracts", bool(due))
    await stage.until_after_due(max(due))
    for round_ in stage.rounds:
        states = {}
        for supplier in stage.suppliers:
            for offer in await offers_to(stage, supplier, round_):
                states[supplier.part] = [line["state"] for line in offer["offered"]]
        stage.tally.check("what was accepted stands", set(states[Part.STEADY]), {"ACCEPTED"})
        stage.tally.check("what was declined stands", states[Part.FORGETFUL], ["DECLINED", "ACCEPTED"])
        stage.tally.check("what nobody decided has lapsed", states[Part.NEWCOMER], ["LAPSED"])
        stage.tally.check(
            "the dearest bid is offered a contract only where capacity was short",
            Part.DEAR in states,
            not round_.remote,
        )
        await _announce(stage, round_)


async def offers_to(stage: Stage, supplier: Supplier, round_: Round) -> list[dict[str, Any]]:
    """Return the offers to a supplier in a round with their lines, the newest first."""
    official = stage.official(supplier)
    every = await official.every(OFFERS)
    return [await official.get(f"{OFFERS}/{each['id']}") for each in every if each["round_code"] == round_.code]


async def accept_all(stage: Stage, supplier: Supplier, offer: dict[str, Any]) -> None:
    """Accept every line of an offer and submit it."""
    await _decide(stage, supplier, offer, {line["id"]: "accept" for line in offer["offered"]})


async def _decline_the_first(stage: Stage, supplier: Supplier, offer: dict[str, Any]) -> None:
    first, *others = offer["offered"]
    stage.tally.check("declining would cost the bond", first["bond_at_risk"])
    choices = {first["id"]: "decline"} | {line["id"]: "accept" for line in others}
    tried = await _try(stage, supplier, offer, choices, acknowledged=False)
    stage.tally.check("declining asks to acknowledge the warning first", tried, 422)
    await _decide(stage, supplier, offer, choices)


async def _decide(stage: Stage, supplier: Supplier, offer: dict[str, Any], choices: dict[str, str]) -> None:
    official = stage.official(supplier)
    body = await _body(stage, supplier, offer, choices, acknowledged=True)
    decided = await official.post(f"{OFFERS}/{offer['id']}/decisions", body, version=offer["version"])
    await official.post(f"{OFFERS}/{offer['id']}/submission", version=decided["version"])


async def _try(
    stage: Stage, supplier: Supplier, offer: dict[str, Any], choices: dict[str, str], *, acknowledged: bool
) -> int:
    body = await _body(stage, supplier, offer, choices, acknowledged=acknowledged)
    path = f"{OFFERS}/{offer['id']}/decisions"
    return await stage.official(supplier).refused("POST", path, body, version=offer["version"])


async def _body(
    stage: Stage, supplier: Supplier, offer: dict[str, Any], choices: dict[str, str], *, acknowledged: bool
) -> dict[str, Any]:
    decisions = [{"line_id": line, "choice": choice, "risk_acknowledged": acknowledged and choice == "decline"}
                 for line, choice in choices.items()]  # fmt: skip
    return {"decisions": decisions, "signature": await typed(stage.official(supplier), offer["statement"])}


async def _announce(stage: Stage, round_: Round) -> None:
    version = (await set_up_of(stage, round_))["version"]
    officer = stage.staff("CONTRACTING_OFFICER")
    await officer.post(f"/api/bidding/rounds/{round_.code}/supplier-announcement", version=version)
    await stage.settle()
    stage.tally.check(
        f"the suppliers of {round_.name} are announced", await phase_of(stage, round_), "ANNOUNCED_SUPPLIERS"
    )
    suppliers = await officer.every(f"/api/bidding/rounds/{round_.code}/contract-suppliers")
    names = {each["legal_business_name"] for each in suppliers}
    accepted = {each.name for each in stage.suppliers if each.part in {Part.STEADY, Part.FORGETFUL}}
    stage.tally.check("who accepted is named in public", accepted <= names)
