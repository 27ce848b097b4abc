"""A round whose evaluation was released: bidders with their forms, organizations and bids, and who awards."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any
from uuid import uuid4

from sqlalchemy import select, text, update

from bidding_svc.awards import use_cases
from bidding_svc.awards.award import Award
from bidding_svc.awards.issuing import issue_offers
from bidding_svc.bidders.bidder import Bidder, Organization
from bidding_svc.evaluation import use_cases as evaluation
from bidding_svc.evaluation.following import follow_bids, follow_competitions
from bidding_svc.evaluation.run import EvaluationRun
from bidding_svc.evaluation.running import go_on
from bidding_svc.form_a.fields import LOCATIONS
from bidding_svc.form_a.form_a import FormA, FormAEntry
from bidding_svc.form_b.bid import Bid
from bidding_svc.form_b.lifecycle import BidState, FormBState
from bidding_svc.offers import use_cases as offers
from bidding_svc.offers.offer import Decision, Offer
from bidding_svc.offers.statement import OFFER_DECISION
from bidding_svc.rounds.competition import Competition
from bidding_svc.rounds.round import Round
from bidding_svc.scores.score import FinancialScore
from chassis import machine_time, program_time
from chassis.actor import Actor
from chassis.database import Database, Fence, Session
from chassis.errors import ConnexionError
from chassis.signature import Signer, Typed
from events.bidding import EvaluationRequested
from tests.bidding.scored import OFFICER, PRICER, ROUND, a_round_in_evaluation, acting

SYSTEM = Actor.system("test")
WORKED = (
    (31000, 12), (31850, 20), (32500, 18), (32500, 10), (33225, 15), (34000, 45), (34800, 16), (35500, 20), (37100, 25),
)  # fmt: skip
"""Amount in cents and capacity of each bidder: the worked example of domain/bidding.md 4.1, by the bidder's place."""
OFFICIAL = frozenset({"offer.view", "offer.decide"})


class Awarded:
    """The round of the worked example: bidder 0 has the lowest bid, and bids in every competition."""

    def __init__(self, database: Database, bidders: Sequence[Bidder]) -> None:
        self.database, self.bidders = database, list(bidders)

    def system(self):
        return self.database.writing(Fence.system(), SYSTEM)

    def reading(self, place: int):
        return self.database.reading(Fence.organization(self.bidders[place].organization_id))

    def acting(self, place: int, user: str = "DWHITLOCK01", at: datetime | None = None):
        fence = Fence.organization(self.bidders[place].organization_id)
        return self.database.writing(fence, self.official(place, user), at=at)

    def official(self, place: int, user: str = "DWHITLOCK01") -> Actor:
        return Actor(
            "person",
            user,
            name="Dana Whitlock",
            person_id=uuid4(),
            organization_id=self.bidders[place].organization_id,
            permissions=OFFICIAL,
            signed_in_at=machine_time.now(),
        )

    async def sweep(self, move: Any, limit: int = 500) -> int:
        async with self.system() as session:
            return await move(session, session.at, limit)

    async def prepared(self) -> Award:
        async with acting(self.database, PRICER) as session:
            return await use_cases.prepare(session, ROUND)

    async def release(self, award: Award, by: Actor = OFFICER, *, read: bool = True) -> Award:
        async with acting(self.database, by) as session:
            return await use_cases.release(session, award.id, award.version, unchecked_acknowledged=read)

    async def released(self) -> Award:
        """The award, released, with every offer out."""
        award = await self.release(await self.prepared())
        while await self.sweep(issue_offers):
            pass
        async with self.database.reading(Fence.staff()) as session:
            return await session.get_one(Award, award.id)

    async def offer(self, place: int) -> Offer:
        async with self.reading(place) as session:
            mine = Offer.bidder_id == self.bidders[place].id
            return (await session.scalars(select(Offer).where(mine).order_by(Offer.id.desc()).limit(1))).one()

    async def offers(self, place: int) -> Sequence[Offer]:
        async with self.reading(place) as session:
            return (await session.scalars(select(Offer).where(Offer.bidder_id == self.bidders[place].id))).all()

    async def decide(self, place: int, *choices: str, base: int | None = None, acknowledged: bool = True) -> Offer:
        """Decide about the lines in their order."""
        offer = await self.offer(place)
        decisions = [
            Decision(line.id, choice, acknowledged)  # type: ignore[arg-type]
            for line, choice in zip(offer.lines, choices, strict=False)
        ]
        async with self.acting(place) as session:
            done = await offers.decide(
                session, offer.id, decisions, signer(session), typed(), base=offer.version if base is None else base
            )
        return refuse(done)

    async def submit(self, place: int) -> Offer:
        offer = await self.offer(place)
        async with self.acting(place) as session:
            done = await offers.submit(session, offer.id, base=offer.version)
        return refuse(done)

    async def states(self) -> list[BidState]:
        async with self.database.reading(Fence.staff()) as session:
            found = await session.scalars(select(Bid.state).order_by(Bid.amount_cents, Bid.bidder_id))
            return list(found.all())

    async def bid(self, place: int) -> Bid:
        async with self.database.reading(Fence.staff()) as session:
            return (await session.scalars(select(Bid).where(Bid.bidder_id == self.bidders[place].id).limit(1))).one()

    async def said(self, kind: str) -> list[dict[str, Any]]:
        """The bodies of the events whose type ends so, in order."""
        async with self.database.reading(Fence.system()) as session:
            rows = await session.scalars(
                text("select body::jsonb from outbox where type like :type order by position"), {"type": f"%.{kind}.v1"}
            )
            return list(rows)

    async def audited(self, action: str) -> list[dict[str, Any]]:
        async with self.database.reading(Fence.system()) as session:
            rows = await session.execute(
                text("select * from audit where action = :action order by id"), {"action": action}
            )
            return [dict(row._mapping) for row in rows]

    async def round(self) -> Round:
        async with self.database.reading(Fence.staff()) as session:
            return await session.get_one(Round, ROUND)


def refuse(done: Offer | ConnexionError) -> Offer:
    """Return what was done, or raise why it was not."""
    if isinstance(done, ConnexionError):
        raise done
    return done


def signer(session: Session) -> Signer:
    return Signer(session.actor, "203.0.113.7", program_time.now(), machine_time.now())


def typed(user: str = "dwhitlock01") -> Typed:
    return Typed(certified_by=user, statement=OFFER_DECISION.name, given_name="Dana", family_name="Whitlock")


async def an_evaluated_round(
    database: Database, *, areas: int = 1, limit: int = 40_000, bids: Sequence[tuple[int, int]] = WORKED
) -> Awarded:
    """The evaluation is run, checked and released, and every bid has followed it."""
    await a_round_in_evaluation(database, areas=areas)
    house = Awarded(database, await _bidders(database, len(bids)))
    async with house.system() as session:
        await session.execute(update(Competition).values(demand=100, bid_limit_cents=limit))
        competitions = (await session.scalars(select(Competition))).all()
        for number, bidder in enumerate(house.bidders):
            session.add(score := FinancialScore(bidder, "", session.at))
            score.outcome = "PASSED"
            for competition in competitions:
                session.add(_bid(bidder, competition, *bids[number], at=session.at))
    await release_evaluation(house)
    return house


async def release_evaluation(house: Awarded) -> EvaluationRun:
    database = house.database
    async with acting(database, PRICER) as session:
        run = await evaluation.request_run(session, ROUND)
    async with house.system() as session:
        event = EvaluationRequested(run_id=run.id, round_code=ROUND, requested_at=session.at)
        await evaluation.start_run(session, event)
    await _to_the_end(house)
    async with acting(database, PRICER) as session:
        await evaluation.check_run(session, run.id, (await session.get_one(EvaluationRun, run.id)).version)
    await _to_the_end(house)
    async with acting(database, OFFICER) as session:
        await evaluation.release_run(session, run.id, (await session.get_one(EvaluationRun, run.id)).version)
    await house.sweep(follow_bids)
    await house.sweep(follow_competitions)
    return run


async def _to_the_end(house: Awarded) -> None:
    while await house.sweep(go_on):
        pass


async def _bidders(database: Database, count: int) -> list[Bidder]:
    made = []
    async with database.writing(Fence.system(), SYSTEM) as session:
        round_ = await session.get_one(Round, ROUND)
        states = sorted({cba.state for cba in round_.cbas if cba.state})
        for number in range(count):
            session.add(bidder := Bidder(uuid4(), round_, 2_840_000 + number, session.at))
            ptan = f"90000000{number:02d}"
            about = {"organization_id": bidder.organization_id, "ptan": ptan}
            session.add(Organization(legal_business_name=f"Larkspur Sample Medical {number}, LLC", **about))
            form = FormA(bidder_id=bidder.id, organization_id=bidder.organization_id, round_code=ROUND, at=session.at)
            session.add(form)
            await session.flush()
            entry = FormAEntry(form, LOCATIONS, ptan)
            answers = {"products": [each.code for each in round_.categories], "states": states}
            entry.kept = {name: {"given": given, "version": 1, "by": "test"} for name, given in answers.items()}
            session.add(entry)
            made.append(bidder)
    return made


def _bid(bidder: Bidder, competition: Competition, amount: int, capacity: int, *, at: datetime) -> Bid:
    bid = Bid(
        organization_id=bidder.organization_id,
        bidder_id=bidder.id,
        competition=competition,
        label=f"OTS back braces, {competition.cba_code}",
        at=at,
    )
    bid.amount_cents, bid.capacity = amount, capacity
    bid.state, bid.form = BidState.ELIGIBLE, FormBState.LOCKED
    return bid


def just_after(moment: datetime) -> datetime:
    """The first instant that is too late for a due time."""
    return moment + timedelta(seconds=1)
