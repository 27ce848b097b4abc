"""What the gateway answers itself: problem details with a stable type, or a page where a person looks."""

import asyncio
import time
from collections.abc import AsyncIterator
from dataclasses import dataclass

import httpx
import pytest
from joserfc.jwk import ECKey

from deploy.local.ports import free_port
from tests.gateway import keys
from tests.gateway.conftest import fresh_ports
from tests.gateway.running import Gateway, running


@dataclass
class Troubled:
    """A gateway with two services in trouble: contracts is not there, notices hangs up on every request."""

    gateway: Gateway
    hung_up: int = 0

    async def hang_up(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Read a request's head and close."""
        await reader.readuntil(b"\r\n\r\n")
        self.hung_up += 1
        writer.close()


@pytest.fixture(scope="module")
async def troubled(settings: dict[str, str], tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Troubled]:
    trouble = Troubled(Gateway({}, tmp_path_factory.getbasetemp()))
    async with await asyncio.start_server(trouble.hang_up, "127.0.0.1", 0) as breaking:
        notices = {"GATEWAY_NOTICES_PORT": str(breaking.sockets[0].getsockname()[1])}
        changed = settings | fresh_ports() | notices | {"GATEWAY_CONTRACTS_PORT": str(free_port())}
        async with running(changed, tmp_path_factory.mktemp("troubled")) as trouble.gateway:
            yield trouble


@pytest.fixture
async def client(troubled: Troubled) -> AsyncIterator[httpx.AsyncClient]:
    async with httpx.AsyncClient(base_url=troubled.gateway.public, timeout=30) as opened:
        yield opened


def assert_problem(answer: httpx.Response, status: int, slug: str) -> None:
    assert answer.status_code == status
    assert answer.headers["content-type"] == "application/problem+json"
    told = answer.json()
    assert told["type"] == f"urn:connexion:problem:{slug}"
    assert told["status"] == status
    assert told["title"]
    assert told["detail"].endswith(".")
    assert told["reference"]


async def test_a_service_that_is_not_there_is_said_to_be_unavailable(client: httpx.AsyncClient, bearer: dict[str, str]):
    assert_problem(await client.get("/api/contracts/contracts", headers=bearer), 503, "unavailable")
    assert_problem(await client.post("/api/contracts/contracts", headers=bearer), 503, "unavailable")


async def test_reading_is_tried_twice(troubled: Troubled, client: httpx.AsyncClient, bearer: dict[str, str]):
    before = troubled.hung_up
    assert_problem(await client.get("/api/notices/todos", headers=bearer), 503, "unavailable")
    assert troubled.hung_up - before == 2


@pytest.mark.parametrize("method", ["POST", "PUT", "PATCH", "DELETE"])
async def test_changing_is_never_tried_twice(
    troubled: Troubled, client: httpx.AsyncClient, bearer: dict[str, str], method: str
):
    before = troubled.hung_up
    assert_problem(await client.request(method, "/api/notices/todos", headers=bearer), 503, "unavailable")
    assert troubled.hung_up - before == 1


async def test_an_unknown_service_is_not_found(browser: httpx.AsyncClient, bearer: dict[str, str]):
    assert_problem(await browser.get("/api/prices/all", headers=bearer), 404, "not-found")


@pytest.mark.parametrize("path", ["/health/live", "/health/ready", "/metrics", "/api/documents"])
async def test_what_is_not_for_outside_is_not_found(browser: httpx.AsyncClient, bearer: dict[str, str], path: str):
    assert_problem(await browser.get(path, headers=bearer), 404, "not-found")


async def test_without_a_token_nothing_is_learned_about_what_exists(browser: httpx.AsyncClient):
    for path in ("/api/prices/all", "/api/documents/files", "/api", "/api/contracts/never"):
        assert_problem(await browser.get(path), 401, "not-signed-in")


async def test_another_host_is_not_served_where_hosts_are_named(settings: dict[str, str], folder):
    named = {"GATEWAY_DOMAINS": '["connexion.test"]'}
    async with (
        running(settings | fresh_ports() | named, folder) as gateway,
        httpx.AsyncClient(base_url=gateway.public) as client,
    ):
        assert (await client.get("/", headers={"host": "connexion.test"})).status_code == 200
        assert_problem(await client.get("/", headers={"host": "evil.example"}), 404, "not-found")
        assert (await client.get("/health")).status_code == 200, "a probe knows only the address"


async def test_what_a_service_answers_is_passed_on_as_it_is(browser: httpx.AsyncClient, bearer: dict[str, str]):
    answer = await browser.get("/api/bidding/unavailable", headers=bearer)
    assert answer.status_code == 503
    assert answer.json() == {"detail": "this service says so itself"}


async def test_a_person_who_opens_a_page_gets_a_page(settings: dict[str, str], folder):
    async with (
        running(settings | fresh_ports() | {"GATEWAY_PORTAL_PORT": str(free_port())}, folder) as gateway,
        httpx.AsyncClient(base_url=gateway.public) as client,
    ):
        page = await client.get("/documents", headers={"accept": "text/html,application/xhtml+xml,*/*;q=0.8"})
        assert page.status_code == 503
        assert page.headers["content-type"] == "text/html; charset=utf-8"
        assert "Wait a minute, then load the page again" in page.text
        assert_problem(await client.get("/documents", headers={"accept": "application/json"}), 503, "unavailable")


@pytest.mark.parametrize(("aud", "ends_in"), [("connexion", -60), ("somebody-else", 60)])
async def test_a_person_whose_token_is_of_no_use_any_more_is_told_where_to_go(
    browser: httpx.AsyncClient, key: ECKey, aud: str, ends_in: int
):
    """A link to a document, opened after the page has stood for a while."""
    expired = {
        "cookie": f"cx_token={keys.token(key, aud=aud, exp=int(time.time()) - 60)}",
        "accept": "text/html,*/*;q=0.8",
    }
    page = await browser.get("/api/documents/files/0199/content", headers=expired)
    assert page.status_code == 401
    assert page.headers["content-type"] == "text/html; charset=utf-8"
    assert '<a href="/home">' in page.text


async def test_on_a_public_page_a_useless_token_does_not_turn_other_refusals_into_a_sign_in(
    browser: httpx.AsyncClient, key: ECKey
):
    useless = {"cookie": f"cx_token={keys.token(key, aud='somebody-else')}", "accept": "text/html"}
    page = await browser.request("TRACE", "/", headers=useless | {"origin": "http://a"})
    assert page.status_code == 405
    assert "not possible at the moment" in page.text


async def test_the_health_of_the_gateway_needs_no_service(troubled: Troubled, client: httpx.AsyncClient):
    assert (await client.get("/health")).status_code == 200
