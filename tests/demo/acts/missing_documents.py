"""Completeness, and the covered documents that are missing: told by a notice, sent when told (the CDRD)."""

from tests.demo.acts.notices import issue, open_one
from tests.demo.acts.reviewing import cases_of, work_through
from tests.demo.acts.uploading import requirements_of, send
from tests.demo.cast import Part, Supplier
from tests.demo.stage import Round, Stage


async def play(stage: Stage) -> None:
    """Review completeness, tell what is missing, and let the forgetful send it."""
    stage.tally.chapter("Missing documents are told and sent")
    for round_ in stage.rounds:
        complete = await work_through(stage, round_, "completeness")
        stage.tally.check(f"completeness of every bidder of {round_.name} is decided", complete, len(stage.suppliers))
        asked = await work_through(stage, round_, "cdrd", lambda _case, _line: None)
        forgetful = [each for each in stage.suppliers if each.part is Part.FORGETFUL]
        stage.tally.check("who left a covered document out is to be told", asked, len(forgetful))
        stage.tally.check("as many notices of missing documents go out", await issue(stage, round_, "cdrd"), asked)
        for supplier in forgetful:
            await _send_what_is_missing(stage, round_, supplier)
    await stage.settle()
    for round_ in stage.rounds:
        decided = {case["state"] for case in await cases_of(stage, round_, "cdrd")}
        notice = (await open_one(stage, forgetful[0], round_, "cdrd"))["due_at"]
        round_.kept["cdrd_due"] = notice
        stage.tally.check("until the answer is due nothing is decided", decided, {"NOTICE_ISSUED"})
    await stage.until_after_due(max(round_.kept["cdrd_due"] for round_ in stage.rounds), late_minutes=60)
    for round_ in stage.rounds:
        decided = {case["state"] for case in await cases_of(stage, round_, "cdrd")}
        stage.tally.check("once the answer is due everything is decided", decided, {"DECIDED"})
        for supplier in forgetful:
            states = {each["document"]: each["state"] for each in await requirements_of(stage, round_, supplier)}
            late = [code for code, state in states.items() if state == "RECEIVED_LATE_ALLOWED"]
            stage.tally.check(f"what {supplier.name} sent when told counts in {round_.name}", bool(late))
            stage.tally.check("and nothing is missing any more", "MISSING" in states.values(), expected=False)


async def _send_what_is_missing(stage: Stage, round_: Round, supplier: Supplier) -> None:
    notice = await open_one(stage, supplier, round_, "cdrd")
    stage.tally.check(f"{supplier.name} reads which documents are missing", bool(notice["html"]))
    for slot in notice["slots"]:
        await send(stage, supplier, slot["slot_id"], "sent-when-told")
