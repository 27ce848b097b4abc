import httpx
from fake_gateway import FakeGateway
from test_pages import words


async def test_sessions_say_where_one_is_signed_in_and_which_this_is(
    person: httpx.AsyncClient, gateway: FakeGateway
) -> None:
    gateway.sessions = [gateway.session(browser="Chrome on Linux", is_this_one=True), gateway.session()]
    page = words(await person.get("/sessions"))
    assert "Chrome on Linux This browser, now" in page
    assert "Firefox on Windows Larkspur Sample Medical, LLC Authorized official (AO)" in page
    assert "End it , Firefox on Windows" in page
    assert "End all others" in page


async def test_one_session_is_ended(person: httpx.AsyncClient, gateway: FakeGateway) -> None:
    other = gateway.session()
    gateway.sessions = [gateway.session(is_this_one=True), other]
    answer = await person.post(f"/sessions/{other['id']}/end")
    assert answer.headers["location"] == "/sessions?ended=1"
    assert [one["is_this_one"] for one in gateway.sessions] == [True]
    assert "Signed out there." in words(await person.get("/sessions?ended=1"))


async def test_all_others_are_ended_and_this_one_stays(person: httpx.AsyncClient, gateway: FakeGateway) -> None:
    gateway.sessions = [gateway.session(is_this_one=True), gateway.session(), gateway.session()]
    await person.post("/sessions/end-others")
    assert len(gateway.sessions) == 1
    assert "End all others" not in words(await person.get("/sessions"))


async def test_a_session_that_is_over_already_is_not_found(person: httpx.AsyncClient) -> None:
    answer = await person.post("/sessions/0197b3a0-0000-7000-8000-0000000000ff/end")
    assert answer.status_code == 404
    assert 'aria-label="You are acting for"' in answer.text
