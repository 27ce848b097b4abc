"""What each consumer says it reads is what the speakers promise, on topics it may read."""

import pytest

from events import documents
from events.golden import golden_schemas
from events.readers import READERS, readers_of
from events.registry import EVENTS
from events.schema import fields_of, schema_of
from events.topics import BY_NAME, SERVICES

PROMISED = golden_schemas()
reading = pytest.mark.parametrize(
    ("consumer", "event", "fields"),
    [(consumer, event, fields) for consumer, reads in READERS.items() for event, fields in reads.items()],
    ids=[f"{consumer} hears {event.TYPE}" for consumer, reads in READERS.items() for event in reads],
)


@reading
def test_what_a_consumer_reads_is_promised_by_the_speaker(consumer, event, fields):
    missing = fields - fields_of(PROMISED[event.TYPE])
    assert not missing, f"{consumer} reads {sorted(missing)}, which {event.TYPE} does not promise"


@reading
def test_a_consumer_hears_only_topics_it_may_read(consumer, event, fields):
    assert consumer in BY_NAME[event.TOPIC].readers


def test_the_consumers_are_the_services():
    assert set(READERS) == SERVICES


@pytest.mark.parametrize("event", EVENTS, ids=[event.TYPE for event in EVENTS])
def test_the_docstring_names_every_service_that_hears_the_event(event):
    text = (event.__doc__ or "").split("Heard by", 1)[1]
    if "every service" in text or "whoever" in text:
        return
    full_names = {"identity": "identity-adapter"}
    for consumer in readers_of(event):
        assert full_names.get(consumer, f"{consumer}-svc") in text


def test_fields_inside_parts_have_paths():
    fields = fields_of(schema_of(documents.SlotSettled))
    assert {"files", "files.received_at", "files.verdict"} <= fields
