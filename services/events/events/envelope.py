"""The envelope: what every event is, and how one travels as a CloudEvent in Kafka's binary mode.

The body of the Kafka record is the event's JSON; everything about the telling (id, type, source, time, organization,
trace) is in the record's headers, so a consumer can skip what it does not know without parsing it.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Annotated, ClassVar
from uuid import UUID

from pydantic import AfterValidator, AwareDatetime, BaseModel, ConfigDict, TypeAdapter, ValidationError

SPEC_VERSION = "1.0"
CONTENT_TYPE = "application/json"
TYPE_GRAMMAR = re.compile(r"connexion\.(?P<service>[a-z]+)\.(?P<thing>[a-z]+(-[a-z]+)+)\.v(?P<version>[1-9][0-9]*)")

# An instant in UTC. What arrives with another offset is turned to UTC; a time without an offset is refused.
Instant = Annotated[AwareDatetime, AfterValidator(lambda at: at.astimezone(UTC))]

Headers = Mapping[str, str | bytes] | Iterable[tuple[str, str | bytes]]

_INSTANT: TypeAdapter[datetime] = TypeAdapter(Instant)


class Part(BaseModel):
    """A typed piece inside an event. Like events it is frozen, and ignores fields of a later minor version."""

    model_config = ConfigDict(frozen=True, extra="ignore")


class Event(Part):
    """A fact in the past tense, said by one service.

    A concrete event names, as class variables, its `TYPE` (`connexion.<service>.<thing>-<past participle>.v<N>`), its
    `TOPIC`, and `KEY`: the field whose value keeps order (the partition key). `SUBJECT` names the field that says what
    the event is about, where that is another one than `KEY`.
    """

    TYPE: ClassVar[str]
    TOPIC: ClassVar[str]
    KEY: ClassVar[str]
    SUBJECT: ClassVar[str | None] = None

    @property
    def key(self) -> str:
        """The partition key: events with the same key are heard in the order they were said."""
        return str(getattr(self, self.KEY))

    @property
    def subject(self) -> str:
        """What the event is about, for `ce_subject`."""
        return str(getattr(self, self.SUBJECT or self.KEY))

    @property
    def organization(self) -> UUID | None:
        """The organization whose fence a consumer's transaction takes; None for events of the system."""
        organization: UUID | None = getattr(self, "organization_id", None)
        return organization

    def body(self) -> bytes:
        """Return the JSON value of the Kafka record."""
        return self.model_dump_json().encode()


class MalformedMessageError(ValueError):
    """A record that is no event of ours: headers are missing, or the body does not have the shape of its type.

    Permanent: hearing it again cannot help. The text names headers, fields and kinds of error, never values, so it may
    stand in a log or a parking topic.
    """


@dataclass(frozen=True, slots=True)
class Envelope:
    """The CloudEvents 1.0 attributes of one told event.

    `id` is the UUIDv7 of the outbox row; `source` is `/connexion/<speaking service>`; `time` is when the fact was
    recorded, in program time, UTC; `traceparent` is the W3C trace context of the request that caused it.
    """

    id: UUID
    type: str
    source: str
    subject: str
    time: datetime
    organization: UUID | None = None
    traceparent: str | None = None

    @classmethod
    def of(cls, event: Event, *, id: UUID, time: datetime, source: str, traceparent: str | None = None) -> "Envelope":  # noqa: A002 - CloudEvents' word
        """Wrap an event; `source` comes from `source_of(service)`."""
        return cls(id, event.TYPE, source, event.subject, time, event.organization, traceparent)

    def headers(self) -> dict[str, str]:
        """Return the Kafka headers of binary mode. Values are UTF-8 when they go on the wire.

        Raises ValueError when `time` has no offset.
        """
        headers = {
            "ce_specversion": SPEC_VERSION,
            "ce_id": str(self.id),
            "ce_type": self.type,
            "ce_source": self.source,
            "ce_subject": self.subject,
            "ce_time": _INSTANT.validate_python(self.time).isoformat(),
            "content-type": CONTENT_TYPE,
        }
        if self.organization is not None:
            headers["ce_organization"] = str(self.organization)
        if self.traceparent is not None:
            headers["traceparent"] = self.traceparent
        return headers

    @classmethod
    def read(cls, headers: Headers) -> "Envelope":
        """Read the headers of a record, as a mapping or as Kafka's list of pairs.

        Raises MalformedMessageError when one is missing or is not of its kind.
        """
        found = _texts(headers)
        if found.get("ce_specversion") != SPEC_VERSION:
            raise MalformedMessageError(f"ce_specversion is not {SPEC_VERSION}")
        try:
            return cls(
                id=UUID(found["ce_id"]),
                type=found["ce_type"],
                source=found["ce_source"],
                subject=found.get("ce_subject", ""),
                time=_INSTANT.validate_python(found["ce_time"]),
                organization=UUID(found["ce_organization"]) if "ce_organization" in found else None,
                traceparent=found.get("traceparent"),
            )
        except KeyError as missing:
            raise MalformedMessageError(f"header {missing.args[0]} is missing") from None
        except ValueError:
            raise MalformedMessageError("ce_id, ce_time or ce_organization is not of its kind") from None


@dataclass(frozen=True, slots=True)
class UnknownType:
    """A well-formed message of a type the reader does not know. It is skipped, and is no error."""

    envelope: Envelope


@dataclass(frozen=True, slots=True)
class Heard:
    """A message read: the typed event and its envelope."""

    envelope: Envelope
    event: Event


def read_message(headers: Headers, body: bytes | None, known: Mapping[str, type[Event]]) -> Heard | UnknownType:
    """Turn one Kafka record into a typed event, or `UnknownType` when `known` (by `TYPE`) does not list its type.

    `known` is what one consumer listens to, or `events.registry.BY_TYPE` for all there is.
    Raises MalformedMessageError when the headers or the body are not what the type promises.
    """
    envelope = Envelope.read(headers)
    event_class = known.get(envelope.type)
    if event_class is None:
        return UnknownType(envelope)
    try:
        return Heard(envelope, event_class.model_validate_json(body or b""))
    except ValidationError as wrong:
        problems = "; ".join(f"{'.'.join(map(str, p['loc'])) or 'body'}: {p['type']}" for p in wrong.errors())
        raise MalformedMessageError(f"{envelope.type}: {problems}") from None


def source_of(service: str) -> str:
    """Return the `ce_source` of a service, by its short name."""
    return f"/connexion/{service}"


def _texts(headers: Headers) -> dict[str, str]:
    pairs = headers.items() if isinstance(headers, Mapping) else headers
    try:
        return {name.lower(): value.decode() if isinstance(value, bytes) else value for name, value in pairs}
    except UnicodeDecodeError:
        raise MalformedMessageError("a header is not UTF-8 text") from None
