"""The only place where inbound routers and brokers are made, because their defaults lose messages.

FastStream commits before handling unless told otherwise, begins at the latest message, answers `reply_to` headers and
makes topics by itself. Here it does none of that, and a broker that is away at start is waited for.
"""

import logging
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from aiokafka import ConsumerRecord
from aiokafka.helpers import create_ssl_context
from faststream import AckPolicy
from faststream.kafka import KafkaBroker, KafkaMessage, KafkaRouter
from faststream.message import StreamMessage
from faststream.security import BaseSecurity, SASLScram512

from chassis.inbox import Once, Park, Subscription, current_turn
from chassis.kafka import readable
from chassis.lanes import Assigned, LanedSubscriber
from chassis.offsets import Offsets
from chassis.settings import BrokerSettings
from chassis.subscribing import PatientBroker

GRACE = 20.0
"""Seconds a running handler gets to finish on shutdown; a pod's grace period is longer by ten."""


_LOGGER = logging.getLogger("chassis.inbound")  # not FastStream's own, which formats and writes by itself
_LOGGER.setLevel(logging.WARNING)


def make_broker(service: str, settings: BrokerSettings, subscriptions: Sequence[Subscription] = ()) -> PatientBroker:
    """Return the broker of a worker with one subscriber for each subscription. It connects when it is started."""
    broker = PatientBroker(
        settings.kafka_bootstrap_servers,
        client_id=f"{service}-worker",
        security=_security(settings),
        consumer_only=True,  # the relay and the parking lot have producers of their own
        allow_auto_create_topics=False,
        apply_types=False,  # nothing is injected: see `inbox.current_turn`
        graceful_timeout=GRACE,
        logger=_LOGGER,
        log_level=logging.DEBUG,
    )
    for subscription in subscriptions:
        broker.include_router(inbound_router(subscription, fetch_wait_ms=settings.kafka_fetch_wait_ms))
        broker.look_after(subscription)
    return broker


def _security(settings: BrokerSettings) -> BaseSecurity | None:
    match settings.kafka_security_protocol:
        case "SSL":
            return BaseSecurity(ssl_context=create_ssl_context(), use_ssl=True)
        case "SASL_SSL":
            assert settings.kafka_username  # noqa: S101 - the settings saw to it
            assert settings.kafka_password  # noqa: S101
            return SASLScram512(
                settings.kafka_username,
                settings.kafka_password.get_secret_value(),
                ssl_context=create_ssl_context(),
                use_ssl=True,
            )
    return None


def inbound_router(subscription: Subscription, *, fetch_wait_ms: int = 500) -> KafkaRouter:
    """Return the router of one hearing: one subscriber of one topic, in its own group, from the earliest message."""
    hearing = subscription.hearing
    # The policy must stand on the router: one on the broker does not reach subscribers of a router included later.
    router = KafkaRouter(ack_policy=AckPolicy.NACK_ON_ERROR, middlewares=[Park.by(subscription), Once.by(subscription)])

    subscriber = router.subscriber(
        hearing.topic,
        group_id=hearing.group,
        auto_offset_reset="earliest",
        no_reply=True,
        parser=_parser(subscription.offsets),
        decoder=_undecoded,
        fetch_max_wait_ms=fetch_wait_ms,
        listener=Assigned(),
    )
    subscriber.__class__ = LanedSubscriber  # FastStream makes its subscribers itself, and takes no class for them

    @subscriber
    async def hear(_body: bytes) -> None:
        await current_turn().take()

    return router


def _parser(offsets: Offsets) -> Any:
    async def parsed(record: ConsumerRecord, parse: Any) -> StreamMessage[ConsumerRecord]:
        """Keep a header that is no UTF-8 from failing the parser, whose failures skip the message for good."""
        headers = tuple((name, text.encode()) for name, text in readable(record.headers).items())
        message: KafkaMessage = await parse(replace(record, headers=headers))
        message.raw_message = record
        message.consumer = offsets.of(message.consumer, record)
        return message

    return parsed


async def _undecoded(message: StreamMessage[ConsumerRecord]) -> bytes:
    """Leave the body to `events.envelope`, which knows its type."""
    body: bytes = message.body
    return body


def wrongly_subscribed(broker: KafkaBroker, service: str) -> list[str]:
    """Return a sentence for each subscriber that does not keep the house's rules; services' tests expect none."""
    problems = []
    for subscriber in broker.subscribers:
        topics = ", ".join(subscriber.topic_names)  # type: ignore[attr-defined]
        expected = {
            "ack policy": (subscriber.ack_policy, AckPolicy.NACK_ON_ERROR),
            "group": (subscriber.group_id, f"{service}.{topics}"),  # type: ignore[attr-defined]
            "offset reset": (subscriber._connection_args.get("auto_offset_reset"), "earliest"),  # type: ignore[attr-defined]  # noqa: SLF001
            "automatic commit": (subscriber._connection_args.get("enable_auto_commit"), False),  # type: ignore[attr-defined]  # noqa: SLF001
        }
        problems += [
            f"{topics}: {what} is {found!r}, not {wanted!r}"
            for what, (found, wanted) in expected.items()
            if found != wanted
        ]
    return problems
