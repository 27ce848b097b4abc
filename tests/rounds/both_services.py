"""bidding-svc and documents-svc with databases of their own, their whole workers, and one clock for both."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import select

from bidding_svc.bidders.use_cases import register_organization
from bidding_svc.requirements.requirement import Requirement
from bidding_svc.rounds import set_up_views
from bidding_svc.rounds.round import Round
from chassis import program_time
from chassis.actor import Actor
from chassis.database import Database, Fence
from chassis.kafka_clients import admin_client, connection_options
from chassis.service import Service
from chassis.settings import ServiceSettings
from chassis.topics import provision
from chassis.worker import create_worker
from documents_svc.settings import Settings
from documents_svc.slots.slot import Slot
from events.identity import OrganizationRegistered
from tests.documents.house import House, house_settings
from tests.rounds.at_hand import ADMINISTRATOR

CODE = "R2028"
ASKED = "business-credit-report"
STANDS_IN = "insufficient-data-report"


@dataclass(frozen=True)
class Site:
    """Both services on databases of their own, under one clock that moves forward."""

    bidding: Database
    documents: Database
    settings: dict[str, ServiceSettings]
    clock: Path
    documents_admin_url: str

    @asynccontextmanager
    async def worker(self, service: Service) -> AsyncIterator[None]:
        """The service's whole worker: consumers, relay, sweeps."""
        async with create_worker(service, self.settings[service.name]).start_lifespan_context():
            yield

    @property
    def house(self) -> House:
        """documents-svc as its own tests see it, without an edge yet."""
        settings = self.settings["documents"]
        assert isinstance(settings, Settings)
        return House(self.documents, settings, self.documents_admin_url)

    def clock_at(self, moment: datetime) -> None:
        """Move program time to a moment, for everything that runs here."""
        program_time.advance(self.clock, by=moment - program_time.now())

    async def round_(self) -> Round:
        """The round as it stands."""
        async with self.bidding.reading(Fence.staff()) as session:
            return await session.get_one(Round, CODE)

    async def confirmed(self) -> tuple[int, int]:
        """How many slots documents-svc has echoed, of how many."""
        async with self.bidding.reading(Fence.staff()) as session:
            slots = (await set_up_views.read_set_up(session, ADMINISTRATOR, CODE)).upload_slots
        return slots.confirmed, slots.slots

    async def closes(self) -> set[datetime]:
        """Until when documents-svc holds the slots open."""
        async with self.documents.reading(Fence.staff()) as session:
            return set(await session.scalars(select(Slot.closes_at)))

    async def bidder(self, number: int = 1) -> UUID:
        """An organization that bids."""
        registered = OrganizationRegistered(
            organization_id=uuid4(),
            legal_business_name=f"Larkspur Sample {number}, LLC",
            ptan=f"{9_000_000_000 + number}",
        )
        async with self.bidding.writing(
            Fence.organization(registered.organization_id), Actor.system("test")
        ) as session:
            await register_organization(session, registered)
        return registered.organization_id

    async def requirement(self, organization: UUID, document: str = ASKED) -> Requirement:
        """What is asked of a bidder, as it stands."""
        async with self.bidding.reading(Fence.staff()) as session:
            mine = (Requirement.organization_id == organization) & (Requirement.document == document)
            return (await session.scalars(select(Requirement).where(mine))).one()


@asynccontextmanager
async def open_site(database_for: Any, bootstrap_servers: str, folder: Path, **documents: Any) -> AsyncIterator[Site]:
    """Make both services ready on this broker; `documents` are further settings of documents-svc."""
    clock = folder / "program-time.json"
    common = {"kafka_bootstrap_servers": bootstrap_servers, "program_time_file": clock}
    made = {name: await database_for(name) for name in ("bidding", "documents")}
    settings: dict[str, ServiceSettings] = {
        "bidding": ServiceSettings(environment="local", database_url=made["bidding"].login_url, **common),
        "documents": house_settings(folder, made["documents"].login_url, **common, **documents),
    }
    program_time.use_file(clock)
    databases = {name: Database(one.login_url, name) for name, one in made.items()}
    async with admin_client(connection_options(settings["bidding"], "tests")) as admin:
        await provision(admin)
    yield Site(databases["bidding"], databases["documents"], settings, clock, made["documents"].admin_url)
    program_time.use_file(None)
    for database in databases.values():
        await database.close()
