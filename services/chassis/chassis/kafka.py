"""What a service hears: handlers by topic and type of event, and one message's whole transaction.

    hears = Hears("notices")

    @hears("connexion.documents", DocumentReceived)
    async def on_document_received(event: DocumentReceived, session: Session) -> None:
        await note_upload(session, event)

Slices import this module, and the edge imports slices: it must not import a Kafka client, because the edge has none.

A message, its inbox row, its effect and what it says in turn commit together or not at all. A message heard before,
by its `ce_id`, does nothing.
"""

import time
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any, TypeVar
from uuid import UUID

from opentelemetry.trace import SpanKind

from chassis import metrics
from chassis.actor import Actor
from chassis.database import Database, Fence, Session
from chassis.tables import inbox
from chassis.tracing import attached, span
from events.envelope import Envelope, Event, Headers, Heard, UnknownType, read_message

E = TypeVar("E", bound=Event)
Handler = Callable[[Any, Session], Awaitable[None]]


class Hears:
    """The events one slice of a service hears. A decorated function is registered and stays what it was."""

    def __init__(self, service: str) -> None:
        """Take the short name of the service that hears."""
        self.service = service
        self.handlers: list[tuple[type[Event], Handler]] = []

    def __call__(
        self, topic: str, event: type[E]
    ) -> Callable[[Callable[[E, Session], Awaitable[None]]], Callable[[E, Session], Awaitable[None]]]:
        """Declare a handler of one type of event. Raises ValueError when that type does not travel on `topic`."""
        if topic != event.TOPIC:
            raise ValueError(f"{event.__name__} travels on {event.TOPIC}, not on {topic}")

        def register(handler: Callable[[E, Session], Awaitable[None]]) -> Callable[[E, Session], Awaitable[None]]:
            self.handlers.append((event, handler))
            return handler

        return register


def readable(headers: Iterable[tuple[str, bytes | None]]) -> dict[str, str]:
    """Return a record's headers as text. What is no UTF-8 is replaced, not refused: it may be nothing of ours."""
    return {name: (value or b"").decode(errors="replace") for name, value in headers}


def group_of(service: str, topic: str) -> str:
    """Return the consumer group, which is also the name in the inbox: one for each service and topic."""
    return f"{service}.{topic}"


@dataclass(frozen=True)
class Hearing:
    """All that one service hears on one topic. Slices that hear the same type share its transaction."""

    service: str
    topic: str
    types: Mapping[str, type[Event]]
    handlers: Mapping[str, tuple[Handler, ...]]

    @property
    def group(self) -> str:
        """The consumer group."""
        return group_of(self.service, self.topic)

    @asynccontextmanager
    async def first_time(
        self, database: Database, headers: Headers, body: bytes | None
    ) -> AsyncIterator["Turn | None"]:
        """Open the transaction of one message; None when there is nothing to do: heard before, or of no interest.

        The transaction stands behind the fence of the event's organization, or the system's when it has none, and
        within the trace of the event. Raises `events.envelope.MalformedMessageError` for a message that is no event.
        """
        heard = read_message(headers, body, self.types)
        if isinstance(heard, UnknownType):
            metrics.EVENTS_SKIPPED.labels(topic=self.topic).inc()
            yield None
            return
        envelope = heard.envelope
        began = time.perf_counter()
        with (
            attached({"traceparent": envelope.traceparent} if envelope.traceparent else {}),
            span(f"hear {envelope.type}", kind=SpanKind.CONSUMER),
        ):
            async with database.writing(_fence(envelope), _actor(self.service, envelope)) as session:
                first = await session.open_with(self._inbox_row(envelope)) == 1
                yield Turn(heard, session, self.handlers[envelope.type]) if first else None
        if first:
            metrics.EVENTS_HANDLED.labels(topic=self.topic, type=envelope.type).inc()
            seconds = time.perf_counter() - began
            metrics.HANDLER_SECONDS.labels(topic=self.topic, type=envelope.type).observe(seconds)
        else:
            metrics.INBOX_DUPLICATES.labels(topic=self.topic).inc()

    def _inbox_row(self, envelope: Envelope) -> str:
        organization = f"'{envelope.organization}'" if envelope.organization else "null"
        return (
            f"insert into {inbox.name} (consumer, key, organization_id)"  # noqa: S608 - ids, and a name of ours
            f" values ('{self.group}', '{envelope.id}', {organization}) on conflict do nothing"
        )


@dataclass(slots=True)
class Turn:
    """One message's turn: the event, its open transaction, and whoever hears it."""

    heard: Heard
    session: Session
    handlers: tuple[Handler, ...]

    @property
    def spoke(self) -> bool:
        """Whether it said something in turn; known once it is committed."""
        return self.session.recording.spoke

    @property
    def spoken_of(self) -> set[UUID]:
        """The organizations of which it said something; known once it is committed."""
        return self.session.recording.spoken_of

    async def take(self) -> None:
        """Let the handlers act, in the order they were declared."""
        for handler in self.handlers:
            await handler(self.heard.event, self.session)


def _fence(envelope: Envelope) -> Fence:
    return Fence.organization(envelope.organization) if envelope.organization else Fence.system()


def _actor(service: str, envelope: Envelope) -> Actor:
    """Who acts when an event is heard: the worker, by the event that caused it (where a person has a token)."""
    name, cause = f"{service}-worker", str(envelope.id)
    return Actor("system", name, organization_id=envelope.organization, token_id=cause)


def hearings(service: str, hears: Iterable[Hears]) -> list[Hearing]:
    """Put together what all slices of a service hear: one hearing for each topic.

    Raises ValueError when a slice names another service.
    """
    types: dict[str, dict[str, type[Event]]] = {}
    handlers: dict[str, dict[str, tuple[Handler, ...]]] = {}
    for slice_hears in hears:
        if slice_hears.service != service:
            raise ValueError(f"a slice of {service} hears in the name of {slice_hears.service}")
        for event, handler in slice_hears.handlers:
            types.setdefault(event.TOPIC, {})[event.TYPE] = event
            of_topic = handlers.setdefault(event.TOPIC, {})
            of_topic[event.TYPE] = (*of_topic.get(event.TYPE, ()), handler)
    return [Hearing(service, topic, types[topic], handlers[topic]) for topic in types]
