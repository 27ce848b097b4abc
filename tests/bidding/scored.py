"""A round in evaluation with bidders whose finances are keyed, checked and scored by the right people."""

from contextlib import AbstractAsyncContextManager
from datetime import date
from uuid import UUID, uuid4

from sqlalchemy import select

from bidding_svc.bidders.bidder import Bidder
from bidding_svc.rounds import reference
from bidding_svc.rounds.competition import Competition, Contest
from bidding_svc.rounds.phase import Phase
from bidding_svc.rounds.round import Round
from bidding_svc.rounds.use_cases.loading import load_round
from bidding_svc.scores import use_cases
from bidding_svc.scores.score import FinancialScore
from bidding_svc.scores.sheet import ScoreSheet
from chassis.actor import Actor
from chassis.database import Database, Fence, Session
from events.rule_set import RuleSet
from identity_adapter.roles.table import role_table

ROUND = "R2021"
FINANCIAL_DOCUMENTS = [each.code for each in reference.load("round-2021").rule_set.required_financial_docs]
FIGURES = {
    "cash": "120000",
    "accounts_receivable": "310000",
    "inventory": "150000",
    "current_assets": "620000",
    "accounts_payable": "140000",
    "current_liabilities": "280000",
    "total_liabilities": "430000",
    "net_worth": "470000",
    "revenue": "2520000",
    "revenue_adjustments": "120000",
    "net_income": "168000",
    "depreciation": "54000",
    "amortisation": "6000",
    "cash_from_operations": "210000",
}


def staff(role: str, user_id: str) -> Actor:
    permissions = frozenset(role_table().permissions_of(role))
    return Actor("staff", user_id, person_id=uuid4(), role=role, permissions=permissions)


KEYER = staff("FINANCIAL_ANALYST", "FANALYST01")
CHECKER = staff("QUALITY_REVIEWER", "QREVIEWER01")
PRICER = staff("PRICING_ANALYST", "PANALYST01")
SECOND_PRICER = staff("PRICING_ANALYST", "PANALYST02")
OFFICER = staff("CONTRACTING_OFFICER", "COFFICER01")


def acting(database: Database, actor: Actor) -> AbstractAsyncContextManager[Session]:
    return database.writing(Fence.staff(), actor)


async def a_round_in_evaluation(
    database: Database, *, rules: RuleSet | None = None, categories: tuple[str, ...] = ("OTSB",), areas: int = 1
) -> None:
    """Round 2021, cut down to a few competitions, as it stood after its close."""
    told = reference.load("round-2021")
    cut = told.model_copy(
        update={
            "phase": Phase.EVALUATION,
            "categories": [each for each in told.categories if each.code in categories],
            "made_up_cbas": areas - 1,
            "rule_set": rules or told.rule_set,
        }
    )
    async with database.writing(Fence.system(), Actor.system("test")) as session:
        await load_round(session, cut, date(2026, 1, 1))
        for each in await session.scalars(select(Competition)):
            each.state = Contest.CLOSED


async def a_bidder(database: Database, number: int = 1) -> Bidder:
    async with database.writing(Fence.system(), Actor.system("test")) as session:
        round_ = await session.get_one(Round, ROUND)
        bidder = Bidder(uuid4(), round_, 2_840_000 + number, session.at)
        session.add(bidder)
    return bidder


def sheet(*, paydex: str = "76", unacceptable: dict[str, tuple[str, ...]] | None = None, **figures: str) -> ScoreSheet:
    found = unacceptable or {}
    return ScoreSheet.model_validate(
        {
            "figures": FIGURES | figures,
            "credit": {"score_type": "paydex", "score": paydex},
            "documents": {
                code: {"verdict": "UNACCEPTABLE", "reasons": found[code]}
                if code in found
                else {"verdict": "ACCEPTABLE"}
                for code in FINANCIAL_DOCUMENTS
            },
        }
    )


async def keyed(database: Database, bidder: Bidder, keying: ScoreSheet | None = None) -> UUID:
    """A sheet that waits for a second person."""
    async with acting(database, KEYER) as session:
        score = await use_cases.begin_score(session, bidder.id)
        await session.flush()
        await use_cases.key_sheet(session, score.id, keying or sheet(), score.version)
        await use_cases.submit(session, score.id, score.version)
    return score.id


async def approved(database: Database, bidder: Bidder, keying: ScoreSheet | None = None) -> UUID:
    score_id = await keyed(database, bidder, keying)
    async with acting(database, CHECKER) as session:
        await use_cases.approve(session, score_id, (await session.get_one(FinancialScore, score_id)).version)
    return score_id


async def the_score(database: Database, score_id: UUID) -> FinancialScore:
    async with database.reading(Fence.staff()) as session:
        return await session.get_one(FinancialScore, score_id)
