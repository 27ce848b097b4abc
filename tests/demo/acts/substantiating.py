"""Bona fide bids: an amount that stands out is asked about and substantiated."""

from tests.demo.acts.notices import NOTICES, issue, open_one
from tests.demo.acts.reviewing import as_proposed, cases_of, work_through
from tests.demo.acts.uploading import send
from tests.demo.cast import AMOUNTS, Part
from tests.demo.stage import Stage


async def play(stage: Stage) -> None:
    """Ask the newcomer how its low amount was built; it answers in words and with an invoice."""
    stage.tally.chapter("Low amounts are substantiated")
    due = []
    low = [each for each in stage.suppliers if each.part is Part.NEWCOMER]
    for round_ in stage.rounds:
        asked = await work_through(stage, round_, "bona-fide", lambda _case, _line: None)
        stage.tally.check(f"{asked} amounts of {round_.name} stand out", asked, len(low))
        stage.tally.check("their bidders are asked", await issue(stage, round_, "bfb"), asked)
        for supplier in low:
            notice = await open_one(stage, supplier, round_, "bfb")
            amount = f"{AMOUNTS[supplier.part] / 100:,.2f}"
            stage.tally.check(f"{supplier.name} reads that {amount} is asked about", amount in (notice["html"] or ""))
            receipt = await send(stage, supplier, notice["slots"][0]["slot_id"], f"invoices-{round_.code}")
            body = {"text": "We buy in bulk; the invoices show it.", "receipts": [receipt]}
            answer = await stage.official(supplier).post(f"{NOTICES}/{notice['id']}/responses", body)
            stage.tally.check("the answer has a receipt number", bool(answer["receipt_number"]))
            due.append(notice["due_at"])
    await stage.settle()
    if due:
        await stage.until_after_due(max(due))

    for round_ in stage.rounds:
        again = await work_through(stage, round_, "bona-fide", as_proposed)
        stage.tally.check("every answer is read and decided by two people", again, len(low))
        states = {case["state"] for case in await cases_of(stage, round_, "bona-fide")}
        stage.tally.check("no amount is in question any more", states, {"DECIDED"})
