"""The golden files: the schema of every event and one example record, committed.

`python -m events.golden` writes them, and the catalogue `asyncapi.json` made from them, after a change that no reader
can notice. It refuses a change that breaks a reader: add the next version of the event instead. Only a type that was
never said outside a development machine may change freely; delete its golden files first, so that the review shows it.
"""

import json
import sys
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from uuid import UUID

from events.compatibility import breaking_changes
from events.envelope import Envelope, Event, source_of
from events.examples import BY_TYPE as EXAMPLE_OF
from events.registry import EVENTS
from events.schema import Schema, schema_of
from events.topics import BY_NAME

FOLDER = Path(__file__).parents[1] / "golden"
CATALOGUE = Path(__file__).parents[1] / "asyncapi.json"
COMMAND = "python -m events.golden"

EXAMPLE_ID = UUID("016c91b0-7a4d-7c3e-9d6a-0123456789ab")
EXAMPLE_TIME = datetime(2019, 8, 14, 18, 30, 12, tzinfo=UTC)
EXAMPLE_TRACE = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"


def example_record(event: Event) -> dict[str, Any]:
    """Return an event as the Kafka record it travels in."""
    speaker = min(BY_NAME[event.TOPIC].writers)
    envelope = Envelope.of(
        event, id=EXAMPLE_ID, time=EXAMPLE_TIME, source=source_of(speaker), traceparent=EXAMPLE_TRACE
    )
    return {
        "topic": event.TOPIC,
        "key": event.key,
        "headers": envelope.headers(),
        "value": json.loads(event.body()),
    }


def golden_files(events: tuple[type[Event], ...] = EVENTS) -> dict[str, str]:
    """Return the golden files as the code makes them: file name to text."""
    files: dict[str, str] = {}
    for event in events:
        files[f"{event.TYPE}.schema.json"] = as_text(schema_of(event))
        files[f"{event.TYPE}.example.json"] = as_text(example_record(EXAMPLE_OF[event.TYPE]))
    return files


def golden_schemas(folder: Path = FOLDER) -> dict[str, Schema]:
    """Return the committed schemas by type."""
    return {
        path.name.removesuffix(".schema.json"): json.loads(path.read_text())
        for path in sorted(folder.glob("*.schema.json"))
    }


def broken_promises(committed: Mapping[str, Schema], said: Mapping[str, Schema]) -> Iterator[str]:
    """Compare the committed schemas with those of the code; yield a sentence for each change that breaks a reader."""
    for name, old in committed.items():
        if name not in said:
            yield f"{name} is gone from the registry: what was said stays in its stream for ever, so keep its class"
            continue
        for change in breaking_changes(old, said[name]):
            yield f"{name}: {change}. Add {next_version(name)} beside it"


def next_version(name: str) -> str:
    """Return the type name of the version after this one."""
    stem, version = name.rsplit(".v", 1)
    return f"{stem}.v{int(version) + 1}"


def as_text(document: Mapping[str, Any]) -> str:
    """Write JSON the way the committed files have it."""
    return json.dumps(document, indent=2, ensure_ascii=False) + "\n"


def main() -> int:
    """Write the golden files, unless a change breaks a reader."""
    from events.asyncapi import document

    broken = list(broken_promises(golden_schemas(), {event.TYPE: schema_of(event) for event in EVENTS}))
    if broken:
        sys.stderr.write("\n".join([*broken, "", "Nothing was written."]) + "\n")
        return 1
    FOLDER.mkdir(exist_ok=True)
    files = golden_files()
    for left_over in {path.name for path in FOLDER.iterdir()} - files.keys():
        (FOLDER / left_over).unlink()
    for name, text in files.items():
        (FOLDER / name).write_text(text)
    CATALOGUE.write_text(as_text(document()))
    sys.stdout.write(f"{len(files)} golden files and {CATALOGUE.name} are written\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
