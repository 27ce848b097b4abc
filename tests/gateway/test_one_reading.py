"""One reading of every request: paths cannot be disguised, and two servers cannot disagree where a request ends."""

import httpx
import pytest

from tests.gateway.running import Gateway, raw
from tests.gateway.upstream import Upstream


async def path_arriving(gateway: Gateway, path: str, bearer: dict[str, str]) -> tuple[int, bytes]:
    line = f"GET {path} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n"
    answer = await raw(gateway.public, (line + f"Authorization: {bearer['authorization']}\r\n\r\n").encode())
    return int(answer.split()[1]), answer


@pytest.mark.parametrize(
    ("disguised", "plain", "service"),
    [
        ("/api/documents/../identity/me", "/api/identity/me", "identity"),
        ("/api/documents/%2e%2e/identity/me", "/api/identity/me", "identity"),
        ("/api/documents/%2E./identity/me", "/api/identity/me", "identity"),
        ("/static/../api/identity/me", "/api/identity/me", "identity"),
        ("//api//identity//me", "/api/identity/me", "identity"),
        ("/api/./identity/me", "/api/identity/me", "identity"),
        ("/../../api/identity/me", "/api/identity/me", "identity"),
    ],
)
async def test_a_disguised_path_is_routed_and_passed_on_by_its_plain_form(
    gateway: Gateway, bearer: dict[str, str], disguised: str, plain: str, service: str
):
    status, answer = await path_arriving(gateway, disguised, bearer)
    assert status == 200
    assert f'"service": "{service}"'.encode() in answer
    assert f'"path": "{plain}"'.encode() in answer


@pytest.mark.parametrize(
    "disguised",
    [
        "/api/bidding/rounds/../../identity/me",
        "/api/identity/sign-in/../me",
        "/api/identity/sign-in/%2e%2e/me",
        "/static/../api/identity/me",
        "//api/identity/me",
        "/api/identity/sign-in/",
        "/api/identity/sign-in;me",
        "/api/identity/sign%2din/me",
        "/api/identity/SIGN-IN",
        "/api/identity/openapi.jsonx",
        "/api/x/../identity/openapi.json/me",
        "/api",
        "/api/",
    ],
)
async def test_no_disguise_passes_for_a_public_path(gateway: Gateway, disguised: str):
    answer = await raw(gateway.public, f"GET {disguised} HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n".encode())
    assert int(answer.split()[1]) == 401


@pytest.mark.parametrize(
    "path",
    ["/api/documents%2f..%2fidentity/me", "/api/documents/%2F/files", "/api/documents%5cfiles", "/api/documents/a%00b"],
)
async def test_an_escaped_slash_or_null_is_refused(gateway: Gateway, bearer: dict[str, str], path: str):
    assert (await path_arriving(gateway, path, bearer))[0] == 400


SMUGGLED = "GET /smuggled HTTP/1.1\r\nHost: a\r\n\r\n"
HEAD = "POST /desync HTTP/1.1\r\nHost: a\r\n"
SHAPES = {
    "length and chunks": f"{HEAD}Content-Length: 6\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n{SMUGGLED}",
    "chunks and length": f"{HEAD}Transfer-Encoding: chunked\r\nContent-Length: 6\r\n\r\n0\r\n\r\n{SMUGGLED}",
    "two lengths": f"{HEAD}Content-Length: 0\r\nContent-Length: {len(SMUGGLED)}\r\n\r\n{SMUGGLED}",
    "a list of lengths": f"{HEAD}Content-Length: 0, {len(SMUGGLED)}\r\n\r\n{SMUGGLED}",
    "a signed length": f"{HEAD}Content-Length: +0\r\n\r\n{SMUGGLED}",
    "a negative length": f"{HEAD}Content-Length: -1\r\n\r\n{SMUGGLED}",
    "an unknown coding": f"{HEAD}Transfer-Encoding: xchunked\r\n\r\n0\r\n\r\n{SMUGGLED}",
    "two codings": f"{HEAD}Transfer-Encoding: chunked, identity\r\n\r\n0\r\n\r\n{SMUGGLED}",
    "coding twice": f"{HEAD}Transfer-Encoding: chunked\r\nTransfer-Encoding: identity\r\n\r\n0\r\n\r\n{SMUGGLED}",
    "a space before the colon": f"{HEAD}Transfer-Encoding : chunked\r\n\r\n0\r\n\r\n{SMUGGLED}",
    "a vertical tab in the coding": f"{HEAD}Transfer-Encoding: \x0bchunked\r\n\r\n0\r\n\r\n{SMUGGLED}",
    "a null in a header": f"{HEAD}X-A: a\0b\r\nContent-Length: 0\r\n\r\n{SMUGGLED}",
    "a chunk size that is none": f"{HEAD}Transfer-Encoding: chunked\r\n\r\n0x0\r\n\r\n{SMUGGLED}",
    "HTTP/1.0 with chunks": f"POST /desync HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n{SMUGGLED}",
    "two hosts": f"POST /desync HTTP/1.1\r\nHost: a\r\nHost: b\r\nContent-Length: 0\r\n\r\n{SMUGGLED}",
    "no host": f"POST /desync HTTP/1.1\r\nContent-Length: 0\r\n\r\n{SMUGGLED}",
}


@pytest.mark.parametrize("shape", SHAPES)
async def test_a_request_with_two_ends_is_refused_whole(gateway: Gateway, upstream: Upstream, shape: str):
    upstream.asked.clear()
    answer = await raw(gateway.public, SHAPES[shape].encode())
    assert answer.startswith((b"HTTP/1.1 400", b"HTTP/1.1 426", b"HTTP/1.1 501"))
    assert answer.count(b"HTTP/1.1 ") == 1, "the connection is closed, nothing behind the request is read"
    assert upstream.asked["/desync"] == upstream.asked["/smuggled"] == 0


TIDIED = {
    "a folded header": f"{HEAD}Transfer-Encoding:\r\n chunked\r\n\r\n6\r\nabcdef\r\n0\r\n\r\n",
    "a bare carriage return": f"{HEAD}X-A: a\rTransfer-Encoding: chunked\r\nContent-Length: 6\r\n\r\nabcdef",
    "a chunk extension": f"{HEAD}Transfer-Encoding: chunked\r\n\r\n6;x=y\r\nabcdef\r\n0\r\n\r\n",
}


@pytest.mark.parametrize("shape", TIDIED)
async def test_an_odd_request_is_passed_on_in_plain_form(gateway: Gateway, shape: str):
    answer = await raw(gateway.public, TIDIED[shape].encode())
    assert answer.startswith(b"HTTP/1.1 200")
    assert b'"size": 6' in answer
    assert b'["content-length", "6"]' in answer
    assert b"chunked" not in answer.split(b"\r\n\r\n", 1)[1].replace(b"aTransfer-Encoding: chunked", b"")


async def test_a_chunked_request_reaches_the_service_with_its_length(browser: httpx.AsyncClient):
    async def pieces():
        yield b"one"
        yield b"two"

    told = (await browser.post("/api/documents/receipt-checks", content=pieces())).json()
    assert told["size"] == 6
    assert dict(told["headers"])["content-length"] == "6"
    assert "transfer-encoding" not in dict(told["headers"])


@pytest.mark.parametrize(
    ("request_line", "status"),
    [("CONNECT a:80", 403), ("TRACE /", 405), ("BREW /", 400), ("GET http://evil.example/api/identity/me", 401)],
)
async def test_the_gateway_is_no_proxy_to_elsewhere(gateway: Gateway, request_line: str, status: int):
    answer = await raw(gateway.public, f"{request_line} HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n".encode())
    assert int(answer.split()[1]) == status


async def test_no_other_protocol_is_switched_to(gateway: Gateway, bearer: dict[str, str]):
    request = (
        "GET /api/notices/todos HTTP/1.1\r\nHost: a\r\nConnection: upgrade\r\nUpgrade: websocket\r\n"
        f"Authorization: {bearer['authorization']}\r\n\r\n"
    )
    assert (await raw(gateway.public, request.encode())).startswith(b"HTTP/1.1 403")
