from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Annotated, Any

from fastapi import Depends, Request

from chassis.settings import ServiceSettings
from contracts_svc.sealing.sealer import Sealer, open_sealer
from contracts_svc.sealing.store import SealedContracts, open_store
from contracts_svc.settings import Settings


@dataclass(frozen=True)
class Resources:
    """What contracts-svc holds beside its database; each is None where the settings name none."""

    store: SealedContracts | None
    sealer: Sealer | None


@asynccontextmanager
async def open_resources(state: Any, settings: ServiceSettings) -> AsyncIterator[None]:
    """Open the store and the key for as long as the process runs."""
    assert isinstance(settings, Settings)  # noqa: S101  the composition root names this class
    global _opened  # noqa: PLW0603  sweeps get a session and nothing else
    with open_sealer(settings) as sealer:
        state.contracts = _opened = Resources(open_store(settings), sealer)
        yield


_opened = Resources(None, None)


def opened_resources() -> Resources:
    """Return the resources of this process, for a sweep."""
    return _opened


async def _resources(request: Request) -> Resources:
    resources: Resources = request.app.state.contracts
    return resources


Sealing = Annotated[Resources, Depends(_resources)]
"""The resources, for a route."""
