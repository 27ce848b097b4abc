"""The evaluation of a round: files it is priced by, a run with its progress, and each competition drawn."""

from itertools import pairwise

import httpx
import pytest
import states
from fake_gateway import FakeGateway
from fake_gateway.evaluations import RUN

from portal import charts

ARRAY = f"/staff/evaluations/{RUN}/competitions/OTSB/baltimore-columbia-towson-md"


@pytest.fixture
async def analyst(person: httpx.AsyncClient, gateway: FakeGateway) -> httpx.AsyncClient:
    states.pricing(gateway)
    person.cookies.set("cx_token", gateway.token())
    return person


def form(**other: object) -> dict[str, object]:
    return {"version": "3", "idempotency_key": "key-1", **other}


async def test_an_evaluation_is_started_and_shows_how_far_it_is(analyst: httpx.AsyncClient, gateway: FakeGateway):
    page = (await analyst.get("/staff/evaluations")).text
    assert "It cannot be released." in page
    started = await analyst.post("/staff/evaluations", data={"idempotency_key": "k", "round_code": "R2028"})
    page = (await analyst.get(started.headers["location"])).text
    assert "200 of 2,080 competitions are evaluated" in page
    assert 'hx-trigger="every 3s"' in page
    refused = await analyst.post("/staff/evaluations", data={"idempotency_key": "k2", "round_code": "R2028"})
    assert refused.status_code == 409
    assert "under way" in refused.text


async def test_the_round_stands_on_one_page_with_its_savings(analyst: httpx.AsyncClient):
    page = (await analyst.get(f"/staff/evaluations/{RUN}")).text
    assert "No savings: 3" in page
    assert "$520,000 (13.0%)" in page
    assert "Closed 130" in page
    assert "Not evaluated yet" in page
    assert "hx-trigger" not in page


async def test_a_run_is_checked_by_the_version_that_was_seen(analyst: httpx.AsyncClient, gateway: FakeGateway):
    done = await analyst.post(f"/staff/evaluations/{RUN}/check", data=form())
    assert done.headers["location"] == f"/staff/evaluations/{RUN}?done=check"
    refused = await analyst.post(f"/staff/evaluations/{RUN}/release", data=form())
    assert refused.status_code == 409
    assert gateway.decisions == ["check"]


@pytest.mark.parametrize(
    ("kind", "path"),
    [
        ("expected-units", "/api/bidding/rounds/R2028/pricing-imports/expected-units"),
        ("demand", "/api/bidding/rounds/R2028/pricing-imports/demand"),
        ("fees", "/api/bidding/fee-imports"),
    ],
)
async def test_a_file_goes_where_it_belongs_and_each_refused_row_is_told(
    analyst: httpx.AsyncClient, gateway: FakeGateway, kind: str, path: str
):
    sent = {"round_code": "R2028", "kind": kind}
    page = await analyst.post("/staff/evaluations/imports", data=sent, files={"file": ("a.csv", b"a,b\n1,2\n")})
    assert f"POST {path}" in gateway.asked
    assert gateway.pricing_files == ["a,b\n1,2\n"]
    assert "Write the expected units in whole units a year." in page.text


async def test_without_a_file_or_a_kind_the_form_says_so(analyst: httpx.AsyncClient):
    page = await analyst.post("/staff/evaluations/imports", data={"round_code": "R2028", "kind": "demand"})
    assert page.status_code == 422
    assert '<a href="#file">Choose a file.</a>' in page.text


async def test_a_competition_is_drawn_told_in_words_and_in_numbers(analyst: httpx.AsyncClient):
    page = (await analyst.get(ARRAY)).text
    assert "Demand of 100 units is reached by bid 7 at $348.00 with 111 units added up: the pivotal bid." in page
    assert page.count("<rect") > 9
    assert "Winning, pivotal" in page
    assert "at or below the pivotal bid" in page
    assert "No fee on file" in page
    assert "Expected payments $34,800, otherwise $40,000." in page


def test_blocks_are_as_wide_as_their_capacity_and_as_high_as_their_price(gateway: FakeGateway):
    picture = charts.array_of(gateway.array())
    assert picture is not None
    assert [block.kind for block in picture.blocks] == [*["winning"] * 6, "pivotal", "out", "out"]
    assert [block.y for block in picture.blocks] == sorted((block.y for block in picture.blocks), reverse=True)
    assert all(before.x + before.width < after.x for before, after in pairwise(picture.blocks))
    assert picture.demand is not None
    assert picture.blocks[6].x < picture.demand.at < picture.blocks[6].x + picture.blocks[6].width
    assert picture.payment is not None
    assert picture.payment.at == picture.blocks[6].y


def test_nothing_is_drawn_where_nobody_takes_part(gateway: FakeGateway):
    assert charts.array_of(gateway.array() | {"bids": []}) is None
