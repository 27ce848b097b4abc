"""Kafka clients of aiokafka as the platform needs them, in one place."""

import asyncio
import logging
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import structlog
from aiokafka import AIOKafkaProducer
from aiokafka.admin import AIOKafkaAdminClient
from aiokafka.errors import IncompatibleBrokerVersion, KafkaError, ProducerClosed, UnknownError
from aiokafka.helpers import create_ssl_context

from chassis.settings import BrokerSettings

SEND_TIMEOUT = 5.0
"""Seconds until one try to send counts as failed; a new relay waits as long before it sends."""
STOP_WITHIN = 5.0
BATCH_BYTES = 128 * 1024

UNREACHABLE = (KafkaError, OSError)
"""What a broker that is away, or does not answer, raises."""

log = structlog.get_logger()


class OnceAMinute(logging.Filter):
    """Lets each kind of message through once a minute: the client says the same at every try while a broker is away."""

    def __init__(self) -> None:
        super().__init__()
        self.last_written: dict[tuple[str, object], float] = {}

    def filter(self, record: logging.LogRecord) -> bool:
        """Return whether this record is written."""
        kind, now = (record.name, record.msg), time.monotonic()
        if now - self.last_written.get(kind, -60.0) < 60.0:
            return False
        self.last_written[kind] = now
        return True


def keep_quiet() -> None:
    """Tame the log of the Kafka client, for a process: no messages' contents, and no repeats during an outage."""
    once = OnceAMinute()
    logging.getLogger("aiokafka").setLevel(logging.INFO)  # below that it writes whole messages
    for name in list(logging.Logger.manager.loggerDict):
        if name.startswith("aiokafka."):
            logging.getLogger(name).addFilter(once)


def connection_options(settings: BrokerSettings, client_id: str) -> dict[str, Any]:
    """Return what every client of ours needs to connect: address, name, encryption, credentials."""
    options: dict[str, Any] = {"bootstrap_servers": settings.kafka_bootstrap_servers, "client_id": client_id}
    protocol = settings.kafka_security_protocol or "PLAINTEXT"
    if protocol != "PLAINTEXT":
        options |= {"security_protocol": protocol, "ssl_context": create_ssl_context()}
    if protocol == "SASL_SSL" and settings.kafka_password is not None:
        options |= {
            "sasl_mechanism": "SCRAM-SHA-512",
            "sasl_plain_username": settings.kafka_username,
            "sasl_plain_password": settings.kafka_password.get_secret_value(),
        }
    return options


async def start_producer(options: dict[str, Any]) -> AIOKafkaProducer:
    """Connect a producer that waits for all replicas and does not double what it repeats.

    The fall-back broker of the local platform knows no idempotence; there, a repeated batch may be doubled, which the
    inboxes absorb. Raises one of `UNREACHABLE`.
    """
    try:
        return await _started(options, enable_idempotence=True)
    except (IncompatibleBrokerVersion, UnknownError):
        if "security_protocol" in options:  # only a local broker is spoken to in plain text (see BrokerSettings)
            raise
        log.warning("the broker has no idempotent producers: repeats may be doubled on the wire")
        return await _started(options, enable_idempotence=False)


async def _started(options: dict[str, Any], *, enable_idempotence: bool) -> AIOKafkaProducer:
    producer = AIOKafkaProducer(
        **options,
        acks="all",
        enable_idempotence=enable_idempotence,
        max_batch_size=BATCH_BYTES,
        request_timeout_ms=int(SEND_TIMEOUT * 1000),
    )
    try:
        async with asyncio.timeout(2 * SEND_TIMEOUT):  # it would ask for its producer id for ever
            await producer.start()
    except BaseException:
        await abandon(producer)
        raise
    return producer


async def abandon(producer: AIOKafkaProducer) -> None:
    """Close a producer at once: what it still holds is not sent, and nobody waits for a broker that is away.

    `AIOKafkaProducer.stop` first waits until everything is delivered, and an idempotent producer never gives that up.
    What hangs even so (a request that waits for a broker's answer after its client was closed) is left behind.
    """
    producer._message_accumulator.fail_all(ProducerClosed())  # noqa: SLF001 - no public way to give up
    sender = producer._sender  # noqa: SLF001 - the same
    if sender is not None and sender.sender_task is not None:
        sender.sender_task.cancel()
    closing = asyncio.ensure_future(_close(producer))
    done, _ = await asyncio.wait({closing}, timeout=STOP_WITHIN)
    if not done:
        closing.cancel()
        log.warning("a producer was left behind")


async def _close(producer: AIOKafkaProducer) -> None:
    await producer.client.close()
    await producer.stop()


async def stop_producer(producer: AIOKafkaProducer) -> None:
    """Close a producer after it has delivered what it holds; after `STOP_WITHIN` seconds, abandon it."""
    flushing = asyncio.ensure_future(producer.flush())
    done, _ = await asyncio.wait({flushing}, timeout=STOP_WITHIN)
    if not done:
        flushing.cancel()
    await abandon(producer)


@asynccontextmanager
async def admin_client(options: dict[str, Any]) -> AsyncIterator[AIOKafkaAdminClient]:
    """Connect an administrator for the time of the block. Raises one of `UNREACHABLE`."""
    admin = AIOKafkaAdminClient(**options)
    try:
        await admin.start()
        yield admin
    finally:
        await admin.close()
