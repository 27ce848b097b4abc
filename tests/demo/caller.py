"""Somebody who asks the API through the gateway with their own token, as the portal does for them."""

import asyncio
import json
from collections.abc import Mapping
from typing import Any
from urllib.parse import quote
from uuid import uuid4

import httpx

from tests.chaos.person import Person, UnsureError

TRIES = 6
PAUSE = 0.3
MOST = 100


class RefusedError(Exception):
    """The platform said no, or answered what nobody expected."""

    def __init__(self, who: str, what: str, status: int, body: str) -> None:
        super().__init__(f"{what} by {who} was answered with {status}: {body[:600]}")
        self.status = status

    @property
    def problem(self) -> str:
        """The stable name of the problem, or nothing."""
        found = str(self).partition('"type":"')[2].partition('"')[0]
        return found.rpartition(":")[2]


class Caller:
    """One person. Answers are JSON; whoever reads a thing remembers its version for the next decision about it."""

    def __init__(self, gateway: str, user: Mapping[str, str | None]) -> None:
        self.user_id = str(user["user_id"])
        self.role = user["role"]
        self.organization = user["organization"]
        self._person = Person(gateway, self.user_id, str(user["password"]))
        self._signing_in = asyncio.Lock()
        self._signed_in = False

    @property
    def person(self) -> Person:
        """The browser behind it, for uploads."""
        return self._person

    async def get(self, path: str) -> Any:
        """Read one thing. Raises `RefusedError`."""
        return (await self._ask("GET", path)).json()

    async def every(self, path: str) -> list[dict[str, Any]]:
        """Read a list to its end, page after page. Raises `RefusedError`."""
        items: list[dict[str, Any]] = []
        after = ""
        while True:
            joined = f"{path}{'&' if '?' in path else '?'}limit={MOST}{after}"
            page = await self.get(joined)
            items += page["items"]
            if page["next"] is None:
                return items
            after = f"&after={quote(page['next'], safe='')}"

    async def do(self, method: str, path: str, body: Any = None, *, version: int | None = None) -> Any:
        """Change something, as of the version that was read. Raises `RefusedError`."""
        headers = {"idempotency-key": str(uuid4())} if method == "POST" else {}
        if version is not None:
            headers["if-match"] = f'"{version}"'
        content = None
        if body is not None:
            headers["content-type"] = "application/json"
            content = json.dumps(body).encode()
        answer = await self._ask(method, path, headers, content)
        return answer.json() if answer.content else None

    async def post(self, path: str, body: Any = None, *, version: int | None = None) -> Any:
        """Decide or create something. Raises `RefusedError`."""
        return await self.do("POST", path, body, version=version)

    async def send_csv(self, path: str, text: str) -> Any:
        """Bring in a CSV file. Raises `RefusedError`, also where a row was not taken."""
        answer = await self._ask("POST", path, {"content-type": "text/csv"}, text.encode())
        outcome = answer.json()
        if outcome["refused"]:
            raise RefusedError(self.user_id, f"POST {path}", answer.status_code, json.dumps(outcome["errors"]))
        return outcome

    async def refused(self, method: str, path: str, body: Any = None, *, version: int | None = None) -> int:
        """Try what must not work; return the status of the refusal, 200 where it worked."""
        try:
            await self.do(method, path, body, version=version)
        except RefusedError as no:
            return no.status
        return 200

    async def sign_in_anew(self) -> None:
        """Sign in once more, for what somebody may do has changed."""
        await self._person.sign_in()

    async def close(self) -> None:
        """Close the browser."""
        await self._person.close()

    async def _ask(
        self, method: str, path: str, headers: Mapping[str, str] | None = None, content: bytes | None = None
    ) -> httpx.Response:
        async with self._signing_in:
            if not self._signed_in:
                await self._person.sign_in()
                self._signed_in = True
        for left in reversed(range(TRIES)):
            try:
                answer = await self._person.ask(method, path, headers=headers, content=content)
            except UnsureError as unsure:
                if not left or " 500:" in str(unsure):
                    raise RefusedError(self.user_id, f"{method} {path}", 500, str(unsure)) from unsure
                await asyncio.sleep(PAUSE)
                continue
            if not answer.is_success:
                raise RefusedError(self.user_id, f"{method} {path}", answer.status_code, answer.text)
            return answer
        raise AssertionError("the last try returns or raises")
