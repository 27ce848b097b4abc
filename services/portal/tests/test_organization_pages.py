"""People and access: who acts for the organization, who asks to, where it is enrolled."""

import httpx
from fake_gateway import FakeGateway, token
from test_pages import words

EU = ("member.view", "enrolment.view")


async def test_members_show_role_state_granter_and_last_use(person: httpx.AsyncClient, gateway: FakeGateway) -> None:
    gateway.members = [gateway.member(), gateway.member("BAO", state="LOCKED", reason="Not used for 180 days.")]
    page = words(await person.get("/organization"))
    assert "Priya Natarajan User ID priya.natarajan End user (EU) Active" in page
    assert "by Dana Whitlock" in page
    assert "Locked The help desk can unlock it. Not used for 180 days." in page


async def test_locations_say_how_they_are_enrolled_and_unknown_is_never_active(
    person: httpx.AsyncClient, gateway: FakeGateway
) -> None:
    gateway.members = [gateway.member()]
    gateway.locations = [gateway.location(), gateway.location("9000000203", status="unknown")]
    page = words(await person.get("/organization"))
    assert "PTAN 9000000001" in page
    assert "Could not check" in page
    one = words(await person.get("/organization/locations/9000000203"))
    assert "PTAN 9000000203" in one
    assert "DMEPOS supplier Number R-1234 MD OTSK January 1, 2024 to December 31, 2027" in one


async def test_locations_that_did_not_load_are_never_shown_as_none(
    person: httpx.AsyncClient, gateway: FakeGateway
) -> None:
    gateway.failing["/api/identity/enrolments"] = (503, {})
    page = words(await person.get("/organization"))
    assert "We could not load the locations." in page
    assert "No location is known yet" not in page


async def test_an_end_user_sees_no_requests(person: httpx.AsyncClient, gateway: FakeGateway) -> None:
    gateway.role_requests = [gateway.role_request()]
    person.cookies.set("cx_token", token(permissions=EU))
    page = await person.get("/organization")
    assert "request" not in words(page).split("People and access")[1]
    assert "GET /api/identity/role-requests" not in gateway.asked


async def test_one_gives_up_only_ones_own_role_and_is_signed_out(
    person: httpx.AsyncClient, gateway: FakeGateway
) -> None:
    mine = gateway.member("EU", user_id="dana.whitlock", allowed_actions=["remove"])
    gateway.members = [mine, gateway.member()]
    page = await person.get("/organization")
    assert page.text.count("Give up my role") == 1
    answer = await person.post(f"/organization/members/{mine['id']}/removal")
    assert "You gave up your role" in words(answer)
    assert all('=""' in cookie for cookie in answer.headers.get_list("set-cookie"))
    assert mine not in gateway.members


async def test_an_official_who_is_not_alone_reads_why_leaving_is_refused(
    person: httpx.AsyncClient, gateway: FakeGateway
) -> None:
    mine = gateway.member("AO", user_id="dana.whitlock", allowed_actions=["remove"])
    gateway.members = [mine]
    gateway.failing[f"/api/identity/members/{mine['id']}/removal"] = (409, {"detail": "You cannot leave yet."})
    page = await person.post(f"/organization/members/{mine['id']}/removal")
    assert page.status_code == 409
    assert "Your role was not ended You cannot leave yet." in words(page)


async def test_a_request_is_approved_as_it_was_shown(person: httpx.AsyncClient, gateway: FakeGateway) -> None:
    asked = gateway.role_request(version=4)
    gateway.role_requests = [asked]
    page = await person.get("/organization/requests")
    assert "One request waits for you" in words(page)
    assert "Jonah Reyes asks for the role End user (EU)" in words(page)
    form = {"version": "4", "idempotency_key": "key-1"}
    answer = await person.post(f"/organization/requests/{asked['id']}/approval", data=form)
    assert answer.headers["location"] == "/organization/requests?done=approval"
    assert gateway.headers_seen[-1]["if-match"] == '"4"'
    assert asked["state"] == "ACTIVE"
    assert "Approved." in words(await person.get(answer.headers["location"]))


async def test_a_request_that_changed_meanwhile_is_shown_as_it_is_now(
    person: httpx.AsyncClient, gateway: FakeGateway
) -> None:
    asked = gateway.role_request(version=5)
    gateway.role_requests = [asked]
    form = {"version": "4", "idempotency_key": "key-1"}
    page = await person.post(f"/organization/requests/{asked['id']}/approval", data=form)
    assert page.status_code == 409
    assert "Somebody changed this before you." in words(page)
    assert 'name="version" value="5"' in page.text


async def test_a_request_is_declined_with_a_reason(person: httpx.AsyncClient, gateway: FakeGateway) -> None:
    asked = gateway.role_request()
    gateway.role_requests = [asked]
    form = {"version": "1", "idempotency_key": "key-1", "reason": "You left us in May."}
    answer = await person.post(f"/organization/requests/{asked['id']}/rejection", data=form)
    assert answer.headers["location"] == "/organization/requests?done=rejection"
    assert (asked["state"], asked["reason"]) == ("REJECTED", "You left us in May.")


async def test_a_refused_reason_comes_back_at_its_request(person: httpx.AsyncClient, gateway: FakeGateway) -> None:
    asked, other = gateway.role_request(), gateway.role_request()
    gateway.role_requests = [other, asked]
    gateway.failing[f"/api/identity/role-requests/{asked['id']}/rejection"] = (409, {"detail": "It has expired."})
    form = {"version": "1", "idempotency_key": "key-1", "reason": "You left us in May."}
    page = await person.post(f"/organization/requests/{asked['id']}/rejection", data=form)
    assert "It has expired." in words(page)
    assert page.text.count("You left us in May.") == 1
    assert page.text.index("You left us in May.") > page.text.index(asked["id"])
