"""Approving and certifying through the edge: signatures, versions, refusals."""

from collections.abc import AsyncIterator

import httpx
import pytest
import pytest_asyncio
from sqlalchemy import text

from bidding_svc.form_a.statement import FORM_A_APPROVAL
from bidding_svc.form_b.statement import FORM_B_CERTIFICATION
from bidding_svc.forms.digest import digest_of
from chassis import machine_time
from chassis.database import Database, Fence
from tests.access.edges import edge_of
from tests.access.tokens import EVERYTHING, publish_key, token
from tests.bidding.house import BID_ANSWERS, ROUND, House, open_house

pytestmark = pytest.mark.database
NAMED = {"certified_by": "dwhitlock01", "given_name": "Dana", "family_name": "Whitlock"}
A = NAMED | {"statement": FORM_A_APPROVAL.name}
B = {"certified_by": "DWHITLOCK01", "statement": FORM_B_CERTIFICATION.name}


@pytest_asyncio.fixture
async def signing(database_for) -> AsyncIterator[tuple[House, httpx.AsyncClient]]:
    """A bidder with filled forms, and a client signed in as its authorized official."""
    url = (await database_for("bidding")).login_url
    app, database = edge_of("bidding", url), Database(url, "bidding")
    await publish_key(database)
    house = await open_house(database)
    await house.fill_form_a()
    bearer = {"Authorization": f"Bearer {token(permissions=EVERYTHING, organization_id=house.organization_id)}"}
    async with (
        app.router.lifespan_context(app),
        httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://edge", headers=bearer) as client,
    ):
        yield house, client
    await database.close()


async def seen(client, path):
    answer = await client.get(path)
    return answer.json(), {"If-Match": answer.headers["ETag"]}


async def signatures(house):
    async with house.database.reading(Fence.organization(house.organization_id)) as session:
        rows = await session.execute(text("select * from signature order by id"))
        return [row._mapping for row in rows]


FORM_A = f"/api/bidding/form-a/{ROUND}"


async def approve(client, typed, read):
    return await client.post(f"{FORM_A}/approval", json={"signature": typed}, headers=read)


async def a_bid(client):
    new = {"round_code": ROUND, "category_code": "OTSK", "cba_code": "nationwide"}
    begun = await client.post("/api/bidding/bids", json=new)
    path = f"/api/bidding/bids/{begun.json()['id']}"
    await client.patch(path, json={"answers": BID_ANSWERS}, headers={"If-Match": begun.headers["ETag"]})
    return path


async def test_both_forms_are_signed_for_as_they_stood_with_words_and_digests(signing):
    house, client = signing
    form, read = await seen(client, FORM_A)
    approved = await approve(client, A, read)
    assert (approved.status_code, approved.json()["state"]) == (200, "APPROVED")
    path = await a_bid(client)
    bid, read = await seen(client, path)
    certified = await client.post(f"{path}/certification", json={"signature": B}, headers=read)
    assert (certified.status_code, certified.json()["state"]) == (200, "SUBMITTED")
    kept = await signatures(house)
    assert [(each["statement"], each["subject"], each["user_id"]) for each in kept] == [
        (form["statement"]["statement"], "form-a", "DWHITLOCK01"),
        (bid["statement"]["statement"], "bid", "DWHITLOCK01"),
    ]
    entries = {
        name: {each["key"]: each["answers"] for each in form[name]} for name in ("locations", "links", "members")
    }
    signed = {name: form[name]["answers"] for name in ("business", "disclosures")} | entries
    assert kept[0]["content_sha256"] == digest_of(signed)
    about = {"round": ROUND, "category": "OTSK", "cba": "nationwide", "bid": bid["answers"]}
    assert kept[1]["content_sha256"] == digest_of(about)


@pytest.mark.parametrize(
    ("typed", "status", "problem"),
    [
        (A | {"certified_by": "MREYES22"}, 422, "certified-by-another-person"),
        (A | {"family_name": "Other"}, 422, "name-does-not-match"),
        (A | {"statement": "form-a-approval/0"}, 422, "statement-not-current"),
    ],
)
async def test_a_signature_that_is_not_good_approves_nothing_and_is_not_kept(signing, typed, status, problem):
    house, client = signing
    _, read = await seen(client, FORM_A)
    refused = await approve(client, typed, read)
    assert (refused.status_code, refused.json()["type"]) == (status, f"urn:connexion:problem:{problem}")
    assert ((await seen(client, FORM_A))[0]["state"], await signatures(house)) == ("IN_PROGRESS", [])


async def test_a_sign_in_of_long_ago_is_asked_for_again(signing):
    house, client = signing
    _, read = await seen(client, FORM_A)
    old = int(machine_time.now().timestamp()) - 15 * 60 - 1
    client.headers["Authorization"] = (
        f"Bearer {token(permissions=EVERYTHING, organization_id=house.organization_id, auth_time=old)}"
    )
    refused = await approve(client, A, read)
    assert (refused.status_code, refused.json()["type"]) == (403, "urn:connexion:problem:sign-in-again")


async def test_a_form_that_changed_after_it_was_read_or_lacks_something_is_not_signed(signing):
    house, client = signing
    _, read = await seen(client, FORM_A)
    await house.edit("business", {"business_type": None}, by="MREYES22")
    assert (await approve(client, A, read)).json()["type"] == "urn:connexion:problem:form-a-changed"
    _, read = await seen(client, FORM_A)
    refused = await approve(client, A, read)
    assert refused.json()["type"] == "urn:connexion:problem:form-a-not-ready"
    assert [field["path"] for field in refused.json()["fields"]] == ["business.business_type"]
    assert await signatures(house) == []


async def test_the_same_approval_sent_twice_is_signed_once(signing):
    house, client = signing
    _, read = await seen(client, FORM_A)
    headers = read | {"Idempotency-Key": "approve-once"}
    answers = [await approve(client, A, headers) for _ in range(2)]
    assert [answer.status_code for answer in answers] == [200, 200]
    assert answers[0].json() == answers[1].json()
    assert len(await signatures(house)) == 1


async def test_an_edit_through_the_edge_names_what_somebody_else_wrote(signing):
    house, client = signing
    _, read = await seen(client, FORM_A)
    await house.edit("business", {"specialty_supplier": "yes"}, by="MREYES22")
    refused = await client.patch(f"{FORM_A}/business", json={"answers": {"small_supplier": "no"}}, headers=read)
    assert refused.status_code == 409
    assert refused.json()["fields"] == [{"path": "specialty_supplier", "message": "MREYES22 wrote: yes"}]


@pytest.mark.parametrize("header", [{}, {"If-Match": "7"}, {"If-Match": "*"}, {"If-Match": '"a"'}])
async def test_an_edit_names_the_version_it_was_made_from(signing, header):
    _, client = signing
    refused = await client.patch(f"{FORM_A}/business", json={"answers": {}}, headers=header)
    assert (refused.status_code, refused.json()["fields"][0]["path"]) == (422, "If-Match")


async def test_a_number_with_a_fraction_is_no_answer_and_unknown_fields_are_named(signing):
    _, client = signing
    path = await a_bid(client)
    _, read = await seen(client, path)
    floating = await client.patch(path, json={"answers": {"amount": 20.5}}, headers=read)
    unknown = await client.patch(path, json={"answers": {"price": "20.50"}}, headers=read)
    assert (floating.status_code, unknown.status_code) == (422, 422)
    assert [field["path"] for field in unknown.json()["fields"]] == ["price"]


async def test_fields_of_both_forms_are_told_with_the_choices_of_the_round(signing):
    _, client = signing
    form_a = (await client.get(f"/api/bidding/form-a/fields?round={ROUND}")).json()
    sections = {section["name"]: section for section in form_a["sections"]}
    products = sections["locations"]["fields"][0]
    assert {option["code"] for option in products["options"]} >= {"OTSK", "OTSB"}
    assert sections["business"]["permission"] == "form_a.business.edit"
    form_b = (await client.get(f"/api/bidding/form-b/fields?round={ROUND}")).json()
    assert [field["name"] for field in form_b["sections"][0]["fields"]][:2] == ["amount", "new_item_on_basis"]
