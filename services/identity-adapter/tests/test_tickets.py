"""Help desk tickets: opened, taken in hand, noted, closed; and what the hand that holds one may see."""

import pytest
from sqlalchemy import select, text, update

from chassis.database import Fence
from chassis.errors import NotAllowedNow
from chassis.sweeps import Sweep, run_once
from chassis.tables import audit
from identity_adapter.members.membership import Membership
from identity_adapter.sessions.session import SignedInSession
from identity_adapter.tickets.ticket import LIFECYCLE, TicketState
from identity_adapter.tickets.use_cases import lay_down_forgotten
from tests.registration.story import LARKSPUR, TALLGRASS, TEST, member

pytestmark = pytest.mark.database
TICKETS, PEOPLE, ME = "/api/identity/tickets", "/api/identity/people", "/api/identity/me"
NEW = {"topic": "sign-in", "summary": "Cannot sign in since Monday; SSN 900-00-0101 was said on the phone"}


@pytest.fixture
async def desks(adapter):
    """Two browsers, each with a customer service representative."""
    for user_id in ("SERVICE16", "SERVICE20"):
        await member(adapter.database, None, user_id, "CUSTOMER_SERVICE")
    async with adapter.signed_in("SERVICE16") as one, adapter.signed_in("SERVICE20") as two:
        yield one, two


async def opened(desk, **about) -> dict:
    answer = await desk.post(TICKETS, json=NEW | {key: str(value) for key, value in about.items()})
    assert answer.status_code == 201, answer.text
    return answer.json()


async def dana(adapter) -> Membership:
    async with adapter.database.reading(Fence.system()) as session:
        found = await session.scalar(select(Membership).where(Membership.ptan == LARKSPUR))
        assert found is not None
        return found


async def permissions(desk) -> set[str]:
    return set((await desk.get(ME)).json()["permissions"])


def test_a_closed_ticket_stays_closed():
    for verb in LIFECYCLE.verbs:
        with pytest.raises(NotAllowedNow):
            LIFECYCLE.next(TicketState.CLOSED, verb)


async def test_a_ticket_in_hand_gives_what_needs_one_and_putting_it_down_takes_it_away(adapter, desks):
    desk, _ = desks
    ticket = await opened(desk)
    assert (ticket["state"], ticket["number"][:3], ticket["opened_by"]) == ("OPEN", "HD-", "Stella Newcomer")
    assert "staff.member.unlock" not in await permissions(desk)
    taken = (await desk.post(f"{TICKETS}/{ticket['id']}/taking")).json()
    assert (taken["state"], taken["in_my_hand"]) == ("IN_HAND", True)
    assert {"staff.member.unlock", "staff.person.view"} <= await permissions(desk)
    await desk.post("/api/identity/renewal")
    assert "staff.member.unlock" in await permissions(desk)
    down = (await desk.post(f"{TICKETS}/{ticket['id']}/putting-down")).json()
    assert (down["state"], down["in_my_hand"]) == ("OPEN", False)
    assert "staff.member.unlock" not in await permissions(desk)
    assert (await desk.post(f"{TICKETS}/{ticket['id']}/putting-down")).status_code == 404


async def test_a_session_has_one_ticket_in_hand(adapter, desks):
    desk, _ = desks
    first, second = await opened(desk), await opened(desk)
    for ticket in (first, second):
        await desk.post(f"{TICKETS}/{ticket['id']}/taking")
    states = {each["id"]: each["state"] for each in (await desk.get(TICKETS)).json()["items"]}
    assert states == {first["id"]: "OPEN", second["id"]: "IN_HAND"}


async def test_a_colleague_takes_a_ticket_over_and_whoever_had_it_has_it_no_more(adapter, desks):
    one, two = desks
    path = f"{TICKETS}/{(await opened(one))['id']}"
    await one.post(f"{path}/taking")
    assert (await two.post(f"{path}/closure", json={"outcome": "done"})).status_code == 409
    assert (await two.get(path)).json()["allowed_actions"] == ["take", "note"]
    assert (await two.post(f"{path}/taking")).json()["in_my_hand"]
    await one.post("/api/identity/renewal")
    assert "staff.member.unlock" not in await permissions(one)


async def test_a_closed_ticket_is_neither_taken_nor_noted_and_gives_nothing_any_more(adapter, desks):
    desk, _ = desks
    path = f"{TICKETS}/{(await opened(desk))['id']}"
    await desk.post(f"{path}/taking")
    noted = (await desk.post(f"{path}/notes", json={"text": "Called back."})).json()
    assert [note["text"] for note in noted["notes"]] == ["Called back."]
    closed = (await desk.post(f"{path}/closure", json={"outcome": "done"})).json()
    assert (closed["state"], closed["outcome"], closed["allowed_actions"]) == ("CLOSED", "done", [])
    assert "staff.member.unlock" not in await permissions(desk)
    for act, body in (("taking", None), ("notes", {"text": "x"}), ("closure", {"outcome": "done"})):
        assert (await desk.post(f"{path}/{act}", json=body)).status_code == 409


async def test_the_open_ones_come_first_over_pages(adapter, desks):
    desk, _ = desks
    made = [await opened(desk) for _ in range(4)]
    await desk.post(f"{TICKETS}/{made[0]['id']}/closure", json={"outcome": "declined"})
    first = (await desk.get(TICKETS, params={"limit": 3})).json()
    rest = (await desk.get(TICKETS, params={"after": first["next"]})).json()
    listed = [each["id"] for each in first["items"] + rest["items"]]
    assert listed == [made[1]["id"], made[2]["id"], made[3]["id"], made[0]["id"]]


async def test_a_ticket_of_a_session_that_is_over_lies_down_by_itself(adapter, desks):
    desk, other = desks
    ticket = await opened(desk)
    await desk.post(f"{TICKETS}/{ticket['id']}/taking")
    sweep = Sweep("tickets of ended sessions lie down", 60, lay_down_forgotten)
    assert await run_once(sweep, adapter.database) == 0
    await desk.post("/api/identity/sign-out")
    assert await run_once(sweep, adapter.database) == 1
    assert (await other.get(f"{TICKETS}/{ticket['id']}")).json()["state"] == "OPEN"


async def test_a_ticket_opened_twice_by_a_double_click_is_one(adapter, desks):
    desk, _ = desks
    for _ in range(2):
        await desk.post(TICKETS, json=NEW, headers={"Idempotency-Key": "a-click"})
    assert len((await desk.get(TICKETS)).json()["items"]) == 1


@pytest.mark.parametrize("about", ["person_id", "organization_id"])
async def test_a_ticket_about_nobody_known_is_refused(adapter, desks, about):
    nobody = {about: "00000000-0000-0000-0000-000000000000"}
    assert (await desks[0].post(TICKETS, json=NEW | nobody)).status_code == 404


async def test_what_people_write_into_a_ticket_stays_in_it(adapter, desks):
    desk, _ = desks
    ticket = await opened(desk)
    await desk.post(f"{TICKETS}/{ticket['id']}/notes", json={"text": "Born 1970-02-03"})
    async with adapter.database.reading(Fence.system()) as session:
        trail = await session.execute(select(audit.c.before, audit.c.after, audit.c.reason))
        written = " ".join(str(row) for row in trail)
        said = " ".join(await session.scalars(text("select body from outbox")))
    assert "900-00-0101" not in written + said
    assert "1970-02-03" not in written + said


# People


async def test_a_search_shows_who_somebody_is_and_where_and_no_more(adapter, desks):
    desk, _ = desks
    for search in ("dwhit", "Whitl", LARKSPUR):
        found = (await desk.get(PEOPLE, params={"search": search})).json()["items"]
        assert [each["user_id"] for each in found] == ["DWHITLOCK01"], search
    assert set(found[0]) == {"id", "user_id", "name", "roles"}
    assert {role["organization"]["name"] for role in found[0]["roles"]} == {
        "Larkspur Sample Medical, LLC",
        "Tallgrass Sample Bracing, Inc.",
    }
    assert set(found[0]["roles"][0]) == {"organization", "state"}
    assert (await desk.get(PEOPLE, params={"search": "%%"})).json()["items"] == []


async def test_a_persons_roles_are_read_with_a_ticket_about_them(adapter, desks):
    desk, _ = desks
    about = await dana(adapter)
    path = f"{PEOPLE}/{about.person_id}"
    assert (await desk.get(path)).status_code == 403
    await desk.post(f"{TICKETS}/{(await opened(desk))['id']}/taking")
    elsewhere = await desk.get(path)
    assert (elsewhere.status_code, elsewhere.json()["type"]) == (
        403,
        "urn:connexion:problem:ticket-about-somebody-else",
    )
    await desk.post(f"{TICKETS}/{(await opened(desk, person_id=about.person_id))['id']}/taking")
    person = (await desk.get(path)).json()
    roles = {role["role"]: role for role in person["roles"]}
    assert {name: role["organization"]["ptan"] for name, role in roles.items()} == {"EU": TALLGRASS, "AO": LARKSPUR}
    assert set(roles["AO"]["allowed_actions"]) == {"lock", "change role", "remove"}


async def test_with_a_ticket_about_an_organization_a_persons_other_roles_stay_unseen(adapter, desks):
    desk, _ = desks
    about = await dana(adapter)
    await desk.post(f"{TICKETS}/{(await opened(desk, organization_id=about.organization_id))['id']}/taking")
    person = (await desk.get(f"{PEOPLE}/{about.person_id}")).json()
    assert [role["organization"]["ptan"] for role in person["roles"]] == [LARKSPUR]


async def test_a_ticket_whose_session_idled_away_serves_no_more(adapter, desks):
    desk, _ = desks
    about = await dana(adapter)
    await desk.post(f"{TICKETS}/{(await opened(desk, person_id=about.person_id))['id']}/taking")
    async with adapter.database.writing(Fence.system(), TEST) as session:
        await session.execute(update(SignedInSession).values(idle_at=SignedInSession.opened_at))
    assert (await desk.post("/api/identity/renewal")).status_code == 401
