"""How much one caller may send: bodies, headers, requests."""

import asyncio
import hashlib

import httpx
import pytest
from joserfc.jwk import ECKey

from tests.gateway import keys
from tests.gateway.running import Gateway, raw
from tests.infrastructure.waiting import eventually

MEBIBYTE = 1024 * 1024
UPLOAD = "/api/documents/uploads/0199"
FORM = "/api/documents/slots/0199/files"
PAGE_FORM = "/documents/uploads"
RECORDS = "/api/identity/enrolment-imports"
COMPETITIONS = "/api/bidding/rounds/R2028/imports/competitions"
DBIDS = "/api/bidding/rounds/R2028/dbids-imports/bids"
FEES = "/api/bidding/fee-imports"
PAGE_OF_IMPORTS = "/staff/rounds/R2028/imports"
PAGE_OF_DBIDS = "/staff/rounds/R2028/dbids"


def head(method: str, path: str, bearer: dict[str, str], length: int) -> bytes:
    lines = [
        f"{method} {path} HTTP/1.1",
        "Host: a",
        f"Content-Length: {length}",
        f"Authorization: {bearer['authorization']}",
    ]
    return ("\r\n".join(lines) + "\r\n\r\n").encode()


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("PATCH", UPLOAD),
        ("POST", FORM),
        ("POST", PAGE_FORM),
        ("POST", RECORDS),
        ("POST", COMPETITIONS),
        ("POST", DBIDS),
        ("POST", FEES),
        ("POST", PAGE_OF_IMPORTS),
        ("POST", PAGE_OF_DBIDS),
    ],
)
async def test_a_document_of_45_mb_passes(browser: httpx.AsyncClient, bearer: dict[str, str], method: str, path: str):
    document = bytes(range(256)) * (45 * 4096)
    told = (await browser.request(method, path, headers=bearer, content=document)).json()
    assert told["size"] == 45 * MEBIBYTE
    assert told["sha256"] == hashlib.sha256(document).hexdigest()


async def test_a_document_reaches_the_service_while_it_is_still_being_sent(gateway: Gateway, bearer: dict[str, str]):
    """Nothing is kept back for a later retry: with more than Envoy may buffer still to come, bytes are upstream."""
    async with httpx.AsyncClient() as client:
        before = await _sent_to_documents(client, gateway)
        _, writer = await asyncio.open_connection("127.0.0.1", int(gateway.settings["GATEWAY_PUBLIC_PORT"]))
        writer.write(head("PATCH", UPLOAD, bearer, 45 * MEBIBYTE) + bytes(4 * MEBIBYTE))
        await writer.drain()

        async def arriving() -> bool:
            return await _sent_to_documents(client, gateway) - before > 3 * MEBIBYTE

        await eventually(arriving)
        writer.close()


async def _sent_to_documents(client: httpx.AsyncClient, gateway: Gateway) -> int:
    name = "cluster.documents.upstream_cx_tx_bytes_total"
    answer = await client.get(f"{gateway.admin}/stats", params={"filter": f"^{name}$"})
    return int(answer.text.split(":")[1])


@pytest.mark.parametrize(
    ("path", "signed_in", "status"),
    [("/api/documents/uploads/refused", True, 409), (UPLOAD, False, 401)],
    ids=["by the service", "by the gateway"],
)
async def test_a_refusal_in_the_middle_of_an_upload_reaches_who_listens_while_sending(
    gateway: Gateway, bearer: dict[str, str], path: str, signed_in: bool, status: int
):
    for _ in range(5):
        reader, writer = await asyncio.open_connection("127.0.0.1", int(gateway.settings["GATEWAY_PUBLIC_PORT"]))
        writer.write(head("PATCH", path, bearer if signed_in else {"authorization": "none"}, 20 * MEBIBYTE))
        writer.write(bytes(20 * MEBIBYTE))
        async with asyncio.timeout(10):
            assert int((await reader.readline()).split()[1]) == status
        writer.close()


@pytest.mark.parametrize(
    ("method", "path", "length"),
    [
        ("PATCH", UPLOAD, 51 * MEBIBYTE + 1),
        ("POST", FORM, 51 * MEBIBYTE + 1),
        ("POST", PAGE_FORM, 51 * MEBIBYTE + 1),
        ("POST", "/api/bidding/requirements", MEBIBYTE + 1),
        ("POST", UPLOAD, MEBIBYTE + 1),
        ("PATCH", "/api/documents/uploads/0199/x", MEBIBYTE + 1),
        ("POST", "/requests", MEBIBYTE + 1),
    ],
)
async def test_what_says_it_is_too_large_is_refused_before_it_is_sent(
    gateway: Gateway, bearer: dict[str, str], method: str, path: str, length: int
):
    answer = await raw(gateway.public, head(method, path, bearer, length))
    assert answer.startswith(b"HTTP/1.1 413")
    assert b"urn:connexion:problem:too-large" in answer


@pytest.mark.parametrize(
    ("method", "path", "length"),
    [("POST", "/api/bidding/requirements", MEBIBYTE), ("PATCH", UPLOAD, 51 * MEBIBYTE)],
)
async def test_what_is_just_small_enough_passes(
    browser: httpx.AsyncClient, bearer: dict[str, str], method: str, path: str, length: int
):
    assert (await browser.request(method, path, headers=bearer, content=bytes(length))).json()["size"] == length


async def test_what_does_not_say_how_large_it_is_is_cut_at_the_limit(gateway: Gateway, bearer: dict[str, str]):
    async def endless():
        for _ in range(64):
            yield bytes(65536)

    async with httpx.AsyncClient(base_url=gateway.public) as client:
        answer = await client.post("/api/bidding/requirements", headers=bearer, content=endless())
    assert answer.status_code == 413
    assert answer.json()["type"] == "urn:connexion:problem:too-large"


@pytest.mark.parametrize(
    "headers", [{"x-long": "a" * 17_000}, {f"x-{n}": "a" for n in range(80)}], ids=["long", "many"]
)
async def test_headers_have_a_limit(browser: httpx.AsyncClient, headers: dict[str, str]):
    answer = await browser.get("/", headers=headers)
    assert answer.status_code == 431
    assert answer.json()["type"] == "urn:connexion:problem:headers-too-large"


async def test_a_token_near_four_kilobytes_and_a_session_fit(browser: httpx.AsyncClient, key: ECKey):
    token = keys.token(key, perms=[f"permission.number-{n:03}" for n in range(110)])
    assert 3_500 < len(token) < 4_096
    cookies = {"cookie": f"cx_session={'a' * 64}; cx_token={token}"}
    assert (await browser.get("/api/documents/files", headers=cookies)).status_code == 200
