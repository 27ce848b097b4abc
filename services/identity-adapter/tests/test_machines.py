"""Client credentials: what a machine gets for its secret, and what nobody gets without."""

import pytest
from sqlalchemy import text

from chassis import machine_time
from chassis.database import Fence
from identity_adapter.machines.machine import Machine, NoSuchScope
from identity_adapter.machines.secrets import hash_secret, matches

pytestmark = pytest.mark.database
TOKEN = "/api/identity/token"
SECRET = "s3cret:+%"
GRANT = {"grant_type": "client_credentials"}


async def test_a_machine_gets_a_token_with_its_scopes_and_nothing_more(adapter, browser):
    answer = await browser.post(TOKEN, data=GRANT, auth=("downstream", "s3cret%3A%2B%25"))
    assert answer.status_code == 200
    body = answer.json()
    assert (body["token_type"], body["expires_in"], body["scope"]) == ("Bearer", 300, "rounds.read")
    assert answer.headers["cache-control"] == "no-store"
    me = await browser.get("/api/identity/me", headers={"Authorization": f"Bearer {body['access_token']}"})
    assert me.json() == {
        "user_id": "downstream",
        "name": "A downstream system",
        "kind": "machine",
        "role": "",
        "permissions": ["round.view"],
        "signed_in_at": None,
        "idle_at": None,
        "ends_at": None,
        "organization": None,
        "organizations": [],
    }


async def test_credentials_may_stand_in_the_form(adapter, browser):
    form = {**GRANT, "client_id": "downstream", "client_secret": SECRET, "scope": "rounds.read"}
    assert (await browser.post(TOKEN, data=form)).status_code == 200


@pytest.mark.parametrize(
    ("name", "secret"), [("downstream", "wrong"), ("downstream", ""), ("unknown", SECRET), ("", ""), ("unknown", "")]
)
async def test_a_wrong_secret_and_an_unknown_machine_look_the_same(adapter, browser, name, secret):
    answer = await browser.post(TOKEN, data={**GRANT, "client_id": name, "client_secret": secret})
    assert (answer.status_code, answer.json()["error"]) == (401, "invalid_client")
    assert answer.headers["www-authenticate"].startswith("Basic")


@pytest.mark.parametrize("authorization", ["Basic", "Basic !!", "Basic /w==", "Basic Og=="])
async def test_an_unreadable_authorization_is_refused(adapter, browser, authorization):
    answer = await browser.post(TOKEN, data=GRANT, headers={"Authorization": authorization})
    assert (answer.status_code, answer.json()["error"]) == (401, "invalid_client")


@pytest.mark.parametrize(
    ("form", "error"),
    [
        ({}, "unsupported_grant_type"),
        ({"grant_type": "password"}, "unsupported_grant_type"),
        ({**GRANT, "scope": "contracts.read"}, "invalid_scope"),
        ({**GRANT, "scope": "rounds.read everything"}, "invalid_scope"),
    ],
)
async def test_what_was_not_granted_is_refused_in_the_words_of_oauth(adapter, browser, form, error):
    answer = await browser.post(TOKEN, data=form, auth=("downstream", "s3cret%3A%2B%25"))
    assert (answer.status_code, answer.json()["error"]) == (400, error)


async def test_a_machine_may_not_do_what_people_do(adapter, browser):
    token = (await browser.post(TOKEN, data=GRANT, auth=("downstream", "s3cret%3A%2B%25"))).json()["access_token"]
    organization = adapter.organizations["a"].id
    bearer = {"Authorization": f"Bearer {token}"}
    assert (await browser.get(f"/api/identity/organizations/{organization}", headers=bearer)).status_code == 404
    acting = {"organization_id": str(organization)}
    assert (await browser.post("/api/identity/acting-organization", json=acting, headers=bearer)).status_code == 401


async def test_the_secret_itself_is_not_kept(adapter):
    async with adapter.database.reading(Fence.system()) as session:
        kept = str((await session.execute(text("table machine_secret"))).all())
    assert SECRET not in kept


def test_one_secret_has_another_hash_each_time():
    first, second = hash_secret(SECRET), hash_secret(SECRET)
    assert first != second
    assert matches(SECRET, [first])
    assert not matches(SECRET + "x", [first, second])


def test_a_machine_is_granted_scopes_that_exist_only():
    with pytest.raises(NoSuchScope):
        Machine("m", "M", ["offer.decide"], hash_secret("secret"), machine_time.now())
