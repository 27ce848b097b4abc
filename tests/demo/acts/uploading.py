"""Bidders send their documents: some by the covered document review date, the rest in the rush before the close."""

import asyncio
import random
from datetime import timedelta
from typing import Any

from chassis.calendar import due_at
from tests.chaos.documents import pdf
from tests.chaos.sender import RefusedError as UploadRefusedError
from tests.chaos.sender import Upload
from tests.demo.acts.setting_up import LENGTH, phase_of
from tests.demo.cast import Part, Supplier
from tests.demo.stage import Round, Stage

RUSH = timedelta(minutes=10)
"""Before the close."""
LATE = timedelta(minutes=61)
"""After the close: what came late is kept for an hour, then the slots settle."""
BEFORE_THE_REVIEW_DATE = LENGTH - timedelta(days=40)
STANDS_IN = "insufficient-data-report"
"""What the forgetful bidder of a round by credit alone sends: half of what stands in for the report."""
CLOSED = {"slot-closed", "only-what-a-notice-asks-for"}
"""What a sender is told then: that the window is over, or that only what a notice names is still taken."""
SIZE = 40_000
DICE = random.Random(2028)


async def play(stage: Stage) -> None:
    """Early senders, the rush, one who is too late, and the close."""
    stage.tally.chapter("Bidders send their documents")
    await stage.until_day(max(round_.opens for round_ in stage.rounds) + BEFORE_THE_REVIEW_DATE)
    for round_ in stage.rounds:
        sent = await _everybody(stage, round_, early=True)
        stage.tally.check(f"{sent} covered documents have receipts in {round_.name}", sent > 0)
    await stage.settle()
    for round_ in stage.rounds:
        for supplier in stage.suppliers:
            status = await stage.official(supplier).get(f"/api/bidding/bids/status?round={round_.code}")
            stage.tally.check(f"{supplier.name} sent a covered document by the review date", status["cdrd_right"])
    closes_at = due_at(max(round_.closes for round_ in stage.rounds))
    stage.clock_to(closes_at - RUSH)  # nobody waits for anything in the rush
    sent = sum(await asyncio.gather(*(_everybody(stage, round_, early=False) for round_ in stage.rounds)))
    stage.tally.check(f"{sent} documents have receipts from the rush before the close", sent > 0)
    await stage.until(closes_at + timedelta(seconds=5))
    await _too_late(stage, stage.rounds[0], stage.suppliers[0])
    await stage.until(closes_at + LATE)
    for round_ in stage.rounds:
        stage.tally.check(f"{round_.name} is in evaluation", await phase_of(stage, round_), "EVALUATION")
        for supplier in stage.suppliers:
            bids = await stage.official(supplier).every(f"/api/bidding/bids?round={round_.code}")
            stage.tally.check(
                f"{len(bids)} bids of {supplier.name} are received", {bid["state"] for bid in bids}, {"RECEIVED"}
            )


async def requirements_of(stage: Stage, round_: Round, supplier: Supplier) -> list[dict[str, Any]]:
    """What a round asks of a supplier."""
    every = await stage.official(supplier).every("/api/bidding/requirements")
    return [each for each in every if each["round_code"] == round_.code]


async def send(
    stage: Stage, supplier: Supplier, slot: str, name: str, *, role: str = "AO", area: str | None = None
) -> str:
    """Upload a made-up PDF into a slot, a bond's for its area; return its signed receipt."""
    hand = stage.official(supplier, role if role in supplier.people else "AO")
    await hand.get("/api/identity/me")  # signs in the first time
    document = pdf(f"{name}-{supplier.ptan}", DICE, SIZE)
    receipted = await Upload(hand.person, slot, document, area=area or "").until_receipted()
    if receipted.verdict != "in-time":
        stage.tally.surprise(f"{name} of {supplier.name} is {receipted.verdict}")
    return receipted.jws


async def _everybody(stage: Stage, round_: Round, *, early: bool) -> int:
    return sum(await asyncio.gather(*(_send_some(stage, round_, each, early=early) for each in stage.suppliers)))


async def _send_some(stage: Stage, round_: Round, supplier: Supplier, *, early: bool) -> int:
    wanted = papers_of(round_, supplier, early=early)
    sent = 0
    for requirement in await requirements_of(stage, round_, supplier):
        is_bond = requirement["cba_code"] is not None
        if requirement["document"] in wanted or (is_bond and not early):
            name, area = requirement["document"], requirement["cba_code"]
            await send(stage, supplier, requirement["slot_id"], name, role="EU", area=area)
            sent += 1
    return sent


def papers_of(round_: Round, supplier: Supplier, *, early: bool) -> tuple[str, ...]:
    """Which covered documents a supplier sends by the review date, and which in the rush."""
    if supplier.part is Part.FORGETFUL:
        all_but_one = round_.documents[:-2] or (STANDS_IN,)
        return all_but_one if early else ()
    if supplier.part is Part.DEAR:
        return round_.documents[:1] if early else round_.documents[1:]
    return round_.documents if early else ()


async def _too_late(stage: Stage, round_: Round, supplier: Supplier) -> None:
    requirement = (await requirements_of(stage, round_, supplier))[0]
    hand = stage.official(supplier)
    try:
        await Upload(hand.person, requirement["slot_id"], pdf("too-late", DICE, 64)).until_receipted()
    except UploadRefusedError as no:
        stage.tally.check("nothing more is taken after the close", no.problem in CLOSED)
    else:
        stage.tally.surprise("a document was taken after the close")
