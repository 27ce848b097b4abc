"""From an acceptance in bidding-svc over Kafka to a line of a contract in contracts-svc, and back once CMS signed."""

import pytest
from sqlalchemy import select, update

from bidding_svc.app import SERVICE as BIDDING
from chassis import program_time
from chassis.database import Database, Fence
from chassis.settings import ServiceSettings
from chassis.tables import outbox
from contracts_svc.app import SERVICE as CONTRACTS
from contracts_svc.contracts.contract import Contract
from contracts_svc.contracts.lifecycle import ContractState
from contracts_svc.contracts.line import ContractLine
from events import bidding, contracts
from tests.bidding.awarded import SYSTEM, an_evaluated_round
from tests.contracts.house import Supplier
from tests.infrastructure.hearing import heard_again, worker
from tests.infrastructure.waiting import eventually

pytestmark = pytest.mark.broker


async def test_an_accepted_line_becomes_a_contract_line_once_and_a_signed_contract_an_offer_that_is_contracted(
    database_for, kafka
):
    made = {name: await database_for(name) for name in ("bidding", "contracts")}
    databases = {name: Database(each.login_url, name) for name, each in made.items()}
    settings = {
        name: ServiceSettings(
            environment="local", database_url=each.login_url, kafka_bootstrap_servers=kafka.bootstrap_servers
        )
        for name, each in made.items()
    }
    house = await an_evaluated_round(databases["bidding"], areas=2)
    await house.released()
    await house.decide(0, "accept", "decline")
    offer = await house.submit(0)
    accepted = offer.lines[0]
    supplier = Supplier(databases["contracts"])
    supplier.organization_id, supplier.bidder_id = offer.organization_id, offer.bidder_id

    async def contract_lines() -> list[ContractLine]:
        async with databases["contracts"].reading(Fence.system()) as session:
            mine = ContractLine.organization_id == offer.organization_id
            return list((await session.scalars(select(ContractLine).where(mine))).all())

    async def one_line() -> bool:
        return len(await contract_lines()) == 1

    async def contracted() -> bool:
        return (await house.offer(0)).lines[0].state.value == "CONTRACTED"

    async with (
        worker(CONTRACTS, databases["contracts"], settings["contracts"], bidding.STREAM),
        worker(BIDDING, databases["bidding"], settings["bidding"], contracts.STREAM),
    ):
        await eventually(one_line, within=60, what="the acceptance is a contract line")
        (line,) = await contract_lines()
        async with databases["contracts"].reading(Fence.system()) as session:
            contract = (await session.scalars(select(Contract).where(Contract.bidder_id == offer.bidder_id))).one()
        assert (line.id, line.label, line.prices) == (accepted.id, accepted.label, accepted.prices)
        assert [each.ptan for each in line.locations] == accepted.locations
        assert (line.category_code, line.cba_code) == (accepted.category_code, accepted.cba_code)
        assert (contract.starts_on, contract.ends_on) == (offer.period_starts_on, offer.period_ends_on)
        assert (contract.bidder_number, contract.state) == (offer.bidder_number, ContractState.ASSEMBLING)

        before = heard_again(bidding.STREAM)
        async with databases["bidding"].writing(Fence.system(), SYSTEM) as session:
            await session.execute(update(outbox).values(sent_at=None))
        await eventually(lambda: _more_than(before), within=30, what="the acceptance is heard again")
        assert await one_line()

        await supplier.send(at=program_time.now())
        await supplier.sign(at=program_time.now())
        await eventually(contracted, within=30, what="the signed contract is known to bidding-svc")
    for database in databases.values():
        await database.close()


async def _more_than(before: float) -> bool:
    return heard_again(bidding.STREAM) > before
