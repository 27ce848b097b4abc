"""The grammar of the published language, checked on every event."""

import inspect
import pkgutil
from collections.abc import Iterator
from importlib import import_module
from uuid import UUID

import pytest
from pydantic import BaseModel

import events
from events import enrolment, identity
from events.envelope import TYPE_GRAMMAR, Event
from events.registry import BY_TYPE, EVENTS
from events.topics import BY_NAME, ORDERED, PUBLIC, QUIET, SERVICES, TOPICS, parking_topic

PERSONAL = {"user_id", "person_name", "name_of_person", "first_name", "last_name", "email", "phone", "address"}
PERSONAL |= {"given_name", "family_name", "tin", "ssn", "birth_date"}
ONE_READER = {
    identity.ContactChangedV2: "notices",
    identity.ContactChanged: "notices",
    enrolment.RecordReported: "identity",
}
"""Events with personal data, each with the one service that needs it."""
every_event = pytest.mark.parametrize("event", EVENTS, ids=[event.TYPE for event in EVENTS])


def concrete_events() -> Iterator[type[Event]]:
    for module in pkgutil.iter_modules(events.__path__):
        if module.name.startswith("_"):
            continue
        for _, thing in inspect.getmembers(import_module(f"events.{module.name}"), inspect.isclass):
            if issubclass(thing, Event) and "TYPE" in vars(thing):
                yield thing


def field_names(model: type[BaseModel]) -> Iterator[str]:
    for definition in model.model_json_schema().get("$defs", {}).values():
        yield from definition.get("properties", {})
    yield from model.model_fields


def test_every_event_class_is_registered_once():
    assert set(concrete_events()) == set(EVENTS)
    assert len(BY_TYPE) == len(EVENTS)


@every_event
def test_a_type_follows_the_grammar_and_its_class_has_its_name(event):
    parts = TYPE_GRAMMAR.fullmatch(event.TYPE)
    assert parts, f"{event.TYPE} is not connexion.<service>.<thing>-<past participle>.v<N>"
    thing, version = parts["thing"], int(parts["version"])
    assert thing.endswith(("ed", "-state", "-taken", "-withdrawn", "-overdue", "-left")), (
        f"{thing} is neither a fact in the past tense nor a state"
    )
    assert event.__name__ == thing.title().replace("-", "") + (f"V{version}" if version > 1 else "")


@every_event
def test_key_and_subject_name_fields_of_the_event(event):
    assert event.KEY in event.model_fields
    assert event.SUBJECT is None or event.SUBJECT in event.model_fields
    assert event.model_fields[event.KEY].is_required(), "a record without a key has no order"


@every_event
def test_an_event_is_said_on_a_declared_topic(event):
    assert event.TOPIC in BY_NAME


@every_event
def test_the_docstring_says_what_happened_who_says_it_and_who_listens(event):
    text = inspect.getdoc(event) or ""
    assert "Said by" in text
    assert "Heard by" in text


@every_event
def test_a_state_is_said_on_a_compacted_topic_and_a_fact_is_kept(event):
    compacted = event.TOPIC not in {topic.name for topic in TOPICS if not topic.compacted}
    says_the_latest = event.TYPE.split(".")[2].endswith(("-state", "organization-named", "contact-changed"))
    assert compacted == says_the_latest


@every_event
def test_no_event_carries_personal_data_but_the_two_that_one_service_alone_may_read(event):
    personal = PERSONAL & set(field_names(event))
    assert not personal or BY_NAME[event.TOPIC].readers == {ONE_READER[event]}


@every_event
def test_what_the_public_may_read_names_no_person(event):
    if PUBLIC in BY_NAME[event.TOPIC].readers:
        assert not {field for field in field_names(event) if "person" in field}


@every_event
def test_no_event_carries_a_social_security_number_or_a_birth_date(event):
    assert not {"ssn", "birth_date"} & set(field_names(event))


def test_the_feed_of_the_enrolment_record_ages():
    assert BY_NAME[enrolment.FEED].configuration["retention.ms"] == str(30 * 24 * 60 * 60 * 1000)


def test_internal_streams_are_open_to_the_platforms_own_services_only():
    for service in SERVICES:
        stream = BY_NAME[f"connexion.{service}"]
        assert stream.readers == SERVICES
        assert stream.writers == {service}
        assert stream.configuration["retention.ms"] == "-1"


def test_every_service_has_its_own_parking_topic():
    for service in SERVICES:
        parked = BY_NAME[parking_topic(service)]
        assert parked.writers == parked.readers == {service}
        assert parked.configuration == {
            "cleanup.policy": "delete",
            "retention.ms": "31536000000",
            "retention.bytes": "-1",
        }


def test_topics_have_one_name_each_and_one_of_two_widths():
    assert len(BY_NAME) == len(TOPICS)
    assert {topic.partitions for topic in TOPICS} == {ORDERED, QUIET}


def test_compacted_topics_keep_the_latest_of_each_key():
    assert BY_NAME["connexion.contracts.state"].configuration["cleanup.policy"] == "compact"


def test_a_removed_person_is_heard_without_a_fence():
    removed = identity.PersonRemoved(
        person_id=UUID(int=1), organization_id=UUID(int=2), removed_at="2026-01-01T00:00:00Z"
    )
    assert removed.organization is None
    assert removed.key == str(UUID(int=1))
