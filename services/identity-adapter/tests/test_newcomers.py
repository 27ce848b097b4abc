"""An account at the identity provider and no role here: signed in, known by name, and allowed next to nothing."""

import asyncio

import pytest
from sqlalchemy import func, select

from chassis import machine_time
from chassis.actor import Actor
from chassis.database import Fence
from chassis.tables import audit, outbox
from events.identity import ContactChangedV2
from identity_adapter.members.membership import Membership
from identity_adapter.members.person import Person
from identity_adapter.members.use_cases import person_of, remove_member
from identity_adapter.sessions.session import SignedInSession

pytestmark = pytest.mark.database
TEST = Actor.system("test")
ME = "/api/identity/me"


async def people(adapter, user_id: str) -> list[Person]:
    async with adapter.database.reading(Fence.system()) as session:
        return list(await session.scalars(select(Person).where(Person.user_id == user_id)))


async def test_somebody_without_a_role_is_signed_in_and_acts_for_nobody(adapter, browser):
    back = await adapter.sign_in(browser, "newcomer99", to="/register")
    assert (back.status_code, back.headers["location"]) == (302, "/register")
    me = (await browser.get(ME)).json()
    assert (me["user_id"], me["name"], me["kind"], me["role"]) == ("NEWCOMER99", "Stella Newcomer", "person", "")
    assert (me["permissions"], me["organization"], me["organizations"]) == ([], None, [])
    (person,) = await people(adapter, "NEWCOMER99")
    assert person.email == "stella@nowhere.example"


async def test_a_newcomer_is_refused_what_asks_for_a_permission_and_sees_no_organization(adapter, browser):
    await adapter.sign_in(browser, "NEWCOMER99")
    own = adapter.organizations["a"].id
    assert (await browser.get(f"/api/identity/organizations/{own}")).status_code == 404
    switched = await browser.post("/api/identity/acting-organization", json={"organization_id": str(own)})
    assert switched.status_code == 404


async def test_signing_in_again_finds_the_same_person_also_when_it_is_the_first_time_in_two_browsers(adapter, browser):
    async with adapter.browser() as another:
        backs = []
        for each in (browser, another):
            adapter.provider.user_id = "NEWCOMER99"
            backs.append(adapter.provider.authorize((await each.get("/api/identity/sign-in")).headers["location"]))
        answers = await asyncio.gather(browser.get(backs[0]), another.get(backs[1]))
    assert [answer.status_code for answer in answers] == [302, 302]
    assert len(await people(adapter, "NEWCOMER99")) == 1


async def test_the_audit_says_that_the_platform_added_the_person_and_the_person_signed_in(adapter, browser):
    await adapter.sign_in(browser, "NEWCOMER99")
    async with adapter.database.reading(Fence.system()) as session:
        added = (await session.execute(select(audit).where(audit.c.action == "person.add").order_by(audit.c.id))).all()
        opened = (await session.execute(select(audit).where(audit.c.action == "session.open"))).one()
    assert (added[-1].actor_kind, added[-1].after) == ("system", {"user_id": "NEWCOMER99"})
    assert (opened.actor_kind, opened.actor_id, opened.role) == ("person", "NEWCOMER99", "")


@pytest.mark.parametrize("missing", ["given_name", "family_name", "email"])
async def test_without_a_name_or_an_address_nobody_new_comes_in(adapter, browser, missing):
    adapter.provider.without = (missing,)
    adapter.provider.userinfo = {"sub": "NEWCOMER99"}
    answer = await adapter.sign_in(browser, "NEWCOMER99")
    assert (answer.status_code, answer.json()["type"]) == (403, "urn:connexion:problem:account-incomplete")
    assert "cx_session" not in browser.cookies
    assert await people(adapter, "NEWCOMER99") == []


async def test_what_the_id_token_does_not_tell_is_asked_of_the_provider(adapter, browser):
    adapter.provider.without = ("given_name", "family_name", "email")
    adapter.provider.userinfo = {
        "sub": "NEWCOMER99",
        "given_name": "Una",
        "family_name": "Told",
        "email": "u@t.example",
    }
    await adapter.sign_in(browser, "NEWCOMER99")
    assert (await browser.get(ME)).json()["name"] == "Una Told"


async def test_a_profile_of_somebody_else_is_refused(adapter, browser):
    adapter.provider.without = ("given_name",)
    adapter.provider.userinfo = {"sub": "ANOTHER", "given_name": "A", "family_name": "B", "email": "c@d.example"}
    answer = await adapter.sign_in(browser, "NEWCOMER99")
    assert (answer.status_code, answer.json()["type"]) == (403, "urn:connexion:problem:sign-in-refused")


async def test_a_first_role_is_acted_in_from_the_next_renewal(adapter, browser):
    await adapter.sign_in(browser, "NEWCOMER99")
    async with adapter.database.writing(Fence.system(), TEST) as session:
        person = await person_of(session, "NEWCOMER99")
        at, organization = machine_time.now(), adapter.organizations["b"]
        session.add(Membership.appoint(person, organization, "EU", session.at, at))
    assert (await browser.post("/api/identity/renewal")).status_code == 200
    me = (await browser.get(ME)).json()
    assert (me["role"], me["organization"]["id"]) == ("EU", str(adapter.organizations["b"].id))


async def test_whoever_lost_the_only_role_signs_in_as_a_newcomer(adapter, browser):
    async with adapter.database.writing(Fence.system(), TEST) as session:
        person = await person_of(session, "PLINDGREN04")
        await remove_member(session, person.id, adapter.organizations["b"].id)
    await adapter.sign_in(browser, "PLINDGREN04")
    assert (await browser.get(ME)).json()["permissions"] == []


async def test_what_changed_at_the_provider_changes_here_at_the_next_sign_in(adapter, browser):
    adapter.provider.claims = {"family_name": "Whitlock-Hale", "email": "dana@new.example"}
    await adapter.sign_in(browser)
    assert (await browser.get(ME)).json()["name"] == "Dana Whitlock-Hale"
    async with adapter.database.reading(Fence.system()) as session:
        changed = (await session.execute(select(audit).where(audit.c.action == "person.be-known-as"))).one()
        told = await session.scalars(
            select(outbox.c.body).where(outbox.c.type == ContactChangedV2.TYPE).order_by(outbox.c.id.desc()).limit(2)
        )
        contacts = [ContactChangedV2.model_validate_json(body) for body in told]
    assert changed.after == {"changed": ["email", "family_name"]}
    assert {contact.email for contact in contacts} == {"dana@new.example"}
    assert {contact.organization_id for contact in contacts} == {each.id for each in adapter.organizations.values()}


async def test_a_sign_in_that_changes_nothing_says_nothing(adapter, browser):
    await adapter.sign_in(browser)
    async with adapter.database.reading(Fence.system()) as session:
        assert await session.scalar(select(func.count()).where(audit.c.action == "person.be-known-as")) == 0
        assert await session.scalar(select(func.count()).select_from(SignedInSession)) == 1
