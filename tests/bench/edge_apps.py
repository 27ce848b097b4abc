"""One list behind three doors: the platform's, the same without its fences, and plain FastAPI."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Annotated, Any
from uuid import UUID

import uvicorn
from fastapi import Depends, FastAPI
from pydantic import BaseModel
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker, create_async_engine

from chassis.actor import Actor
from chassis.database import Database
from chassis.door import CurrentActor, ReadingSession, SliceRouter
from chassis.edge import create_edge
from chassis.paging import After, Limit, Page, fetch_page
from chassis.service import Service
from chassis.settings import ServiceSettings
from deploy.local.ports import LOCALHOST
from tests.probe.thing import Thing

LISTED = "/api/probe/listed"
JSON = "/json"
MAY_VIEW = "thing.view"


class ThingView(BaseModel):
    id: UUID
    name: str


async def things_of(session: AsyncSession, organization: UUID, after: str | None, limit: int) -> Page[ThingView]:
    """The one read behind all three."""
    mine = select(Thing).where(Thing.organization_id == organization)
    return await fetch_page(
        session,
        mine,
        [(Thing.id, UUID)],
        lambda thing: ThingView(id=thing.id, name=thing.name),
        after=after,
        limit=limit,
    )


router = SliceRouter(prefix=LISTED, tags=["listed"])


@router.get("", permission=MAY_VIEW)
async def list_mine(
    session: ReadingSession, actor: CurrentActor, after: After = None, limit: Limit = 25
) -> Page[ThingView]:
    assert actor.organization_id
    return await things_of(session, actor.organization_id, after, limit)


def fenced(settings: ServiceSettings) -> FastAPI:
    """The platform's edge: token, permission, fence."""
    return create_edge(Service(name="probe", package="tests.probe", routers=[router]), settings)


def unfenced(settings: ServiceSettings, plain_url: str, organization: UUID) -> FastAPI:
    """The same edge, which believes anybody to be one person, and no policy holds its database role."""

    @asynccontextmanager
    async def without_fences(state: Any, _settings: ServiceSettings) -> AsyncIterator[None]:
        fenced_database = state.database
        state.database = Unfenced(plain_url, "probe", pool_size=settings.database_pool_size)
        state.verifier.verify = Believing(organization)
        yield
        await state.database.close()
        state.database = fenced_database

    return create_edge(
        Service(name="probe", package="tests.probe", routers=[router], resources=without_fences), settings
    )


class Unfenced(Database):
    """A database without its fence."""

    def _stand_behind(self, *_: Any) -> None:
        return


class Believing:
    """Takes every token for one person's."""

    def __init__(self, organization: UUID) -> None:
        self._actor = Actor(kind="person", user_id="U", organization_id=organization, permissions=frozenset({MAY_VIEW}))

    async def __call__(self, _token: str) -> Actor:
        return self._actor


def plain(settings: ServiceSettings, plain_url: str, organization: UUID) -> FastAPI:
    """FastAPI and SQLAlchemy as their manuals show them, and a route that only answers JSON."""
    app = FastAPI()
    engine = create_async_engine(plain_url, pool_size=2 * settings.database_pool_size, max_overflow=0)
    sessions = async_sessionmaker(engine, expire_on_commit=False)

    async def a_session() -> AsyncIterator[AsyncSession]:
        async with sessions() as session:
            yield session

    @app.get(LISTED)
    async def list_mine(
        session: Annotated[AsyncSession, Depends(a_session)], after: After = None, limit: Limit = 25
    ) -> Page[ThingView]:
        return await things_of(session, organization, after, limit)

    @app.get(JSON)
    async def json() -> dict[str, str]:
        return {"status": "live"}

    return app


@asynccontextmanager
async def serving(make_app: Callable[..., Any], *arguments: Any) -> AsyncIterator[int]:
    """Serve an application on a free port, with the options of `chassis.serve`, for as long as the block."""
    server = uvicorn.Server(
        uvicorn.Config(
            make_app(*arguments),
            host=LOCALHOST,
            port=0,
            http="httptools",
            lifespan="on",
            access_log=False,
            log_config=None,
            server_header=False,
            date_header=False,
            proxy_headers=False,
            timeout_graceful_shutdown=2,
        )
    )
    running = asyncio.create_task(server.serve())
    while not server.started:
        if running.done():
            running.result()
            raise SystemExit("the server ended at its start")
        await asyncio.sleep(0.01)
    port: int = server.servers[0].sockets[0].getsockname()[1]
    yield port
    server.should_exit = True
    await running


async def port_of(port: int) -> int:
    """Tell which port `serving` took."""
    return port
