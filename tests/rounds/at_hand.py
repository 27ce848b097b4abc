"""Rounds for tests: a draft that is complete, and the acts of whoever sets rounds up."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import date, datetime
from uuid import uuid4

from sqlalchemy import select, text

from bidding_svc.rounds import reference
from bidding_svc.rounds.calendar import Certainty
from bidding_svc.rounds.category import RoundCategory, RoundCba
from bidding_svc.rounds.competition import LIFECYCLE, Competition, Contest
from bidding_svc.rounds.phase import MANAGE
from bidding_svc.rounds.round import Round
from bidding_svc.rounds.use_cases import setting_up
from bidding_svc.rounds.use_cases.moving import move_due_rounds
from bidding_svc.rounds.use_cases.setting_up import AsRead
from chassis.actor import Actor
from chassis.database import Database, Fence, Session

RULES = reference.load("round-2021").rule_set
ADMINISTRATOR = Actor(
    "staff", "RHOLLIS02", person_id=uuid4(), role="SYSTEM_ADMINISTRATOR", permissions=frozenset({MANAGE, "round.view"})
)
OFFICIAL = Actor("person", "DWHITLOCK01", organization_id=uuid4(), permissions=frozenset({"round.view"}))
CODE = "R2030"
ANNOUNCED = datetime.fromisoformat("2029-03-07T12:00:00-05:00")
OPENS, CLOSES, CDRD = date(2029, 7, 16), date(2029, 9, 18), date(2029, 8, 19)
DATES = {"registration-opens": date(2029, 6, 11), "window-opens": OPENS, "window-closes": CLOSES}
CATEGORIES = {"OTSB": "L0650", "OTSK": "L1833"}
AREAS = ("baltimore-columbia-towson-md", "akron-oh")


@asynccontextmanager
async def as_staff(bidding: Database, at: datetime = ANNOUNCED, actor: Actor = ADMINISTRATOR) -> AsyncIterator[Session]:
    """A transaction of somebody who sets rounds up, at a moment of the program's time."""
    async with bidding.writing(Fence.of(actor), actor, at=at) as session:
        yield session


async def version_of(bidding: Database, code: str = CODE) -> AsRead:
    """The round as somebody reads it now."""
    async with bidding.reading(Fence.staff()) as session:
        found = await session.get_one(Round, code)
    return AsRead(code, found.version)


async def a_draft(bidding: Database) -> None:
    """A round with its rule set and nothing else."""
    async with as_staff(bidding) as session:
        await setting_up.add_rule_set(session, "Round 2030", RULES)
        await setting_up.draft_round(session, CODE, "Round 2030", ("Round 2030", 1))


async def with_dates(bidding: Database, **more: date) -> None:
    """Set the dates a round needs."""
    for code, on in (DATES | more).items():
        which = await version_of(bidding)
        async with as_staff(bidding) as session:
            await setting_up.set_date(
                session, which, code, on=on, certainty=Certainty.TARGET, reason="The calendar of the Request for Bids."
            )


async def with_what_is_bid_on(bidding: Database) -> None:
    """Two categories in two areas, each competition with limit and demand."""
    async with as_staff(bidding) as session:
        session.add_all(
            RoundCategory(
                round_code=CODE,
                code=code,
                name=f"Category {code}",
                lead_item=lead_item,
                remote_item=False,
                contract_count=None,
                removed_on=None,
                made_up=True,
            )
            for code, lead_item in CATEGORIES.items()
        )
        session.add_all(
            RoundCba(round_code=CODE, code=code, name=code, state=code[-2:].upper(), made_up=True) for code in AREAS
        )
        await session.flush()
        session.add_all(
            Competition(
                round_code=CODE,
                category_code=category,
                cba_code=cba,
                bid_limit_cents=50_000,
                demand=1_000,
                made_up=True,
                state=LIFECYCLE.start,
            )
            for category in CATEGORIES
            for cba in AREAS
        )


async def an_announced_round(bidding: Database, **more: date) -> None:
    """A complete round, published."""
    await a_draft(bidding)
    await with_dates(bidding, **more)
    await with_what_is_bid_on(bidding)
    which = await version_of(bidding)
    async with as_staff(bidding) as session:
        await setting_up.publish(session, which)


async def moved_on(bidding: Database, at: datetime) -> None:
    """Let the calendar do everything it has to do until a moment."""
    moved = 1
    while moved:
        async with bidding.writing(Fence.system(), Actor.system("test"), at=at) as session:
            moved = await move_due_rounds(session, at, 10)


async def said(bidding: Database, kind: type) -> list:
    """Every event of one type that was said, in order."""
    async with bidding.reading(Fence.system()) as session:
        rows = await session.execute(
            text("select body from outbox where type = :type order by position"), {"type": kind.TYPE}
        )
        return [kind.model_validate_json(row.body) for row in rows]


async def round_of(bidding: Database) -> Round:
    """Return the round of these tests as it stands."""
    async with bidding.reading(Fence.staff()) as session:
        return await session.get_one(Round, CODE)


async def set_date(
    bidding: Database,
    code: str,
    on: date,
    certainty: Certainty = Certainty.TARGET,
    *,
    reason: str = "A storm.",
    at: datetime = ANNOUNCED,
) -> None:
    """Change a date of the round's calendar as its administrator."""
    which = await version_of(bidding)
    async with as_staff(bidding, at) as session:
        await setting_up.set_date(session, which, code, on=on, certainty=certainty, reason=reason)


async def states(bidding: Database) -> dict[tuple[str, str], Contest]:
    """Return the state of each competition, by category and area."""
    async with bidding.reading(Fence.staff()) as session:
        found = await session.scalars(select(Competition).where(Competition.round_code == CODE))
        return {(each.category_code, each.cba_code): each.state for each in found}
