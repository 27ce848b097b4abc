"""B9: contracts of 200 competitions signed by an officer in a batch, printed, sealed, stored, noted and told.

÷ bare typst and pyHanko in a loop: the same content printed and sealed with the same key, and nothing kept.
"""

from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from uuid import UUID, uuid4

import asyncpg
from sqlalchemy import select

from chassis import machine_time
from chassis.actor import Actor
from chassis.database import Database, Fence
from contracts_svc.contracts.contract import Contract
from contracts_svc.contracts.use_cases import Chosen, sign_batch
from contracts_svc.contracts.version import ContractVersion
from contracts_svc.sealing import resources
from contracts_svc.sealing.document import print_contract
from contracts_svc.sealing.resources import Resources
from contracts_svc.sealing.sample_key import sealing_key
from contracts_svc.sealing.sealer import Sealer, signer_from_files
from contracts_svc.sealing.store import open_store
from contracts_svc.sealing.use_cases import seal_due
from contracts_svc.settings import Settings
from tests.bench.apart import Apart
from tests.bench.measuring import OURS, Goal, Plan, Row, take_turns
from tests.bench.stage import Stage
from tests.contracts.house import OFFICER, accepted_line, signer, typed

LINES = 200
BARE = "bare typst + pyHanko"
SYSTEM = Actor.system("bench")


@dataclass
class Desk:
    """What signs and seals, warm."""

    database: Database
    sealer: Sealer


@asynccontextmanager
async def desk(login_url: str, folder: Path) -> AsyncIterator[Desk]:
    """Open the database, the key and the store, as a worker does."""
    database = Database(login_url, "contracts")
    key, chain = sealing_key(folder / "keys")
    sealer = Sealer(signer_from_files(key, chain), chain)
    store = open_store(Settings.model_construct(contract_store_url=f"file://{folder}/sealed"))
    resources._opened = Resources(store, sealer)
    yield Desk(database, sealer)
    await database.close()


async def prepare(held: Desk, count: int) -> list[tuple[UUID, int]]:
    """Make contracts that wait for a signature; return each with its row version."""
    made = []
    for _ in range(count):
        organization_id, bidder_id = uuid4(), uuid4()
        async with held.database.writing(Fence.organization(organization_id), SYSTEM) as session:
            lines = [accepted_line(organization_id, bidder_id, f"area-{number}") for number in range(LINES)]
            contract = Contract(lines[0])
            for line in lines:
                contract.take_line(line)
            contract.send(contract.row_version, "Ann.Admin", session.at, {})
            session.add(contract)
            made.append((contract.id, contract.row_version))
    return made


async def sign_and_seal(held: Desk, waiting: Sequence[tuple[UUID, int]]) -> None:
    """Sign these in one batch, and seal until nothing waits."""
    now = machine_time.now()
    async with held.database.writing(Fence.staff(), OFFICER, at=now) as session:
        await sign_batch(session, [Chosen(*each) for each in waiting], signer(OFFICER, now), typed(OFFICER))
    sealed = 1
    while sealed:
        async with held.database.writing(Fence.system(), SYSTEM) as session:
            sealed = await seal_due(session, now + timedelta(hours=1), 5)


async def seal_bare(held: Desk, contract_id: UUID, count: int) -> None:
    """Print and seal the content of a signed contract, so often, and drop it."""
    async with held.database.reading(Fence.system()) as session:
        version = await session.scalar(select(ContractVersion).where(ContractVersion.contract_id == contract_id))
        assert version is not None
        content = version.content
    for _ in range(count):
        await held.sealer.seal(print_contract(content, signed_by="OLIVE", signed_at=machine_time.now()))


def measure(stage: Stage, plan: Plan) -> Iterator[Row]:
    """Measure the signing of contracts."""
    database = stage.database("contracts", "contracts_svc")
    count = plan.count(full=20, quick=3)
    with Apart("signing-desk", desk, database.login_url, stage.folder / "contracts") as held:
        first = held.ask(prepare, 1).value
        held.ask(sign_and_seal, first)
        rounds = [held.ask(prepare, count).value for _ in range(plan.rounds)]
        samples = take_turns(
            plan.rounds,
            {
                OURS: lambda: count / held.ask(sign_and_seal, rounds.pop()).seconds,
                BARE: lambda: count / held.ask(seal_bare, first[0][0], count).seconds,
            },
        )
    signed = plan.rounds * count + 1
    sealed, executed = stage.run(_found(database.admin_url))
    yield Row(
        "B9 contract signing",
        "/s",
        samples,
        goals={BARE: Goal(0.7)},
        lost=max(signed - sealed, 0) + max(signed - executed, 0),
        doubled=max(sealed - signed, 0) + max(executed - signed, 0),
        words=[f"{LINES} lines a contract, one batch and one worker"],
    )


async def _found(admin_url: str) -> tuple[int, int]:
    admin = await asyncpg.connect(admin_url)
    try:
        sealed = await admin.fetchval("select count(*) from sealed_copy where state = 'SEALED'")
        executed = await admin.fetchval("select count(*) from outbox where type like '%contract-executed%'")
        return int(sealed), int(executed)
    finally:
        await admin.close()
