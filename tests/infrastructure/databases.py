"""Databases of services, made with the roles and migrations of production."""

import asyncio
import itertools
import os
from dataclasses import dataclass
from urllib.parse import urlsplit, urlunsplit

import asyncpg

from chassis.migrate import migrate
from chassis.provision import provision

PACKAGES = {
    "bidding": "bidding_svc",
    "contracts": "contracts_svc",
    "documents": "documents_svc",
    "notices": "notices_svc",
    "identity": "identity_adapter",
}
PASSWORD = "test"


@dataclass(frozen=True)
class ServiceDatabase:
    """A database of one service. `admin_url` is for asyncpg, the others for SQLAlchemy (`postgresql+asyncpg://`)."""

    name: str
    admin_url: str
    migrator_url: str
    login_url: str


class Databases:
    """Makes databases on one server: the first of a service is migrated, the others are copies of it."""

    def __init__(self, admin_url: str) -> None:
        self._admin_url = admin_url
        self._templates: dict[tuple[str, str | None], str] = {}
        self._numbers = itertools.count(1)
        self._one_at_a_time = asyncio.Lock()

    async def make(self, service: str, package: str | None = "") -> ServiceDatabase:
        """Return a new database of the service with its roles and its tables, and nothing in them.

        Args:
            service: short name, as `documents`
            package: whose migrations are applied; by default the service's own, None for no tables at all
        """
        if package == "":
            package = PACKAGES[service]
        async with self._one_at_a_time:
            key = service, package
            if key not in self._templates:
                self._templates[key] = await self._provisioned(service, copy_of=None)
                if package is not None:
                    await migrate(package, self._describe(service, self._templates[key]).migrator_url)
            return self._describe(service, await self._provisioned(service, copy_of=self._templates[key]))

    async def _provisioned(self, service: str, copy_of: str | None) -> str:
        name = f"connexion_{service}_{os.getpid()}_{next(self._numbers)}"
        if copy_of:
            connection = await asyncpg.connect(self._admin_url)
            try:
                await connection.execute(
                    f'create database "{name}" template "{copy_of}" owner {service}_migrator strategy file_copy'
                )
            finally:
                await connection.close()
        return await provision(
            self._admin_url, service, migrator_password=PASSWORD, login_password=PASSWORD, database=name
        )

    def _describe(self, service: str, name: str) -> ServiceDatabase:
        server = urlsplit(self._admin_url)
        address = f"{server.hostname}:{server.port}"

        def url(role: str) -> str:
            return f"postgresql+asyncpg://{service}_{role}:{PASSWORD}@{address}/{name}"

        return ServiceDatabase(
            name=name,
            admin_url=urlunsplit(server._replace(path=f"/{name}")),
            migrator_url=url("migrator"),
            login_url=url("login"),
        )
