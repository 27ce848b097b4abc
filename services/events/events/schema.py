"""The JSON schema of an event: what its speaker promises about the body, the topic and the key."""

from typing import Any

from events.envelope import Event

Schema = dict[str, Any]

DIALECT = "https://json-schema.org/draft/2020-12/schema"


def schema_of(event: type[Event]) -> Schema:
    """Return the golden schema of an event. Where it is said and how it is keyed is part of the promise."""
    return {
        "$schema": DIALECT,
        "$id": event.TYPE,
        "x-topic": event.TOPIC,
        "x-key": event.KEY,
        "x-subject": event.SUBJECT or event.KEY,
        **event.model_json_schema(),
    }


def inlined(schema: Schema) -> Schema:
    """Return the schema with every reference to its own `$defs` replaced by what it refers to."""
    definitions = schema.get("$defs", {})

    def resolve(node: Any) -> Any:
        if isinstance(node, list):
            return [resolve(item) for item in node]
        if not isinstance(node, dict):
            return node
        beside = {name: resolve(value) for name, value in node.items() if name not in ("$ref", "$defs")}
        if "$ref" not in node:
            return beside
        return {**resolve(definitions[node["$ref"].removeprefix("#/$defs/")]), **beside}

    resolved: Schema = resolve(schema)
    return resolved


def fields_of(schema: Schema) -> set[str]:
    """Return the paths of all fields, parts of parts included, such as `files.received_at`."""
    return set(_paths(inlined(schema)))


def _paths(node: Schema, prefix: str = "") -> list[str]:
    paths: list[str] = []
    for name, field in node.get("properties", {}).items():
        paths.append(prefix + name)
        paths += _paths(field, f"{prefix}{name}.")
    for inner in [node.get("items"), *node.get("anyOf", [])]:
        if isinstance(inner, dict):
            paths += _paths(inner, prefix)
    return paths
