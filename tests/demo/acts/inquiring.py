"""A disqualified bidder inquires; CMS upholds it, the bid is arrayed again, and an offer follows."""

from collections.abc import Mapping
from typing import Any

from tests.demo.acts.awarding import release_award
from tests.demo.acts.deciding_offers import accept_all, offers_to
from tests.demo.acts.notices import end_users_see_nothing, open_one
from tests.demo.acts.reviewing import Verdict, cases_of, work_through
from tests.demo.acts.scoring import score_the_unscored
from tests.demo.acts.uploading import send
from tests.demo.cast import Part, licensed_again
from tests.demo.stage import Stage

INQUIRIES = "/api/bidding/inquiries"


async def play(stage: Stage) -> None:
    """File the inquiry, let its time pass, uphold it, offer a contract, accept it."""
    stage.tally.chapter("An inquiry is upheld")
    due, inquiring = [], [each for each in stage.suppliers if each.part is Part.UNLICENSED]
    for round_ in stage.rounds:
        for supplier in inquiring:
            notice = await open_one(stage, supplier, round_, "disqualification")
            stage.tally.check(f"{supplier.name} reads why its bids are out", "license" in notice["html"].lower())
            official = stage.official(supplier)
            mine = [each for each in await official.every(INQUIRIES) if each["round_code"] == round_.code]
            inquiry = await official.get(f"{INQUIRIES}/{mine[0]['id']}")
            receipts = [await send(stage, supplier, inquiry["slot_id"], f"license-{round_.code}")]
            body = {"text": "We held the license on that day; here it is.", "receipts": receipts}
            await official.post(f"{INQUIRIES}/{inquiry['id']}/submission", body, version=inquiry["version"])
            due.append(notice["due_at"])
    for supplier in inquiring:  # the state corrects its record
        mended = licensed_again(supplier, stage.suppliers)
        await stage.staff("SYSTEM_ADMINISTRATOR").send_csv("/api/identity/enrolment-imports", mended)
    await stage.settle()
    await stage.until_after_due(max(due))
    for round_ in stage.rounds:
        upheld = await work_through(
            stage, round_, "inquiry", _held_it, decided_by="CONTRACTING_OFFICER", decision="determination"
        )
        stage.tally.check(f"CMS upholds the inquiry in {round_.name}", upheld, len(inquiring))
        states = {case["state"] for case in await cases_of(stage, round_, "inquiry")}
        stage.tally.check("and it is decided", states, {"DECIDED"})
        scored = await score_the_unscored(stage, round_)
        stage.tally.check("who was out before the scoring is scored by the frozen distribution", scored, len(inquiring))
        await stage.settle()
        await work_through(stage, round_, "recheck")
        await release_award(stage, round_)
        for supplier in inquiring:
            offers = await offers_to(stage, supplier, round_)
            stage.tally.check(f"{supplier.name} is offered a contract after all", len(offers), 1)
            for offer in offers:
                await accept_all(stage, supplier, offer)
        await end_users_see_nothing(stage, round_, "inquiry-result")
    await stage.settle()


def _held_it(_case: Mapping[str, Any], line: Mapping[str, Any]) -> Verdict | None:
    return Verdict("pass", "The license was held on the day.") if line["outcome"] != "pass" else None
