"""Finances are keyed beside the documents, checked by a second person, and scored over the whole round."""

from typing import Any

from tests.bidding.scored import FIGURES
from tests.demo.cast import Part, Supplier
from tests.demo.stage import Round, Stage

GOOD, BAD = {"score_type": "paydex", "score": "76"}, {"score_type": "paydex", "score": "5"}
POOR = {
    **FIGURES,
    "cash": "1000",
    "accounts_receivable": "9000",
    "inventory": "400000",
    "current_assets": "420000",
    "accounts_payable": "600000",
    "current_liabilities": "900000",
    "total_liabilities": "1500000",
    "net_worth": "-700000",
    "net_income": "-300000",
    "cash_from_operations": "-250000",
}


async def play(stage: Stage) -> None:
    """Key, approve, score; the weak bidder fails."""
    stage.tally.chapter("Finances are scored")
    for round_ in stage.rounds:
        await score_the_unscored(stage, round_)
        progress = await stage.staff("FINANCIAL_ANALYST").get(f"/api/bidding/rounds/{round_.code}/scoring-progress")
        weak = sum(each.part is Part.WEAK for each in stage.suppliers)
        stage.tally.check(
            f"who failed the financial score of {round_.name}", progress["outcomes"].get("FAILED", 0), weak
        )
        stage.tally.check("nobody is left without a score", progress["without_sheet"], 0)
    await stage.settle()


async def score_the_unscored(stage: Stage, round_: Round) -> int:
    """Key and approve the sheet of everybody who has none, and score the round by them. Return of how many."""
    analyst, quality = stage.staff("FINANCIAL_ANALYST"), stage.staff("QUALITY_REVIEWER")
    by_number = {round_.kept["numbers"][each.ptan]: each for each in stage.suppliers}
    unscored = await analyst.every(f"/api/bidding/unscored?round={round_.code}")
    for waiting in unscored:
        new = {"bidder_id": waiting["bidder_id"], "member": waiting["member"]}
        score = await analyst.post("/api/bidding/financial-scores", new)
        path = f"/api/bidding/financial-scores/{score['id']}"
        sheet = _sheet(round_, by_number[waiting["bidder_number"]])
        score = await analyst.do("PUT", f"{path}/sheet", sheet, version=score["version"])
        score = await analyst.post(f"{path}/submission", version=score["version"])
        await quality.post(f"{path}/approval", version=score["version"])
    await analyst.post(f"/api/bidding/rounds/{round_.code}/scorings")
    return len(unscored)


def _sheet(round_: Round, supplier: Supplier) -> dict[str, Any]:
    weak = supplier.part is Part.WEAK
    sheet: dict[str, Any] = {
        "documents": {code: {"verdict": "ACCEPTABLE"} for code in round_.documents},
        "credit": BAD if weak else GOOD,
    }
    if round_.financial == "ratios_80_credit_20":
        sheet["figures"] = POOR if weak else FIGURES
    return sheet
