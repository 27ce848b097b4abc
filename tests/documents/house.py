"""documents-svc as its tests see it: an edge on a real port, the worker's handlers and sweeps at hand, tokens."""

import asyncio
import base64
import hashlib
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import asyncpg
import httpx
import uvicorn
from fastapi import FastAPI
from joserfc import jwt
from joserfc.jwk import ECKey
from sqlalchemy import insert, select, text

from chassis import key_ring, machine_time, program_time
from chassis.actor import Actor
from chassis.database import Database, Fence, Session
from chassis.edge import create_edge
from chassis.ids import new_id
from chassis.tables import signing_key
from documents_svc.app import SERVICE
from documents_svc.files.uploaded_file import FileState, UploadedFile
from documents_svc.resources import Resources
from documents_svc.settings import Settings
from documents_svc.settlement.use_cases import open_slot
from documents_svc.uploads.certification import UPLOAD_CERTIFICATION
from events.requirements import SlotRequested
from tests.infrastructure.waiting import eventually

ISSUER = "http://localhost"
TOKEN_KEY = ECKey.generate_key("P-256", {"kid": "k1"})
TUS = {"Tus-Resumable": "1.0.0"}
BYTES = TUS | {"Content-Type": "application/offset+octet-stream"}
MIB = 1024 * 1024
MOST = 50 * MIB - 1
UPLOADER = ("document.upload", "document.view")
USER = "DWHITLOCK01"


def token(
    organization: UUID, *, user: str = USER, permissions=UPLOADER, kind: str = "person", signed_in_ago: float = 0
) -> str:
    """A token of the platform for a person of `organization`, or for staff, who signed in so many seconds ago."""
    now = int(machine_time.now().timestamp())
    told = {
        "iss": ISSUER,
        "aud": "connexion",
        "sub": user,
        "pid": str(uuid4()),
        "org": str(organization) if kind == "person" else None,
        "role": "AO",
        "kind": kind,
        "perms": list(permissions),
        "sid": str(uuid4()),
        "jti": uuid4().hex,
        "auth_time": now - signed_in_ago,
        "iat": now,
        "exp": now + 300,
    }
    return jwt.encode({"alg": "ES256", "kid": "k1"}, told, TOKEN_KEY, algorithms=["ES256"])


def metadata(**values: object) -> str:
    """Write `Upload-Metadata`."""
    return ",".join(f"{name} {base64.b64encode(str(value).encode()).decode()}" for name, value in values.items())


def signature(user: str = USER) -> dict[str, str]:
    """What this person types under the statement of an upload."""
    return {"certified_by": user, "statement": UPLOAD_CERTIFICATION.name}


def sha256(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


@dataclass
class Person:
    """Somebody signed in, with a client of the edge and the tus verbs."""

    client: httpx.AsyncClient
    organization: UUID
    user: str = USER

    async def begin(self, slot: UUID, size: int, /, **told: object) -> httpx.Response:
        told = {"filename": "report.pdf", "includes": "a score", "slot": slot, **signature(self.user)} | told
        headers = TUS | {"Upload-Length": str(size), "Upload-Metadata": metadata(**told)}
        return await self.client.post("/api/documents/uploads", headers=headers)

    async def begun(self, slot: UUID, size: int, /, **told: object) -> str:
        answer = await self.begin(slot, size, **told)
        assert answer.status_code == 201, answer.text
        return answer.headers["location"]

    async def send(self, location: str, offset: int, content, **headers: str) -> httpx.Response:
        return await self.client.patch(
            location, content=content, headers=BYTES | {"Upload-Offset": str(offset)} | headers
        )

    async def stand(self, location: str) -> httpx.Response:
        return await self.client.head(location, headers=TUS)

    async def upload(self, slot: UUID, content: bytes, **told: object) -> httpx.Response:
        """Begin and send in one go; the answer to the last byte."""
        return await self.send(await self.begun(slot, len(content), **told), 0, content)

    async def file(self, slot: UUID, content: bytes, **told: object) -> UUID:
        """Upload a file and return its id."""
        answer = await self.upload(slot, content, **told)
        assert answer.status_code == 204, answer.text
        return UUID(answer.headers["connexion-file"])

    async def get(self, path: str) -> Any:
        answer = await self.client.get(f"/api/documents{path}")
        assert answer.status_code == 200, answer.text
        return answer.json()


@dataclass
class House:
    """One documents-svc: its database, its resources and its edges."""

    database: Database
    settings: Settings
    admin_url: str
    edges: list["Edge"] = field(default_factory=list)

    @property
    def edge(self) -> "Edge":
        return self.edges[0]

    @property
    def resources(self) -> Resources:
        resources: Resources = self.edge.app.state.documents
        return resources

    async def slot(self, organization: UUID, *, opens=-60.0, closes=60.0, late_minutes=60, **told: Any) -> UUID:
        """Ask for a slot that opens and closes so many minutes from now, and return its id."""
        now = program_time.now()
        request = {
            "slot_id": new_id(),
            "slot_subject": "requirement:1",
            "organization_id": organization,
            "upload_permission": "document.upload",
            "read_permission": "document.view",
            "staff_read_permission": "staff.document.view",
            "label": "Business credit report",
            "accepted_types": ("application/pdf",),
            "max_bytes": MOST,
            "max_files": 1,
            "opens_at": now + timedelta(minutes=opens),
            "closes_at": now + timedelta(minutes=closes),
            "late_minutes": late_minutes,
        } | told
        asked = SlotRequested(**request)
        async with self.as_worker(organization) as session:
            await open_slot(session, asked, self.resources.keys)
        return asked.slot_id

    async def person(self, organization: UUID | None = None, *, edge: int = 0, **signed: Any) -> Person:
        organization = organization or uuid4()
        client = self.edges[edge].client(token(organization, **signed))
        return Person(client, organization, signed.get("user", USER))

    def as_worker(self, organization: UUID):
        actor = Actor.system("documents-worker", organization)
        return self.database.writing(Fence.organization(organization), actor)

    def as_system(self, at: datetime | None = None):
        return self.database.writing(Fence.system(), Actor.system("documents-worker"), at=at)

    @asynccontextmanager
    async def superuser(self) -> AsyncIterator[asyncpg.Connection]:
        """A connection that no fence holds, to plant what must be found."""
        connection = await asyncpg.connect(self.admin_url)
        try:
            yield connection
        finally:
            await connection.close()

    async def sweep(self, move: Callable[[Session, datetime, int], Awaitable[int]], at: datetime) -> int:
        async with self.as_system(at) as session:
            return await move(session, at, 100)

    async def checked(self, file_id: UUID) -> str:
        """Run the checks that are due until this file has its result, and return its state."""

        async def result() -> str:
            async with self.as_system() as session:
                await self.resources.verification.start_due(session, session.at, 10)
            async with self.database.reading(Fence.system()) as session:
                state = await session.scalar(select(UploadedFile.state).where(UploadedFile.id == file_id))
            return "" if state in {None, FileState.SCANNING} else str(state)

        return await eventually(result, within=30)

    async def said(self, kind: str) -> list[dict[str, Any]]:
        """The events of a kind, as they stand in the outbox."""
        async with self.database.reading(Fence.system()) as session:
            rows = await session.execute(
                text("select body::json as body from outbox where type like :type order by position"),
                {"type": f"connexion.documents.{kind}.v%"},
            )
            return [row.body for row in rows]

    async def rows(self, sql: str, **values: Any) -> list[Any]:
        async with self.database.reading(Fence.system()) as session:
            return list(await session.execute(text(sql), values))


@dataclass
class Edge:
    """An edge on a real port."""

    app: FastAPI
    port: int
    clients: list[httpx.AsyncClient] = field(default_factory=list)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def client(self, bearer: str | None = None) -> httpx.AsyncClient:
        headers = {"Authorization": f"Bearer {bearer}"} if bearer else {}
        made = httpx.AsyncClient(base_url=self.url, headers=headers, timeout=30)
        self.clients.append(made)
        return made


@asynccontextmanager
async def running_edge(settings: Settings) -> AsyncIterator[Edge]:
    """Serve an edge on a free port of this machine while the body runs."""
    app = create_edge(SERVICE, settings)
    server = uvicorn.Server(uvicorn.Config(app, port=0, log_config=None, lifespan="on", timeout_graceful_shutdown=2))
    serving = asyncio.create_task(server.serve())
    await eventually(lambda: server.started or serving.done(), within=20)
    port = server.servers[0].sockets[0].getsockname()[1]
    edge = Edge(app, port)
    try:
        yield edge
    finally:
        for client in edge.clients:
            await client.aclose()
        server.should_exit = True
        await serving


async def publish_token_key(database: Database) -> None:
    """Let the edges believe our tokens."""
    async with database.writing(Fence.system(), Actor.system("test")) as session:
        values = {"kid": "k1", "use": "token", "issuer": "identity", "not_before": machine_time.now()}
        await session.execute(insert(signing_key).values(public_jwk=TOKEN_KEY.as_dict(private=False), **values))


def house_settings(folder: Path, database_url: str, **more: Any) -> Settings:
    """Settings of a documents-svc whose files lie below `folder`."""
    keys = folder / "keys"
    if not keys.exists():
        key_ring.new(keys, machine_time.now() - timedelta(days=1))
    return Settings(
        environment="local",
        database_url=database_url,
        token_issuer=ISSUER,
        partial_folder=folder / "partial",
        receipt_key_folder=keys,
        **{"store_url": f"file://{folder}/store"} | more,
    )


async def held(session: Session, file_id: UUID) -> UploadedFile:
    return await session.get_one(UploadedFile, file_id)
