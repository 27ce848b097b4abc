"""Token keys: published before they sign, rotated with overlap, private halves never in the database."""

from datetime import timedelta

import pytest
from joserfc.jwk import ECKey
from sqlalchemy import select, text

from chassis import key_ring, machine_time
from chassis.database import Fence
from chassis.edge import create_edge
from chassis.key_ring import KeyRing
from chassis.tables import outbox, signing_key
from events.identity import SigningKeyPublished
from identity_adapter.app import SERVICE
from identity_adapter.keys.__main__ import publish, rotate, show
from identity_adapter.keys.token_keys import usable_keys
from tests.infrastructure.waiting import eventually

pytestmark = pytest.mark.database
JWKS = "/api/identity/.well-known/jwks.json"


async def said(identity) -> list[SigningKeyPublished]:
    async with identity.reading(Fence.system()) as session:
        bodies = await session.scalars(
            select(outbox.c.body).where(outbox.c.type == SigningKeyPublished.TYPE).order_by(outbox.c.position)
        )
        return [SigningKeyPublished.model_validate_json(body) for body in bodies]


async def test_the_key_is_said_once_however_many_processes_start(identity, settings, key_folder):
    for _ in range(2):
        app = create_edge(SERVICE, settings)
        async with app.router.lifespan_context(app):
            pass
    (key,) = await said(identity)
    assert key.kid == KeyRing.load(key_folder).current().kid
    assert (key.use, key.not_after) == ("token", None)


async def test_the_key_set_names_the_key_that_signs(adapter, browser):
    answer = await browser.get(JWKS)
    (jwk,) = answer.json()["keys"]
    assert jwk["kid"] == adapter.app.state.token_keys.current().kid
    assert (jwk["kty"], jwk["crv"], jwk["alg"], jwk["use"]) == ("EC", "P-256", "ES256", "sig")
    assert "d" not in jwk
    assert answer.headers["cache-control"] == "public, max-age=5"


async def test_the_next_key_is_published_before_it_signs_and_the_old_one_stays(identity, settings, key_folder):
    first = KeyRing.load(key_folder).current().kid
    starts = machine_time.now() + timedelta(days=1)
    second = await rotate(settings, identity, starts)
    ring = KeyRing.load(key_folder)
    assert (ring.current().kid, ring.current(starts).kid) == (first, second)
    assert {key.kid for key in await said(identity)} == {first, second}
    async with identity.reading(Fence.system()) as session:
        for moment, kids in (
            (machine_time.now(), {first, second}),
            (starts + timedelta(minutes=4), {first, second}),  # tokens of the first are still in force
            (starts + timedelta(minutes=6), {second}),
        ):
            assert {key.kid for key in await usable_keys(session, moment)} == kids


async def test_what_was_said_once_is_not_said_again(identity, settings):
    assert len(await publish(settings, identity)) == 1
    assert await publish(settings, identity) == []
    await rotate(settings, identity)
    assert await publish(settings, identity) == []


async def test_tokens_of_both_keys_are_good_while_they_overlap(adapter, browser, key_folder, monkeypatch):
    monkeypatch.setattr("identity_adapter.keys.__main__.LEAST_AHEAD", timedelta(0))
    await adapter.sign_in(browser)
    old = browser.cookies["cx_token"]
    second = await rotate(adapter.settings, adapter.database, machine_time.now() + timedelta(seconds=1))
    adapter.app.state.token_keys.look_again()
    await eventually(lambda: adapter.app.state.token_keys.current().kid == second, within=4)
    await browser.post("/api/identity/renewal")
    assert browser.cookies["cx_token"] != old

    async def both_good() -> bool:
        answers = [
            await browser.get("/api/identity/me", headers={"Authorization": f"Bearer {token}"})
            for token in (old, browser.cookies["cx_token"])
        ]
        return [answer.status_code for answer in answers] == [200, 200]

    await eventually(both_good, within=2)


async def test_a_running_edge_notices_a_key_that_operators_added(adapter, key_folder):
    keys = adapter.app.state.token_keys
    assert not keys.look_again()
    key_ring.new(key_folder, machine_time.now() + timedelta(days=1))
    assert keys.look_again()
    assert not keys.look_again()


async def test_no_private_key_reaches_the_database(identity, settings, key_folder):
    await rotate(settings, identity)
    files = [ECKey.import_key(file.read_bytes()) for file in key_folder.glob("*.pem")]
    secrets = [key.as_dict(private=True)["d"] for key in files]
    async with identity.reading(Fence.system()) as session:
        jwks = (await session.scalars(select(signing_key.c.public_jwk))).all()
        tables = [(await session.execute(text(f"table {name}"))).all() for name in ("outbox", "audit", "signing_key")]
    assert len(jwks) == 2
    assert not [jwk for jwk in jwks if "d" in jwk]
    assert len(secrets) == 2
    assert not [secret for secret in secrets if secret in str(tables)]


async def test_a_rotation_is_refused_where_there_is_no_time_or_no_folder(identity, settings, key_folder):
    with pytest.raises(ValueError, match="a minute"):
        await rotate(settings, identity, machine_time.now())
    single = settings.model_copy(update={"token_signing_key_file": next(key_folder.glob("*.pem"))})
    with pytest.raises(ValueError, match="folder"):
        await rotate(single, identity)


async def test_operators_see_the_keys_in_use(identity, settings):
    await publish(settings, identity)
    assert '"kid"' in await show(identity)


async def test_publishing_leaves_an_audit_row(identity, settings):
    (kid,) = await publish(settings, identity)
    async with identity.reading(Fence.system()) as session:
        rows = await session.execute(text("select actor_id, action, entity_id from audit"))
        assert [tuple(row) for row in rows] == [("identity-operator", "signing-key.publish", kid)]
