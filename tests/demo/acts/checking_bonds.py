"""Bid surety bonds are checked, element by element."""

from collections.abc import Mapping
from typing import Any

from tests.demo.acts.reviewing import work_through
from tests.demo.acts.setting_up import SURETY
from tests.demo.stage import Round, Stage

BONDS = "/api/bidding/bonds"


async def play(stage: Stage) -> None:
    """Key in what each bond says, and have its checklist approved."""
    stage.tally.chapter("Bonds are checked")
    for round_ in stage.rounds:

        async def key_in(case: Mapping[str, Any], round_: Round = round_) -> None:
            await _key_in(stage, round_, case["bidder_number"])

        cases = await work_through(stage, round_, "bonds", before=key_in)
        stage.tally.check(f"the bonds of every bidder of {round_.name} are reviewed", cases, len(stage.suppliers))
        bonds = await bonds_of(stage, round_)
        stage.tally.check(f"{len(bonds)} bonds are verified", {each["state"] for each in bonds}, {"VERIFIED"})


async def bonds_of(stage: Stage, round_: Round, bidder: str = "") -> list[dict[str, Any]]:
    """Return the bonds of a round, of one bidder where named."""
    more = f"&bidder={bidder}" if bidder else ""
    return await stage.staff("EVALUATION_ANALYST").every(f"{BONDS}?round={round_.code}{more}")


async def _key_in(stage: Stage, round_: Round, bidder: str) -> None:
    analyst = stage.staff("EVALUATION_ANALYST")
    principal = next(each.name for each in stage.suppliers if round_.kept["numbers"][each.ptan] == bidder)
    for bond in await bonds_of(stage, round_, bidder):
        paper = {
            "principal": principal,
            "surety": SURETY[1],
            "naic": SURETY[0],
            "obligee": "CMS",
            "conditions_stated": True,
            "area": bond["area"],
            "bond_number": f"B-{round_.code}-{bidder}-{bond['cba_code']}",
            "issued_on": round_.opens.isoformat(),
            "amount_cents": round_.bond_cents,
            "all_pages": True,
        }
        await analyst.do("PUT", f"{BONDS}/{bond['id']}/paper", paper, version=bond["version"])
