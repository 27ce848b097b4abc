"""A system administrator sets the rounds up and announces them."""

from datetime import timedelta
from string import ascii_uppercase
from typing import Any

from tests.demo.cast import STATE, record_of
from tests.demo.stage import Round, Stage

LENGTH = timedelta(days=62)
"""Of the bid window."""
LIMIT, DEMAND = "400.00", 100
ITEMS = {"OTSB": "L0650", "OTSK": "L1833", "OTSU": "L3916", "UROL": "A4351", "OSTO": "A4414", "CGMP": "E0784"}
SURETY = ("12345", "Sample Surety Company")


async def play(stage: Stage) -> None:
    """Bring in the enrolment record and reference data, then draft, fill and announce each round."""
    stage.tally.chapter("A round is set up")
    administrator = stage.staff("SYSTEM_ADMINISTRATOR")
    outcome = await administrator.send_csv("/api/identity/enrolment-imports", record_of(stage.suppliers))
    stage.tally.check("the enrollment record of every supplier stands", outcome["rows"], len(stage.suppliers))
    await administrator.send_csv("/api/bidding/surety-imports", f"naic,name,certified\n{SURETY[0]},{SURETY[1]},yes\n")
    years = {2015, 2026, stage.today.year}
    fees = [f"{year},{item},{STATE},400.00" for year in sorted(years) for item in ITEMS.values()]
    await administrator.send_csv("/api/bidding/fee-imports", "\n".join(["year,item,state,amount", *fees, ""]))
    for round_ in stage.rounds:
        await _set_up(stage, round_)


async def _set_up(stage: Stage, round_: Round) -> None:
    administrator, tally = stage.staff("SYSTEM_ADMINISTRATOR"), stage.tally
    taken = {each["code"] for each in await administrator.every("/api/bidding/round-set-ups")}
    codes = [round_.code, *(f"{round_.code}{letter}" for letter in ascii_uppercase)]
    round_.code = next(code for code in codes if code not in taken)  # played again on a platform that stands
    await administrator.post(
        "/api/bidding/rounds",
        {"code": round_.code, "name": round_.name, "rule_set": await _rule_set(stage, round_)},
    )
    lacking = (await set_up_of(stage, round_))["missing"]
    tally.check(f"{round_.name} cannot be announced before it is complete", await _publish(stage, round_), 422)
    tally.check("what it lacks is named", bool(lacking))
    for kind, text in _files(round_).items():
        await administrator.send_csv(f"/api/bidding/rounds/{round_.code}/imports/{kind}", text)
    round_.opens = stage.today + timedelta(days=2)
    round_.closes = round_.opens + LENGTH
    for code, day in {
        "registration-opens": stage.today + timedelta(days=1),
        "window-opens": round_.opens,
        "window-closes": round_.closes,
        "period-starts": round_.closes + timedelta(days=260),
        "period-ends": round_.closes + timedelta(days=260 + 3 * 365),
    }.items():
        await set_date(stage, round_, code, day.isoformat())
    tally.check(f"{round_.name} is announced", await _publish(stage, round_), 200)


async def set_date(stage: Stage, round_: Round, code: str, day: str) -> None:
    """Set a date of a round's calendar."""
    await stage.staff("SYSTEM_ADMINISTRATOR").do(
        "PUT",
        f"/api/bidding/rounds/{round_.code}/calendar/{code}",
        {"on": day, "certainty": "target", "reason": "The calendar of the demonstration."},
        version=(await set_up_of(stage, round_))["version"],
    )


async def set_up_of(stage: Stage, round_: Round) -> Any:
    """Read how a round stands."""
    return await stage.staff("SYSTEM_ADMINISTRATOR").get(f"/api/bidding/round-set-ups/{round_.code}")


async def phase_of(stage: Stage, round_: Round) -> str:
    """Tell where a round stands."""
    return str((await set_up_of(stage, round_))["phase"])


async def _publish(stage: Stage, round_: Round) -> int:
    version = (await set_up_of(stage, round_))["version"]
    path = f"/api/bidding/rounds/{round_.code}/publication"
    return await stage.staff("SYSTEM_ADMINISTRATOR").refused("POST", path, version=version)


async def _rule_set(stage: Stage, round_: Round) -> dict[str, Any]:
    """Return the rule set of the seeded round; where its bids were entered in DBidS, a version for this portal."""
    administrator = stage.staff("SYSTEM_ADMINISTRATOR")
    every = await administrator.every("/api/bidding/rule-sets")
    mine = [each for each in every if each["name"] == round_.rule_set]
    latest = max(mine, key=lambda each: each["version"])
    rules = latest["rules"]
    if rules["bids"]["entered_in"] != "connexion":
        version = latest["version"] + 1
        rules = rules | {"version": version, "bids": rules["bids"] | {"entered_in": "connexion"}}
        latest = await administrator.post("/api/bidding/rule-sets", {"name": round_.rule_set, "rules": rules})
    return {"name": latest["name"], "version": latest["version"]}


def _files(round_: Round) -> dict[str, str]:
    remote = "yes" if round_.remote else "no"
    contracts = {category: ("3" if place == 0 else "2") if round_.remote else "" for place, category in
                 enumerate(round_.categories)}  # fmt: skip
    return {
        "cbas": "code,name,state\n" + "".join(f"{','.join(area)}\n" for area in round_.areas),
        "categories": "code,name,lead_item,remote_item,contract_count\n"
        + "".join(f"{each},Sample {each},{ITEMS[each]},{remote},{contracts[each]}\n" for each in round_.categories),
        "competitions": "category,cba,bid_limit,demand\n"
        + "".join(f"{category},{area},{LIMIT},{DEMAND}\n" for category, area in round_.competitions),
    }
