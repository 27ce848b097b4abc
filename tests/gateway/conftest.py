"""The gateway under test: the real Envoy with the real configuration in front of a stand-in for the services."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import httpx
import pytest
import uvicorn
from joserfc.jwk import ECKey

from deploy.local.gateway import values
from deploy.local.ports import free_port, free_ports
from tests.gateway import keys
from tests.gateway.running import Gateway, running
from tests.gateway.upstream import SERVICES, Upstream
from tests.infrastructure.waiting import eventually


@pytest.fixture(scope="session")
def key() -> ECKey:
    """The key the identity adapter signs with in these tests."""
    return keys.new_key()


@pytest.fixture(scope="session")
async def upstream(key: ECKey) -> AsyncIterator[Upstream]:
    """The stand-in for portal and edges, listening."""
    application = Upstream(keys.published(key))
    server = uvicorn.Server(uvicorn.Config(application, log_level="warning", lifespan="off"))
    task = asyncio.create_task(server.serve(sockets=list(application.sockets.values())))
    await eventually(lambda: server.started)
    yield application
    server.should_exit = True
    server.force_exit = True
    await task


@pytest.fixture(scope="session")
def settings(upstream: Upstream) -> dict[str, str]:
    """The local values, with free ports, the stand-in's addresses and limits nobody meets by accident."""
    changed = {
        "GATEWAY_TOKEN_ISSUER": keys.ISSUER,
        "GATEWAY_TELEMETRY_PORT": str(free_port()),
        "GATEWAY_SESSION_BURST": "10000",
        "GATEWAY_ADDRESS_BURST": "10000",
    }
    for service in SERVICES:
        changed[f"GATEWAY_{service.upper()}_HOST"] = "127.0.0.1"
        changed[f"GATEWAY_{service.upper()}_PORT"] = str(upstream.port(service))
    return values("local.env") | fresh_ports() | changed


def fresh_ports() -> dict[str, str]:
    """Ports of an Envoy's own that are free now."""
    names = [f"GATEWAY_{listener}_PORT" for listener in ("PUBLIC", "INTERNAL", "ADMIN")]
    return dict(zip(names, map(str, free_ports(3)), strict=True))


@pytest.fixture(scope="session")
async def gateway(settings: dict[str, str], tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Gateway]:
    """One gateway for all tests that do not need another set of values."""
    async with running(settings, tmp_path_factory.mktemp("gateway")) as started:
        yield started


@pytest.fixture
async def browser(gateway: Gateway) -> AsyncIterator[httpx.AsyncClient]:
    """A client of the public listener."""
    async with httpx.AsyncClient(base_url=gateway.public, timeout=30) as client:
        yield client


@pytest.fixture
async def portal(gateway: Gateway) -> AsyncIterator[httpx.AsyncClient]:
    """A client of the portal's listener."""
    async with httpx.AsyncClient(base_url=gateway.internal, timeout=30) as client:
        yield client


@pytest.fixture
def bearer(key: ECKey) -> dict[str, str]:
    """The header of a machine that is signed in."""
    return {"authorization": f"Bearer {keys.token(key)}"}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder for an Envoy of the test's own."""
    return tmp_path
