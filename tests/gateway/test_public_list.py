"""Without a token: what the public list names, by the method it names, and nothing else."""

import httpx
import pytest

METHODS = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS")
SERVICES = ("bidding", "contracts", "documents", "notices", "identity")
PUBLIC = {
    *(("GET", f"/api/{service}/openapi.json") for service in SERVICES),
    ("GET", "/api/identity/sign-in"),
    ("GET", "/api/identity/callback"),
    ("POST", "/api/identity/renewal"),
    ("POST", "/api/identity/sign-out"),
    ("POST", "/api/identity/token"),
    ("GET", "/api/identity/.well-known/jwks.json"),
    ("GET", "/api/bidding/rounds"),
    ("GET", "/api/bidding/rounds/2028"),
    *(("GET", f"/api/{service}/standing") for service in SERVICES),
    ("GET", "/api/identity/role-table"),
    ("GET", "/api/identity/role-table/2"),
    ("GET", "/api/documents/acceptance-rules"),
    ("GET", "/api/documents/acceptance-rules/1"),
    ("GET", "/api/notices/questions"),
    ("GET", "/api/notices/questions/forgotten-password"),
    ("POST", "/api/notices/chats"),
    ("GET", "/api/notices/chats/availability"),
    ("GET", "/api/notices/chats/mine"),
    ("GET", "/api/notices/chats/mine/live"),
    ("POST", "/api/notices/chats/mine/messages"),
    ("POST", "/api/notices/chats/mine/end"),
    ("OPTIONS", "/api/documents/uploads"),
    ("GET", "/api/documents/receipt-keys"),
    ("POST", "/api/documents/receipt-checks"),
}
PATHS = sorted({path for _, path in PUBLIC})


@pytest.mark.parametrize(("method", "path"), sorted(PUBLIC))
async def test_what_is_public_is_answered_without_a_token(browser: httpx.AsyncClient, method: str, path: str):
    assert (await browser.request(method, path)).status_code == 200


@pytest.mark.parametrize("path", PATHS)
async def test_by_another_method_it_is_not_public(browser: httpx.AsyncClient, path: str):
    for method in METHODS:
        if (method, path) not in PUBLIC:
            assert (await browser.request(method, path)).status_code == 401, method


@pytest.mark.parametrize(
    "path", [f"{path}/x" for path in PATHS if path not in {"/api/bidding/rounds", "/api/notices/questions"}]
)
async def test_nothing_below_it_is_public(browser: httpx.AsyncClient, path: str):
    assert (await browser.get(path)).status_code == 401


@pytest.mark.parametrize("service", SERVICES)
@pytest.mark.parametrize("method", METHODS)
async def test_everything_else_needs_a_token_and_then_reaches_its_service(
    browser: httpx.AsyncClient, bearer: dict[str, str], service: str, method: str
):
    path = f"/api/{service}/something/0199"
    assert (await browser.request(method, path)).status_code == 401
    told = await browser.request(method, path, headers=bearer)
    assert told.status_code == 200
    assert method == "HEAD" or told.json()["service"] == service


@pytest.mark.parametrize("path", ["/", "/documents", "/sign-in", "/static/abc/app.css", "/apiary"])
async def test_pages_are_the_portals_to_give(browser: httpx.AsyncClient, path: str):
    assert (await browser.get(path)).json()["service"] == "portal"
