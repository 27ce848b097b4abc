"""What downstream systems keep: a book rebuilt from the compacted topic alone is what was kept all along."""

import importlib.util
import random
import sys
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from chassis.actor import Actor
from chassis.calendar import midnight
from chassis.database import Fence
from contracts_svc.contracts.use_cases import move_by_calendar, say_again
from contracts_svc.locations import reviewing
from events.contracts import ContractState
from events.envelope import Envelope
from tests.contracts.house import ADMINISTRATOR, AREAS, OFFICER, STARTS, Supplier

pytestmark = pytest.mark.database
KIT = Path(__file__).parents[3] / "deploy/consumer-kit/contract_book.py"
ASKED = datetime(2028, 3, 6, 15, tzinfo=UTC)


@pytest.fixture(scope="module")
def kit():
    spec = importlib.util.spec_from_file_location("contract_book", KIT)
    module = importlib.util.module_from_spec(spec)
    sys.modules["contract_book"] = module
    spec.loader.exec_module(module)
    return module


async def swept(supplier, sweep, as_of):
    async with supplier.database.writing(Fence.system(), Actor.system("test"), at=as_of) as session:
        await sweep(session, as_of, 1000)


async def a_contract_with_a_history(database) -> Supplier:
    supplier = Supplier(database)
    await supplier.know_round()
    await supplier.executed(AREAS[0])
    await swept(supplier, move_by_calendar, midnight(STARTS))
    await supplier.accept(AREAS[1])
    await supplier.send(at=ASKED)
    await supplier.sign(at=ASKED)
    await supplier.enrol(supplier.new)
    line = next(each for each in (await supplier.contract()).lines if each.cba_code == AREAS[0])
    (change_id,) = await supplier.ask(supplier.person(), ASKED, lines=[line.id], comes=supplier.new)
    for verb, by, more in (
        (reviewing.take, ADMINISTRATOR, {}),
        (reviewing.recommend, ADMINISTRATOR, {"what": "approve", "explanation": "", "confirmed": {}}),
        (reviewing.approve, OFFICER, {}),
    ):
        change = await supplier.change(change_id)
        async with supplier.as_staff(by, ASKED) as session:
            await verb(session, change_id, change.row_version, **more)
    await swept(supplier, say_again, midnight(date(2028, 3, 9)))
    return supplier


async def records(supplier):
    """What was said of a supplier, as records of the topic."""
    said = [ContractState.model_validate(each) for each in await supplier.said(ContractState)]
    return [
        (
            event.key,
            {"ce_type": Envelope.of(event, id=event.contract_id, time=event.changed_at, source="/").type},
            event.body(),
        )
        for event in said
    ]


async def test_an_empty_book_filled_from_the_compacted_topic_is_equal_byte_by_byte(database, kit):
    suppliers = [await a_contract_with_a_history(database) for _ in range(2)]
    said = [record for supplier in suppliers for record in await records(supplier)]
    assert len(said) > 2 * len(suppliers)
    live, rebuilt, shuffled = kit.ContractBook(), kit.ContractBook(), kit.ContractBook()
    for _, headers, body in said:
        live.take(headers, body)
    for headers, body in {key: (headers, body) for key, headers, body in said}.values():
        rebuilt.take(headers, body)
    mixed = said * 2
    random.Random(1).shuffle(mixed)
    for _, headers, body in mixed:
        shuffled.take(headers, body)
    assert rebuilt.written() == live.written() == shuffled.written() != b""


async def test_a_claims_system_decides_from_the_snapshot_what_the_contract_says(database, kit):
    supplier = await a_contract_with_a_history(database)
    book = kit.ContractBook()
    for _, headers, body in await records(supplier):
        book.take(headers, body)
    first = supplier.ptans[0]

    def areas(ptan, day):
        return [price.cba for price in book.prices(ptan, "L0650", day)]

    assert areas(first, date(2027, 12, 31)) == []
    assert areas(first, date(2028, 3, 5)) == [AREAS[0]]
    assert sorted(areas(first, date(2028, 3, 6))) == sorted(AREAS[:2])
    assert areas(supplier.new, date(2028, 3, 5)) == []
    assert areas(supplier.new, date(2028, 3, 6)) == [AREAS[0]]
    assert [price.amount for price in book.prices(supplier.new, "L0650", date(2028, 3, 6))] == [102_345]
