"""The containers provider: the same parts by testcontainers, on loopback, from upstream's images or the home-built.

Upstream's image is taken where the engine has it; where it has only the one built by `deploy/images/build`, that one;
where it has neither, upstream's is pulled. Both kinds of image understand the same settings, so nothing here knows
which it is. A part keeps its host port when it is stopped and started again, as tests of failure expect.
"""

import os
import socket
import struct
from base64 import urlsafe_b64encode
from collections.abc import Callable, Mapping
from contextlib import closing
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any, cast
from uuid import uuid4

import docker
from docker.errors import APIError, DockerException, ImageNotFound
from testcontainers.core.config import testcontainers_config
from testcontainers.core.container import DockerContainer
from testcontainers.core.waiting_utils import WaitStrategy, WaitStrategyTarget

from deploy.local import kafka, postgres, seaweed
from deploy.local.kafka_jars import VERSION as KAFKA_VERSION
from deploy.local.ports import LOCALHOST, free_port
from tests.infrastructure.interface import Kafka, ObjectStore, Postgres, Provider, Scanner, Unavailable

testcontainers_config.ryuk_disabled = True  # its image may not be had; `_remove_leftovers` does its work
OWNER = "connexion.tests.process"
"""Label of our containers: the process that made them."""
TRIES = 3
"""Another process may take a free port between our look and our start."""
HOME = Path(__file__).parents[2] / "deploy" / "images"
PLACES = {"listen_addresses", "unix_socket_directories"}
"""Settings of PostgreSQL that are the image's business."""


@dataclass(frozen=True, eq=False)
class Image:
    """One part's image: its names, its port, and a question on that port which only a ready server answers."""

    upstream: str
    home_built: str
    port: int
    question: bytes
    answer: bytes
    environment: Mapping[str, str] = field(default_factory=dict)
    command: tuple[str, ...] = ()
    files: Mapping[str, Path] = field(default_factory=dict)


POSTGRES = Image(
    upstream="postgres:18",
    home_built="connexion/postgres:home",
    port=5432,
    question=struct.pack(">ii", 23, 196608) + b"user\0postgres\0\0",  # a start-up message of protocol 3.0
    answer=b"R",  # how to authenticate; one that still starts up answers E
    environment={"POSTGRES_HOST_AUTH_METHOD": "trust"},  # as on local processes
)
KAFKA = Image(
    upstream=f"apache/kafka:{KAFKA_VERSION}",
    home_built="connexion/kafka:home",
    port=9092,
    question=struct.pack(">ihhih", 10, 18, 0, 1, -1),  # ApiVersions, version 0, correlation 1, no client id
    answer=b"\0",
)
OBJECT_STORE = Image(
    upstream="chrislusf/seaweedfs:4.48",
    home_built="connexion/seaweedfs:home",
    port=8333,
    question=b"GET / HTTP/1.0\r\n\r\n",
    answer=b"HTTP/",
    environment={"AWS_ACCESS_KEY_ID": seaweed.ACCESS_KEY, "AWS_SECRET_ACCESS_KEY": seaweed.SECRET_KEY},
    command=(
        *("mini", "-dir=/data", "-bucket=files", "-webdav=false", "-admin.ui=false", "-master.telemetry=false"),
        *("-s3.port.iceberg=0", "-s3.port.lance=0"),
    ),
)
SCANNER = Image(
    upstream="clamav/clamav:1.4_base",
    home_built="connexion/clamav:home",
    port=3310,
    question=b"zPING\0",
    answer=b"PONG",
    command=("clamd", "--foreground", "--config-file=/etc/clamav/clamd.conf"),
    files={
        "/etc/clamav/clamd.conf": HOME / "clamav" / "clamd.conf",
        "/var/lib/clamav/eicar.ndb": HOME / "clamav" / "eicar.ndb",
    },
)
IMAGES = (POSTGRES, KAFKA, OBJECT_STORE, SCANNER)


def why_not() -> str | None:
    """Return what keeps us from containers, None where nothing does."""
    try:
        engine = docker.from_env(timeout=10)
        engine.ping()
    except DockerException:
        return "no Docker engine answers"
    try:
        for image in IMAGES:
            image_to_run(image)
    except Unavailable as missing:
        return str(missing)
    return None


@cache
def image_to_run(image: Image) -> str:
    """Return the name of the image to take: see the module's text.

    Raises:
        Unavailable: it is neither here nor can it be pulled
    """
    engine = docker.from_env()
    for name in (image.upstream, image.home_built):
        try:
            engine.images.get(name)
        except ImageNotFound:
            continue
        return name
    try:
        engine.images.pull(image.upstream)
    except DockerException as refused:
        msg = f"the image {image.upstream} cannot be pulled and {image.home_built} is not built (deploy/images/build)"
        raise Unavailable(msg) from refused
    return image.upstream


class Answers(WaitStrategy):
    """Waits for the part's own answer: the engine's port forwarder accepts connections long before the part does."""

    def __init__(self, image: Image, port: int) -> None:
        super().__init__()
        self._image, self._port = image, port
        self.with_startup_timeout(60).with_poll_interval(0.1)

    def wait_until_ready(self, container: WaitStrategyTarget) -> None:
        """Return when it answers.

        Raises:
            TimeoutError: it did not within a minute, or it ended; the container's last lines are in the message
        """
        if not self._poll(lambda: self._answered() or self._ended(container)) or self._ended(container):
            last = b"".join(container.get_logs()).decode(errors="replace")[-2000:]
            msg = f"{self._image.home_built} did not answer on port {self._port}:\n{last}"
            raise TimeoutError(msg)

    def _answered(self) -> bool:
        with closing(socket.create_connection((LOCALHOST, self._port), timeout=2)) as connection:
            connection.sendall(self._image.question)
            return connection.recv(16).startswith(self._image.answer)

    def _ended(self, container: WaitStrategyTarget) -> bool:
        container.reload()
        return container.status in {"exited", "dead"}


class Part(DockerContainer):
    """A started part, which tests can take away."""

    def __init__(self, image: Image) -> None:
        self.host_port = free_port()
        super().__init__(
            image_to_run(image),
            env=dict(image.environment),
            _wait_strategy=Answers(image, self.host_port),
            transferables=[(file, inside, 0o644) for inside, file in image.files.items()],
            labels={OWNER: str(os.getpid())},
        )
        self.ports[f"{image.port}/tcp"] = cast("Any", (LOCALHOST, self.host_port))  # its type knows no address
        self.with_command(list(image.command))

    def start(self) -> "Part":
        """Start it, the first time or again, and return when it answers."""
        if self._container is None:
            return super().start()
        self._container.start()
        cast("Answers", self._wait_strategy).wait_until_ready(self)
        return self

    def stop(self, force: bool = False, delete_volume: bool = False) -> None:
        """End it in order and keep its data; `force` removes it."""
        if self._container is None:
            return
        if force:
            super().stop(force=True, delete_volume=delete_volume)
        else:
            self._container.stop(timeout=15)

    def kill(self) -> None:
        """End it as a power cut would."""
        self.get_wrapped_container().kill()

    def freeze(self) -> None:
        """Let it hang."""
        self.get_wrapped_container().pause()

    def thaw(self) -> None:
        """Let it go on."""
        self.get_wrapped_container().unpause()


class ContainersProvider(Provider):
    """Starts a container per part and removes them, with their data, at the end."""

    name = "containers"

    def __init__(self) -> None:
        self._parts: list[Part] = []
        _remove_leftovers()

    def start_postgres(self, *, durable: bool = False) -> Postgres:
        """Start PostgreSQL 18 with the settings of the local platform."""
        settings = postgres.SETTINGS | ({} if durable else postgres.NOT_DURABLE)
        command = ["postgres"]
        for name, value in settings.items():
            if name not in PLACES:
                command += ["-c", f"{name}={value}"]
        part = self._start(POSTGRES, lambda part: part.with_command(command))
        return Postgres(postgres.admin_url(part.host_port), part)

    def start_kafka(self) -> Kafka:
        """Start Apache Kafka with the settings of the local platform."""
        part = self._start(KAFKA, lambda part: part.with_envs(**_broker_environment(part.host_port)))
        return Kafka(f"{LOCALHOST}:{part.host_port}", real=True, server=part)

    def start_object_store(self) -> ObjectStore:
        """Start SeaweedFS."""
        part = self._start(OBJECT_STORE)
        return ObjectStore(
            endpoint=f"http://{LOCALHOST}:{part.host_port}",
            access_key=seaweed.ACCESS_KEY,
            secret_key=seaweed.SECRET_KEY,
            region=seaweed.REGION,
            bucket="files",
            server=part,
        )

    def start_scanner(self) -> Scanner:
        """Start clamd with our one signature."""
        part = self._start(SCANNER)
        return Scanner(LOCALHOST, part.host_port, part)

    def stop(self) -> None:
        """Remove what was started, the last first."""
        for part in reversed(self._parts):
            part.stop(force=True, delete_volume=True)
        self._parts.clear()

    def _start(self, image: Image, configure: Callable[[Part], object] = lambda _: None) -> Part:
        for _ in range(TRIES - 1):
            try:
                return self._started(image, configure)
            except APIError as refused:
                if not any(reason in str(refused) for reason in ("in use", "already allocated")):
                    raise
        return self._started(image, configure)

    def _started(self, image: Image, configure: Callable[[Part], object]) -> Part:
        part = Part(image)
        configure(part)
        self._parts.append(part)
        return part.start()


def _broker_environment(port: int) -> dict[str, str]:
    """Return the local platform's broker settings as the image's variables, told under which port it is reached."""
    text = kafka.SERVER_PROPERTIES.format(
        node=kafka.NODE, host="localhost", port=9092, controller_port=9093, logs="/var/lib/kafka/data"
    )
    settings = dict(line.split("=", 1) for line in text.splitlines() if "=" in line and not line.startswith("#"))
    settings |= {
        "listeners": "PLAINTEXT://0.0.0.0:9092,CONTROLLER://localhost:9093",
        "advertised.listeners": f"PLAINTEXT://{LOCALHOST}:{port}",
    }
    variables = {f"KAFKA_{name.upper().replace('.', '_')}": value for name, value in settings.items()}
    return {
        **variables,
        "CLUSTER_ID": urlsafe_b64encode(uuid4().bytes).decode().rstrip("="),  # each start is a new cluster
        "KAFKA_HEAP_OPTS": f"-Xms64m -Xmx{kafka.HEAP}",
        "KAFKA_JVM_PERFORMANCE_OPTS": "-XX:+UseSerialGC -XX:TieredStopAtLevel=1",  # starts in a third of the time
    }


def _remove_leftovers() -> None:
    """Remove containers whose test run was killed before it could."""
    for container in docker.from_env().containers.list(all=True, filters={"label": OWNER}):
        if not Path(f"/proc/{container.labels[OWNER]}").exists():
            container.remove(force=True, v=True)
