from uuid import UUID

from pydantic import BaseModel, Field
from sqlalchemy import select

from chassis.door import PUBLIC, ReadingSession, SliceRouter, WritingSession
from chassis.errors import Invalid, NotFound
from chassis.paging import After, Limit, Page, fetch_page
from tests.probe.thing import Thing

router = SliceRouter(prefix="/api/probe/things", tags=["things"])


class NameTaken(Invalid):
    """Choose a name that no other thing has."""


class NewThing(BaseModel):
    name: str = Field(max_length=20)


class ThingView(BaseModel):
    id: UUID
    name: str


def _view(thing: Thing) -> ThingView:
    return ThingView(id=thing.id, name=thing.name)


@router.post("", permission="thing.make", status_code=201)
async def make(body: NewThing, session: WritingSession) -> ThingView:
    assert session.actor.organization_id
    thing = Thing(session.actor.organization_id, body.name)
    session.add(thing)
    await session.flush()
    if body.name == "taken":
        raise NameTaken(field="name")
    if body.name == "broken":
        raise RuntimeError("the secret inside")
    return _view(thing)


@router.get("", permission="thing.view")
async def list_things(session: ReadingSession, after: After = None, limit: Limit = 25) -> Page[ThingView]:
    return await fetch_page(session, select(Thing), [(Thing.id, UUID)], _view, after=after, limit=limit)


@router.get("/count", permission=PUBLIC)
async def count(session: ReadingSession) -> int:
    return len((await session.scalars(select(Thing))).all())


@router.get("/{thing_id}", permission="thing.view")
async def read(thing_id: UUID, session: ReadingSession) -> ThingView:
    thing = await session.get(Thing, thing_id)
    if thing is None:
        raise NotFound
    return _view(thing)
