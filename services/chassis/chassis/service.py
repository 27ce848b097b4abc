from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

from fastapi import FastAPI

from chassis.door import SliceRouter
from chassis.settings import ServiceSettings

Resources = Callable[[Any, ServiceSettings], AbstractAsyncContextManager[None]]


@asynccontextmanager
async def no_resources(_state: Any, _settings: ServiceSettings) -> AsyncIterator[None]:
    """For a service that needs nothing but its database."""
    yield


@dataclass(frozen=True)
class Service:
    """A service as its composition root (`app.py`) names it: slices, and what each of them says to the doors.

    `name` is the short name ("documents") that databases, roles, topics and paths begin with. `resources` opens what
    the service needs beside its database (a store, keys), puts it on the application's `state`, and closes it again;
    it runs in the edge and in the worker. `hears` and `sweeps` are the worker's. `mounts` adds plain ASGI routes to
    the edge for hot paths.
    """

    name: str
    package: str
    routers: Sequence[SliceRouter] = ()
    hears: Sequence[Any] = ()
    sweeps: Sequence[Any] = ()
    settings: type[ServiceSettings] = ServiceSettings
    resources: Resources = no_resources
    mounts: Sequence[Callable[[FastAPI], None]] = field(default=())
