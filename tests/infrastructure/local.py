"""The local provider: processes on this machine, by the same code that `make run` uses, on free ports."""

import shutil
import tempfile
import warnings
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

from deploy.local import clamd, kafka, postgres, seaweed
from deploy.local.ports import LOCALHOST, free_port, free_ports
from deploy.local.program import Program, Running
from deploy.local.trouble import Trouble
from tests.infrastructure.interface import Kafka, ObjectStore, Postgres, Provider, Scanner, Unavailable

Part = TypeVar("Part")
TRIES = 3
"""Another test run may take a free port between our look and our start."""


class LocalProvider(Provider):
    """Keeps its data in a folder of the system's temporary one and removes it at the end."""

    name = "local"

    def __init__(self) -> None:
        self._folder = Path(tempfile.mkdtemp(prefix="connexion-tests-"))
        self._folder.chmod(0o711)  # PostgreSQL's user passes through
        self._running: list[Running] = []

    def start_postgres(self, *, durable: bool = False) -> Postgres:
        """Start PostgreSQL from its wheel."""
        data = self._new_folder("postgres")
        postgres.prepare(data)

        def start() -> Postgres:
            port = free_port()
            running = self._start(postgres.program(data, port, durable=durable), data.with_suffix(".log"))
            return Postgres(postgres.admin_url(port), running)

        return _try_ports(start)

    def start_kafka(self) -> Kafka:
        """Start the best broker that can be had (see `deploy.local.kafka`)."""
        choice = kafka.choose()
        if choice.servers:
            return Kafka(choice.servers, choice.real, None)
        if not choice.real:
            warnings.warn(kafka.FALL_BACK_WARNING, stacklevel=2)
        data = self._new_folder("kafka")

        def start() -> Kafka:
            port, controller_port = free_ports(2)
            if choice.real:
                kafka.prepare(data, port, controller_port)
                program = kafka.program(data, port)
            else:
                program = kafka.fall_back_program(port)
            running = self._start(program, data / "broker.log")
            return Kafka(f"{LOCALHOST}:{port}", choice.real, running)

        return _try_ports(start)

    def start_object_store(self) -> ObjectStore:
        """Start SeaweedFS from its wheel."""
        data = self._new_folder("seaweed")

        def start() -> ObjectStore:
            port = free_port()
            running = self._start(seaweed.program(data, port, bucket="files"), data / "seaweed.log")
            return ObjectStore(
                endpoint=f"http://{LOCALHOST}:{port}",
                access_key=seaweed.ACCESS_KEY,
                secret_key=seaweed.SECRET_KEY,
                region=seaweed.REGION,
                bucket="files",
                server=running,
            )

        return _try_ports(start)

    def start_scanner(self) -> Scanner:
        """Start Debian's clamd, installing it where we are root."""
        try:
            clamd.find_clamd()
        except Trouble as trouble:
            raise Unavailable(str(trouble)) from trouble
        data = self._new_folder("clamd")

        def start() -> Scanner:
            port = free_port()
            clamd.prepare(data, port)
            return Scanner(LOCALHOST, port, self._start(clamd.program(data, port), data / "clamd.log"))

        return _try_ports(start)

    def stop(self) -> None:
        """Stop what was started, the last first, and remove the data."""
        for running in reversed(self._running):
            running.stop()
        self._running.clear()
        shutil.rmtree(self._folder, ignore_errors=True)

    def _start(self, program: Program, log: Path) -> Running:
        running = Running(program, log)
        running.start()
        self._running.append(running)
        return running

    def _new_folder(self, part: str) -> Path:
        return Path(tempfile.mkdtemp(prefix=f"{part}-", dir=self._folder))


def _try_ports(start: Callable[[], Part]) -> Part:
    for _ in range(TRIES - 1):
        try:
            return start()
        except Trouble as trouble:
            if "in use" not in str(trouble):
                raise
    return start()
