"""An evaluation on the database: run in steps, checked, released by somebody else; killed, and gone on with."""

import asyncio
import signal
import subprocess
import sys
from collections.abc import AsyncIterator
from uuid import uuid4

import pytest
from sqlalchemy import func, select, text

from bidding_svc.bidders.bidder import Bidder
from bidding_svc.evaluation import importing, use_cases, views
from bidding_svc.evaluation.competing import Objection
from bidding_svc.evaluation.following import follow_bids, follow_competitions
from bidding_svc.evaluation.lifecycle import RunState
from bidding_svc.evaluation.overview import read_overview
from bidding_svc.evaluation.run import BidsNotScored, EvaluatedBid, EvaluatedCompetition, EvaluationRun, InputsChanged
from bidding_svc.evaluation.running import go_on
from bidding_svc.form_b.bid import Bid
from bidding_svc.form_b.lifecycle import BidState
from bidding_svc.rounds.competition import Competition, Contest
from bidding_svc.scores.score import FinancialScore
from chassis.actor import Actor
from chassis.database import Database, Fence
from chassis.duties import SomebodyElseMust
from events.bidding import EvaluationRequested
from tests.bidding.evaluated import WORKED, eligible_bids
from tests.bidding.scored import OFFICER, PRICER, ROUND, a_round_in_evaluation, acting

pytestmark = pytest.mark.database
SYSTEM = Actor.system("test")
CBA = "baltimore-columbia-towson-md"


async def bids_of(database: Database, outcomes: dict[int, str | None] | None = None) -> list[Bid]:
    """The worked bids in every competition, each of a bidder of its own, eligible and with a passed score."""
    bids, told = await eligible_bids(database), outcomes or {}
    numbers = {each.bidder_id: number for number, each in enumerate(bids[: len(WORKED)])}
    async with database.writing(Fence.system(), SYSTEM) as session:
        for bidder in await session.scalars(select(Bidder)):
            score = FinancialScore(bidder, "", session.at)
            score.outcome = told.get(numbers[bidder.id], "PASSED")
            session.add(score)
    return bids


async def requested(database: Database) -> EvaluationRun:
    async with acting(database, PRICER) as session:
        run = await use_cases.request_run(session, ROUND)
    async with database.writing(Fence.system(), SYSTEM) as session:
        event = EvaluationRequested(run_id=run.id, round_code=ROUND, requested_at=session.at)
        await use_cases.start_run(session, event)
    return run


async def to_the_end(database: Database, run: EvaluationRun, limit: int = 100) -> EvaluationRun:
    for _ in range(200):
        async with database.writing(Fence.system(), SYSTEM) as session:
            if not await go_on(session, session.at, limit):
                break
    return await the_run(database, run)


async def the_run(database: Database, run: EvaluationRun) -> EvaluationRun:
    async with database.reading(Fence.staff()) as session:
        return await session.get_one(EvaluationRun, run.id)


async def checked(database: Database) -> EvaluationRun:
    run = await to_the_end(database, await requested(database))
    async with acting(database, PRICER) as session:
        await use_cases.check_run(session, run.id, run.version)
    return await to_the_end(database, run)


async def test_the_worked_competition_is_evaluated_and_every_bid_says_why(bidding):
    await a_round_in_evaluation(bidding)
    await bids_of(bidding)
    run = await to_the_end(bidding, await requested(bidding))
    assert (run.state, run.competitions, run.bids) == (RunState.COMPLETED, 1, 9)

    async with acting(bidding, PRICER) as session:
        array = await views.read_array(session, run.id, "OTSB", CBA)
    assert array.result is not None
    assert (array.result["pivotal"], array.result["spa"], array.result["median"]) == (34800, 34800, 32500)
    assert [(line.stated, line.is_small) for line in array.bids[:2]] == [(12, False), (20, False)]
    assert array.result["savings"]["saves"] is True
    assert [(line.rank, line.counted, line.outcome, line.why) for line in array.bids][5:8] == [
        (6, 20, "WINNING", "UP_TO_THE_PIVOTAL_BID"),
        (7, 16, "WINNING", "UP_TO_THE_PIVOTAL_BID"),
        (8, 20, "NOT_SELECTED", "ABOVE_THE_PIVOTAL_BID"),
    ]
    async with bidding.reading(Fence.system()) as session:
        assert await session.scalar(text("select count(*) from audit where action = 'evaluation.read-array'")) == 1
    async with bidding.reading(Fence.staff()) as session:
        whole = await read_overview(session, run.id)
        clear = await views.list_competitions(session, run.id, views.Chosen(category="OTSB"), None, 25)
        none = await views.list_competitions(session, run.id, views.Chosen(objection=Objection.NO_SAVINGS), None, 25)
    (category,) = whole.categories
    assert (category.competitions, category.clear, category.bids_won, category.states) == (1, 1, 7, {"CLOSED": 1})
    assert (category.paid, category.otherwise) == (3_480_000, 4_000_000)
    assert (len(clear.items), len(none.items)) == (1, 0)


async def test_a_run_is_checked_and_released_by_somebody_else_and_bids_follow(bidding):
    await a_round_in_evaluation(bidding)
    await bids_of(bidding, {0: "FAILED"})
    run = await checked(bidding)
    assert run.state is RunState.CONFIRMED
    both = Actor(
        "staff", PRICER.user_id, person_id=PRICER.person_id, permissions=PRICER.permissions | OFFICER.permissions
    )
    with pytest.raises(SomebodyElseMust):
        async with acting(bidding, both) as session:
            await use_cases.release_run(session, run.id, run.version)
    async with acting(bidding, OFFICER) as session:
        await use_cases.release_run(session, run.id, run.version)
    async with bidding.writing(Fence.system(), SYSTEM) as session:
        assert await follow_bids(session, session.at, 100) == 9
        assert await follow_competitions(session, session.at, 100) == 1
    async with bidding.reading(Fence.system()) as session:
        states = (await session.scalars(select(Bid.state).order_by(Bid.amount_cents, Bid.id))).all()
        contest = await session.scalar(select(Competition.state))
    assert states[0] is BidState.DISQUALIFIED
    assert states.count(BidState.WINNING) == 7
    assert states.count(BidState.NOT_SELECTED) == 1
    assert contest is Contest.EVALUATED


async def test_when_inputs_change_after_a_run_it_is_stale_and_cannot_be_released(bidding):
    await a_round_in_evaluation(bidding)
    await bids_of(bidding)
    run = await checked(bidding)
    async with bidding.writing(Fence.system(), SYSTEM) as session:
        assert await use_cases.mark_stale(session, session.at, 5) == 0

    async def chunks() -> AsyncIterator[bytes]:
        yield f"category,cba,demand\nOTSB,{CBA},90\nOTSK,{CBA},5\n".encode()

    outcome = await importing.take_file(bidding, PRICER, ROUND, importing.Kind.DEMAND, chunks())
    assert (outcome.changed, outcome.refused) == (1, 1)
    with pytest.raises(InputsChanged):
        async with acting(bidding, OFFICER) as session:
            await use_cases.release_run(session, run.id, run.version)
    async with bidding.writing(Fence.system(), SYSTEM) as session:
        assert await use_cases.mark_stale(session, session.at, 5) == 1
    assert (await the_run(bidding, run)).state is RunState.STALE


async def test_a_bid_without_a_decided_score_takes_no_part_and_keeps_the_run_from_being_released(bidding):
    await a_round_in_evaluation(bidding)
    await bids_of(bidding, {3: None})
    run = await checked(bidding)
    with pytest.raises(BidsNotScored):
        async with acting(bidding, OFFICER) as session:
            await use_cases.release_run(session, run.id, run.version)


async def test_expected_units_of_an_item_without_a_fee_leave_the_savings_unknown(bidding):
    await a_round_in_evaluation(bidding)
    await bids_of(bidding)

    async def chunks() -> AsyncIterator[bytes]:
        yield f"category,cba,item,units\nOTSB,{CBA},L0650,10\nOTSB,{CBA},L0651,5\nOTSB,nowhere,L0651,5\n".encode()

    outcome = await importing.take_file(bidding, PRICER, ROUND, importing.Kind.EXPECTED_UNITS, chunks())
    assert (outcome.added, outcome.refused) == (2, 1)
    run = await to_the_end(bidding, await requested(bidding))
    async with acting(bidding, PRICER) as session:
        array = await views.read_array(session, run.id, "OTSB", CBA)
    assert array.result is not None
    assert array.result["objections"] == ["SAVINGS_UNKNOWN"]
    assert array.result["savings"]["unknown"] == ["L0651"]


async def test_one_evaluation_of_a_round_at_a_time(bidding):
    await a_round_in_evaluation(bidding)
    await requested(bidding)
    with pytest.raises(use_cases.EvaluationUnderWay):
        await requested(bidding)


WORKER = """
import asyncio, sys
from bidding_svc.evaluation.running import go_on
from chassis.actor import Actor
from chassis.database import Database, Fence

async def main():
    database = Database(sys.argv[1], "bidding")
    while True:
        async with database.writing(Fence.system(), Actor.system("test")) as session:
            await go_on(session, session.at, 1)
        print("step", flush=True)

asyncio.run(main())
"""


async def test_a_worker_killed_in_the_middle_is_gone_on_with_and_the_digest_is_the_same(bidding):
    await a_round_in_evaluation(bidding, areas=12)
    await bids_of(bidding)
    undisturbed = await to_the_end(bidding, await requested(bidding), limit=5)

    run = await requested(bidding)
    url = bidding.engine.url.render_as_string(hide_password=False)
    worker = await asyncio.create_subprocess_exec(sys.executable, "-c", WORKER, url, stdout=subprocess.PIPE)
    assert worker.stdout is not None
    for _ in range(3):  # the freeze and two competitions
        await worker.stdout.readline()
    worker.send_signal(signal.SIGKILL)
    await worker.wait()
    async with bidding.reading(Fence.staff()) as session:
        done = await session.scalar(
            select(func.count()).where(EvaluatedCompetition.run_id == run.id, EvaluatedCompetition.digest.is_not(None))
        )
    assert 2 <= done < 12

    finished = await to_the_end(bidding, run, limit=4)
    assert finished.state is RunState.COMPLETED
    assert finished.digest == undisturbed.digest
    async with bidding.reading(Fence.staff()) as session:
        bids = await session.scalar(select(func.count()).where(EvaluatedBid.run_id == run.id))
    assert bids == 12 * 9


async def test_no_organization_reads_an_evaluation(bidding):
    async with bidding.reading(Fence.organization(uuid4())) as session:
        for table in ("evaluation_run", "evaluation_competition", "evaluation_bid", "expected_units"):
            with pytest.raises(Exception, match="permission denied"):
                async with session.begin_nested():
                    await session.execute(text(f"select * from {table}"))
