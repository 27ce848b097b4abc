"""How notices go out, and how their readers open and answer them."""

import asyncio
from typing import Any

from tests.demo.cast import Supplier
from tests.demo.stage import Round, Stage

DESK, NOTICES, BATCHES = "/api/notices/desk", "/api/notices/notices", "/api/notices/batches"
READY_WITHIN = 60.0
"""Seconds until a batch has been checked."""


async def issue(
    stage: Stage, round_: Round, kind: str, *, reviews: str = "reviews", role: str = "QUALITY_REVIEWER"
) -> int:
    """Approve every notice of a type that waits, and let them go out together. Return how many."""
    approver, quality = stage.staff(role), stage.staff("QUALITY_REVIEWER")
    waiting = await approver.every(f"{DESK}?round_code={round_.code}&type={kind}&state=IN_REVIEW")
    if not waiting:
        return 0
    chosen = [{"id": each["id"], "version": each["version"]} for each in waiting]
    await approver.post(f"{DESK}/{reviews}", {"notices": chosen, "outcome": "approved"})
    batch = await quality.post(BATCHES, {"round_code": round_.code, "type": kind})
    await stage.settle()
    batch = await quality.get(f"{BATCHES}/{batch['id']}")
    stage.tally.check(f"the batch of {len(waiting)} {kind} notices is ready", batch["state"], "READY")
    await quality.post(f"{BATCHES}/{batch['id']}/release", version=batch["version"])
    await stage.settle()
    return len(waiting)


async def notices_to(
    stage: Stage, supplier: Supplier, round_: Round, kind: str, role: str = "AO"
) -> list[dict[str, Any]]:
    """Return the notices of a type that somebody of a supplier sees."""
    every = await stage.official(supplier, role).every(NOTICES)
    return [each for each in every if each["type"] == kind and each["round_code"] == round_.code]


async def open_one(stage: Stage, supplier: Supplier, round_: Round, kind: str) -> dict[str, Any]:
    """Open the newest notice of a type to a supplier, and return it with its words."""
    found = await notices_to(stage, supplier, round_, kind)
    notice: dict[str, Any] = await stage.official(supplier).post(f"{NOTICES}/{found[0]['id']}/opening")
    return notice


async def end_users_see_nothing(stage: Stage, round_: Round, kind: str) -> None:
    """Check that no end user is shown notices of a type."""
    with_end_user = [each for each in stage.suppliers if "EU" in each.people]
    seen = await asyncio.gather(*(notices_to(stage, each, round_, kind, "EU") for each in with_end_user))
    stage.tally.check(f"no end user sees a {kind} notice", sum(map(len, seen)), 0)
