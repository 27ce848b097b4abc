"""The fixtures. Each part starts when a test first asks for it and lives as long as the test run."""

import uuid
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from typing import TYPE_CHECKING, Any, TypeAlias, TypeVar

import pytest
import pytest_asyncio
from aiokafka.admin import AIOKafkaAdminClient, NewTopic

from tests.infrastructure.choice import chosen_provider, new_provider
from tests.infrastructure.interface import Kafka, ObjectStore, Postgres, Provider, Scanner, Unavailable

if TYPE_CHECKING:
    from tests.infrastructure.platform import Platform

Part = TypeVar("Part")
DatabaseFor: TypeAlias = Callable[..., Awaitable[Any]]
"""`await database_for("documents")` returns a new `tests.infrastructure.databases.ServiceDatabase`."""
NewTopicNamed: TypeAlias = Callable[..., Awaitable[str]]
"""`await new_topic("documents", partitions=3)` makes a topic with an unused name and returns that name."""


MARKERS = {
    "broker": {"kafka"},
    "storage": {"object_store", "scanner"},
    "database": {"postgres"},
    "e2e": {"platform"},
    "alone": {"platform"},
}
"""What a test asks for says which marker it has. A test that starts parts of its own has to say it itself, and so has
one that is about PostgreSQL (its roles, its locks, its loss) and not only on it: that one is of `storage`."""


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark each test by what it needs, so that `-m broker` finds every test of the broker."""
    for item in items:
        asked = set(getattr(item, "fixturenames", ()))
        for marker, fixtures in MARKERS.items():
            if asked & fixtures:
                item.add_marker(marker)


def pytest_report_header() -> str:
    """Say which provider the tests get."""
    name, reason = chosen_provider()
    return f"infrastructure: {name} ({reason})"


@pytest.fixture(scope="session")
def infrastructure() -> Iterator[Provider]:
    """The provider itself, for tests that start parts of their own to take them away."""
    provider = new_provider()
    yield provider
    provider.stop()


@pytest.fixture(scope="session")
def postgres(infrastructure: Provider) -> Postgres:
    """A PostgreSQL server that all tests of this run share."""
    return infrastructure.start_postgres()


@pytest.fixture(scope="session")
def kafka(infrastructure: Provider) -> Kafka:
    """A broker that all tests of this run share; topics are made by whoever needs them."""
    return _or_skip(infrastructure.start_kafka)


@pytest.fixture(scope="session")
def object_store(infrastructure: Provider) -> ObjectStore:
    """An S3 store with one bucket that all tests of this run share."""
    return _or_skip(infrastructure.start_object_store)


@pytest.fixture(scope="session")
def scanner(infrastructure: Provider) -> Scanner:
    """A clamd that knows EICAR's test file."""
    return _or_skip(infrastructure.start_scanner)


@pytest.fixture(scope="session")
def platform() -> "Iterator[Platform]":
    """The whole platform, as `make run` starts it, with fresh data; shared by the tests that drive it from outside."""
    from tests.infrastructure.platform import own_platform

    with own_platform() as running:
        yield running


@pytest.fixture(scope="session")
def database_for(postgres: Postgres) -> DatabaseFor:
    """Make a new database of a service, with the roles and migrations of production."""
    from tests.infrastructure.databases import Databases

    return Databases(postgres.admin_url).make


@pytest_asyncio.fixture
async def new_topic(kafka: Kafka) -> AsyncIterator[NewTopicNamed]:
    """Make topics with names nobody else uses, for tests of messaging itself."""
    admin = AIOKafkaAdminClient(bootstrap_servers=kafka.bootstrap_servers)
    await admin.start()

    async def make(name: str = "topic", partitions: int = 1) -> str:
        topic = f"{name}.{uuid.uuid4().hex[:12]}"
        await admin.create_topics([NewTopic(name=topic, num_partitions=partitions, replication_factor=1)])
        return topic

    yield make
    await admin.close()


@pytest.fixture(autouse=True)
def _only_on_the_real_broker(request: pytest.FixtureRequest) -> None:
    if request.node.get_closest_marker("real_kafka") and not request.getfixturevalue("kafka").real:
        pytest.skip("needs Apache Kafka itself: Java or its jars cannot be had here, and no broker is given")


def _or_skip(start: Callable[[], Part]) -> Part:
    try:
        return start()
    except Unavailable as reason:
        pytest.skip(str(reason))
