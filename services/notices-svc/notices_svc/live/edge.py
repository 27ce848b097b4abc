from collections.abc import AsyncIterator
from typing import Annotated

import structlog
from fastapi import Depends, Header, Query, Request
from fastapi.sse import EventSourceResponse, ServerSentEvent
from sqlalchemy.exc import SQLAlchemyError

from chassis.door import SIGNED_IN, CurrentActor, SliceRouter, token_of
from chassis.errors import NotSignedIn
from chassis.tokens import SessionEnded
from notices_svc.live.followers import Follower
from notices_svc.live.following import follow

router = SliceRouter(prefix="/api/notices/live", tags=["live updates"])

COME_BACK_AFTER = 5_000
"""Milliseconds after which a browser connects again."""

log = structlog.get_logger()


async def _place(request: Request, actor: CurrentActor) -> AsyncIterator[Follower]:
    with request.app.state.followers.place(actor) as follower:
        yield follower


@router.get("", permission=SIGNED_IN, response_class=EventSourceResponse)
async def follow_live(
    request: Request,
    actor: CurrentActor,
    follower: Annotated[Follower, Depends(_place, scope="request")],
    last_event_id: Annotated[str, Header(max_length=64)] = "",
    once: Annotated[bool, Query(description="Answer with where things stand now, and end.")] = False,
) -> AsyncIterator[ServerSentEvent]:
    """Follow the counters of your To-Dos and notices: an event `standing` when something you may see is new.

    Its id is the mark of what was told; a reader that comes back with it in `Last-Event-ID` is told only what it does
    not know. The stream ends when the token does; when the session or the role was taken away it says `ended` first.
    """
    state = request.app.state
    try:
        async for standing in follow(state, follower, actor, token_of(request) or "", "" if once else last_event_id):
            yield ServerSentEvent(event="standing", id=standing.mark, data=standing, retry=COME_BACK_AFTER)
            if once:
                return
    except SessionEnded:
        yield ServerSentEvent(event="ended", data="")
    except NotSignedIn:
        return  # the token's time is over: the reader comes back with a younger one
    except (SQLAlchemyError, OSError) as error:
        log.warning("a stream ended: the database does not answer", error=type(error).__name__)
