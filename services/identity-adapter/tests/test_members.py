"""What happens to roles that were granted: members leave, the help desk acts with a ticket, the record changes."""

import asyncio
from datetime import timedelta

import pytest
from sqlalchemy import select, update

from chassis import machine_time
from chassis.database import Fence
from chassis.sweeps import Sweep, run_once
from chassis.tables import audit
from events.identity import ContactChangedV2, PersonRemoved, RoleChanged
from identity_adapter.members.membership import Membership
from identity_adapter.members.policy import policy
from identity_adapter.members.standing import UNUSED, lock_unused
from tests.infrastructure.waiting import eventually
from tests.registration.story import (
    ANA,
    BEN,
    LARKSPUR,
    NAMES,
    TALLGRASS,
    TEST,
    enrolled,
    member,
    report,
    said,
    standing,
    wanted,
)

pytestmark = pytest.mark.database
MEMBERS, ME, RENEWAL = "/api/identity/members", "/api/identity/me", "/api/identity/renewal"


@pytest.fixture
async def larkspur(adapter) -> dict:
    """The ids of Larkspur's members by role."""
    async with adapter.database.reading(Fence.system()) as session:
        official = await session.scalar(select(Membership.id).where(Membership.ptan == LARKSPUR))
    return {
        "AO": official,
        "BAO": await member(adapter.database, LARKSPUR, "MOKAFOR02", "BAO"),
        "EU": await member(adapter.database, LARKSPUR, "JREYES03", "EU"),
    }


@pytest.fixture
async def help_desk(adapter):
    """The browser of a customer service representative."""
    await member(adapter.database, None, "SERVICE16", "CUSTOMER_SERVICE")
    async with adapter.signed_in("SERVICE16") as browser:
        yield browser


async def take_ticket_about(help_desk, person_id=None, organization_id=None) -> dict:
    about = {"person_id": person_id, "organization_id": organization_id}
    body = {"topic": "roles", "summary": "Called in"} | {key: str(value) for key, value in about.items() if value}
    ticket = (await help_desk.post("/api/identity/tickets", json=body)).json()
    taken = await help_desk.post(f"/api/identity/tickets/{ticket['id']}/taking")
    assert taken.json()["in_my_hand"], taken.text
    return taken.json()


async def person_of(adapter, membership_id):
    async with adapter.database.reading(Fence.system()) as session:
        return (await session.get_one(Membership, membership_id)).person_id


async def ticket_about(adapter, help_desk, membership_id) -> dict:
    return await take_ticket_about(help_desk, person_id=await person_of(adapter, membership_id))


# The list


async def test_members_see_who_acts_for_their_organization_and_by_whose_grant(adapter, larkspur):
    async with adapter.signed_in("DDELEGATE23", **NAMES["DDELEGATE23"]) as browser:
        asked = (await browser.post("/api/identity/role-requests", json=wanted("EU", ptan=LARKSPUR))).json()
    async with adapter.signed_in("MOKAFOR02") as browser:
        await browser.post(f"/api/identity/role-requests/{asked['id']}/approval")
        first = (await browser.get(MEMBERS, params={"limit": 2})).json()
        rest = (await browser.get(MEMBERS, params={"after": first["next"]})).json()
    listed = [(each["user_id"], each["role"], each["granted_by"]) for each in first["items"] + rest["items"]]
    assert listed == [
        ("DWHITLOCK01", "AO", "Connexion"),
        ("MOKAFOR02", "BAO", "Connexion"),
        ("JREYES03", "EU", "Connexion"),
        ("DDELEGATE23", "EU", "Stella Newcomer"),
    ]
    assert [each["user_id"] for each in first["items"] + rest["items"] if "remove" in each["allowed_actions"]] == [
        "MOKAFOR02"
    ]


async def test_what_the_help_desk_granted_does_not_name_whom(adapter, larkspur, help_desk):
    await ticket_about(adapter, help_desk, larkspur["BAO"])
    assert (await help_desk.post(f"{MEMBERS}/{larkspur['BAO']}/role", json={"role": "EU"})).status_code == 200
    async with adapter.signed_in("DWHITLOCK01") as browser:
        members = (await browser.get(MEMBERS)).json()["items"]
    assert next(each for each in members if each["user_id"] == "MOKAFOR02")["granted_by"] == "Help desk"


async def test_the_last_use_is_noted_at_renewals_to_the_nearest_minutes(adapter, larkspur):
    async with adapter.signed_in("DWHITLOCK01") as browser:
        used = []
        for age in (policy().use_noted * 2, timedelta(0)):
            async with adapter.database.writing(Fence.system(), TEST) as session:
                at = Membership.last_used_at - age
                await session.execute(update(Membership).where(Membership.id == larkspur["AO"]).values(last_used_at=at))
            await browser.post(RENEWAL)
            members = (await browser.get(MEMBERS)).json()["items"]
            used.append(next(each for each in members if each["role"] == "AO")["last_used_at"])
    assert used[0] == used[1]
    assert machine_time.now() - timedelta(minutes=1) < machine_time.now().fromisoformat(used[0])


# Leaving


async def test_an_official_does_not_leave_while_others_act_for_the_organization(adapter, larkspur):
    async with adapter.signed_in("DWHITLOCK01") as browser:
        answer = await browser.post(f"{MEMBERS}/{larkspur['AO']}/removal")
        assert (answer.status_code, answer.json()["type"]) == (409, "urn:connexion:problem:authorized-official-stays")
        assert (await browser.get(ME)).status_code == 200


async def test_an_official_who_is_alone_leaves_and_is_refused_at_once(adapter):
    async with adapter.signed_in("DWHITLOCK01") as browser:
        (own,) = (await browser.get(MEMBERS)).json()["items"]
        left = await browser.post(f"{MEMBERS}/{own['id']}/removal", json={"reason": "We close."})
        assert (left.status_code, left.json()["state"]) == (200, "REVOKED")

        async def refused() -> bool:
            return (await browser.get(ME)).status_code == 401

        await eventually(refused, within=2, what="whoever left is refused")
        assert (await browser.post(RENEWAL)).status_code == 401
    (removed,) = await said(adapter.database, PersonRemoved)
    assert str(removed.organization_id) == str(adapter.organizations["a"].id)
    assert [event.email for event in await said(adapter.database, ContactChangedV2)][-1] is None


async def test_an_official_who_leaves_while_somebody_is_let_in_does_not_leave_that_one_alone(adapter):
    async with adapter.signed_in("JREYES03") as browser:
        asked = (await browser.post("/api/identity/role-requests", json=wanted("EU", ptan=LARKSPUR))).json()
    async with adapter.signed_in("DWHITLOCK01") as one, adapter.signed_in("DWHITLOCK01") as two:
        (own,) = (await one.get(MEMBERS)).json()["items"]
        left, let_in = await asyncio.gather(
            one.post(f"{MEMBERS}/{own['id']}/removal"),
            two.post(f"/api/identity/role-requests/{asked['id']}/approval"),
        )
    assert (left.status_code, let_in.status_code) in {(200, 403), (200, 401), (409, 200)}


@pytest.mark.parametrize(("who", "whose", "status"), [("EU", "EU", 200), ("EU", "BAO", 403), ("AO", "EU", 403)])
async def test_members_end_their_own_role_and_nobody_elses(adapter, larkspur, who, whose, status):
    user_ids = {"AO": "DWHITLOCK01", "BAO": "MOKAFOR02", "EU": "JREYES03"}
    async with adapter.signed_in(user_ids[who]) as browser:
        assert (await browser.post(f"{MEMBERS}/{larkspur[whose]}/removal")).status_code == status
    async with adapter.signed_in("PLINDGREN04") as stranger:
        assert (await stranger.post(f"{MEMBERS}/{larkspur['BAO']}/removal")).status_code == 404


# The help desk


async def acts_again(browser, role):
    """Wait until a renewed token is good: those as old as the end of a role stay refused, and clocks may differ."""

    async def good() -> bool:
        assert (await browser.post(RENEWAL)).status_code == 200
        me = await browser.get(ME)
        return me.status_code == 200 and me.json()["role"] == role

    await eventually(good, what=f"the browser acts as {role}")


async def test_the_help_desk_locks_and_unlocks_with_a_ticket_which_the_audit_names(adapter, larkspur, help_desk):
    ticket = await ticket_about(adapter, help_desk, larkspur["EU"])
    path = f"{MEMBERS}/{larkspur['EU']}"
    async with adapter.signed_in("JREYES03") as browser:
        locked = await help_desk.post(f"{path}/lock", json={"reason": "The account may be in wrong hands."})
        assert locked.json()["state"] == "LOCKED"
        assert (await browser.post(RENEWAL)).status_code == 401
    async with adapter.signed_in("JREYES03") as browser:
        assert (await browser.get(ME)).json()["permissions"] == []
        assert (await help_desk.post(f"{path}/unlock")).json()["state"] == "ACTIVE"
        await acts_again(browser, "EU")
    async with adapter.database.reading(Fence.system()) as session:
        reasons = await session.scalars(
            select(audit.c.reason).where(audit.c.action.in_(["membership.lock", "membership.unlock"]))
        )
        assert {reason.partition(":")[0] for reason in reasons} == {f"ticket {ticket['id']}"}


ACTS = {"lock": {"reason": "x"}, "unlock": None, "role": {"role": "EU"}, "ao-role": None, "removal": {"reason": "x"}}


@pytest.mark.parametrize("act", ACTS)
async def test_without_a_ticket_the_help_desk_does_nothing_for_anybody(adapter, larkspur, help_desk, act):
    answer = await help_desk.post(f"{MEMBERS}/{larkspur['BAO']}/{act}", json=ACTS[act])
    assert answer.status_code == 403


@pytest.mark.parametrize("act", ACTS)
async def test_with_a_ticket_about_somebody_else_neither(adapter, larkspur, help_desk, act):
    await ticket_about(adapter, help_desk, larkspur["EU"])
    answer = await help_desk.post(f"{MEMBERS}/{larkspur['BAO']}/{act}", json=ACTS[act])
    assert (answer.status_code, answer.json()["type"]) == (403, "urn:connexion:problem:ticket-about-somebody-else")


@pytest.mark.parametrize("act", ACTS)
async def test_with_a_ticket_that_was_put_down_neither_though_the_token_still_knows_of_it(
    adapter, larkspur, help_desk, act
):
    ticket = await ticket_about(adapter, help_desk, larkspur["BAO"])
    old = help_desk.cookies["cx_token"]
    await help_desk.post(f"/api/identity/tickets/{ticket['id']}/putting-down")
    answer = await help_desk.post(
        f"{MEMBERS}/{larkspur['BAO']}/{act}", json=ACTS[act], headers={"Authorization": f"Bearer {old}"}
    )
    assert (answer.status_code, answer.json()["type"]) == (403, "urn:connexion:problem:ticket-not-in-hand")


async def test_a_ticket_about_an_organization_serves_for_its_members(adapter, larkspur, help_desk):
    await take_ticket_about(help_desk, organization_id=adapter.organizations["a"].id)
    assert (await help_desk.post(f"{MEMBERS}/{larkspur['EU']}/lock", json={"reason": "x"})).status_code == 200
    async with adapter.database.reading(Fence.system()) as session:
        other = await session.scalar(select(Membership.id).where(Membership.ptan == TALLGRASS, Membership.role == "AO"))
    assert (await help_desk.post(f"{MEMBERS}/{other}/lock", json={"reason": "x"})).status_code == 403


async def test_a_lesser_role_is_felt_at_once_and_a_greater_one_at_the_next_renewal(adapter, larkspur, help_desk):
    await report(adapter.database, enrolled(ptan=LARKSPUR))
    async with adapter.signed_in("BACHEBE22", **NAMES["BACHEBE22"]) as browser:
        asked = (await browser.post("/api/identity/role-requests", json=wanted("BAO", BEN, LARKSPUR))).json()
    async with adapter.signed_in("DWHITLOCK01") as official:
        await official.post(f"/api/identity/role-requests/{asked['id']}/approval")
    await ticket_about(adapter, help_desk, asked["id"])
    path = f"{MEMBERS}/{asked['id']}/role"
    async with adapter.signed_in("BACHEBE22", **NAMES["BACHEBE22"]) as browser:
        await help_desk.post(path, json={"role": "EU"})
        assert (await browser.post(RENEWAL)).status_code == 401
    async with adapter.signed_in("BACHEBE22", **NAMES["BACHEBE22"]) as browser:
        assert (await help_desk.post(path, json={"role": "BAO"})).status_code == 200
        await acts_again(browser, "BAO")
    assert [event.role for event in await said(adapter.database, RoleChanged)] == ["EU", "BAO"]


async def test_nobody_becomes_a_backup_whom_the_record_does_not_name(adapter, larkspur, help_desk):
    await ticket_about(adapter, help_desk, larkspur["EU"])
    answer = await help_desk.post(f"{MEMBERS}/{larkspur['EU']}/role", json={"role": "BAO"})
    assert (answer.status_code, answer.json()["type"]) == (409, "urn:connexion:problem:not-an-official")
    official = await help_desk.post(f"{MEMBERS}/{larkspur['EU']}/role", json={"role": "AO"})
    assert official.status_code == 422


async def test_a_backup_takes_over_once_the_official_is_gone(adapter, larkspur, help_desk):
    path = f"{MEMBERS}/{larkspur['BAO']}/ao-role"
    await take_ticket_about(help_desk, organization_id=adapter.organizations["a"].id)
    early = await help_desk.post(path)
    assert (early.status_code, early.json()["type"]) == (409, "urn:connexion:problem:still-an-authorized-official")
    assert (await help_desk.post(f"{MEMBERS}/{larkspur['AO']}/removal")).status_code == 200
    assert (await help_desk.post(f"{MEMBERS}/{larkspur['EU']}/ao-role")).status_code == 409
    assert (await help_desk.post(path)).json()["role"] == "AO"
    assert await standing(adapter.database, LARKSPUR) == [
        ("DWHITLOCK01", "AO", "REVOKED"),
        ("MOKAFOR02", "AO", "ACTIVE"),
        ("JREYES03", "EU", "ACTIVE"),
    ]


async def test_whoever_changes_an_older_version_is_told_so(adapter, larkspur, help_desk):
    await ticket_about(adapter, help_desk, larkspur["EU"])
    answer = await help_desk.post(f"{MEMBERS}/{larkspur['EU']}/unlock", headers={"If-Match": '"9"'})
    assert (answer.status_code, answer.json()["type"]) == (409, "urn:connexion:problem:conflict")


# Time, and the enrolment record


async def test_a_role_that_nobody_uses_is_locked_and_the_others_are_not(adapter, larkspur):
    async with adapter.database.writing(Fence.system(), TEST) as session:
        long_ago = machine_time.now() - policy().inactivity
        await session.execute(update(Membership).where(Membership.id == larkspur["EU"]).values(last_used_at=long_ago))
    assert await run_once(Sweep("unused roles are locked", 3600, lock_unused), adapter.database) == 1
    async with adapter.database.reading(Fence.system()) as session:
        unused = await session.get_one(Membership, larkspur["EU"])
    assert (unused.state, unused.reason) == ("LOCKED", UNUSED)
    assert [state for *_, state in await standing(adapter.database, LARKSPUR)] == ["ACTIVE", "ACTIVE", "LOCKED"]


async def test_an_official_whom_the_record_no_longer_names_is_suspended_with_a_ticket_and_let_back_in(
    adapter, help_desk
):
    await report(adapter.database, enrolled())
    async with adapter.signed_in("AOROZCO21", **NAMES["AOROZCO21"]) as browser:
        await browser.post("/api/identity/role-requests", json=wanted("AO", ANA))
        await browser.post(RENEWAL)
        await report(adapter.database, enrolled(officials=[BEN]))
        assert await standing(adapter.database) == [("AOROZCO21", "AO", "SUSPENDED")]
        assert (await browser.post(RENEWAL)).status_code == 401
    (ticket,) = (await help_desk.get("/api/identity/tickets")).json()["items"]
    assert (ticket["topic"], ticket["person"]["name"]) == ("official-not-listed", "Ana Orozco-Sample")
    await report(adapter.database, enrolled(officials=[ANA, BEN]))
    assert await standing(adapter.database) == [("AOROZCO21", "AO", "ACTIVE")]


async def test_a_report_that_says_nothing_of_officials_yet_suspends_nobody(adapter, larkspur):
    await report(adapter.database, enrolled(ptan=LARKSPUR, officials=[]))
    assert [state for *_, state in await standing(adapter.database, LARKSPUR)] == ["ACTIVE", "ACTIVE", "ACTIVE"]
