"""Bidders fill Form A and one Form B for each competition, approve and certify them."""

import asyncio
from typing import Any

from tests.demo.acts.setting_up import phase_of
from tests.demo.caller import Caller
from tests.demo.cast import AMOUNTS, BIDS_EVERYWHERE, STATE, Part, Supplier
from tests.demo.stage import Round, Stage

BUSINESS = {
    "business_type": "c-corporation",
    "bidding_as": "single-location",
    "specialty_supplier": "no",
    "small_supplier": "yes",
    "gross_receipts": "1,200,000.00",
}
DISCLOSURES = {
    **dict.fromkeys(("legal_actions", "sanctions", "revocations", "convictions", "exclusions"), "no"),
    "complete": "yes",
}
CAPACITY = 60


async def play(stage: Stage) -> None:
    """The window opens; everybody fills the forms, each role as far as it may."""
    stage.tally.chapter("Bidders fill their forms")
    await stage.until_day(max(round_.opens for round_ in stage.rounds))
    for round_ in stage.rounds:
        stage.tally.check(f"the window of {round_.name} is open", await phase_of(stage, round_), "BIDDING")
        done = await asyncio.gather(*(_fill(stage, round_, each) for each in stage.suppliers))
        stage.tally.check(f"every bid in {round_.name} is submitted", sum(done), _bids(stage, round_))
    await stage.settle()


def bids_of(supplier: Supplier, round_: Round) -> list[tuple[str, str]]:
    """Return the competitions a supplier bids in."""
    return round_.competitions if supplier.part in BIDS_EVERYWHERE else round_.competitions[:1]


async def typed(caller: Caller, statement: Any) -> dict[str, str]:
    """Return what somebody types under a statement."""
    name = (await caller.get("/api/identity/me"))["name"]
    given, _, family = name.partition(" ")
    return {
        "certified_by": caller.user_id,
        "statement": statement["statement"],
        "given_name": given,
        "family_name": family,
    }


def _bids(stage: Stage, round_: Round) -> int:
    return sum(len(bids_of(each, round_)) for each in stage.suppliers)


async def _fill(stage: Stage, round_: Round, supplier: Supplier) -> int:
    official = stage.official(supplier)
    hand = stage.official(supplier, "EU") if "EU" in supplier.people else official
    certifier = stage.official(supplier, "BAO") if "BAO" in supplier.people else official
    await _form_a(stage, round_, supplier, official, hand)
    submitted = 0
    for category, area in bids_of(supplier, round_):
        new = {"round_code": round_.code, "category_code": category, "cba_code": area}
        bid = await hand.post("/api/bidding/bids", new)
        answers = {
            "amount": f"{AMOUNTS[supplier.part] / 100:.2f}",
            "new_item_on_basis": "yes",
            "capacity": str(CAPACITY),
            "covers_all_items": "yes",
        }
        bid = await hand.do("PATCH", f"/api/bidding/bids/{bid['id']}", {"answers": answers}, version=bid["version"])
        path = f"/api/bidding/bids/{bid['id']}/certification"
        if hand is not certifier:
            body = {"signature": await typed(hand, bid["statement"])}
            tried = await hand.refused("POST", path, body, version=bid["version"])
            stage.tally.check("an end user cannot certify a bid", tried, 403)
        body = {"signature": await typed(certifier, bid["statement"])}
        bid = await certifier.post(path, body, version=bid["version"])
        submitted += bid["state"] == "SUBMITTED"
        round_.kept.setdefault("bids", {})[supplier.ptan, category, area] = bid["id"]
    return submitted


async def _form_a(stage: Stage, round_: Round, supplier: Supplier, official: Caller, hand: Caller) -> None:
    path = f"/api/bidding/form-a/{round_.code}"
    form = await official.get(path)
    business = BUSINESS if supplier.part is not Part.DEAR else BUSINESS | {"small_supplier": "no"}
    if supplier.part is Part.DEAR:
        business = {name: answer for name, answer in business.items() if name != "gross_receipts"}
    if hand is not official:
        tried = await hand.refused("PATCH", f"{path}/business", {"answers": business}, version=form["version"])
        stage.tally.check("an end user cannot fill the business organization", tried, 403)
    location = {"products": list(round_.categories), "states": [STATE]}
    form = await hand.do("PATCH", f"{path}/locations/{supplier.ptan}", {"answers": location}, version=form["version"])
    form = await official.do("PATCH", f"{path}/business", {"answers": business}, version=form["version"])
    form = await official.do("PATCH", f"{path}/disclosures", {"answers": DISCLOSURES}, version=form["version"])
    body = {"signature": await typed(official, form["statement"])}
    await official.post(f"{path}/approval", body, version=form["version"])
