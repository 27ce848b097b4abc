"""The door: 401, then 403, then what the request says; one transaction; a repeated request gets its first answer."""

import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta
from uuid import uuid4

import asyncpg
import httpx
import pytest
import pytest_asyncio
from joserfc import jwt
from joserfc.jwk import ECKey, OctKey
from sqlalchemy import insert, text

from chassis import machine_time
from chassis.actor import Actor
from chassis.database import Fence
from chassis.edge import create_edge
from chassis.settings import ServiceSettings
from chassis.tables import revocation, signing_key
from tests.infrastructure.waiting import eventually
from tests.probe.app import SERVICE

pytestmark = pytest.mark.storage
ISSUER = "http://localhost"
THINGS = "/api/probe/things"
KEY = ECKey.generate_key("P-256", {"kid": "k1"})
MINE, OTHER = uuid4(), uuid4()
BOTH = ["thing.make", "thing.view"]


def a_token(key=KEY, header=None, **claims) -> str:
    now = int(machine_time.now().timestamp())
    told = {
        "iss": ISSUER,
        "aud": "connexion",
        "sub": "DWHITLOCK01",
        "pid": str(uuid4()),
        "org": str(MINE),
        "role": "AO",
        "kind": "person",
        "perms": BOTH,
        "sid": str(uuid4()),
        "jti": "t",
        "auth_time": now,
        "iat": now,
        "exp": now + 300,
    } | claims
    return jwt.encode(header or {"alg": "ES256", "kid": "k1"}, told, key, algorithms=["ES256", "HS256"])


@pytest_asyncio.fixture
async def client(probe, probe_database) -> AsyncIterator[httpx.AsyncClient]:
    async with probe.writing(Fence.system(), Actor.system("test")) as session:
        await session.execute(
            insert(signing_key).values(
                kid="k1",
                use="token",
                issuer="identity",
                public_jwk=KEY.as_dict(private=False),
                not_before=machine_time.now(),
            )
        )
    app = create_edge(
        SERVICE, ServiceSettings(environment="local", database_url=probe_database.login_url, token_issuer=ISSUER)
    )
    async with app.router.lifespan_context(app):
        transport = httpx.ASGITransport(app, raise_app_exceptions=False)
        async with httpx.AsyncClient(transport=transport, base_url="http://edge") as made:
            yield made


def bearing(token, **headers):
    return {"Authorization": f"Bearer {token}"} | headers


async def test_nobody_is_refused_before_the_body_is_read(client):
    answer = await client.post(THINGS, content=b"{broken")
    assert (answer.status_code, answer.json()["type"]) == (401, "urn:connexion:problem:not-signed-in")
    assert answer.headers["content-type"] == "application/problem+json"


async def test_an_edge_tells_operators_what_it_counted(client):
    await client.post(THINGS, content=b"{broken")
    answer = await client.get("/metrics")
    assert answer.headers["content-type"].startswith("text/plain")
    assert 'connexion_request_seconds_count{method="POST",route="/api/probe/things",status="401"}' in answer.text


async def test_a_missing_permission_is_refused_before_the_body_is_read(client):
    answer = await client.post(THINGS, content=b"{broken", headers=bearing(a_token(perms=["thing.view"])))
    assert (answer.status_code, answer.json()["type"]) == (403, "urn:connexion:problem:not-allowed")


async def test_a_body_that_is_no_text_is_refused_with_a_status_the_document_names(client):
    headers = bearing(a_token(), **{"Content-Type": "application/json"})
    answer = await client.post(THINGS, content=b"\xff\xfe{", headers=headers)
    document = (await client.get("/api/probe/openapi.json")).json()
    assert str(answer.status_code) in document["paths"][THINGS]["post"]["responses"]
    assert answer.headers["content-type"] == "application/problem+json"


@pytest.mark.parametrize("body", [b"{broken", b"{}", b'{"name": "a name far too long to be taken"}', b'{"name": 1}'])
async def test_a_bad_body_names_its_field(client, body):
    answer = await client.post(THINGS, content=body, headers=bearing(a_token()))
    assert answer.status_code == 422
    assert all(field["message"] for field in answer.json()["fields"])
    assert answer.json()["fields"]


async def test_a_broken_rule_leaves_nothing_and_says_its_sentence(client, probe):
    answer = await client.post(THINGS, json={"name": "taken"}, headers=bearing(a_token()))
    assert (answer.status_code, answer.json()["type"]) == (422, "urn:connexion:problem:name-taken")
    assert answer.json()["fields"] == [{"path": "name", "message": "Choose a name that no other thing has."}]
    assert await count(probe, "thing") == await count(probe, "outbox") == 0


async def test_a_null_character_in_a_text_is_the_senders_to_mend(client, probe):
    answer = await client.post(THINGS, json={"name": "a\x00b"}, headers=bearing(a_token()))
    assert (answer.status_code, answer.json()["type"]) == (422, "urn:connexion:problem:not-text")
    assert await count(probe, "thing") == 0


async def test_an_unexpected_error_tells_nothing_internal(client, probe):
    answer = await client.post(THINGS, json={"name": "broken"}, headers=bearing(a_token()))
    assert answer.status_code == 500
    assert "secret" not in answer.text
    assert await count(probe, "thing") == 0


async def test_a_database_that_is_away_is_said_to_be_away_and_the_same_sent_again_happens_once(client, probe_database):
    headers = bearing(a_token(), **{"Idempotency-Key": "form-1"})
    admin = await asyncpg.connect(probe_database.admin_url)
    try:
        name = await admin.fetchval("select current_database()")
        await admin.execute(f"alter database {name} connection limit 0")
        await admin.execute(
            "select pg_terminate_backend(pid) from pg_stat_activity"
            " where datname = current_database() and pid <> pg_backend_pid()"
        )
        away = await client.post(THINGS, json={"name": "one"}, headers=headers)
        await admin.execute(f"alter database {name} connection limit -1")
    finally:
        await admin.close()
    assert (away.status_code, away.json()["type"]) == (503, "urn:connexion:problem:unavailable")
    assert int(away.headers["retry-after"]) > 0
    made = (await client.post(THINGS, json={"name": "one"}, headers=headers)).json()
    assert (await client.get(THINGS, headers=headers)).json()["items"] == [made]


async def test_the_token_may_come_in_the_cookie(client):
    answer = await client.get(THINGS, headers={"Cookie": f"cx_token={a_token()}"})
    assert answer.status_code == 200


async def test_another_organizations_thing_is_not_found_and_lists_are_empty(client):
    made = (await client.post(THINGS, json={"name": "mine"}, headers=bearing(a_token()))).json()
    stranger = bearing(a_token(org=str(OTHER)))
    assert (await client.get(f"{THINGS}/{made['id']}", headers=stranger)).status_code == 404
    assert (await client.get(THINGS, headers=stranger)).json() == {"items": [], "next": None}
    assert (await client.get(f"{THINGS}/count")).json() == 0


async def test_a_repeated_request_gets_its_first_answer_and_happens_once(client, probe):
    headers = bearing(a_token(), **{"Idempotency-Key": "form-1"})
    first = await client.post(THINGS, json={"name": "one"}, headers=headers)
    again = await client.post(THINGS, json={"name": "one"}, headers=headers)
    assert (again.status_code, again.json()) == (first.status_code, first.json()) == (201, first.json())
    assert again.headers["idempotent-replay"] == "true"
    assert await count(probe, "thing") == 1


async def test_a_double_click_happens_once(client, probe):
    headers = bearing(a_token(), **{"Idempotency-Key": "form-1"})
    answers = await asyncio.gather(*[client.post(THINGS, json={"name": "one"}, headers=headers) for _ in range(8)])
    assert {answer.status_code for answer in answers} == {201}
    assert len({answer.json()["id"] for answer in answers}) == 1
    assert await count(probe, "thing") == await count(probe, "outbox") == 1


async def test_a_key_used_with_another_body_is_a_conflict(client):
    headers = bearing(a_token(), **{"Idempotency-Key": "form-1"})
    await client.post(THINGS, json={"name": "one"}, headers=headers)
    answer = await client.post(THINGS, json={"name": "two"}, headers=headers)
    assert (answer.status_code, answer.json()["type"]) == (409, "urn:connexion:problem:same-key-other-body")


async def test_the_same_key_of_another_person_is_another_key(client, probe):
    for person in ("DWHITLOCK01", "OTHER02"):
        headers = bearing(a_token(sub=person), **{"Idempotency-Key": "form-1"})
        assert (await client.post(THINGS, json={"name": person}, headers=headers)).status_code == 201
    assert await count(probe, "thing") == 2


async def test_a_refused_request_may_be_mended_under_its_key(client):
    headers = bearing(a_token(), **{"Idempotency-Key": "form-1"})
    assert (await client.post(THINGS, json={"name": "taken"}, headers=headers)).status_code == 422
    assert (await client.post(THINGS, json={"name": "free"}, headers=headers)).status_code == 201


async def test_pages_follow_one_another_without_gap_or_repetition(client):
    token = a_token()
    for number in range(7):
        await client.post(THINGS, json={"name": str(number)}, headers=bearing(token))
    seen, after = [], ""
    while after is not None:
        page = (await client.get(f"{THINGS}?limit=3{after and '&after=' + after}", headers=bearing(token))).json()
        seen += [item["name"] for item in page["items"]]
        after = page["next"]
    assert seen == ["6", "5", "4", "3", "2", "1", "0"]


@pytest.mark.parametrize("after", ["zz", "W10", "!!", "bm90LWpzb24"])
async def test_a_broken_page_link_is_invalid(client, after):
    answer = await client.get(f"{THINGS}?after={after}", headers=bearing(a_token()))
    assert (answer.status_code, answer.json()["fields"][0]["path"]) == (422, "after")


FOREIGN = ECKey.generate_key("P-256", {"kid": "k1"})
PAST = int(machine_time.now().timestamp()) - 3600


@pytest.mark.parametrize(
    "token",
    [
        a_token(FOREIGN),
        a_token(aud="other"),
        a_token(iss="http://elsewhere"),
        a_token(exp=PAST),
        a_token(header={"alg": "ES256", "kid": "unknown"}),
        a_token(OctKey.import_key("a secret of at least 32 characters"), header={"alg": "HS256", "kid": "k1"}),
        "eyJhbGciOiJub25lIiwia2lkIjoiazEifQ." + a_token().split(".")[1] + ".",
        a_token().rsplit(".", 1)[0] + ".AAAA",
        "nonsense",
        "..",
        "",
    ],
    ids=["foreign key", "audience", "issuer", "expired", "kid", "hs256", "none", "signature", "text", "dots", "empty"],
)
async def test_a_token_that_is_not_ours_or_not_good_any_more_is_refused(client, token):
    answer = await client.get(THINGS, headers=bearing(token))
    assert (answer.status_code, answer.json()["type"]) == (401, "urn:connexion:problem:not-signed-in")


@pytest.mark.parametrize("kind", ["session", "person"])
async def test_a_revoked_session_and_a_removed_person_are_refused_within_two_seconds(client, probe, kind):
    session_id, person_id = uuid4(), uuid4()
    headers = bearing(a_token(sid=str(session_id), pid=str(person_id)))
    assert (await client.get(THINGS, headers=headers)).status_code == 200
    subject = str(session_id) if kind == "session" else f"{person_id}/{MINE}"
    async with probe.writing(Fence.system(), Actor.system("test")) as session:
        await session.execute(
            insert(revocation).values(kind=kind, subject=subject, at=machine_time.now() - timedelta(seconds=1))
        )

    async def refused() -> bool:
        return (await client.get(THINGS, headers=headers)).status_code == 401

    await eventually(refused, within=2)


async def test_every_route_tells_its_permission_and_refusals_in_the_openapi_document(client):
    document = (await client.get("/api/probe/openapi.json")).json()
    for path in document["paths"].values():
        for operation in path.values():
            assert operation["x-permission"]
            if operation["x-permission"] != "public":
                assert {"401", "403", "404", "422"} <= set(operation["responses"])


async def count(probe, table):
    async with probe.reading(Fence.system()) as session:
        return await session.scalar(text(f"select count(*) from {table}"))


async def test_somebody_let_in_again_is_admitted_with_a_younger_token(client, probe):
    person_id = uuid4()
    async with probe.writing(Fence.system(), Actor.system("test")) as session:
        removed_at = machine_time.now() - timedelta(seconds=30)
        await session.execute(insert(revocation).values(kind="person", subject=f"{person_id}/{MINE}", at=removed_at))
    before = bearing(a_token(pid=str(person_id), iat=int(removed_at.timestamp()) - 60))
    since = bearing(a_token(pid=str(person_id)))

    async def refused() -> bool:
        return (await client.get(THINGS, headers=before)).status_code == 401

    await eventually(refused, within=2)
    assert (await client.get(THINGS, headers=since)).status_code == 200


@pytest.mark.parametrize(("ago", "status"), [(timedelta(minutes=4), 200), (timedelta(minutes=6), 401)])
async def test_a_retired_key_is_known_until_its_last_token_has_died(client, probe, ago, status):
    retired = ECKey.generate_key("P-256", {"kid": "k0"})
    async with probe.writing(Fence.system(), Actor.system("test")) as session:
        await session.execute(
            insert(signing_key).values(
                kid="k0",
                use="token",
                issuer="identity",
                public_jwk=retired.as_dict(private=False),
                not_before=machine_time.now() - timedelta(days=1),
                not_after=machine_time.now() - ago,
            )
        )
    answer = await client.get(THINGS, headers=bearing(a_token(retired, header={"alg": "ES256", "kid": "k0"})))
    assert answer.status_code == status
