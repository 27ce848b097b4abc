"""A projection is rebuilt from the beginning of its topic, in bulk and in order."""

import pytest
from sqlalchemy import text

from chassis.rebuild import rebuild

pytestmark = [pytest.mark.broker]

UPSERT = text(
    "insert into latest (thing, number) values (:thing, :number) on conflict (thing) do update set number = :number"
)


async def test_a_rebuild_reads_everything_in_order_and_again_with_the_same_result(listener, place):
    await place.admin.execute(
        "create table latest (thing text primary key, number int); grant all on latest to notices_system"
    )
    for number in range(30):
        await listener.tell(f"thing-{number % 3}", number)
    await listener.tell("thing-0", 99, event_type="connexion.notices.thing-forgotten.v1")
    batches = []

    async def project(session, events):
        batches.append(len(events))
        await session.execute(UPSERT, [event.model_dump(include={"thing", "number"}) for event in events])

    for _ in range(2):
        assert await rebuild(listener.database, listener.options, [listener.event], project, batch=7) == 30
        latest = {row["thing"]: row["number"] for row in await place.admin.fetch("select * from latest")}
        assert latest == {"thing-0": 27, "thing-1": 28, "thing-2": 29}
    assert max(batches) == 7
    assert await place.admin.fetchval("select count(*) from inbox") == 0


async def test_a_rebuild_reads_one_topic(listener):
    from events.documents import DocumentReceived

    with pytest.raises(ValueError, match="one topic"):
        await rebuild(listener.database, listener.options, [listener.event, DocumentReceived], None)
