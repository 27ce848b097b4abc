"""Every edge of the platform in one process: its routes from its own OpenAPI document, and the application to call."""

import tempfile
from dataclasses import dataclass
from functools import cache
from importlib import import_module
from pathlib import Path
from typing import Any

from fastapi import FastAPI

from chassis import key_ring
from chassis.door import PUBLIC, SIGNED_IN
from chassis.edge import create_edge
from chassis.service import Service
from chassis.settings import ServiceSettings
from tests.infrastructure.databases import PACKAGES

ISSUER = "http://localhost"
METHODS = {"get", "post", "put", "patch", "delete", "head", "options"}
NO_DATABASE = "postgresql+asyncpg://nobody@127.0.0.1:1/nothing"


@dataclass(frozen=True)
class Route:
    """One operation of one service, as its OpenAPI document tells it."""

    service: str
    method: str
    path: str
    operation: dict[str, Any]

    @property
    def name(self) -> str:
        """How lists and test ids name it."""
        return f"{self.method.upper()} {self.path}"

    @property
    def permission(self) -> str:
        """The permission it asks for, `public` or `signed-in`."""
        return str(self.operation["x-permission"])

    @property
    def is_public(self) -> bool:
        """Whether anybody may use it."""
        return self.permission == PUBLIC

    @property
    def is_for_everybody_signed_in(self) -> bool:
        """Whether it asks for no permission by name."""
        return self.permission == SIGNED_IN

    @property
    def is_for_staff(self) -> bool:
        """Whether it asks for a permission of staff alone: no organization stands behind it."""
        return self.permission.startswith("staff.")

    @property
    def names_a_resource(self) -> bool:
        """Whether a parameter of the path names one thing."""
        return "{" in self.path

    @property
    def is_list(self) -> bool:
        """Whether it answers with a page of items."""
        return any(parameter["name"] == "after" for parameter in self.operation.get("parameters", []))


def settings_of(service: Service, database_url: str) -> ServiceSettings:
    """Return settings for a service's edge in a test, with folders and keys of its own."""
    folder = Path(tempfile.mkdtemp(prefix=f"connexion-{service.name}-"))
    common = {"environment": "local", "database_url": database_url, "token_issuer": ISSUER}
    return service.settings.model_validate(common | _own_settings(service.name, folder))


def _own_settings(name: str, folder: Path) -> dict[str, Any]:
    if name == "documents":
        return {
            "partial_folder": folder / "partial",
            "store_url": f"file://{folder}/store",
            "receipt_key_folder": _keys(folder / "receipt"),
        }
    if name == "contracts":
        return {"contract_store_url": f"file://{folder}/contracts"}
    if name == "identity":
        return {
            "token_signing_key_file": _keys(folder / "token"),
            "public_url": ISSUER,
            "identity_provider": "http://127.0.0.1:1",
            "client_id": "connexion",
            "client_secret": "test",
        }
    return {}


def _keys(folder: Path) -> Path:
    folder.mkdir(parents=True)
    key_ring.new(folder)
    return folder


@cache
def service_named(name: str) -> Service:
    """Return a service's composition root by its short name."""
    found: Service = import_module(f"{PACKAGES[name]}.app").SERVICE
    return found


def edge_of(name: str, database_url: str) -> FastAPI:
    """Return the edge of a service on a database."""
    service = service_named(name)
    return create_edge(service, settings_of(service, database_url))


@cache
def document_of(name: str) -> dict[str, Any]:
    """Return the OpenAPI document of a service."""
    return edge_of(name, NO_DATABASE).openapi()


@cache
def routes() -> tuple[Route, ...]:
    """Return every route of every service, from the OpenAPI documents."""
    return tuple(
        Route(name, method, path, operation)
        for name in sorted(PACKAGES)
        for path, operations in document_of(name)["paths"].items()
        for method, operation in operations.items()
        if method in METHODS
    )
