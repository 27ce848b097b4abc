"""The catalogue: an AsyncAPI 3.0 document, printed from the registry, the topics and the golden schemas.

`python -m events.asyncapi` prints it; the committed copy is `services/events/asyncapi.json`.
"""

import inspect
import sys
from typing import Any

from events.envelope import CONTENT_TYPE, SPEC_VERSION, Event
from events.examples import BY_TYPE as EXAMPLE_OF
from events.golden import as_text, example_record
from events.readers import READERS, readers_of
from events.registry import EVENTS
from events.schema import Schema, inlined, schema_of
from events.topics import TOPICS, Topic

Document = dict[str, Any]

BINDING_VERSION = "0.5.0"
ABOUT = (
    "Every event of the DMEPOS Competitive Bidding Program's portal that crosses a boundary. Records are CloudEvents "
    "1.0 in Kafka's binary mode: the attributes are headers, the value is JSON. Within a version (`.vN`) only optional "
    "fields are added; consumers ignore fields and types they do not know. `x-readers` says who may read a topic."
)


def document() -> Document:
    """Return the whole catalogue."""
    return {
        "asyncapi": "3.0.0",
        "info": {"title": "Connexion events", "version": "1.0.0", "description": ABOUT},
        "defaultContentType": CONTENT_TYPE,
        "channels": {topic.name: _channel(topic) for topic in TOPICS},
        "operations": {**_said(), **_heard()},
        "components": {
            "messages": {event.TYPE: _message(event) for event in EVENTS},
            "messageTraits": {"cloudevent": _CLOUDEVENT},
        },
    }


def _channel(topic: Topic) -> Document:
    policy = "compact" if topic.compacted else "delete"
    return {
        "address": topic.name,
        "description": topic.about,
        "messages": {event.TYPE: {"$ref": f"#/components/messages/{event.TYPE}"} for event in _on(topic)},
        "bindings": {
            "kafka": {
                "topic": topic.name,
                "partitions": topic.partitions,
                "topicConfiguration": {
                    "cleanup.policy": [policy],
                    "retention.ms": int(topic.configuration["retention.ms"]),
                },
                "bindingVersion": BINDING_VERSION,
            }
        },
        "x-writers": sorted(topic.writers),
        "x-readers": sorted(topic.readers),
    }


def _on(topic: Topic) -> list[type[Event]]:
    return [event for event in EVENTS if topic.name == event.TOPIC]


def _message(event: type[Event]) -> Document:
    text = inspect.getdoc(event) or ""
    record = example_record(EXAMPLE_OF[event.TYPE])
    payload: Schema = _draft_07(inlined(schema_of(event)))
    for name in ("$schema", "$id", "x-topic", "x-key", "x-subject", "title", "description"):
        payload.pop(name, None)
    return {
        "name": event.TYPE,
        "title": event.TYPE.split(".", 2)[2],
        "summary": text.splitlines()[0],
        "description": text,
        "contentType": CONTENT_TYPE,
        "traits": [{"$ref": "#/components/messageTraits/cloudevent"}],
        "payload": {"schemaFormat": "application/schema+json;version=draft-07", "schema": payload},
        "bindings": {
            "kafka": {
                "key": {"type": "string", "description": f"The event's `{event.KEY}`."},
                "bindingVersion": BINDING_VERSION,
            }
        },
        "examples": [{"headers": record["headers"], "payload": record["value"]}],
        "x-subject": event.SUBJECT or event.KEY,
        "x-schema": f"golden/{event.TYPE}.schema.json",
        "x-heard-by": readers_of(event),
    }


def _draft_07(node: Any) -> Any:
    """Turn to the dialect that AsyncAPI 3 reads; of what pydantic writes, tuples alone have another keyword there."""
    if isinstance(node, list):
        return [_draft_07(item) for item in node]
    if not isinstance(node, dict):
        return node
    return {"items" if name == "prefixItems" else name: _draft_07(value) for name, value in node.items()}


def _said() -> Document:
    return {
        f"{writer}-says-on-{topic.name}": _operation("send", topic, _on(topic))
        for topic in TOPICS
        for writer in sorted(topic.writers)
        if _on(topic)
    }


def _heard() -> Document:
    operations = {}
    for consumer, reads in READERS.items():
        for topic in TOPICS:
            heard = [event for event in _on(topic) if event in reads]
            if heard:
                operations[f"{consumer}-hears-{topic.name}"] = _operation("receive", topic, heard)
    return operations


def _operation(action: str, topic: Topic, events: list[type[Event]]) -> Document:
    channel = f"#/channels/{topic.name}"
    return {
        "action": action,
        "channel": {"$ref": channel},
        "messages": [{"$ref": f"{channel}/messages/{event.TYPE}"} for event in events],
    }


def _header(description: str, **more: str) -> Document:
    return {"type": "string", "description": description, **more}


_CLOUDEVENT: Document = {
    "headers": {
        "type": "object",
        "required": ["ce_specversion", "ce_id", "ce_type", "ce_source", "ce_subject", "ce_time", "content-type"],
        "properties": {
            "ce_specversion": {"const": SPEC_VERSION},
            "ce_id": _header("A UUIDv7. The same id is the same telling: hear it once.", format="uuid"),
            "ce_type": _header("The event's type with its version."),
            "ce_source": _header("Who says it: /connexion/<service>."),
            "ce_subject": _header("What it is about: the value of the field `x-subject`."),
            "ce_time": _header("When the fact was recorded, in UTC.", format="date-time"),
            "ce_organization": _header("Whose matter it is; absent for matters of the whole system.", format="uuid"),
            "traceparent": _header("The W3C trace context of the request that caused it."),
            "content-type": {"const": CONTENT_TYPE},
        },
    }
}


if __name__ == "__main__":
    sys.stdout.write(as_text(document()))
