"""The portal's way to the platform's API: through the gateway's internal listener, as the person who asks."""

import ssl
from collections.abc import AsyncIterable, Awaitable, Mapping
from dataclasses import dataclass, field
from http.cookiejar import CookieJar, DefaultCookiePolicy
from pathlib import Path
from typing import Any

import httpx

from chassis.tracing import current_traceparent

Json = dict[str, Any]
TIMEOUT = httpx.Timeout(10, connect=2)
STREAM_TIMEOUT = httpx.Timeout(120, connect=2)
"""Waiting for the answer to a file: the last byte has arrived, and it is being written and signed."""
LONGEST_PAGE, MOST_PAGES = 100, 20
"""How much of a list is asked for at once, and how often, where a page shows the whole of it."""
PASSED_ON = ("tracestate", "x-forwarded-for", "user-agent")
"""Headers of the browser's request that go with every call made for it, beside the trace it belongs to."""


@dataclass
class Problem(Exception):
    """What the API answered instead of what was asked for: RFC 9457 problem details, and the status."""

    status: int
    type: str = ""
    title: str = ""
    detail: str = ""
    fields: list[Json] = field(default_factory=list)
    retry_after: str | None = None

    @property
    def asks_for_sign_in(self) -> bool:
        """Whether the act needs a sign-in younger than the person's (`chassis.signature`)."""
        return self.type == "sign-in-again"

    @property
    def is_about_the_form(self) -> bool:
        """Whether the form that was sent comes back with it: something to mend, or a state that does not allow it."""
        return self.status in {httpx.codes.CONFLICT, httpx.codes.UNPROCESSABLE_ENTITY}

    @staticmethod
    def of(response: httpx.Response) -> "Problem":
        """Read a refusal. One that is not written as problem details keeps only its status."""
        try:
            told = response.json()
        except ValueError:
            told = {}
        if not isinstance(told, dict):
            told = {}
        return Problem(
            status=response.status_code,
            type=str(told.get("type", "")).rsplit("/", 1)[-1].rsplit(":", 1)[-1],
            title=str(told.get("title", "")),
            detail=str(told.get("detail", "")),
            fields=[entry for entry in told.get("fields", told.get("errors", ())) if isinstance(entry, dict)],
            retry_after=response.headers.get("retry-after"),
        )


class Unreachable(Exception):
    """The gateway, or a service behind it, gives no answer."""


@dataclass(frozen=True)
class Gateway:
    """The API as one person sees it. Without a token: as the public sees it."""

    client: httpx.AsyncClient
    headers: Mapping[str, str]

    @staticmethod
    def for_request(client: httpx.AsyncClient, browser: Mapping[str, str], token: str | None) -> "Gateway":
        """Carry the trace, the browser's address and the token of the request that is being answered."""
        headers = {name: browser[name] for name in PASSED_ON if name in browser}
        if traceparent := current_traceparent():
            headers["traceparent"] = traceparent
        if token:
            headers["authorization"] = f"Bearer {token}"
        return Gateway(client, headers)

    async def get(self, path: str, **query: str | int | None) -> Any:
        """Ask for JSON. Raises `Problem` when refused and `Unreachable` when nobody answers."""
        response = await self.call(
            "GET", path, params={key: value for key, value in query.items() if value is not None}
        )
        return response.json()

    async def get_all(self, path: str, **query: str | int | None) -> Json:
        """Ask for a whole list as one page, as far as `MOST_PAGES` go. Raises as `get` does."""
        page: Json = await self.get(path, limit=LONGEST_PAGE, **query)
        items: list[Json] = page["items"]
        for _ in range(MOST_PAGES - 1):
            if not page["next"]:
                break
            page = await self.get(path, limit=LONGEST_PAGE, after=page["next"], **query)
            items += page["items"]
        return {"items": items, "next": page["next"]}

    async def get_or_none(self, path: str, **query: str | int | None) -> Any:
        """Ask for what the page can do without: None when the service does not answer or the person may not ask.

        Raises `Problem` only for an ended session and for too many requests, which are about the whole page.
        """
        return await self.or_none(self.get(path, **query))

    @staticmethod
    async def or_none(asked: Awaitable[Any]) -> Any:
        """Return what was asked for, or None as `get_or_none` does, which tells what it raises."""
        try:
            return await asked
        except Unreachable:
            return None
        except Problem as problem:
            if problem.status in {httpx.codes.UNAUTHORIZED, httpx.codes.TOO_MANY_REQUESTS}:
                raise
            return None

    async def call(self, method: str, path: str, **options: Any) -> httpx.Response:
        """Make one call. Raises `Problem` when refused and `Unreachable` when nobody answers."""
        headers = {**self.headers, **options.pop("headers", {})}
        try:
            response = await self.client.request(method, path, headers=headers, **options)
        except httpx.TransportError as problem:
            raise Unreachable(path) from problem
        if response.is_error:
            raise Problem.of(response)
        return response

    async def stream(self, path: str, body: AsyncIterable[bytes], headers: Mapping[str, str]) -> httpx.Response:
        """Pass a body on while it arrives. Raises `Problem` when refused and `Unreachable` when nobody answers."""
        return await self.call("POST", path, content=body, headers=dict(headers), timeout=STREAM_TIMEOUT)


def deciding(idempotency_key: str, version: str) -> dict[str, str]:
    """Return the headers of a decision: its key, and the number of the version that the person saw (`If-Match`)."""
    return {"idempotency-key": idempotency_key, "if-match": f'"{version}"'}


def gateway_client(
    internal_url: str,
    transport: httpx.AsyncBaseTransport | None = None,
    certificate: tuple[Path, Path] | None = None,
) -> httpx.AsyncClient:
    """Return the process's one pool of connections to the gateway. It keeps no cookies.

    `certificate` (chain and key, PEM) is what the portal shows, where the gateway's listener asks who calls.
    """
    trust = ssl.create_default_context()
    if certificate:
        trust.load_cert_chain(*certificate)
    return httpx.AsyncClient(
        base_url=internal_url,
        transport=transport,
        verify=trust,
        cookies=CookieJar(
            DefaultCookiePolicy(allowed_domains=())
        ),  # one person's cookie never goes with another's call
        timeout=TIMEOUT,
        limits=httpx.Limits(max_connections=200, max_keepalive_connections=50),
        follow_redirects=False,
    )
