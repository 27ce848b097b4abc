"""B19: issuing a batch of 10,000 notices: due date, To-Do, activity, events, audit and e-mail pointers, each once.

Beside the least that any way of issuing would cost: marking as many rows, a hundred in a transaction.
"""

import time
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import asyncpg

from chassis.actor import Actor
from chassis.database import Database, Fence
from chassis.ids import new_id
from notices_svc.batches.batch import NoticeBatch
from notices_svc.batches.use_cases import issue_batches
from tests.bench.measuring import OURS, Plan, Row, take_turns
from tests.bench.stage import Stage
from tests.notices.house import House, requested

AT_ONCE = 100
AT = datetime(2019, 11, 15, 15, tzinfo=UTC)
MARKED = "rows marked"


class Desk:
    """A database of notices-svc with one approved notice, from which batches are copied."""

    def __init__(self, url: str, admin_url: str) -> None:
        self.url, self.admin_url = url, admin_url
        self.lost = self.doubled = 0

    async def draft(self) -> UUID:
        """Approve the notice that is copied."""
        database = Database(self.url, "notices")
        house, asked = House(database), requested()
        await house.know_the_round()
        await house.approve(asked)
        await database.close()
        return asked.notice_id

    async def issue(self, template: UUID, count: int) -> float:
        """Let a batch of so many copies go out as a worker does; return how many a second."""
        database = Database(self.url, "notices")
        admin = await asyncpg.connect(self.admin_url)
        async with database.writing(Fence.staff(), Actor.system("bench"), at=AT) as session:
            session.add(batch := NoticeBatch("R2021", "cdrd", None, AT))
            batch.end_check()
            batch.release(None, AT, base=batch.version)
            batch.notices = count
        await admin.execute(_COPIES, template, batch.id, count)
        began, moved = time.perf_counter(), 0
        while moved < count:
            async with database.writing(Fence.system(), Actor.system("bench"), at=AT) as session:
                moved += await issue_batches(session, AT, AT_ONCE)
        seconds = time.perf_counter() - began
        async with database.writing(Fence.system(), Actor.system("bench"), at=AT) as session:
            await issue_batches(session, AT, AT_ONCE)  # there is none left: the batch is finished
        row: Any = await admin.fetchrow(_SAID, batch.id)
        self.lost += count - row["notices"]
        self.doubled += row["events"] - row["notices"]
        await admin.close()
        await database.close()
        return count / seconds

    async def mark(self, template: UUID, count: int) -> float:
        """Mark as many copies as issued and do nothing else; return how many a second."""
        admin = await asyncpg.connect(self.admin_url)
        await admin.execute(_COPIES, template, group := new_id(), count)
        ids = [row["id"] for row in await admin.fetch("select id from notice where batch_id = $1", group)]
        began = time.perf_counter()
        for first in range(0, count, AT_ONCE):
            await admin.execute(_MARK, ids[first : first + AT_ONCE], AT)
        seconds = time.perf_counter() - began
        await admin.close()
        return count / seconds


def measure(stage: Stage, plan: Plan) -> Iterator[Row]:
    """Measure the issue."""
    made = stage.database("notices", "notices_svc")
    desk, count = Desk(made.login_url, made.admin_url), plan.count(10_000, 500)
    template = stage.run(desk.draft())
    sides = {
        OURS: lambda: stage.run(desk.issue(template, count)),
        MARKED: lambda: stage.run(desk.mark(template, count)),
    }
    samples = take_turns(plan.rounds, sides)
    yield Row(f"B19 issue of {count:,} notices", "/s", samples, lost=desk.lost, doubled=desk.doubled)


_COPIES = """
    insert into notice (id, organization_id, batch_id, round_code, about, kind, title, permission, fields, further,
                        slots, state, version, wording, missing, drafted_by, drafted_at, approved_at)
    select gen_random_uuid(), gen_random_uuid(), $2, round_code, about, kind, title, permission, fields, further,
           slots, state, version, wording, missing, drafted_by, drafted_at, approved_at
      from notice, generate_series(1, $3::int) where id = $1
"""
_MARK = "update notice set state = 'ISSUED', issued_at = $2 where id = any($1::uuid[])"
_SAID = """
    select count(distinct notice.id) as notices, count(*) as events
      from notice join outbox on outbox.key = notice.id::text and outbox.type = 'connexion.notices.notice-issued.v1'
     where notice.batch_id = $1
"""
