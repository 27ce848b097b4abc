"""How a service stands, for everybody: whether it answers, and how late what it says reaches the others.

`GET /api/<service>/standing` needs no token; the public status page is made of these answers. An edge that does not
answer says enough by that. Numbers of people, rows or errors are nobody's business here.
"""

from datetime import timedelta

from fastapi import Request
from pydantic import BaseModel
from sqlalchemy import select

from chassis import machine_time
from chassis.database import Database, Fence
from chassis.door import PUBLIC, SliceRouter
from chassis.tables import outbox

FRESH = timedelta(seconds=10)


class Standing(BaseModel):
    """`late_seconds`: the age of the oldest thing said that others have not heard yet; 0 where there is none."""

    service: str
    late_seconds: int


def standing_router(service: str) -> SliceRouter:
    """Return the route by which the service named `service` tells how it stands."""
    router = SliceRouter(prefix=f"/api/{service}/standing", tags=["standing"])

    @router.get("", permission=PUBLIC, cached_for=FRESH)
    async def read_standing(request: Request) -> Standing:
        """Tell how this service stands."""
        database: Database = request.app.state.database
        async with database.reading(Fence.system()) as session:
            oldest = await session.scalar(
                select(outbox.c.created_at).where(outbox.c.sent_at.is_(None)).order_by(outbox.c.position).limit(1)
            )
        late = (machine_time.now() - oldest).total_seconds() if oldest else 0
        return Standing(service=service, late_seconds=max(int(late), 0))

    return router
