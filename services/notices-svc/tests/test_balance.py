"""Every notice asked for and every answer is accounted for once; each hole that is planted is found."""

from datetime import timedelta
from uuid import uuid4

import pytest
from sqlalchemy import text

from chassis import machine_time, metrics
from chassis.actor import Actor
from chassis.database import Fence
from notices_svc.balance.balance import ISSUED_WITHIN, RELEASED_WITHIN, balance_at
from notices_svc.mail.pointer import KEPT_TRYING
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
POINTER = (
    "insert into pointer (id, organization_id, notice_id, membership_id, person_id, channel, occasion, state,"
    " queued_at, next_try_at, tries) values (:id, :id, :id, :id, :id, 'e-mail', 'issued', :state, :at, :at, 0)"
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


async def test_operators_are_told_by_metrics_of_a_hole_of_what_was_not_said_and_of_mail_that_waits(house):
    await house.know_the_round()
    await house.issue(requested())
    await house.sweep("watch the balance of notices", ANSWERED)
    quiet = metrics.render()[0].decode()
    assert "connexion_balance_holes 0.0" in quiet
    assert 'connexion_balance_findings{kind="issued and not said"} 0.0' in quiet
    assert "connexion_mail_oldest_waiting_seconds 0.0" in quiet
    queued = {"id": uuid4(), "at": machine_time.now() - KEPT_TRYING / 2, "state": "WAITING"}
    async with house.database.writing(Fence.system(), Actor.system("test")) as session:
        await session.execute(text(HOLES["issued and not said"]))
        await session.execute(text(POINTER), queued)
        await session.execute(text(POINTER), queued | {"id": uuid4(), "state": "REFUSED"})
    await house.sweep("watch the balance of notices", ISSUED + timedelta(hours=1))
    told = metrics.render()[0].decode()
    assert 'connexion_balance_findings{kind="issued and not said"} 1.0' in told
    [waits] = [line for line in told.splitlines() if line.startswith("connexion_mail_oldest_waiting_seconds ")]
    assert float(waits.split()[1]) > 35 * 3600
    assert "connexion_mail_troubles 1.0" in told
