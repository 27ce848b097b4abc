"""Live updates over real HTTP: who hears what, how soon, and from when on nobody hears anything any more."""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta
from uuid import uuid4

import httpx
import pytest
import pytest_asyncio
import uvicorn

from chassis import direct, machine_time
from chassis.actor import Actor
from chassis.database import Database, Fence
from chassis.edge import create_edge
from chassis.sweeps import run_once
from chassis.trust import revoke_person, revoke_session
from notices_svc.app import SERVICE
from notices_svc.settings import Settings
from tests.access.edges import ISSUER
from tests.access.tokens import publish_key, token
from tests.infrastructure.waiting import eventually
from tests.notices.house import END_USER, OFFICIAL, House, requested
from tests.notices.words import EXAMPLES

pytestmark = pytest.mark.database
ADDRESS = "/api/notices/live"
SOON = 2.0
"""Seconds in which what happened is felt."""


class Stream:
    """One open stream, as a browser reads it."""

    def __init__(self, answer):
        self.lines = answer.aiter_lines()

    async def event(self, within=SOON):
        """The next event with its id and data; None at the end of the stream. Comments are passed over."""
        fields = {}
        async with asyncio.timeout(within):
            async for line in self.lines:
                name, _, value = line.partition(": ")
                if line and name:
                    fields[name] = value
                elif "event" in fields:
                    return fields["event"], fields.get("id"), json.loads(fields["data"])
        return None

    async def standing(self, within=SOON):
        """The counters that are told next: to-dos, unread, waiting."""
        event, _, told = await self.event(within)
        assert event == "standing"
        return told["todos"], told["unread"], told["waiting"]


class Edge:
    """A served edge, and the house behind it."""

    def __init__(self, app, house, port):
        self.app, self.house = app, house
        self.client = httpx.AsyncClient(base_url=f"http://127.0.0.1:{port}", timeout=10)

    @asynccontextmanager
    async def stream(self, bearer, last="") -> AsyncIterator[Stream]:
        headers = {"Authorization": f"Bearer {bearer}", "Last-Event-ID": last}
        async with self.client.stream("GET", ADDRESS, headers=headers) as answer:
            assert answer.status_code == 200
            assert answer.headers["content-type"].startswith("text/event-stream")
            yield Stream(answer)

    async def ask(self, bearer, **query):
        return await self.client.get(ADDRESS, params=query, headers={"Authorization": f"Bearer {bearer}"})

    async def lose_the_reader(self):
        """End the connection that listens, as a database that starts anew does."""
        connection = await direct.connect(self.app.state.settings.direct_database_url, name="test")
        ours = "application_name = 'live' and datname = current_database()"
        assert await connection.fetch(f"select pg_terminate_backend(pid) from pg_stat_activity where {ours}")
        await connection.close()

    async def issue(self, asked):
        """Let the worker issue a notice; its sweep wakes who follows, as the worker's own loop does."""
        house = self.house
        await house.know_the_round()
        await house.approve(asked)
        await house.release(await house.prepare(asked))
        sweep = house.sweeps["issue notices"]
        assert [await run_once(sweep, house.database, self.app.state.wake) for _ in range(2)] == [1, 0]


@pytest_asyncio.fixture
async def edge(database_for) -> AsyncIterator[Edge]:
    url = (await database_for("notices")).login_url
    database = Database(url, "notices")
    await publish_key(database)
    settings = Settings(environment="local", database_url=url, token_issuer=ISSUER, streams_per_person=2)
    app = create_edge(SERVICE, settings)
    server = uvicorn.Server(uvicorn.Config(app, port=0, log_config=None, lifespan="on", timeout_graceful_shutdown=1))
    serving = asyncio.create_task(server.serve())
    await eventually(lambda: server.started, what="the edge serves")
    made = Edge(app, House(database), server.servers[0].sockets[0].getsockname()[1])
    yield made
    await made.client.aclose()
    server.should_exit = True
    await serving
    await database.close()


def bearer(asked, permissions, **more):
    return token(permissions=permissions, organization_id=asked.organization_id, **more)


def a_person():
    return {"pid": str(uuid4()), "sid": str(uuid4())}


async def test_what_somebody_may_see_is_told_at_once_and_nothing_else_moves_their_stream(edge):
    hidden, cdrd = (requested(EXAMPLES[kind]) for kind in ("disqualification", "cdrd"))
    cdrd = cdrd.model_copy(update={"organization_id": hidden.organization_id})
    async with (
        edge.stream(bearer(hidden, OFFICIAL)) as official,
        edge.stream(bearer(hidden, END_USER, **a_person())) as end_user,
        edge.stream(bearer(requested(), OFFICIAL, **a_person())) as stranger,
    ):
        assert [await each.standing() for each in (official, end_user, stranger)] == [(0, 0, 0)] * 3
        await edge.issue(hidden)
        assert await official.standing() == (1, 1, 1)
        await edge.issue(cdrd)
        assert await official.standing() == (2, 2, 2)
        assert (await end_user.standing())[1:] == (1, 1)  # the first it hears of, and it knows of one notice only
        with pytest.raises(TimeoutError):
            await stranger.event(within=1)


async def test_what_a_colleague_does_over_the_api_is_told(edge):
    asked = requested()
    await edge.issue(asked)
    async with edge.stream(bearer(asked, OFFICIAL)) as stream:
        assert await stream.standing() == (1, 1, 1)
        opening = f"/api/notices/notices/{asked.notice_id}/opening"
        colleague = {"Authorization": f"Bearer {bearer(asked, OFFICIAL, **a_person())}"}
        assert (await edge.client.post(opening, headers=colleague)).status_code == 200
        assert await stream.standing() == (1, 0, 1)


@pytest.mark.parametrize("taken", ["session", "role"])
async def test_a_stream_ends_within_two_seconds_of_the_end_of_a_session_or_a_role(edge, taken):
    asked, who = requested(), a_person()
    async with edge.stream(bearer(asked, OFFICIAL, **who)) as stream:
        await stream.standing()
        now = machine_time.now()
        async with edge.house.database.writing(Fence.system(), Actor.system("test")) as session:
            if taken == "session":
                await revoke_session(session, who["sid"], now)
            else:
                await revoke_person(session, who["pid"], asked.organization_id, now)
        event, _, told = await stream.event(within=SOON)
        assert (event, told) == ("ended", "")
        assert await stream.event() is None
    assert (await edge.ask(bearer(asked, OFFICIAL, **who))).status_code == 401


async def test_a_stream_lives_no_longer_than_its_token(edge):
    almost_over = int((machine_time.now() - timedelta(seconds=2)).timestamp())  # five seconds are forgiven
    async with edge.stream(bearer(requested(), OFFICIAL, exp=almost_over)) as stream:
        assert await stream.standing() == (0, 0, 0)
        assert await stream.event(within=10) is None


async def test_whoever_comes_back_is_told_only_what_they_do_not_know(edge):
    asked = requested()
    async with edge.stream(bearer(asked, OFFICIAL)) as stream:
        _, known, _ = await stream.event()
    async with edge.stream(bearer(asked, OFFICIAL), last=known) as stream:
        with pytest.raises(TimeoutError):
            await stream.event(within=1)
    await edge.issue(asked)
    async with edge.stream(bearer(asked, OFFICIAL), last=known) as stream:
        assert await stream.standing() == (1, 1, 1)


async def test_a_person_has_so_many_places_and_one_that_is_left_is_free_again(edge):
    asked = requested()
    mine = bearer(asked, OFFICIAL)
    async with edge.stream(mine), edge.stream(mine):
        refused = await edge.ask(mine)
        assert (refused.status_code, refused.json()["type"]) == (409, "urn:connexion:problem:too-many-streams")
        async with edge.stream(bearer(asked, OFFICIAL, **a_person())) as another:
            await another.standing()

    async def is_free():
        return (await edge.ask(mine, once=True)).status_code == 200

    await eventually(is_free, within=5, what="the places are free again")


async def test_staff_act_for_no_organization_and_follow_none(edge):
    staff = token(permissions=["staff.notice.view"], organization_id=None)
    assert (await edge.ask(staff)).status_code == 403


async def test_what_was_said_while_nobody_listened_is_told_when_the_reader_is_back(edge):
    asked = requested()
    async with edge.stream(bearer(asked, OFFICIAL)) as stream:
        await stream.standing()
        await edge.house.issue(asked)  # and nobody is woken
        await edge.lose_the_reader()
        assert await stream.standing(within=10) == (1, 1, 1)
