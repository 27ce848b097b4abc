"""Registering machines and changing their secrets: shown once, kept as a hash, changed without a pause."""

import argparse
from datetime import timedelta

import httpx
import pytest
import pytest_asyncio
from sqlalchemy import select, text, update

from chassis.actor import Actor
from chassis.database import Fence
from chassis.errors import NotFound
from chassis.tables import audit, inbox
from identity_adapter.machines.__main__ import change, main, parse, show_all
from identity_adapter.machines.machine import ClientIdTaken, MachineSecret
from identity_adapter.members.use_cases import add_member

pytestmark = pytest.mark.database
MACHINES = "/api/identity/machines"
ROUNDS = {"client_id": "pricing-feed", "name": "Pricing feed", "scopes": ["rounds.read"]}


@pytest_asyncio.fixture
async def administrator(adapter, browser) -> httpx.AsyncClient:
    """A browser in which a system administrator is signed in."""
    async with adapter.database.writing(Fence.system(), Actor.system("test")) as session:
        about = {"user_id": "SADMIN08", "given_name": "Stella", "family_name": "Newcomer", "email": "s@n.example"}
        await add_member(session, None, **about, role="SYSTEM_ADMINISTRATOR")
    await adapter.sign_in(browser, "SADMIN08")
    return browser


async def token_for(adapter, client_id: str, secret: str) -> int:
    form = {"grant_type": "client_credentials", "client_id": client_id, "client_secret": secret}
    async with adapter.browser() as machine:
        return (await machine.post("/api/identity/token", data=form)).status_code


async def test_a_machine_is_registered_and_its_secret_is_shown_this_once(adapter, administrator):
    answer = await administrator.post(MACHINES, json=ROUNDS)
    assert (answer.status_code, answer.headers["cache-control"]) == (201, "no-store")
    shown = answer.json()
    assert await token_for(adapter, "pricing-feed", shown["secret"]) == 200
    listed = (await administrator.get(MACHINES)).json()["items"]
    assert [each["client_id"] for each in listed] == ["downstream", "pricing-feed"]
    assert listed[1] == shown["machine"]
    assert [each["id"] for each in listed[1]["secrets"]] == [shown["id"]]
    assert shown["secret"] not in str(listed)


async def test_a_secret_stands_nowhere_also_when_the_request_has_an_idempotency_key(adapter, administrator):
    first = await administrator.post(MACHINES, json=ROUNDS, headers={"Idempotency-Key": "k"})
    again = await administrator.post(MACHINES, json=ROUNDS, headers={"Idempotency-Key": "k"})
    assert (again.status_code, again.json()["type"]) == (409, "urn:connexion:problem:client-id-taken")
    async with adapter.database.reading(Fence.system()) as session:
        kept = [
            str((await session.execute(statement)).all())
            for statement in (text("table machine_secret"), select(audit), select(inbox), text("table outbox"))
        ]
    assert not [rows for rows in kept if first.json()["secret"] in rows]
    assert "machine.register" in kept[1]


async def test_the_secret_before_is_good_for_the_overlap_and_no_longer(adapter, administrator):
    machine = (await administrator.post(MACHINES, json=ROUNDS)).json()
    path = f"{MACHINES}/{machine['machine']['id']}/secrets"
    following = (await administrator.post(path, json={"overlap_days": 3})).json()
    assert await token_for(adapter, "pricing-feed", machine["secret"]) == 200
    assert await token_for(adapter, "pricing-feed", following["secret"]) == 200
    before, after = following["machine"]["secrets"]
    assert (before["id"], after["id"], after["ends_at"]) == (machine["id"], following["id"], None)
    async with adapter.database.writing(Fence.system(), Actor.system("test")) as session:
        ended = update(MachineSecret).where(MachineSecret.ends_at.is_not(None))
        await session.execute(ended.values(ends_at=MachineSecret.ends_at - timedelta(days=3)))
    assert await token_for(adapter, "pricing-feed", machine["secret"]) == 401
    assert await token_for(adapter, "pricing-feed", following["secret"]) == 200


async def test_without_an_overlap_the_secret_before_ends_at_once(adapter, administrator):
    machine = (await administrator.post(MACHINES, json=ROUNDS)).json()
    path = f"{MACHINES}/{machine['machine']['id']}/secrets"
    following = (await administrator.post(path, json={"overlap_days": 0})).json()
    assert await token_for(adapter, "pricing-feed", machine["secret"]) == 401
    assert await token_for(adapter, "pricing-feed", following["secret"]) == 200


async def test_a_longer_overlap_does_not_bring_back_what_ends_earlier(adapter, administrator):
    machine = (await administrator.post(MACHINES, json=ROUNDS)).json()
    path = f"{MACHINES}/{machine['machine']['id']}/secrets"
    short = (await administrator.post(path, json={"overlap_days": 1})).json()["machine"]["secrets"]
    long = (await administrator.post(path, json={"overlap_days": 90})).json()["machine"]["secrets"]
    assert long[0]["ends_at"] == short[0]["ends_at"]
    assert len(long) == 3


async def test_a_secret_that_leaked_is_ended_at_once_and_only_once(adapter, administrator):
    machine = (await administrator.post(MACHINES, json=ROUNDS)).json()
    path = f"{MACHINES}/{machine['machine']['id']}/secrets/{machine['id']}"
    assert (await administrator.delete(path)).status_code == 204
    assert await token_for(adapter, "pricing-feed", machine["secret"]) == 401
    assert (await administrator.delete(path)).status_code == 404


@pytest.mark.parametrize(
    "changed",
    [
        {"scopes": []},
        {"scopes": ["offer.decide"]},
        {"scopes": ["everything"]},
        {"client_id": "Pricing Feed"},
        {"client_id": "-a"},
        {"name": "  "},
    ],
)
async def test_a_machine_that_cannot_be_is_refused(adapter, administrator, changed):
    assert (await administrator.post(MACHINES, json=ROUNDS | changed)).status_code == 422


async def test_who_does_not_manage_machines_is_refused(adapter, browser):
    await adapter.sign_in(browser)
    assert (await browser.get(MACHINES)).status_code == 403
    assert (await browser.post(MACHINES, json=ROUNDS)).status_code == 403


async def test_operators_do_the_same_from_the_command_line(adapter):
    def command(*words: str) -> argparse.Namespace:
        return parse(list(words))

    registered = await change(adapter.database, command("register", "pricing-feed", "Pricing feed", "rounds.read"))
    first = registered.splitlines()[-1]
    assert await token_for(adapter, "pricing-feed", first) == 200
    assert '"client_id":"pricing-feed"' in await show_all(adapter.database)
    assert first not in await show_all(adapter.database)
    following = await change(adapter.database, command("next-secret", "pricing-feed", "--overlap-days", "0"))
    assert await token_for(adapter, "pricing-feed", first) == 401
    ending = command("end-secret", "pricing-feed", following.split()[1])
    assert "good no more" in await change(adapter.database, ending)
    assert await token_for(adapter, "pricing-feed", following.splitlines()[-1]) == 401
    with pytest.raises(ClientIdTaken):
        await change(adapter.database, command("register", "pricing-feed", "Another", "rounds.read"))
    with pytest.raises(NotFound):
        await change(adapter.database, command("next-secret", "unknown"))


def test_the_command_needs_to_be_told_what_to_do(capsys):
    with pytest.raises(SystemExit):
        main([])
    assert "list" in capsys.readouterr().err
