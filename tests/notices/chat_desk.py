"""A served edge of notices-svc with chats: who opens them, who answers them, what a browser reads of them."""

import asyncio
import json
import secrets
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import time, timedelta
from typing import Any
from uuid import UUID, uuid4

import httpx
import uvicorn

from chassis import program_time
from chassis.actor import Actor
from chassis.calendar import eastern_day
from chassis.database import Database, Fence
from chassis.edge import create_edge
from chassis.sweeps import run_once
from identity_adapter.roles.table import role_table
from notices_svc.app import SERVICE
from notices_svc.chat.hours import ChatDay
from notices_svc.settings import Settings
from tests.access.edges import ISSUER
from tests.access.tokens import token
from tests.infrastructure.waiting import eventually

AGENT = sorted(role_table().permissions_of("CUSTOMER_SERVICE"))
SUPERVISOR = sorted(role_table().permissions_of("CHAT_SUPERVISOR"))
END_OF_DAY = time(23, 59, 59, 999999)


def a_form(**more: Any) -> dict[str, Any]:
    """The form before a chat, as a page sends it."""
    return {
        "key": secrets.token_urlsafe(32),
        "first_name": "Priya",
        "last_name": "Natarajan",
        "email": "priya@larkspur.example",
        "phone": "(410) 555-0123",
        "topic": "uploads",
        "question": "The upload of our bond stopped. Do I have to start again?",
    } | more


async def open_all_day(database: Database, *, closed: bool = False) -> None:
    """Chats are answered at every hour around now, or at none."""
    async with database.writing(Fence.staff(), Actor.system("test")) as session:
        for ahead in range(-1, 3):
            day = eastern_day(session.at) + timedelta(days=ahead)
            hours = (None, None) if closed else (time(0), END_OF_DAY)
            await session.merge(ChatDay(day=day, opens=hours[0], closes=hours[1], set_at=session.at))


@dataclass
class Events:
    """An open stream, as a browser reads it."""

    lines: AsyncIterator[str]

    async def next(self, within: float = 3.0) -> tuple[str, str | None, Any] | None:
        """The next event with its id and data; None at the end."""
        fields: dict[str, str] = {}
        async with asyncio.timeout(within):
            async for line in self.lines:
                name, _, value = line.partition(": ")
                if line and name:
                    fields[name] = value
                elif "event" in fields:
                    return fields["event"], fields.get("id"), json.loads(fields["data"])
        return None

    async def message(self, within: float = 3.0) -> tuple[int, str]:
        """The next line of the chat: its number and text; what else is told is passed over."""
        while (event := await self.next(within)) is not None:
            if event[0] == "message":
                return int(event[1] or 0), event[2]["text"]
        raise AssertionError("the stream ended")


@dataclass
class Visitor:
    """Whoever opened a chat, with the token that the answer gave."""

    client: httpx.AsyncClient
    token: str

    @property
    def headers(self) -> dict[str, str]:
        """What every request carries."""
        return {"x-chat-token": self.token}

    async def chat(self, since: int = 0) -> dict[str, Any]:
        """The chat as it stands."""
        answer = await self.client.get("/api/notices/chats/mine", params={"since": since}, headers=self.headers)
        assert answer.status_code == 200, answer.text
        told: dict[str, Any] = answer.json()
        return told

    async def say(self, text: str, key: str | None = None) -> httpx.Response:
        """Send a message."""
        body = {"key": key or uuid4().hex, "text": text}
        return await self.client.post("/api/notices/chats/mine/messages", json=body, headers=self.headers)

    @asynccontextmanager
    async def follow(self, last: int | None = None) -> AsyncIterator[Events]:
        """The stream of the chat."""
        headers = self.headers | ({"Last-Event-ID": str(last)} if last is not None else {})
        async with self.client.stream("GET", "/api/notices/chats/mine/live", headers=headers) as answer:
            assert answer.status_code == 200
            yield Events(answer.aiter_lines())


@dataclass
class Agent:
    """Somebody at the desk."""

    client: httpx.AsyncClient
    name: str = "Alma Reyes"
    permissions: list[str] = field(default_factory=lambda: AGENT)
    person_id: UUID = field(default_factory=uuid4)

    @property
    def headers(self) -> dict[str, str]:
        """What every request carries."""
        who = {"pid": str(self.person_id), "name": self.name, "sid": str(uuid4())}
        bearer = token(permissions=self.permissions, organization_id=None, **who)
        return {"Authorization": f"Bearer {bearer}"}

    async def ask(self, method: str, path: str, **body: Any) -> httpx.Response:
        """Ask something of the desk."""
        told: dict[str, Any] = {"json": body} if method != "GET" else {"params": body}
        return await self.client.request(method, f"/api/notices/chat-desk{path}", headers=self.headers, **told)

    async def do(self, path: str, **body: Any) -> dict[str, Any]:
        """Do something that succeeds."""
        answer = await self.ask("POST", path, **body)
        assert answer.status_code < 300, answer.text
        told: dict[str, Any] = answer.json()
        return told


class ChatHouse:
    """An edge that is served, and can be ended and started again on the same database."""

    def __init__(self, database: Database, url: str, **settings: Any) -> None:
        self.database, self._url, self._settings = database, url, settings
        self.client = httpx.AsyncClient(timeout=30)
        self.port = 0

    async def start(self) -> None:
        """Serve; at the same address as before, once it has one."""
        common = {"environment": "local", "database_url": self._url, "token_issuer": ISSUER}
        self.app = create_edge(SERVICE, Settings.model_validate(common | self._settings))
        config = uvicorn.Config(self.app, port=self.port, log_config=None, lifespan="on", timeout_graceful_shutdown=1)
        self._server = uvicorn.Server(config)
        self._serving = asyncio.create_task(self._server.serve())
        await eventually(lambda: self._server.started, what="the edge serves")
        self.port = self._server.servers[0].sockets[0].getsockname()[1]
        self.client.base_url = httpx.URL(f"http://127.0.0.1:{self.port}")

    async def end(self) -> None:
        """Serve no more."""
        self._server.should_exit = True
        await self._serving

    async def opened(self, *, bearer: str | None = None, **form: Any) -> Visitor:
        """Somebody opens a chat."""
        path = "/api/notices/chats/signed-in" if bearer else "/api/notices/chats"
        headers = {"Authorization": f"Bearer {bearer}"} if bearer else {}
        answer = await self.client.post(path, json=a_form(**form), headers=headers)
        assert answer.status_code == 201, answer.text
        return Visitor(self.client, answer.json()["token"])

    def agent(self, name: str = "Alma Reyes", permissions: list[str] | None = None) -> Agent:
        """Somebody of customer service."""
        return Agent(self.client, name, permissions or AGENT)

    async def later(self, minutes: int) -> None:
        """Let the sweep find that so much time has passed."""
        sweep = next(each for each in SERVICE.sweeps if each.name == "move chats on")
        now = program_time.now
        program_time.now = lambda: now() + timedelta(minutes=minutes)
        try:
            await run_once(sweep, self.database, self.app.state.wake)
        finally:
            program_time.now = now
