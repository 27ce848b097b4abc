"""The relay writes headers by itself, row by row at speed: they are those of the envelope."""

import pytest

from chassis.relay import outbox
from events.envelope import Envelope, Heard, read_message, source_of
from events.examples import EXAMPLES
from events.golden import EXAMPLE_ID, EXAMPLE_TIME, EXAMPLE_TRACE
from events.registry import BY_TYPE

SOURCE = source_of("documents")


def row_of(example, traceparent):
    return {
        "position": 1,
        "id": EXAMPLE_ID,
        "topic": example.TOPIC,
        "key": example.key,
        "type": example.TYPE,
        "source": SOURCE,
        "subject": example.subject,
        "organization_id": example.organization,
        "occurred_at": EXAMPLE_TIME,
        "traceparent": traceparent,
        "body": example.model_dump_json(),
    }


@pytest.mark.parametrize("traceparent", [None, EXAMPLE_TRACE])
@pytest.mark.parametrize("example", EXAMPLES, ids=[example.TYPE for example in EXAMPLES])
def test_a_row_of_the_outbox_travels_as_the_envelope_says(example, traceparent):
    envelope = Envelope.of(example, id=EXAMPLE_ID, time=EXAMPLE_TIME, source=SOURCE, traceparent=traceparent)
    record = outbox._record(row_of(example, traceparent), record_span=False)
    assert {name: value.decode() for name, value in record.headers} == envelope.headers()
    assert read_message(record.headers, record.value, BY_TYPE) == Heard(envelope, example)
