"""The worked example of the array (domain/bidding.md 4.1) in every competition of a round in evaluation."""

from datetime import timedelta
from uuid import uuid4

from sqlalchemy import select, update

from bidding_svc.evaluation import use_cases
from bidding_svc.evaluation.run import EvaluationRun
from bidding_svc.evaluation.running import go_on
from bidding_svc.form_b.bid import Bid
from bidding_svc.form_b.lifecycle import BidState, FormBState
from bidding_svc.requirements.asked import Asked
from bidding_svc.requirements.received_file import ReceivedFile
from bidding_svc.requirements.requirement import Requirement
from bidding_svc.rounds.competition import Competition
from bidding_svc.rounds.round import Round
from chassis.actor import Actor
from chassis.database import Database, Fence
from events.bidding import EvaluationRequested
from tests.bidding.scored import ROUND, a_bidder

SYSTEM = Actor.system("test")
# amount in cents, capacity
WORKED = [
    (31000, 12), (31850, 20), (32500, 18), (32500, 10), (33225, 15), (34000, 45), (34800, 16), (35500, 20), (37100, 25),
]  # fmt: skip


async def eligible_bids(database: Database) -> list[Bid]:
    """The worked bids in every competition, each of a bidder of its own."""
    made: list[Bid] = []
    bidders = [await a_bidder(database, number) for number in range(len(WORKED))]
    async with database.writing(Fence.system(), SYSTEM) as session:
        await session.execute(update(Competition).values(demand=100, bid_limit_cents=40000))
        for competition in await session.scalars(select(Competition)):
            for bidder, (amount, capacity) in zip(bidders, WORKED, strict=True):
                about = {"organization_id": bidder.organization_id, "bidder_id": bidder.id}
                bid = Bid(**about, competition=competition, label=competition.id, at=session.at)
                bid.amount_cents, bid.capacity = amount, capacity
                bid.state, bid.form = BidState.ELIGIBLE, FormBState.LOCKED
                session.add(bid)
                made.append(bid)
    return made


async def send_documents(database: Database, bid: Bid) -> None:
    """Each financial document the round asks of the bidder, with a file that counts."""
    async with database.writing(Fence.system(), SYSTEM) as session:
        rules, at = (await session.get_one(Round, ROUND)).rules, session.at
        times = {"opens_at": at - timedelta(days=60), "due_at": at - timedelta(days=1), "cdrd_at": at}
        about = {"organization_id": bid.organization_id, "bidder_id": bid.bidder_id, "round_code": ROUND}
        for document in rules.required_financial_docs:
            requirement = Requirement(**about, asked=Asked.by_rules(document), **times)
            file = ReceivedFile(file_id=uuid4(), organization_id=bid.organization_id, received_at=at, in_time=True)
            requirement.files.append(file)
            session.add(requirement)


async def work(database: Database) -> None:
    """What the worker does of evaluations: takes up those that were asked for, and goes on until there is no more."""
    async with database.writing(Fence.system(), SYSTEM) as session:
        for run in await session.scalars(select(EvaluationRun).where(EvaluationRun.state == "REQUESTED")):
            asked = EvaluationRequested(run_id=run.id, round_code=ROUND, requested_at=session.at)
            await use_cases.start_run(session, asked)
    more = 1
    while more:
        async with database.writing(Fence.system(), SYSTEM) as session:
            more = await go_on(session, session.at, 100)
