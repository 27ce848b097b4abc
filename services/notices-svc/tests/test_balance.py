"""Every notice asked for and every answer is accounted for once; each hole that is planted is found."""

from datetime import timedelta

import pytest
from sqlalchemy import text

from chassis.actor import Actor
from chassis.database import Fence
from notices_svc.balance.balance import ISSUED_WITHIN, RELEASED_WITHIN, balance_at
from tests.notices.house import ISSUED, requested

pytestmark = pytest.mark.database
ANSWERED = ISSUED + timedelta(days=1)
SINCE = ISSUED - timedelta(days=30)


async def balance(house, at=ANSWERED):
    async with house.database.reading(Fence.system()) as session:
        return await balance_at(session, at, said_since=SINCE)


async def test_what_was_asked_issued_and_answered_leaves_nothing_over(house):
    first = await house.issue(requested(), requested())
    await house.hear(requested())
    await house.respond(first, at=ANSWERED)
    found = await balance(house)
    assert (found.asked, found.issued, found.waiting, found.answers) == (3, 2, 1, 1)
    assert (found.holes, found.findings) == (0, [])


AGAIN = (
    "insert into outbox (id, topic, key, type, subject, source, organization_id, occurred_at, body)"
    " select gen_random_uuid(), topic, key, type, subject, source, organization_id, occurred_at, body"
    " from outbox where type like '%notice-{}.v1'"
)
HOLES = {
    "issued and not said": "delete from outbox where type like '%notice-issued.v1'",
    "issued and said twice": AGAIN.format("issued"),
    "answered and not said": "delete from outbox where type like '%notice-responded.v1'",
    "answered and said twice": AGAIN.format("responded"),
    "to do and not there": "delete from todo",
}


async def test_each_hole_that_is_planted_is_named(house):
    await house.respond(await house.issue(requested()), at=ANSWERED)
    async with house.database.writing(Fence.system(), Actor.system("test")) as session:
        for hole, statement in HOLES.items():
            planted = await session.begin_nested()
            await session.execute(text(statement))
            found = await balance_at(session, ANSWERED, said_since=SINCE)
            assert [finding.kind for finding in found.findings] == [hole]
            await planted.rollback()
        await session.execute(text("update notice set issued_at = null"))
        assert (await balance_at(session, ANSWERED, said_since=SINCE)).holes == 1


async def test_what_waits_too_long_is_named(house):
    await house.know_the_round()
    await house.approve(asked := requested())
    await house.release(await house.prepare(asked))
    await house.hear(forgotten := requested())
    assert (await balance(house, ISSUED + ISSUED_WITHIN)).findings == []
    late = (await balance(house, ISSUED + RELEASED_WITHIN)).findings
    assert {(finding.kind, finding.id) for finding in late} == {
        ("not issued", asked.notice_id),
        ("not released", forgotten.notice_id),
    }
