"""Our records are CloudEvents to somebody else's reader: the CloudEvents SDK, and another JSON Schema validator."""

import json
from datetime import datetime
from uuid import UUID

import jsonschema_rs
import pytest
from cloudevents.core.bindings.kafka import KafkaMessage, from_binary, from_kafka, to_binary
from cloudevents.core.formats.json import JSONFormat
from cloudevents.core.v1.event import CloudEvent

from events.envelope import Envelope, Heard, read_message, source_of
from events.examples import EXAMPLES
from events.golden import EXAMPLE_ID, EXAMPLE_TIME, EXAMPLE_TRACE, golden_schemas
from events.registry import BY_TYPE

SCHEMAS = golden_schemas()
every_example = pytest.mark.parametrize("example", EXAMPLES, ids=[example.TYPE for example in EXAMPLES])


def as_kafka_message(example):
    envelope = Envelope.of(
        example, id=EXAMPLE_ID, time=EXAMPLE_TIME, source=source_of("bidding"), traceparent=EXAMPLE_TRACE
    )
    headers = {name: value.encode() for name, value in envelope.headers().items()}
    return envelope, KafkaMessage(headers, example.key.encode(), example.body())


@every_example
def test_the_cloudevents_sdk_reads_our_headers_and_body(example):
    _, message = as_kafka_message(example)
    heard = from_kafka(message, JSONFormat())
    assert heard.get_type() == example.TYPE
    assert heard.get_source() == "/connexion/bidding"
    assert heard.get_subject() == example.subject
    assert UUID(heard.get_id()) == EXAMPLE_ID
    assert heard.get_time() == EXAMPLE_TIME
    assert str(heard.get_time()).endswith("+00:00")
    assert heard.get_datacontenttype() == "application/json"
    assert heard.get_extension("partitionkey") == example.key
    assert heard.get_extension("organization") == (str(example.organization) if example.organization else None)
    assert heard.get_data() == json.loads(example.body())


@every_example
def test_we_read_what_the_cloudevents_sdk_writes(example):
    envelope, ours = as_kafka_message(example)
    written = to_binary(from_binary(ours, JSONFormat()), JSONFormat())
    heard = read_message({**written.headers, "traceparent": EXAMPLE_TRACE.encode()}, written.value, BY_TYPE)
    assert heard == Heard(envelope, example)


def test_an_extension_name_of_ours_is_one_the_sdk_allows():
    CloudEvent({"id": "1", "source": "/connexion/bidding", "type": "t", "specversion": "1.0", "organization": "o"})


@every_example
def test_another_validator_finds_every_example_in_its_golden_schema(example):
    validator = jsonschema_rs.validator_for(SCHEMAS[example.TYPE], validate_formats=True)
    assert [error.message for error in validator.iter_errors(json.loads(example.body()))] == []


@every_example
def test_another_validator_refuses_an_example_that_lost_its_key(example):
    broken = json.loads(example.body())
    del broken[example.KEY]
    assert not jsonschema_rs.validator_for(SCHEMAS[example.TYPE], validate_formats=True).is_valid(broken)


@every_example
def test_every_time_in_a_body_has_its_offset(example):
    times = [value for name, value in json.loads(example.body()).items() if name.endswith("_at") and value]
    assert all(datetime.fromisoformat(value).utcoffset() is not None for value in times)
