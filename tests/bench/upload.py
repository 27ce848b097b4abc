"""B2: a whole upload by tus through documents-svc's edge, to the signed receipt.

Every byte is hashed and synced, and row, outbox, audit and receipt are committed. ÷ a loop that writes, hashes and
syncs the same bytes on the same disk (the limit), and ÷ FastAPI's `UploadFile` with hash and sync, which most would
write.
"""

import asyncio
import hashlib
import os
import tempfile
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from uuid import UUID, uuid4

import httpx
import uvicorn
from fastapi import FastAPI, UploadFile

from chassis.database import Database
from deploy.local.ports import LOCALHOST
from tests.bench.apart import Apart, nothing
from tests.bench.measuring import OURS, Goal, Plan, Row, take_turns
from tests.bench.people import token
from tests.bench.stage import Stage
from tests.documents.house import House, Person, house_settings, running_edge
from tests.infrastructure.waiting import eventually

MIB = 1024 * 1024
PIECE = MIB
LIMIT = "write + sha256 + fdatasync"
FORM = "UploadFile + hash + sync"
MORE = {
    "open_uploads_per_person": 1000,
    **dict.fromkeys(("bytes_per_person_per_day", "bytes_per_organization_per_day"), 10**13),
    **dict.fromkeys(("files_per_person_per_day", "files_per_organization_per_day"), 10**6),
}


@asynccontextmanager
async def documents(database_url: str, admin_url: str, folder: str) -> AsyncIterator[tuple[House, int]]:
    """Serve documents-svc's edge; hold it with its port."""
    settings = house_settings(Path(folder), database_url, **MORE)
    database = Database(database_url, "documents")
    async with running_edge(settings) as edge:
        yield House(database, settings, admin_url, [edge]), edge.port
    await database.close()


async def open_slots(held: tuple[House, int], organizations: list[UUID], count: int) -> list[UUID]:
    """Open a slot for each file to come, of one organization after another."""
    house, _ = held
    return [await house.slot(organizations[number % len(organizations)]) for number in range(count)]


async def edge_port(held: tuple[House, int]) -> int:
    """Return the port."""
    return held[1]


@asynccontextmanager
async def form(folder: str) -> AsyncIterator[int]:
    """Serve what most would write; hold the port."""
    app = FastAPI()

    @app.post("/files")
    async def take(file: UploadFile) -> dict[str, str]:
        digest, path = hashlib.sha256(), Path(folder) / uuid4().hex
        with path.open("wb") as out:
            while piece := await file.read(PIECE):
                digest.update(piece)
                out.write(piece)
            out.flush()
            os.fdatasync(out.fileno())
        path.unlink()
        return {"sha256": digest.hexdigest()}

    server = uvicorn.Server(uvicorn.Config(app, port=0, log_config=None, lifespan="off"))
    serving = asyncio.create_task(server.serve())
    await eventually(lambda: server.started)
    yield server.servers[0].sockets[0].getsockname()[1]
    server.should_exit = True
    await serving


async def port_of(held: int) -> int:
    """Return the port."""
    return held


@dataclass(frozen=True)
class Files:
    """How many files of how many bytes, how many at a time."""

    size: int
    count: int
    at_once: int

    @property
    def mebibytes(self) -> float:
        """All of them together."""
        return self.size * self.count / MIB

    async def each(self, send: Callable[[int], Awaitable[object]]) -> "Sent":
        """Send them all, by number; what `send` returns tells one receipt from another."""
        receipts = set()

        async def one_after_another(sender: int) -> None:
            for number in range(sender, self.count, self.at_once):
                receipts.add(await send(number))

        began = time.perf_counter()
        await asyncio.gather(*(one_after_another(sender) for sender in range(self.at_once)))
        return Sent(time.perf_counter() - began, len(receipts))


@dataclass(frozen=True)
class Sent:
    """What a sender found."""

    seconds: float
    receipts: int


async def send_ours(_: None, port: int, people: list[tuple[UUID, str]], slots: list[UUID], files: Files) -> Sent:
    """Upload each file by tus into its slot, each person one at a time; a receipt counts when its file is known."""
    content = os.urandom(files.size)
    async with AsyncExitStack() as stack:
        senders = []
        for organization, bearer in people:
            headers = {"Authorization": f"Bearer {bearer}"}
            client = httpx.AsyncClient(base_url=f"http://{LOCALHOST}:{port}", headers=headers, timeout=120)
            senders.append(Person(await stack.enter_async_context(client), organization))
        return await files.each(lambda number: senders[number % len(senders)].file(slots[number], content))


async def send_form(_: None, port: int, files: Files) -> Sent:
    """Send them by one form each."""
    content = os.urandom(files.size)
    async with httpx.AsyncClient(base_url=f"http://{LOCALHOST}:{port}", timeout=120) as client:

        async def send(_number: int) -> str:
            answer = await client.post("/files", files={"file": ("report.pdf", content, "application/pdf")})
            answer.raise_for_status()
            return uuid4().hex

        return await files.each(send)


def write_loop(folder: Path, files: Files) -> float:
    """Write, hash and sync the same files, one after another; return MiB a second."""
    content = memoryview(os.urandom(files.size))
    began = time.perf_counter()
    for _ in range(files.count):
        with tempfile.NamedTemporaryFile(dir=folder, buffering=0) as out:
            digest = hashlib.sha256()
            for start in range(0, files.size, PIECE):
                piece = content[start : start + PIECE]
                digest.update(piece)
                out.write(piece)
            os.fdatasync(out.fileno())
    return files.mebibytes / (time.perf_counter() - began)


@dataclass
class Sides:
    """The three sides of one size of file."""

    files: Files
    folder: Path
    edge: Apart
    form_edge: Apart
    sender: Apart
    lost: int = 0
    share: float = 0.0

    def ours(self) -> float:
        """MiB a second by tus; counts what came without a receipt."""
        organizations = [uuid4() for _ in range(self.files.at_once)]
        people = [(one, token(one, "document.upload", "document.view")) for one in organizations]
        slots = self.edge.ask(open_slots, organizations, self.files.count).value
        answer = self.sender.ask(send_ours, self.edge.ask(edge_port).value, people, slots, self.files)
        self.lost += self.files.count - answer.value.receipts
        self.share = max(self.share, answer.cpu_share)
        return self.files.mebibytes / answer.value.seconds

    def form(self) -> float:
        """MiB a second by form."""
        return (
            self.files.mebibytes
            / self.sender.ask(send_form, self.form_edge.ask(port_of).value, self.files).value.seconds
        )

    def limit(self) -> float:
        """MiB a second of the loop."""
        return write_loop(self.folder, self.files)


def measure(stage: Stage, plan: Plan) -> Iterator[Row]:
    """Measure large files one by one, and small ones eight at once."""
    made = stage.database("documents", "documents_svc")
    folder = stage.folder / "upload"
    folder.mkdir()
    with (
        Apart("documents-edge", documents, made.login_url, made.admin_url, str(folder)) as edge,
        Apart("form", form, str(folder)) as simple,
        Apart("sender", nothing) as sender,
    ):
        for name, files, goal in (
            ("B2 upload of 45 MB", Files(45 * MIB, plan.count(full=6, quick=2), 1), 0.6),
            ("B2 upload of 2 MB, 8 at once", Files(2 * MIB, plan.count(full=80, quick=16), 8), 0.35),
        ):
            sides = Sides(files, folder, edge, simple, sender)
            sides.ours()
            samples = take_turns(plan.rounds, {OURS: sides.ours, LIMIT: sides.limit, FORM: sides.form})
            yield Row(
                name,
                " MiB/s",
                samples,
                goals={LIMIT: Goal(goal), FORM: Goal(1.25)},
                lost=sides.lost,
                words=[f"sender used {sides.share:.0%} of a core", "tusd not run"],
            )
