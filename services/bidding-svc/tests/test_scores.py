"""Financial scores on the database: keyed by one person, checked by another, scored together, released at once."""

import io
from dataclasses import replace
from decimal import Decimal
from uuid import uuid4

import pikepdf
import pytest
from sqlalchemy import func, select, text

from bidding_svc.bidders.bidder import Bidder
from bidding_svc.form_a.fields import MEMBERS
from bidding_svc.form_a.form_a import FormA, FormAEntry
from bidding_svc.form_b.bid import Bid
from bidding_svc.form_b.lifecycle import BidState, FormBState
from bidding_svc.rounds.competition import Competition
from bidding_svc.scores import round_views, use_cases, views
from bidding_svc.scores.lifecycle import ScoreState
from bidding_svc.scores.paper import print_summary
from bidding_svc.scores.score import InquiryNeeded, NothingProposed, ScoreChanged, ScoreSummary, ScoringRun
from bidding_svc.scores.scoring import DistributionFrozen, SheetsOutstanding, score_round
from bidding_svc.scores.sheet import ScoreSheet, SheetNotReady
from bidding_svc.scores.use_cases import MemberNeeded, ScoreBegun
from chassis.actor import Actor
from chassis.database import Database, Fence
from chassis.duties import SomebodyElseMust
from chassis.errors import NotAllowedNow, NotFound
from tests.bidding.scored import (
    CHECKER,
    FINANCIAL_DOCUMENTS,
    KEYER,
    OFFICER,
    ROUND,
    a_bidder,
    a_round_in_evaluation,
    acting,
    approved,
    keyed,
    sheet,
    the_score,
)

pytestmark = pytest.mark.database


@pytest.fixture
async def round_(bidding) -> Database:
    await a_round_in_evaluation(bidding)
    return bidding


async def scored(database: Database, count: int) -> list:
    """That many bidders, each better than the one before, scored."""
    ids = []
    for number in range(count):
        better = {"net_income": str(168_000 + number * 10_000), "current_assets": str(620_000 + number * 10_000)}
        ids.append(await approved(database, await a_bidder(database, number), sheet(**better)))
    async with acting(database, KEYER) as session:
        await score_round(session, ROUND)
    return ids


async def released(database: Database) -> int:
    async with acting(database, OFFICER) as session:
        return await use_cases.release_scores(session, ROUND)


async def told(database: Database, kind: str) -> list[dict]:
    """The events of a kind that bidding-svc said, in order."""
    async with database.reading(Fence.system()) as session:
        query = text("select body::jsonb from outbox where type = :type order by position")
        return list(await session.scalars(query, {"type": f"connexion.bidding.{kind}.v1"}))


def official(organization_id) -> Actor:
    return Actor(
        "person", "DWHITLOCK01", organization_id=organization_id, permissions=frozenset({"financial_summary.view"})
    )


async def summaries(database: Database, organization_id) -> list[views.SummaryView]:
    actor = official(organization_id)
    async with database.reading(Fence.of(actor)) as session:
        return await views.list_summaries(session, actor, ROUND)


async def test_the_worked_figures_are_keyed_checked_and_scored_with_every_line_explained(round_):
    score_id = await approved(round_, await a_bidder(round_))
    async with acting(round_, KEYER) as session:
        run = await score_round(session, ROUND)
    score = await the_score(round_, score_id)

    assert (score.state, score.outcome, score.total, score.run_id) == (ScoreState.SCORED, "PASSED", "95.2", run.id)
    lines = {line["key"]: line for line in score.result["ratios"]}
    assert lines["current_ratio"] == {
        "key": "current_ratio",
        "name": "Current ratio",
        "formula": "current assets / current liabilities",
        "better": "higher",
        "figures": {"current_assets": "620000", "current_liabilities": "280000"},
        "value": "2.2143",
        "status": "COMPUTED",
        "band": "TOP",
        "points": "7.6000",
        "maximum": "7.6",
        "unacceptable": [],
    }
    assert score.result["credit"]["points"] == "15.15"


async def test_who_keyed_a_sheet_does_not_check_it_whatever_the_role(round_):
    score_id = await keyed(round_, await a_bidder(round_))
    also_a_checker = replace(KEYER, permissions=KEYER.permissions | CHECKER.permissions)
    version = (await the_score(round_, score_id)).version
    with pytest.raises(SomebodyElseMust):
        async with acting(round_, also_a_checker) as session:
            await use_cases.approve(session, score_id, version)
    for actor, may in ((also_a_checker, False), (CHECKER, True)):
        async with round_.reading(Fence.staff()) as session:
            assert ("approve" in (await views.read_score(session, actor, score_id)).allowed_actions) is may


async def test_of_two_at_one_score_the_second_is_told(round_):
    score_id = await keyed(round_, await a_bidder(round_))
    with pytest.raises(ScoreChanged):
        async with acting(round_, CHECKER) as session:
            await use_cases.approve(session, score_id, 1)


async def test_a_sheet_that_lacks_something_is_not_submitted_and_names_each_thing(round_):
    async with acting(round_, KEYER) as session:
        score = await use_cases.begin_score(session, (await a_bidder(round_)).id)
        await session.flush()
        await use_cases.key_sheet(session, score.id, ScoreSheet(figures={"inventory": Decimal(1)}), score.version)
        with pytest.raises(SheetNotReady) as refused:
            await use_cases.submit(session, score.id, score.version)
    assert {field.path for field in refused.value.fields} == {
        f"documents.{code}"
        for code in (
            "tax-return-extract",
            "income-statement",
            "balance-sheet",
            "statement-of-cash-flows",
            "credit-report",
        )
    }


@pytest.mark.parametrize(
    ("wrong", "paths"),
    [
        (sheet(unacceptable={"balance-sheet": ()}), {"documents.balance-sheet"}),
        (sheet(unacceptable={"balance-sheet": ("FIN-32",)}), {"documents.balance-sheet"}),
        (sheet(paydex="an arrow"), {"credit.score"}),
        (sheet().model_copy(update={"credit": None}), {"credit"}),
        (sheet(goodwill="1"), {"figures.goodwill"}),
        (sheet().model_copy(update={"figures": {}, "documents": sheet().documents | {"x": sheet().documents[
            "balance-sheet"]}}), {"documents.x", *(f"figures.{name}" for name in sheet().figures)}),
        (sheet(unacceptable={"balance-sheet": ("FIN-20", "FIN-23")}), set()),
    ],
)  # fmt: skip
def test_what_is_wrong_with_a_sheet_is_told_by_field(wrong, paths):
    from bidding_svc.rounds import reference

    rules = reference.load("round-2021").rule_set
    try:
        wrong.require_ready(rules)
        found = set()
    except SheetNotReady as refused:
        found = {field.path for field in refused.fields}
    assert found == paths


async def test_a_sheet_is_returned_with_a_reason_and_keyed_again(round_):
    score_id = await keyed(round_, await a_bidder(round_))
    async with acting(round_, CHECKER) as session:
        score = await use_cases.return_it(session, score_id, "Inventory is 51,000.", 3)
    async with acting(round_, KEYER) as session:
        score = await use_cases.key_sheet(session, score_id, sheet(inventory="51000"), score.version)
    assert (score.state, score.sheet["figures"]["inventory"]) == (ScoreState.KEYING, "51000")


async def test_a_bidder_is_begun_once_and_a_member_only_where_its_form_names_it(round_):
    bidder = await a_bidder(round_)
    await keyed(round_, bidder)
    with pytest.raises(ScoreBegun):
        async with acting(round_, KEYER) as session:
            await use_cases.begin_score(session, bidder.id)
    for bidder_id, member in ((bidder.id, "9000000009"), (uuid4(), "")):
        with pytest.raises(NotFound):
            async with acting(round_, KEYER) as session:
                await use_cases.begin_score(session, bidder_id, member)


async def test_a_round_is_scored_only_when_every_sheet_is_approved(round_):
    await approved(round_, await a_bidder(round_, 1))
    await keyed(round_, await a_bidder(round_, 2))
    with pytest.raises(SheetsOutstanding, match="1 sheets"):
        async with acting(round_, KEYER) as session:
            await score_round(session, ROUND)


async def test_the_same_sheets_give_the_same_digest_and_another_figure_another(round_):
    ids = await scored(round_, 3)

    async def digest() -> str:
        async with acting(round_, KEYER) as session:
            return (await score_round(session, ROUND)).digest

    first = await digest()
    assert await digest() == first
    async with acting(round_, KEYER) as session:
        score = await use_cases.reopen(
            session, ids[0], "A figure was mistyped.", (await the_score(round_, ids[0])).version
        )
        assert (score.total, score.result) == (None, None)
        await use_cases.key_sheet(session, ids[0], sheet(net_income="1"), score.version)
        await use_cases.submit(session, ids[0], score.version)
    async with acting(round_, CHECKER) as session:
        await use_cases.approve(session, ids[0], score.version)
    assert await digest() != first


async def test_nobody_sees_a_summary_before_the_release_and_then_only_its_own(round_):
    bidders = [await a_bidder(round_, number) for number in range(2)]
    for bidder in bidders:
        await approved(round_, bidder)
    async with acting(round_, KEYER) as session:
        await score_round(session, ROUND)
    assert await summaries(round_, bidders[0].organization_id) == []

    assert await released(round_) == 2
    (mine,) = await summaries(round_, bidders[0].organization_id)
    assert mine.bidder_number == bidders[0].number
    async with round_.reading(Fence.organization(bidders[0].organization_id)) as session:
        assert await session.scalar(select(func.count()).select_from(ScoreSummary)) == 1
        for table in ("financial_score", "scoring_run"):
            with pytest.raises(Exception, match="permission denied"):
                async with session.begin_nested():
                    await session.execute(text(f"select * from {table}"))


async def test_a_release_is_said_once_for_each_bidder_and_a_second_call_does_nothing(round_):
    ids = await scored(round_, 2)
    assert (await released(round_), await released(round_)) == (2, 0)
    said = await told(round_, "financial-summary-released")
    assert {each["bidder_id"] for each in said} == {str((await the_score(round_, one)).bidder_id) for one in ids}
    assert {(each["permission"], each["corrected"]) for each in said} == {("financial_summary.view", False)}


async def test_under_ten_bidders_no_median_and_no_band_is_told_from_ten_on_they_are(round_):
    ids = await scored(round_, 10)
    await released(round_)
    (ten,) = await summaries(round_, (await the_score(round_, ids[9])).organization_id)
    ratio = {line["key"]: line for line in ten.summary["ratios"]}["working_capital"]
    assert (ratio["median"], ratio["band"], ratio["points"]) == ("385000.0000", "TOP", "7.6000")
    assert ten.summary["median_total"] is not None


async def test_where_few_bid_nothing_of_the_others_can_be_inferred(round_):
    ids = await scored(round_, 9)
    await released(round_)
    (mine,) = await summaries(round_, (await the_score(round_, ids[0])).organization_id)
    assert mine.summary["median_total"] is None
    assert {(line["median"], line["band"]) for line in mine.summary["ratios"]} == {(None, None)}


async def test_a_personal_score_is_not_told_to_the_other_users(round_):
    personal = sheet().model_copy(
        update={"credit": sheet().credit.model_copy(update={"score_type": "personal", "score": "720"})}
    )
    bidder = await a_bidder(round_)
    await approved(round_, bidder, personal)
    async with acting(round_, KEYER) as session:
        await score_round(session, ROUND)
    await released(round_)
    (mine,) = await summaries(round_, bidder.organization_id)
    credit = mine.summary["credit"]
    assert (credit["personal"], credit["score"], credit["normalised"], credit["points"]) == (True, None, None, None)


async def test_who_was_out_when_the_round_was_scored_finds_a_place_in_the_frozen_distribution(round_):
    ids = await scored(round_, 3)
    await released(round_)
    late = await approved(round_, await a_bidder(round_, 77))
    async with acting(round_, KEYER) as session:
        run = await score_round(session, ROUND)
    assert run.subjects == 3
    one, same = await the_score(round_, late), await the_score(round_, ids[0])
    assert (one.state, one.run_id) == (ScoreState.SCORED, run.id)
    assert same.state is ScoreState.RELEASED
    await released(round_)
    assert (await the_score(round_, late)).state is ScoreState.RELEASED


async def test_after_a_release_a_score_changes_only_through_an_inquiry_and_against_the_frozen_distribution(round_):
    ids = await scored(round_, 3)
    await released(round_)
    with pytest.raises(DistributionFrozen):
        async with acting(round_, KEYER) as session:
            await score_round(session, ROUND)
    with pytest.raises(NotAllowedNow):
        async with acting(round_, KEYER) as session:
            await use_cases.key_sheet(session, ids[0], sheet(), (await the_score(round_, ids[0])).version)

    before = await the_score(round_, ids[0])
    best = sheet(net_income="188000", current_assets="640000")
    with pytest.raises(InquiryNeeded):
        async with acting(round_, KEYER) as session:
            await use_cases.propose_correction(session, ids[0], best, " ", before.version)
    with pytest.raises(NothingProposed):
        async with acting(round_, CHECKER) as session:
            await use_cases.recalculate(session, ids[0], before.version)
    async with acting(round_, KEYER) as session:
        score = await use_cases.propose_correction(session, ids[0], best, "INQ-7", before.version)
    also_a_checker = replace(KEYER, permissions=KEYER.permissions | CHECKER.permissions)
    with pytest.raises(SomebodyElseMust):
        async with acting(round_, also_a_checker) as session:
            await use_cases.recalculate(session, ids[0], score.version)
    async with acting(round_, CHECKER) as session:
        await use_cases.recalculate(session, ids[0], score.version)

    after, other = await the_score(round_, ids[0]), await the_score(round_, ids[2])
    assert (after.state, after.result["ratios"], after.total) == (
        ScoreState.RECALCULATED,
        other.result["ratios"],
        other.total,
    )
    assert after.earlier[0]["result"]["total"] == before.total
    (still,) = await summaries(round_, before.organization_id)
    assert still.summary["total"] == before.total
    with pytest.raises(NotAllowedNow):
        async with acting(round_, CHECKER) as session:
            await use_cases.release_recalculated(session, ids[2], other.version)
    async with acting(round_, CHECKER) as session:
        await use_cases.release_recalculated(session, ids[0], after.version)
    assert await released(round_) == 0
    (now,) = await summaries(round_, before.organization_id)
    assert now.summary["total"] == after.total
    assert (await told(round_, "financial-summary-released"))[-1]["corrected"] is True
    async with round_.reading(Fence.staff()) as session:
        assert await session.scalar(select(func.count()).where(ScoringRun.frozen_at.is_not(None))) == 1


async def test_no_figure_and_no_score_stands_in_the_audit_trail(round_):
    await scored(round_, 1)
    async with round_.reading(Fence.system()) as session:
        rows = await session.scalars(
            text("select coalesce(before::text, '') || coalesce(after::text, '') from audit where action like '%scor%'")
        )
        trail = " ".join(rows)
    assert "168000" not in trail
    assert "95.2" not in trail


async def test_a_network_is_scored_by_its_members_each_on_a_sheet_of_its_own(round_):
    bidder = await a_bidder(round_)
    async with round_.writing(Fence.system(), Actor.system("test")) as session:
        form = FormA(bidder_id=bidder.id, organization_id=bidder.organization_id, round_code=ROUND, at=session.at)
        form.business = {"bidding_as": {"given": "network"}}
        session.add(form)
        for ptan in ("9000000001", "9000000002"):
            entry = FormAEntry(form, MEMBERS, ptan)
            entry.ptan = ptan
            session.add(entry)
    await taking_part(round_, bidder)
    assert await waiting(round_) == [(bidder.number, "9000000001"), (bidder.number, "9000000002")]
    with pytest.raises(MemberNeeded):
        async with acting(round_, KEYER) as session:
            await use_cases.begin_score(session, bidder.id)
    async with acting(round_, KEYER) as session:
        await use_cases.begin_score(session, bidder.id, "9000000001")
    assert await waiting(round_) == [(bidder.number, "9000000002")]


async def test_who_waits_for_a_sheet_is_listed_page_by_page_and_how_far_the_round_is(round_):
    bidders = [await a_bidder(round_, number) for number in range(3)]
    for bidder in bidders:
        await taking_part(round_, bidder)
    await keyed(round_, bidders[0])
    async with round_.reading(Fence.staff()) as session:
        first = await round_views.list_without_sheet(session, ROUND, None, 1)
        rest = await round_views.list_without_sheet(session, ROUND, first.next, 5)
        progress = await round_views.read_progress(session, ROUND)
    assert [each.bidder_number for each in (*first.items, *rest.items)] == [each.number for each in bidders[1:]]
    assert rest.next is None
    assert (progress.states, progress.without_sheet, progress.minimum) == ({"QA": 1}, 2, "39.5")


async def test_the_documents_of_a_bidder_stand_beside_its_form_with_their_files(round_):
    score_id = await keyed(round_, await a_bidder(round_))
    async with round_.reading(Fence.staff()) as session:
        view = await views.read_score(session, KEYER, score_id)
    assert [each.code for each in view.beside] == FINANCIAL_DOCUMENTS
    assert view.figures["cash"] == "balance-sheet"
    assert {"paydex", "sp-rating"} <= {each.score_type for each in view.score_types}


async def test_a_scoring_shows_how_each_ratio_is_spread_from_the_best_to_the_worst(round_):
    await scored(round_, 11)
    async with round_.reading(Fence.staff()) as session:
        (line,) = (await round_views.list_runs(session, ROUND, None, 25)).items
        run = await round_views.read_run(session, line.id)
    spread = {each.key: each for each in run.ratios}["working_capital"]
    assert (spread.ranked, spread.behind, spread.median) == (11, 0, "390000.0000")
    assert [Decimal(value) for value in spread.values] == [440_000 - 10_000 * place for place in range(11)]


async def test_the_summary_is_printed_as_an_accessible_pdf_with_every_ratio(round_):
    ids = await scored(round_, 10)
    await released(round_)
    (mine,) = await summaries(round_, (await the_score(round_, ids[0])).organization_id)
    printed = print_summary(mine.bidder_number, ROUND, "", mine.summary, mine.released_at)
    with pikepdf.open(io.BytesIO(printed)) as pdf:
        assert pdf.Root.MarkInfo.Marked
        assert pdf.open_metadata()["pdfuaid:part"] == "1"
    assert mine.summary["ratios"][0]["median_points"] is not None


async def waiting(database: Database) -> list[tuple[str, str]]:
    async with database.reading(Fence.staff()) as session:
        page = await round_views.list_without_sheet(session, ROUND, None, 25)
    return [(each.bidder_number, each.member) for each in page.items]


async def taking_part(database: Database, bidder: Bidder) -> None:
    """A bid of this bidder that was received."""
    async with database.writing(Fence.system(), Actor.system("test")) as session:
        competition = (await session.scalars(select(Competition).limit(1))).one()
        told = {"organization_id": bidder.organization_id, "bidder_id": bidder.id, "competition": competition}
        bid = Bid(**told, label="a bid", at=session.at)
        bid.state, bid.form = BidState.RECEIVED, FormBState.LOCKED
        session.add(bid)
