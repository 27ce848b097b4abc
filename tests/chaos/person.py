"""Somebody with a browser: signs in through the gateway with code and PKCE, keeps the session, asks again."""

import asyncio
from collections.abc import AsyncIterable, AsyncIterator, Mapping
from typing import Any
from urllib.parse import quote

import httpx

TOKEN_COOKIE = "cx_token"
CALLBACK = "/api/identity/callback"
ANSWER_WITHIN = 75.0  # the gateway gives up after 60
MOST = 100  # items of a page


class UnsureError(Exception):
    """The line was cut or the platform could not answer: nobody knows whether the request was carried out."""


class Person:
    """One person at one client. Every request carries the token; an ended one is renewed, or the sign-in repeated."""

    def __init__(self, gateway: str, user_id: str, password: str) -> None:
        self.user_id = user_id
        self.troubles = 0
        """Answers that said "not now", and lines that were cut."""
        self._gateway = gateway
        self._password = password
        self._signing_in = asyncio.Lock()
        self._browser = httpx.AsyncClient(base_url=gateway, timeout=ANSWER_WITHIN, verify=False, trust_env=False)

    async def sign_in(self) -> None:
        """Sign in anew, as a browser does. Raises `UnsureError` when the platform could not answer."""
        self._browser.cookies.clear()
        try:
            form = await self._browser.get("/api/identity/sign-in?return_to=/", follow_redirects=True)
            answer = await self._browser.post(form.url, data={"user_id": self.user_id, "password": self._password})
            while answer.is_redirect and answer.request.url.path != CALLBACK and answer.next_request is not None:
                answer = await self._browser.get(answer.next_request.url)
        except httpx.HTTPError as why:
            raise UnsureError(f"sign-in of {self.user_id}: {why!r}") from why
        if self._token is None:
            raise UnsureError(f"sign-in of {self.user_id} ended with {answer.status_code} at {answer.request.url.path}")

    async def ask(
        self,
        method: str,
        path: str,
        *,
        headers: Mapping[str, str] | None = None,
        content: bytes | AsyncIterable[bytes] | None = None,
    ) -> httpx.Response:
        """Send one request, and once more where the token had expired; a body that streams is sent once.

        Raises `UnsureError` where the answer is missing or says "not now" (429, 5xx).
        """
        answer = await self._send(method, path, headers, content)
        if answer.status_code == httpx.codes.UNAUTHORIZED:
            await self._renew()
            if content is not None and not isinstance(content, bytes):
                raise UnsureError("the token had expired")
            answer = await self._send(method, path, headers, content)
        if answer.status_code == httpx.codes.FORBIDDEN and "sign-in-again" in answer.text:
            await self._sign_in_anew()
            raise UnsureError("the sign-in was too long ago to certify")
        if answer.status_code in {401, 429} or answer.is_server_error:
            self.troubles += 1
            if answer.status_code == httpx.codes.TOO_MANY_REQUESTS:
                await asyncio.sleep(float(answer.headers.get("retry-after", "1")))
            raise UnsureError(f"{method} {path} was answered with {answer.status_code}: {answer.text[:200]}")
        return answer

    async def pages(self, path: str) -> AsyncIterator[dict[str, Any]]:
        """Yield what a list holds, page after page. Raises `UnsureError`."""
        after = ""
        while True:
            answer = await self.ask("GET", f"{path}?limit={MOST}{after}")
            answer.raise_for_status()
            page = answer.json()
            for item in page["items"]:
                yield item
            if page["next"] is None:
                return
            after = f"&after={quote(page['next'], safe='')}"

    async def close(self) -> None:
        """Close the browser."""
        await self._browser.aclose()

    @property
    def _token(self) -> str | None:
        return next((cookie.value for cookie in self._browser.cookies.jar if cookie.name == TOKEN_COOKIE), None)

    async def _send(
        self, method: str, path: str, headers: Mapping[str, str] | None, content: bytes | AsyncIterable[bytes] | None
    ) -> httpx.Response:
        sent = {"authorization": f"Bearer {self._token or ''}", **(headers or {})}
        try:
            return await self._browser.request(method, path, headers=sent, content=content)
        except httpx.HTTPError as why:
            self.troubles += 1
            raise UnsureError(f"{method} {path}: {why!r}") from why

    async def _sign_in_anew(self) -> None:
        before = self._token
        async with self._signing_in:
            if self._token == before:
                await self.sign_in()

    async def _renew(self) -> None:
        """Get a fresh token for the session, or sign in again where it has ended."""
        before = self._token
        async with self._signing_in:
            if self._token != before:
                return  # another request of this person has renewed meanwhile
            try:
                answer = await self._browser.post("/api/identity/renewal", headers={"origin": self._gateway})
            except httpx.HTTPError as why:
                raise UnsureError(f"renewal: {why!r}") from why
            if answer.status_code == httpx.codes.UNAUTHORIZED:
                await self.sign_in()
            elif not answer.is_success:
                raise UnsureError(f"renewal was answered with {answer.status_code}")
