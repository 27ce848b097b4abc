"""Where everything is measured: PostgreSQL that syncs each commit, and Apache Kafka, both on this machine."""

import asyncio
import os
import statistics
import tempfile
import time
from collections.abc import Coroutine
from functools import cached_property
from pathlib import Path
from typing import Any, TypeVar

import asyncpg
from sqlalchemy import insert

from chassis import machine_time
from chassis.actor import Actor
from chassis.database import Database, Fence
from chassis.kafka_clients import admin_client
from chassis.settings import ServiceSettings
from chassis.tables import signing_key
from chassis.topics import provision
from events.topics import Topic
from tests.bench.people import ISSUER, KEY, KID
from tests.infrastructure.databases import Databases, ServiceDatabase
from tests.infrastructure.interface import Kafka, Postgres
from tests.infrastructure.local import LocalProvider

T = TypeVar("T")
DURABLE = ("fsync", "synchronous_commit", "full_page_writes")
PLAIN = "bench_plain"
"""A database role as most would have it: it may touch the tables, and no policy holds it."""


class NotDurable(Exception):
    """PostgreSQL does not sync what it commits, or the disk is none: no number would mean anything."""


class Stage:
    """The parts, each started when a row first needs it."""

    def __init__(self) -> None:
        self._provider = LocalProvider()
        self._loop = asyncio.new_event_loop()
        self.folder = Path(tempfile.mkdtemp(prefix="connexion-bench-"))

    @cached_property
    def postgres(self) -> Postgres:
        """A server of our own, with the durable settings of `make run`, asked whether it has them."""
        started = self._provider.start_postgres(durable=True)
        self.run(_require_durable(started.admin_url))
        return started

    @cached_property
    def kafka(self) -> Kafka:
        """The broker, as `make run` starts it."""
        return self._provider.start_kafka()

    @cached_property
    def _databases(self) -> Databases:
        return Databases(self.postgres.admin_url)

    def database(self, service: str, package: str) -> ServiceDatabase:
        """Make a fresh database of a service, which believes `people`'s tokens and knows the plain role."""
        made = self.run(self._databases.make(service, package))
        self.run(_prepare(made, service))
        return made

    def plain_url(self, database: ServiceDatabase) -> str:
        """The same database, for the plain role."""
        address = database.login_url.rsplit("@", 1)[1]
        return f"postgresql+asyncpg://{PLAIN}:{PLAIN}@{address}"

    def settings(self, database: ServiceDatabase, **more: Any) -> ServiceSettings:
        """Settings of a service on this stage. A row that needs no broker starts none."""
        return ServiceSettings(environment="local", database_url=database.login_url, token_issuer=ISSUER, **more)

    def with_broker(self, database: ServiceDatabase, **more: Any) -> ServiceSettings:
        """Settings of a worker on this stage."""
        return self.settings(database, kafka_bootstrap_servers=self.kafka.bootstrap_servers, **more)

    def topics(self, *topics: Topic) -> None:
        """Make topics as production does."""

        async def make() -> None:
            async with admin_client({"bootstrap_servers": self.kafka.bootstrap_servers}) as admin:
                await provision(admin, topics)

        self.run(make())

    def run(self, work: Coroutine[Any, Any, T]) -> T:
        """Run something of the preparation here."""
        return self._loop.run_until_complete(work)

    def close(self) -> None:
        """Stop everything and remove its data."""
        self._provider.stop()
        self._loop.close()


def stream(name: str, *, partitions: int = 12) -> Topic:
    """The record of a topic that the probe service writes and hears."""
    return Topic(f"connexion.{name}", "", partitions, frozenset({"probe"}), frozenset({"probe"}))


def sync_milliseconds(folder: Path, times: int = 60) -> float:
    """What one fdatasync of 8 KB costs on the disk that everything here lies on (median)."""
    with tempfile.NamedTemporaryFile(dir=folder) as file:
        taken = []
        for _ in range(times):
            os.write(file.fileno(), bytes(8192))
            began = time.perf_counter()
            os.fdatasync(file.fileno())
            taken.append((time.perf_counter() - began) * 1000)
    return statistics.median(taken)


async def _require_durable(admin_url: str) -> None:
    connection = await asyncpg.connect(admin_url)
    try:
        for setting in DURABLE:
            if await connection.fetchval(f"show {setting}") != "on":
                msg = f"PostgreSQL's {setting} is not on"
                raise NotDurable(msg)
    finally:
        await connection.close()


async def _prepare(made: ServiceDatabase, service: str) -> None:
    admin = await asyncpg.connect(made.admin_url)
    try:
        if not await admin.fetchval("select 1 from pg_roles where rolname = $1", PLAIN):
            await admin.execute(f"create role {PLAIN} login bypassrls password '{PLAIN}'")
        await admin.execute(f'grant connect on database "{made.name}" to {PLAIN}')
        await admin.execute(f"grant usage on schema public to {PLAIN}")
        await admin.execute(f"grant select, insert, update on all tables in schema public to {PLAIN}")
    finally:
        await admin.close()
    database = Database(made.login_url, service)
    async with database.writing(Fence.system(), Actor.system("bench")) as session:
        values = {"kid": KID, "use": "token", "issuer": "identity", "not_before": machine_time.now()}
        await session.execute(insert(signing_key).values(public_jwk=KEY.as_dict(private=False), **values))
    await database.close()
