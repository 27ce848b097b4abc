"""The interface that both providers have."""

from abc import ABC, abstractmethod
from dataclasses import dataclass
from typing import Protocol


class Unavailable(Exception):
    """A part cannot be had here; the tests that need it are skipped with this reason."""


class Server(Protocol):
    """A part's process, for tests that take it away: everything here returns when it is so."""

    def start(self) -> object:
        """Start it again, on the same data and address, and return when it is ready."""

    def stop(self) -> None:
        """End it in order."""

    def kill(self) -> None:
        """End it as a power cut would."""

    def freeze(self) -> None:
        """Let it hang: connections stay open, nothing is answered."""

    def thaw(self) -> None:
        """Let it go on after `freeze`."""


@dataclass(frozen=True)
class Postgres:
    """A PostgreSQL server; `admin_url` is `postgresql://superuser@host:port/postgres`."""

    admin_url: str
    server: Server


@dataclass(frozen=True)
class Kafka:
    """A broker with automatic topic creation off; `real` where it is Apache Kafka itself.

    `server` is None where the broker was given from outside and is not ours to stop.
    """

    bootstrap_servers: str
    real: bool
    server: Server | None


@dataclass(frozen=True)
class ObjectStore:
    """An S3 store with one empty bucket."""

    endpoint: str
    access_key: str
    secret_key: str
    region: str
    bucket: str
    server: Server


@dataclass(frozen=True)
class Scanner:
    """clamd, which knows EICAR's test file and nothing else."""

    host: str
    port: int
    server: Server


class Provider(ABC):
    """Starts parts. Each call starts a new one; the provider stops what it started."""

    name: str

    @abstractmethod
    def start_postgres(self, *, durable: bool = False) -> Postgres:
        """Start PostgreSQL 18; not durable means: survives its process, not the machine."""

    @abstractmethod
    def start_kafka(self) -> Kafka:
        """Start a broker with nothing in it.

        Raises:
            Unavailable: there is none to be had
        """

    @abstractmethod
    def start_object_store(self) -> ObjectStore:
        """Start an S3 store.

        Raises:
            Unavailable: there is none to be had
        """

    @abstractmethod
    def start_scanner(self) -> Scanner:
        """Start clamd.

        Raises:
            Unavailable: there is none to be had
        """

    @abstractmethod
    def stop(self) -> None:
        """Stop everything that was started here and remove its data."""
