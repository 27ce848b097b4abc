"""From contracts-svc over Kafka to the To-Dos: a Form C report that is awaited, certified, and told again."""

import pytest
from sqlalchemy import select, update

from chassis.actor import Actor
from chassis.database import Database, Fence
from chassis.settings import ServiceSettings
from chassis.tables import outbox
from contracts_svc.app import SERVICE as CONTRACTS
from events import bidding, contracts
from events.form_c import FormCOpened, FormCSubmitted
from notices_svc.app import SERVICE as NOTICES
from notices_svc.todos.todo import Todo, TodoItem
from tests.contracts.form_c_house import certify, fill, opened
from tests.contracts.house import AREAS, Supplier
from tests.infrastructure.hearing import heard_again, worker
from tests.infrastructure.waiting import eventually

pytestmark = pytest.mark.broker
HEARD = (FormCOpened.TYPE, FormCSubmitted.TYPE)


async def test_a_report_is_to_do_once_however_often_it_is_told_and_done_once_it_is_certified(database_for, kafka):
    made = {name: await database_for(name) for name in ("contracts", "notices")}
    databases = {name: Database(each.login_url, name) for name, each in made.items()}
    settings = {
        name: ServiceSettings(
            environment="local", database_url=each.login_url, kafka_bootstrap_servers=kafka.bootstrap_servers
        )
        for name, each in made.items()
    }
    supplier = Supplier(databases["contracts"])

    async def todos(state: Todo) -> list[TodoItem]:
        async with databases["notices"].reading(Fence.system()) as session:
            mine = TodoItem.organization_id == supplier.organization_id, TodoItem.kind == "submit-form-c"
            return list(await session.scalars(select(TodoItem).where(*mine, TodoItem.state == state)))

    async def are(state: Todo, count: int) -> bool:
        return len(await todos(state)) == count

    one, _ = await opened(supplier, *AREAS[:2])
    async with (
        worker(NOTICES, databases["notices"], settings["notices"], contracts.STREAM),
        worker(CONTRACTS, databases["contracts"], settings["contracts"], bidding.STREAM),
    ):
        await eventually(lambda: are(Todo.OPEN, 2), within=60, what="the reports are to do")
        await fill(supplier, one.id)
        await certify(supplier, one.id)
        await eventually(lambda: are(Todo.DONE, 1), within=30, what="the certified report is done")

        before = heard_again(contracts.STREAM)
        async with databases["contracts"].writing(Fence.system(), Actor.system("test")) as session:
            told = await session.execute(
                update(outbox).where(outbox.c.type.in_(HEARD)).values(sent_at=None).returning(outbox.c.id)
            )
            again = len(told.all())
            assert again == 3

        async def all_heard_again() -> bool:
            return heard_again(contracts.STREAM) >= before + again

        await eventually(all_heard_again, within=30, what="everything is heard again")
        assert await are(Todo.OPEN, 1)
        assert [each.about for each in await todos(Todo.DONE)] == [f"form-c:{one.id}"]
    for database in databases.values():
        await database.close()
