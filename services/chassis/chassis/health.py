"""Health of a worker over plain ASGI: `/health/live`, `/health/ready`, `/metrics`.

An answer shows that the event loop turns, and that is what liveness means: a worker whose broker or database is away
is alive and waits. It is not ready. Alarms about lag belong to the broker and to the age of the oldest unsent event.
"""

import asyncio
from collections.abc import Sequence

from faststream.asgi import AsgiResponse, get
from faststream.asgi.types import ASGIApp, Scope
from sqlalchemy import text

from chassis import metrics
from chassis.database import Database, Fence
from chassis.subscribing import PatientBroker
from chassis.vitals import Vitals

ANSWER_WITHIN = 2.0


def health_routes(database: Database, broker: PatientBroker, vitals: Vitals) -> Sequence[tuple[str, ASGIApp]]:
    """Return the routes of a worker; answers name parts, never addresses or errors."""

    @get
    async def live(_scope: Scope) -> AsgiResponse:
        return _answer("ending" if vitals.failed else None, "live")

    @get
    async def ready(_scope: Scope) -> AsgiResponse:
        missing = [f"no consumer of {topic}" for topic in broker.waiting_for]
        if not await _answers(database):
            missing.append("database does not answer")
        return _answer(", ".join(missing), "ready")

    @get
    async def measured(_scope: Scope) -> AsgiResponse:
        body, content_type = metrics.render()
        return AsgiResponse(body, 200, {"content-type": content_type})

    return [("/health/live", live), ("/health/ready", ready), ("/metrics", measured)]


def _answer(problem: str | None, otherwise: str) -> AsgiResponse:
    return AsgiResponse(
        f'{{"status":"{problem or otherwise}"}}'.encode(), 503 if problem else 200, {"content-type": "application/json"}
    )


async def _answers(database: Database) -> bool:
    try:
        async with asyncio.timeout(ANSWER_WITHIN), database.reading(Fence.public()) as session:
            await session.execute(text("select 1"))
    except Exception:
        return False
    return True
