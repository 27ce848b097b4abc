"""Offers through the edge: who may decide, under which signature, until when; replayed forms and removed officials."""

import asyncio
from collections.abc import AsyncIterator
from uuid import uuid4

import httpx
import pytest
import pytest_asyncio
from sqlalchemy import text

from bidding_svc.offers.offer import Offer
from bidding_svc.offers.statement import OFFER_DECISION
from chassis import machine_time, program_time
from chassis.database import Database, Fence
from chassis.trust import revoke_person
from identity_adapter.roles.table import role_table
from tests.access.edges import edge_of
from tests.access.tokens import PERSON, publish_key, token
from tests.bidding.awarded import SYSTEM, Awarded, an_evaluated_round, just_after

pytestmark = pytest.mark.database
NAMED = {
    "certified_by": "dwhitlock01",
    "given_name": "Dana",
    "family_name": "Whitlock",
    "statement": OFFER_DECISION.name,
}


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def site(database_for) -> AsyncIterator[tuple[Awarded, httpx.AsyncClient]]:
    url = (await database_for("bidding")).login_url
    app, database = edge_of("bidding", url), Database(url, "bidding")
    await publish_key(database)
    house = await an_evaluated_round(database)
    await house.released()
    async with (
        app.router.lifespan_context(app),
        httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://edge") as client,
    ):
        yield house, client
    await database.close()


class Official:
    """Somebody of a bidder with a browser."""

    def __init__(self, house: Awarded, client: httpx.AsyncClient, place: int, role: str = "AO", **more) -> None:
        self.house, self.client, self.place = house, client, place
        organization = house.bidders[place].organization_id
        permissions = sorted(role_table().permissions_of(role))
        bearer = token(permissions=permissions, organization_id=organization, role=role, **more)
        self.headers = {"Authorization": f"Bearer {bearer}"}

    async def read(self):
        listed = await self.client.get("/api/bidding/offers", headers=self.headers)
        self.path = f"/api/bidding/offers/{listed.json()['items'][0]['id']}"
        answer = await self.client.get(self.path, headers=self.headers)
        self.version = {"If-Match": answer.headers["ETag"]}
        return answer.json()

    def body(self, offer, choice="accept", **typed):
        decisions = [{"line_id": line["id"], "choice": choice, "risk_acknowledged": True} for line in offer["offered"]]
        return {"decisions": decisions, "signature": NAMED | typed}

    async def decide(self, body, **headers):
        sent = self.headers | self.version | headers
        return await self.client.post(f"{self.path}/decisions", json=body, headers=sent)

    async def submit(self, **headers):
        sent = self.headers | self.version | headers
        return await self.client.post(f"{self.path}/submission", headers=sent)


def problem(answer):
    return answer.status_code, answer.json()["type"].rpartition(":")[2]


@pytest.fixture
def clock(monkeypatch):
    def set_to(moment):
        monkeypatch.setattr(program_time, "now", lambda: moment)

    return set_to


@pytest.mark.parametrize(
    ("typed", "refused"),
    [
        ({"certified_by": "MREYES22"}, "certified-by-another-person"),
        ({"certified_by": "DWH\u0406TLOCK01"}, "certified-with-look-alikes"),  # a Cyrillic letter
        ({"family_name": "Whitelock"}, "name-does-not-match"),
        ({"given_name": ""}, "name-does-not-match"),
        ({"statement": "offer-decision/0"}, "statement-not-current"),
    ],
)
async def test_a_signature_of_another_person_or_with_look_alikes_decides_nothing(site, typed, refused):
    official = Official(*site, 1)
    offer = await official.read()
    assert problem(await official.decide(official.body(offer, **typed))) == (422, refused)
    again = await official.read()
    assert (again["version"], again["open"]) == (offer["version"], 1)


async def test_a_decision_is_signed_for_with_the_words_and_sent_twice_it_is_made_once(site):
    official = Official(*site, 2)
    offer = await official.read()
    answers = [await official.decide(official.body(offer), **{"Idempotency-Key": "once"}) for _ in range(2)]
    assert [answer.status_code for answer in answers] == [200, 200]
    assert answers[0].json() == answers[1].json()
    house = site[0]
    async with house.reading(2) as session:
        kept = (await session.execute(text("select statement, subject_id from signature"))).all()
    assert kept == [(OFFER_DECISION.name, offer["id"])]


async def test_an_end_user_is_refused_before_anything_is_looked_for(site):
    end_user = Official(*site, 1, "EU")
    listed = await end_user.client.get("/api/bidding/offers", headers=end_user.headers)
    assert problem(listed) == (403, "not-allowed")
    for path in (str(uuid4()), str((await site[0].offer(1)).id)):
        read = await end_user.client.get(f"/api/bidding/offers/{path}", headers=end_user.headers)
        assert problem(read) == (403, "not-allowed")


async def test_a_form_replayed_after_the_due_time_accepts_nothing_and_stays_in_the_audit_trail(site, clock):
    house, _ = site
    official = Official(*site, 3)
    offer = await official.read()
    clock(just_after((await house.offer(3)).due_at))
    replayed = official.body(offer)
    assert problem(await official.decide(replayed, **{"Idempotency-Key": "late"})) == (409, "offer-is-over")
    assert problem(await official.decide(replayed, **{"Idempotency-Key": "late"})) == (409, "offer-is-over")
    assert [line.state.value for line in (await house.offer(3)).lines] == ["OPEN"]
    tries = [each for each in await house.audited("offer.decide-refused") if each["entity_id"] == offer["id"]]
    assert [each["after"]["because"] for each in tries] == ["offer-is-over"] * 2


async def test_a_replayed_acceptance_after_the_due_time_gets_its_first_answer_and_changes_nothing(site, clock):
    house, _ = site
    official = Official(*site, 4)
    offer = await official.read()
    first = await official.decide(official.body(offer), **{"Idempotency-Key": "in time"})
    official.version = {"If-Match": first.headers["ETag"]}
    clock(just_after((await house.offer(4)).due_at))
    official.version = {"If-Match": f'"{offer["version"]}"'}
    again = await official.decide(official.body(offer), **{"Idempotency-Key": "in time"})
    assert (again.status_code, again.headers["Idempotent-Replay"]) == (200, "true")
    assert (await house.offer(4)).version == first.json()["version"]


async def test_a_backup_official_removed_while_the_acceptance_waits_accepts_nothing(site):
    house, _ = site
    official = Official(*site, 5, "BAO")
    offer = await official.read()
    organization = house.bidders[5].organization_id
    async with house.acting(5) as session:
        await session.get_one(Offer, (await house.offer(5)).id, with_for_update=True)
        waiting = asyncio.create_task(official.decide(official.body(offer)))
        await _until_somebody_waits(house)
        async with house.database.writing(Fence.system(), SYSTEM) as removing:
            await revoke_person(removing, PERSON, organization, machine_time.now())
    assert problem(await waiting) == (401, "session-ended")
    assert [line.state.value for line in (await house.offer(5)).lines] == ["OPEN"]
    assert await house.audited("offer.sign") == [
        each for each in await house.audited("offer.sign") if each["organization_id"] != organization
    ]
    other = Official(house, official.client, 5, "AO", pid=str(uuid4()), sid=str(uuid4()))
    decided = await other.read()
    assert (await other.decide(other.body(decided))).status_code == 200


async def _until_somebody_waits(house):
    for _ in range(1000):
        async with house.database.reading(Fence.system()) as session:
            if await session.scalar(text("select count(*) from pg_locks where not granted")):
                return
    raise AssertionError("nobody waits for the lock")
