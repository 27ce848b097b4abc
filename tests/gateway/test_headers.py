"""What a client says about itself is dropped; what a browser must know is added."""

import re

import httpx
import pytest

from tests.gateway.running import Gateway, raw

SPOOFED = {
    "X-Forwarded-For": "203.0.113.9",
    "X-Forwarded-Host": "evil.example",
    "X-Forwarded-Proto": "https",
    "X-Forwarded-Client-Cert": "Hash=abc",
    "X-Real-IP": "203.0.113.9",
    "Forwarded": "for=203.0.113.9",
    "X-Connexion-Organization": "another",
    "X-Envoy-Original-Path": "/api/documents/files",
    "X-Envoy-Retry-On": "5xx",
    "X-Envoy-Upstream-Rq-Timeout-Ms": "1",
    "X-Envoy-Internal": "true",
    "X-Original-URL": "/api/identity/me",
    "X-Rewrite-URL": "/api/identity/me",
    "X-HTTP-Method-Override": "DELETE",
    "X-Request-Id": "chosen-outside",
    "Ce-Organization": "another",
    "Baggage": "secret=1",
}


async def test_a_client_cannot_say_who_it_is(browser: httpx.AsyncClient, bearer: dict[str, str]):
    told = (await browser.get("/api/documents/files", headers=SPOOFED | bearer)).json()
    arrived = dict(told["headers"])
    assert "203.0.113.9" not in arrived["x-forwarded-for"]
    assert re.fullmatch(r"[0-9.]+", arrived.pop("x-forwarded-for")), "one address, the one the gateway saw"
    assert arrived.pop("x-forwarded-proto") == "http"
    assert arrived.pop("x-request-id") != "chosen-outside"
    assert arrived.keys() & {name.lower() for name in SPOOFED} == set()
    assert not [name for name in arrived if name.startswith(("x-envoy", "x-connexion", "x-forwarded", "ce"))]


@pytest.mark.parametrize("name", ["ce_organization", "x_forwarded_for", "X_Connexion_Organization"])
async def test_a_header_with_an_underscore_is_refused(browser: httpx.AsyncClient, bearer: dict[str, str], name: str):
    answer = await browser.get("/api/documents/files", headers=bearer | {name: "another"})
    assert answer.status_code == 400


async def test_the_portals_word_on_the_address_is_believed_and_on_nothing_else(
    portal: httpx.AsyncClient, bearer: dict[str, str]
):
    told = (await portal.get("/api/documents/files", headers=SPOOFED | bearer)).json()
    arrived = dict(told["headers"])
    assert arrived.pop("x-forwarded-for") == "203.0.113.9"
    assert arrived.pop("x-forwarded-proto") == "http"
    assert arrived.pop("x-request-id") == "chosen-outside", "a page and the calls behind it have one reference"
    assert arrived.keys() & {name.lower() for name in SPOOFED} == set()


EXPECTED = {
    "x-content-type-options": "nosniff",
    "x-frame-options": "DENY",
    "referrer-policy": "same-origin",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
    "cache-control": "no-store",
    "server": "connexion",
}


@pytest.mark.parametrize(
    ("path", "status"),
    [("/", 200), ("/api/bidding/rounds", 200), ("/api/documents/files", 401), ("/api/bidding/unavailable", 401)],
)
async def test_every_answer_tells_the_browser_to_be_careful(browser: httpx.AsyncClient, path: str, status: int):
    answer = await browser.get(path)
    assert answer.status_code == status
    assert {name: answer.headers.get(name) for name in EXPECTED} == EXPECTED
    assert "frame-ancestors 'none'" in answer.headers["content-security-policy"]
    assert answer.headers.keys() & {"x-powered-by", "x-envoy-upstream-service-time"} == set()


async def test_a_page_keeps_its_own_policy_and_caching(browser: httpx.AsyncClient):
    answer = await browser.get("/own-headers")
    assert answer.headers.get_list("content-security-policy") == ["default-src 'self'"]
    assert answer.headers.get_list("cache-control") == ["max-age=60"]


async def test_without_tls_nobody_is_told_to_insist_on_it(browser: httpx.AsyncClient):
    assert "strict-transport-security" not in (await browser.get("/")).headers


async def test_a_request_that_cannot_be_read_is_answered_carefully_too(gateway: Gateway):
    answer = (await raw(gateway.public, b"GET / HTTP/1.1\r\nHost: a\r\nbad header\r\n\r\n")).lower()
    assert answer.startswith(b"http/1.1 400")
    assert b"x-content-type-options: nosniff" in answer
