"""The catalogue is printed from the code, and every reference in it leads somewhere."""

import json
import subprocess
import sys

from events.asyncapi import document
from events.golden import CATALOGUE, COMMAND, as_text
from events.registry import EVENTS
from events.topics import TOPICS


def references(node):
    if isinstance(node, dict):
        for name, value in node.items():
            if name == "$ref":
                yield value
            else:
                yield from references(value)
    elif isinstance(node, list):
        for value in node:
            yield from references(value)


def test_the_committed_catalogue_is_the_printed_one():
    printed = subprocess.run([sys.executable, "-m", "events.asyncapi"], capture_output=True, text=True, check=True)
    assert printed.stdout == CATALOGUE.read_text(), f"run `{COMMAND}` and commit what it writes"


def test_every_event_and_every_topic_is_in_the_catalogue():
    catalogue = document()
    assert list(catalogue["components"]["messages"]) == [event.TYPE for event in EVENTS]
    for topic in TOPICS:
        channel = catalogue["channels"][topic.name]
        assert channel["bindings"]["kafka"]["partitions"] == topic.partitions
        assert set(channel["x-readers"]) == topic.readers
    placed = [name for channel in catalogue["channels"].values() for name in channel["messages"]]
    assert sorted(placed) == sorted(event.TYPE for event in EVENTS)


def test_every_reference_leads_somewhere():
    catalogue = document()
    found = set(references(catalogue))
    assert found
    for reference in found:
        node = catalogue
        for step in reference.removeprefix("#/").split("/"):
            node = node[step]


def test_every_event_is_said_by_an_operation():
    said = [
        message["$ref"].rsplit("/", 1)[1]
        for operation in document()["operations"].values()
        if operation["action"] == "send"
        for message in operation["messages"]
    ]
    assert set(said) == {event.TYPE for event in EVENTS}


def test_the_catalogue_is_the_same_every_time():
    assert as_text(document()) == as_text(json.loads(as_text(document())))
