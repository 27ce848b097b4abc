"""Registration: the authorized official first and at once, the others by decision; whom the record does not name."""

import asyncio
import json
from datetime import date, datetime, timedelta

import asyncpg
import pytest
from sqlalchemy import update

from chassis.database import Fence
from chassis.sweeps import Sweep, run_once
from events.enrolment import StatusPeriod
from events.identity import OrganizationRegistered, RoleGranted, RoleRejected, RoleRequested
from identity_adapter.members.membership import Membership
from identity_adapter.members.officials import recheck_due
from identity_adapter.registration.decisions import expire_overdue
from identity_adapter.registration.requests import NotAsEnrolled
from tests.registration.story import (
    ANA,
    BEN,
    DEL,
    LARKSPUR,
    NAMES,
    NEW,
    NEW_NAME,
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
REQUESTS = "/api/identity/role-requests"


def somebody(adapter, user_id: str):
    return adapter.signed_in(user_id, **NAMES.get(user_id, {}))


async def ask(adapter, user_id: str, body: dict):
    async with somebody(adapter, user_id) as browser:
        return await browser.post(REQUESTS, json=body)


async def request_of(adapter, user_id: str, role: str, ptan: str = LARKSPUR) -> dict:
    answer = await ask(adapter, user_id, wanted(role, ptan=ptan))
    assert answer.status_code == 201, answer.text
    return answer.json()


async def decide(adapter, user_id: str, request: dict, how: str = "approval", **more):
    async with adapter.signed_in(user_id) as browser:
        body = {"json": {"reason": "Not one of us."}} if how == "rejection" else {}
        return await browser.post(f"{REQUESTS}/{request['id']}/{how}", **body, **more)


# The first authorized official


async def test_the_first_official_is_let_in_at_once_and_the_organization_is_registered(adapter):
    await report(adapter.database, enrolled())
    async with somebody(adapter, "AOROZCO21") as browser:
        answer = await browser.post(REQUESTS, json=wanted("AO", ANA))
        assert (answer.status_code, answer.json()["state"], answer.json()["organization"]) == (201, "ACTIVE", NEW_NAME)
        await browser.post("/api/identity/renewal")
        me = (await browser.get("/api/identity/me")).json()
    assert (me["role"], me["organization"]["name"]) == ("AO", NEW_NAME)
    registered = (await said(adapter.database, OrganizationRegistered))[-1]
    granted = (await said(adapter.database, RoleGranted))[-1]
    assert (registered.ptan, registered.legal_business_name) == (NEW, NEW_NAME)
    assert (granted.organization_id, granted.role) == (registered.organization_id, "AO")


@pytest.mark.parametrize(
    ("user_id", "about", "records"),
    [
        ("AOROZCO21", ANA | {"ssn": "900-00-0999"}, [enrolled()]),
        ("AOROZCO21", ANA | {"birth_date": date(1975, 5, 7)}, [enrolled()]),
        ("BACHEBE22", ANA, [enrolled()]),
        ("AOROZCO21", ANA, [enrolled(officials=[BEN])]),
        ("AOROZCO21", ANA, [enrolled(status="revoked")]),
        (
            "AOROZCO21",
            ANA,
            [
                enrolled(
                    status_periods=(
                        StatusPeriod(status="active", valid_from=date(2020, 1, 1), valid_to=date(2020, 12, 31)),
                    )
                )
            ],
        ),
        ("DDELEGATE23", DEL, [enrolled()]),
    ],
    ids=[
        "number",
        "birth date",
        "family name",
        "not an official",
        "revoked PTAN",
        "ended PTAN",
        "a delegated official",
    ],
)
async def test_what_does_not_match_is_refused_in_one_sentence_for_all(adapter, user_id, about, records):
    await report(adapter.database, *records)
    answer = await ask(adapter, user_id, wanted("AO", about))
    assert answer.status_code == 422
    problem = answer.json()
    assert (problem["type"], problem.get("fields")) == ("urn:connexion:problem:not-as-enrolled", [])
    assert problem["detail"] == NotAsEnrolled.__doc__
    assert await standing(adapter.database) == []


async def test_number_and_birth_date_stand_nowhere_afterwards(adapter, identity_database, caplog):
    await report(adapter.database, enrolled())
    async with somebody(adapter, "AOROZCO21") as browser:
        await browser.post(REQUESTS, json=wanted("AO", ANA), headers={"Idempotency-Key": "once"})
    await ask(adapter, "BACHEBE22", wanted("BAO", BEN))
    admin = await asyncpg.connect(identity_database.admin_url)
    for (table,) in await admin.fetch("select tablename from pg_tables where schemaname = 'public'"):
        written = json.dumps([dict(row) for row in await admin.fetch(f'select * from "{table}"')], default=str)
        for proof in ("900-00-030", "90000030", "1975-05-06", "1980-07-08"):
            assert proof not in written.replace("900000301", "TIN"), table
    await admin.close()
    assert "900-00-030" not in caplog.text


async def test_an_official_gives_both_proofs(adapter):
    for body in (wanted("AO"), wanted("AO", ANA) | {"ssn": None}, wanted("BAO", ANA) | {"birth_date": None}):
        answer = await ask(adapter, "AOROZCO21", body)
        assert answer.status_code == 422
        assert [field["path"] for field in answer.json()["fields"]] == ["ssn", "birth_date"]


@pytest.mark.parametrize(("field", "value"), [("ptan", "12345"), ("role", "XO"), ("role", "AUDITOR"), ("ssn", "123")])
async def test_what_cannot_be_right_names_the_field_and_never_repeats_it(adapter, field, value):
    answer = await ask(adapter, "AOROZCO21", wanted("AO", ANA) | {field: value})
    assert answer.status_code == 422
    assert [each["path"] for each in answer.json()["fields"]] == [field]
    assert ANA["ssn"] not in answer.text


async def test_while_the_record_does_not_know_the_ptan_the_request_waits_for_it(adapter):
    answer = await ask(adapter, "AOROZCO21", wanted("AO", ANA))
    assert (answer.status_code, answer.json()["state"], answer.json()["organization"]) == (201, "PENDING", None)
    assert (await ask(adapter, "BACHEBE22", wanted("AO", BEN))).json()["state"] == "PENDING"
    assert (await ask(adapter, "DDELEGATE23", wanted("AO", DEL))).json()["state"] == "PENDING"
    await report(adapter.database, enrolled())
    assert await standing(adapter.database) == [
        ("AOROZCO21", "AO", "ACTIVE"),
        ("BACHEBE22", "AO", "REJECTED"),
        ("DDELEGATE23", "AO", "REJECTED"),
    ]
    assert len([event for event in await said(adapter.database, OrganizationRegistered) if event.ptan == NEW]) == 1
    async with somebody(adapter, "BACHEBE22") as browser:
        (mine,) = (await browser.get(f"{REQUESTS}/mine")).json()["items"]
    assert (mine["state"], mine["reason"]) == (
        "REJECTED",
        "Another authorized official registered for this PTAN before.",
    )


async def test_an_enrolment_that_begins_later_lets_the_waiting_official_in_by_the_sweep(adapter):
    later = StatusPeriod(status="active", valid_from=date(2999, 1, 1))
    await report(adapter.database, enrolled(status_periods=(later,)))
    assert (await ask(adapter, "AOROZCO21", wanted("AO", ANA))).json()["state"] == "PENDING"
    assert await run_once(Sweep("officials are looked up again", 60, recheck_due), adapter.database) == 0
    for day, state in (("2998-12-31", "PENDING"), ("2999-01-02", "ACTIVE")):
        at = datetime.fromisoformat(f"{day}T15:00Z")
        async with adapter.database.writing(Fence.system(), TEST, at=at) as session:
            assert await recheck_due(session, session.at, 100) == 1
        assert await standing(adapter.database) == [("AOROZCO21", "AO", state)]


async def test_two_officials_who_register_at_once_are_one_too_many(adapter):
    await report(adapter.database, enrolled())
    async with somebody(adapter, "AOROZCO21") as ana, somebody(adapter, "BACHEBE22") as ben:
        answers = await asyncio.gather(
            ana.post(REQUESTS, json=wanted("AO", ANA)), ben.post(REQUESTS, json=wanted("AO", BEN))
        )
    assert sorted(answer.status_code for answer in answers) == [201, 409]
    refused = next(answer for answer in answers if answer.status_code == 409)
    assert refused.json()["type"] == "urn:connexion:problem:has-an-official"
    assert len([event for event in await said(adapter.database, OrganizationRegistered) if event.ptan == NEW]) == 1


@pytest.mark.parametrize(("role", "about"), [("BAO", BEN), ("EU", None)])
async def test_nobody_registers_before_the_authorized_official(adapter, role, about):
    await report(adapter.database, enrolled())
    answer = await ask(adapter, "BACHEBE22", wanted(role, about))
    assert (answer.status_code, answer.json()["type"]) == (409, "urn:connexion:problem:no-official-yet")


async def test_a_double_click_of_somebody_without_an_organization_is_one_request(adapter):
    body, key = wanted("EU", ptan=LARKSPUR), {"Idempotency-Key": "a-click"}
    async with somebody(adapter, "DDELEGATE23") as browser:
        at_once = await asyncio.gather(*(browser.post(REQUESTS, json=body, headers=key) for _ in range(3)))
        later = await browser.post(REQUESTS, json=body, headers=key)
        other = await browser.post(REQUESTS, json=body | {"role": "BAO"}, headers=key)
    assert {answer.status_code for answer in (*at_once, later)} == {201}
    assert len({answer.json()["id"] for answer in (*at_once, later)}) == 1
    assert (other.status_code, other.json()["type"]) == (409, "urn:connexion:problem:same-key-other-body")
    assert len(await said(adapter.database, RoleRequested)) == 1


# Backups and end users


async def test_a_delegated_official_asks_as_an_end_user_and_a_backup_is_approved_by_the_official_alone(adapter):
    await report(adapter.database, enrolled())
    await ask(adapter, "AOROZCO21", wanted("AO", ANA))
    backup = (await ask(adapter, "BACHEBE22", wanted("BAO", BEN))).json()
    delegated = (await ask(adapter, "DDELEGATE23", wanted("EU"))).json()
    assert (backup["state"], delegated["state"]) == ("PENDING", "PENDING")
    async with somebody(adapter, "AOROZCO21") as browser:
        waiting = (await browser.get(REQUESTS)).json()["items"]
        assert [each["id"] for each in waiting] == [backup["id"], delegated["id"]]
        assert (await browser.post(f"{REQUESTS}/{backup['id']}/approval")).json()["state"] == "ACTIVE"
    async with somebody(adapter, "BACHEBE22") as browser:
        assert [each["id"] for each in (await browser.get(REQUESTS)).json()["items"]] == [delegated["id"]]
        assert (await browser.post(f"{REQUESTS}/{delegated['id']}/approval")).json()["state"] == "ACTIVE"


async def test_a_backup_neither_sees_nor_decides_another_backups_request(adapter):
    await report(adapter.database, enrolled(ptan=LARKSPUR))
    await member(adapter.database, LARKSPUR, "MOKAFOR02", "BAO")
    request = (await ask(adapter, "BACHEBE22", wanted("BAO", BEN, LARKSPUR))).json()
    async with adapter.signed_in("MOKAFOR02") as browser:
        assert (await browser.get(REQUESTS)).json()["items"] == []
    assert (await decide(adapter, "MOKAFOR02", request)).status_code == 403


async def test_a_backup_whom_the_record_no_longer_names_cannot_be_approved(adapter):
    await report(adapter.database, enrolled(ptan=LARKSPUR))
    request = (await ask(adapter, "BACHEBE22", wanted("BAO", BEN, LARKSPUR))).json()
    await report(adapter.database, enrolled(ptan=LARKSPUR, officials=[ANA]))
    answer = await decide(adapter, "DWHITLOCK01", request)
    assert (answer.status_code, answer.json()["type"]) == (409, "urn:connexion:problem:not-an-official")


async def test_a_backup_who_could_not_be_checked_waits_and_is_not_taken_for_checked(adapter):
    request = (await ask(adapter, "BACHEBE22", wanted("BAO", BEN, LARKSPUR))).json()
    answer = await decide(adapter, "DWHITLOCK01", request)
    assert (answer.status_code, answer.json()["type"]) == (409, "urn:connexion:problem:official-not-known-yet")


async def test_two_who_decide_at_once_decide_once(adapter):
    await member(adapter.database, LARKSPUR, "MOKAFOR02", "BAO")
    request = await request_of(adapter, "JREYES03", "EU")
    async with adapter.signed_in("DWHITLOCK01") as official, adapter.signed_in("MOKAFOR02") as backup:
        path = f"{REQUESTS}/{request['id']}"
        answers = await asyncio.gather(
            official.post(f"{path}/approval"), backup.post(f"{path}/rejection", json={"reason": "Who is this?"})
        )
    assert sorted(answer.status_code for answer in answers) == [200, 409]
    about_it = [
        event for event in await said(adapter.database, RoleGranted) if str(event.membership_id) == request["id"]
    ]
    assert len(about_it) + len(await said(adapter.database, RoleRejected)) == 1


async def test_whoever_decides_about_an_older_version_is_told_so(adapter):
    request = await request_of(adapter, "JREYES03", "EU")
    stale = await decide(adapter, "DWHITLOCK01", request, headers={"If-Match": '"7"'})
    assert (stale.status_code, stale.json()["type"]) == (409, "urn:connexion:problem:conflict")
    fresh = await decide(adapter, "DWHITLOCK01", request, headers={"If-Match": f'"{request["version"]}"'})
    assert fresh.status_code == 200


async def test_a_decision_sent_twice_is_made_once(adapter):
    request = await request_of(adapter, "JREYES03", "EU")
    async with adapter.signed_in("DWHITLOCK01") as browser:
        path, key = f"{REQUESTS}/{request['id']}/approval", {"Idempotency-Key": "yes"}
        first, again = await browser.post(path, headers=key), await browser.post(path, headers=key)
        without = await browser.post(path)
    assert (first.status_code, again.status_code, without.status_code) == (200, 200, 409)
    assert first.json() == again.json()


async def test_an_approver_who_was_suspended_a_second_ago_decides_nothing_though_the_token_is_good(adapter):
    request = await request_of(adapter, "JREYES03", "EU")
    async with adapter.signed_in("DWHITLOCK01") as browser:
        async with adapter.database.writing(Fence.system(), TEST) as session:
            theirs = update(Membership).where(Membership.ptan == LARKSPUR, Membership.role == "AO")
            await session.execute(theirs.values(state="SUSPENDED"))
        assert (await browser.get(REQUESTS)).status_code == 200
        for how, body in (("approval", {}), ("rejection", {"json": {"reason": "no"}})):
            assert (await browser.post(f"{REQUESTS}/{request['id']}/{how}", **body)).status_code == 403
    assert ("JREYES03", "EU", "PENDING") in await standing(adapter.database, LARKSPUR)


async def test_an_approver_who_is_suspended_while_deciding_decides_nothing(adapter):
    request = await request_of(adapter, "JREYES03", "EU")
    async with adapter.signed_in("DWHITLOCK01") as browser:
        async with adapter.database.writing(Fence.system(), TEST) as session:
            theirs = update(Membership).where(Membership.ptan == LARKSPUR, Membership.role == "AO")
            await session.execute(theirs.values(state="SUSPENDED"))
            deciding = asyncio.create_task(browser.post(f"{REQUESTS}/{request['id']}/approval"))
            done, _ = await asyncio.wait([deciding], timeout=0.3)
            assert not done  # it waits for us to commit
        assert (await deciding).status_code == 403


async def test_nobody_decides_for_themselves_or_for_another_organization(adapter):
    request = await request_of(adapter, "DDELEGATE23", "EU")
    async with somebody(adapter, "DDELEGATE23") as browser:
        assert (await browser.post(f"{REQUESTS}/{request['id']}/approval")).status_code == 403
    own = await request_of(adapter, "PLINDGREN04", "EU")  # the official of another organization asks here
    assert (await decide(adapter, "PLINDGREN04", own)).status_code == 404
    assert (await decide(adapter, "PLINDGREN04", request)).status_code == 404


async def test_a_request_that_nobody_decided_in_time_expires(adapter):
    request = await request_of(adapter, "JREYES03", "EU")
    async with adapter.database.writing(Fence.system(), TEST) as session:
        overdue = Membership.due_at - timedelta(days=31)
        await session.execute(update(Membership).where(Membership.due_at.is_not(None)).values(due_at=overdue))
    late = await decide(adapter, "DWHITLOCK01", request)
    assert (late.status_code, late.json()["type"]) == (409, "urn:connexion:problem:request-overdue")
    sweep = Sweep("role requests expire", 60, expire_overdue)
    assert [await run_once(sweep, adapter.database) for _ in range(2)] == [1, 0]
    assert ("JREYES03", "EU", "EXPIRED") in await standing(adapter.database, LARKSPUR)
    (expired,) = await said(adapter.database, RoleRejected)
    assert expired.outcome == "expired"
    assert (await request_of(adapter, "JREYES03", "EU"))["state"] == "PENDING"


async def test_whoever_asked_reads_why_it_came_to_nothing_and_may_ask_again(adapter):
    request = await request_of(adapter, "JREYES03", "EU")
    assert (await decide(adapter, "DWHITLOCK01", request, "rejection")).status_code == 200
    async with adapter.signed_in("JREYES03") as browser:
        (mine,) = (await browser.get(f"{REQUESTS}/mine")).json()["items"]
        assert (mine["state"], mine["reason"]) == ("REJECTED", "Not one of us.")
        assert (await browser.post(REQUESTS, json=wanted("EU", ptan=LARKSPUR))).status_code == 201


async def test_one_request_at_a_time_for_an_organization_and_as_many_organizations_as_one_likes(adapter):
    await request_of(adapter, "JREYES03", "EU")
    again = await ask(adapter, "JREYES03", wanted("EU", ptan=LARKSPUR))
    assert (again.status_code, again.json()["type"]) == (409, "urn:connexion:problem:already-asked")
    other = await request_of(adapter, "JREYES03", "EU", TALLGRASS)
    assert (await decide(adapter, "PLINDGREN04", other)).json()["state"] == "ACTIVE"
    async with adapter.signed_in("JREYES03") as browser:
        assert (await browser.get("/api/identity/me")).json()["organization"]["name"].startswith("Tallgrass")


async def test_a_request_is_taken_back_by_whoever_asked_and_nobody_else(adapter):
    request = await request_of(adapter, "JREYES03", "EU")
    path = f"{REQUESTS}/{request['id']}/withdrawal"
    async with adapter.signed_in("PLINDGREN04") as browser:
        assert (await browser.post(path)).status_code == 404
    async with adapter.signed_in("JREYES03") as browser:
        assert (await browser.post(path)).json()["state"] == "REVOKED"
        assert (await browser.post(path)).status_code == 409
    assert [event.outcome for event in await said(adapter.database, RoleRejected)] == ["withdrawn"]


async def test_whoever_is_not_enrolled_any_more_gets_no_new_end_users(adapter):
    await report(adapter.database, enrolled(ptan=LARKSPUR, status="revoked"))
    answer = await ask(adapter, "JREYES03", wanted("EU", ptan=LARKSPUR))
    assert (answer.status_code, answer.json()["type"]) == (422, "urn:connexion:problem:not-as-enrolled")
