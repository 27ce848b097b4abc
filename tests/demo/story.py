"""The acts of a round in their order. An act that comes later (a contract's life, say) is one more line here."""

import time
from collections.abc import Awaitable, Callable

from tests.demo.acts import (
    awarding,
    checking_bonds,
    deciding_offers,
    evaluating,
    evaluating_eligibility,
    filling_forms,
    forfeiting,
    inquiring,
    missing_documents,
    registering,
    scoring,
    setting_up,
    signing,
    substantiating,
    uploading,
)
from tests.demo.caller import RefusedError
from tests.demo.cast import Part, Supplier
from tests.demo.settling import UnrestError
from tests.demo.stage import Round, Stage
from tests.demo.tally import Tally
from tests.infrastructure.platform import Platform

Act = Callable[[Stage], Awaitable[None]]
ACTS: tuple[Act, ...] = (
    setting_up.play,
    registering.play,
    filling_forms.play,
    uploading.play,
    missing_documents.play,
    substantiating.play,
    checking_bonds.play,
    evaluating_eligibility.play,
    scoring.play,
    evaluating.play,
    awarding.play,
    deciding_offers.play,
    forfeiting.play,
    inquiring.play,
    signing.play,
)
ORGANIZATIONS = {True: 5, False: 39}
"""How many suppliers register with the platform, small or not; one more registers in the story."""


async def play(platform: Platform, *, small: bool) -> int:
    """Play every act in turn and return the exit status; an act that cannot go on ends the story."""
    tally = Tally()
    users = platform.description["users"]
    clock = platform.place.folder / "program-time.json"
    stage = Stage(platform.gateway, users, clock, platform.place.ports, tally)
    stage.suppliers, stage.rounds = suppliers_of(users, small=small), rounds_of(small=small)
    began = time.monotonic()
    try:
        for act in ACTS:
            await act(stage)
    except (RefusedError, UnrestError) as why:
        tally.surprise(f"the story cannot go on: {why}")
    for what, count in (await stage.settling.wrong()).items():
        tally.surprise(f"a worker counted {count:.0f} of {what}")
    await stage.close()
    print(f"\n{len(stage.suppliers)} suppliers, {len(stage.rounds)} rounds, {time.monotonic() - began:.0f} s")
    return tally.close()


def suppliers_of(users: list[dict[str, str]], *, small: bool) -> list[Supplier]:
    """Give each supplier its part."""
    people: dict[str, dict[str, str]] = {}
    for user in users:
        if user["organization"]:
            people.setdefault(user["organization"], {})[user["role"]] = user["user_id"]
    newcomer = next(user for user in users if not user["role"])
    parts = [Part.UNLICENSED, Part.WEAK, Part.DEAR, Part.STEADY]
    samples = [name for name in people if "Supplier" in name][: 3 if small else None]
    return [
        Supplier("Larkspur Sample Medical, LLC", "9000000101", Part.STEADY, people["Larkspur Sample Medical, LLC"]),
        Supplier("Tallgrass Sample Bracing, Inc.", "9000000201", Part.FORGETFUL,
                 people["Tallgrass Sample Bracing, Inc."]),
        Supplier("Juniper Sample Respiratory, LLC", "9000000301", Part.NEWCOMER, {"AO": newcomer["user_id"]}),
        *(
            Supplier(name, f"90000{name.split()[2].rstrip(','):0>5}", parts[at % len(parts)], people[name])
            for at, name in enumerate(samples)
        ),
    ]  # fmt: skip


def rounds_of(*, small: bool) -> list[Round]:
    """Return the rounds that are played."""
    state = ("demo-area-md", "Demo Area MD", "MD")
    return [
        Round(
            "R2038",
            "Round 2038, by the rules of 2028",
            "R2028",
            "credit_only",
            True,
            ("OTSB", "OTSK"),
            (("nationwide", "Nationwide", ""),),
            ("business-credit-report",),
            10_000_000,
        ),
        Round(
            "R2031",
            "Round 2031, by the rules of 2021",
            "R2021",
            "ratios_80_credit_20",
            False,
            ("OTSB", "OTSK"),
            (state,),
            ("tax-return-extract", "income-statement", "balance-sheet", "statement-of-cash-flows", "credit-report"),
            5_000_000,
        ),
    ]
