from collections.abc import Mapping
from datetime import UTC, datetime, timedelta, timezone
from typing import ClassVar
from uuid import UUID

import pytest

from events.envelope import Envelope, Event, Heard, Instant, MalformedMessageError, UnknownType, read_message, source_of

ID = UUID("01890a5d-ac96-774b-bcce-b302099a8057")
SLOT = UUID("01890a5d-ac96-774b-bcce-b302099a8058")
ORGANIZATION = UUID("01890a5d-ac96-774b-bcce-b302099a8059")
AT = datetime(2019, 9, 19, 0, 59, 59, 500_000, tzinfo=UTC)
TRACE = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"


class LampLit(Event):
    TYPE: ClassVar[str] = "connexion.documents.lamp-lit.v1"
    TOPIC: ClassVar[str] = "connexion.documents"
    KEY: ClassVar[str] = "slot_id"

    slot_id: UUID
    organization_id: UUID
    lit_at: Instant


KNOWN: Mapping[str, type[Event]] = {LampLit.TYPE: LampLit}
EVENT = LampLit(slot_id=SLOT, organization_id=ORGANIZATION, lit_at=AT)


def told(**changes: str | None) -> dict[str, str]:
    headers: dict[str, str | None] = {**Envelope.of(EVENT, id=ID, time=AT, source=source_of("documents")).headers()}
    headers.update(changes)
    return {name: value for name, value in headers.items() if value is not None}


def test_an_event_travels_and_is_the_same_event():
    envelope = Envelope.of(EVENT, id=ID, time=AT, source="/connexion/documents", traceparent=TRACE)
    assert read_message(envelope.headers(), EVENT.body(), KNOWN) == Heard(envelope, EVENT)


def test_the_headers_are_those_of_cloudevents_binary_mode():
    assert Envelope.of(EVENT, id=ID, time=AT, source=source_of("documents"), traceparent=TRACE).headers() == {
        "ce_specversion": "1.0",
        "ce_id": str(ID),
        "ce_type": "connexion.documents.lamp-lit.v1",
        "ce_source": "/connexion/documents",
        "ce_subject": str(SLOT),
        "ce_time": "2019-09-19T00:59:59.500000+00:00",
        "ce_organization": str(ORGANIZATION),
        "traceparent": TRACE,
        "content-type": "application/json",
    }


def test_headers_are_read_as_kafka_hands_them_over():
    pairs = [(name, value.encode()) for name, value in told().items()]
    assert isinstance(read_message(pairs, EVENT.body(), KNOWN), Heard)


def test_times_are_turned_to_utc_and_a_time_without_offset_is_refused():
    eastern = AT.astimezone(timezone(timedelta(hours=-4)))
    same = LampLit(slot_id=SLOT, organization_id=ORGANIZATION, lit_at=eastern)
    assert same.body() == EVENT.body()
    with pytest.raises(ValueError, match="timezone"):
        LampLit(slot_id=SLOT, organization_id=ORGANIZATION, lit_at=AT.replace(tzinfo=None))
    with pytest.raises(ValueError, match="timezone"):
        Envelope.of(EVENT, id=ID, time=AT.replace(tzinfo=None), source=source_of("documents")).headers()


def test_an_event_without_organization_carries_no_organization_header():
    class BellRung(Event):
        TYPE: ClassVar[str] = "connexion.documents.bell-rung.v1"
        TOPIC: ClassVar[str] = "connexion.documents"
        KEY: ClassVar[str] = "bell"

        bell: str

    silent = BellRung(bell="tower")
    assert "ce_organization" not in Envelope.of(silent, id=ID, time=AT, source=source_of("documents")).headers()


def test_an_unknown_type_is_no_error_whatever_its_body():
    headers = told(ce_type="connexion.documents.lamp-lit.v2")
    unknown = read_message(headers, b"\x00", KNOWN)
    assert isinstance(unknown, UnknownType)
    assert unknown.envelope.id == ID


def test_a_field_of_a_later_minor_version_is_ignored():
    body = EVENT.body().replace(b"{", b'{"colour":"green",', 1)
    assert read_message(told(), body, KNOWN) == Heard(Envelope.read(told()), EVENT)


@pytest.mark.parametrize("header", ["ce_specversion", "ce_id", "ce_type", "ce_source", "ce_time"])
def test_a_missing_header_is_named(header):
    with pytest.raises(MalformedMessageError, match=header):
        read_message(told(**{header: None}), EVENT.body(), KNOWN)


@pytest.mark.parametrize(
    "changes",
    [{"ce_id": "seven"}, {"ce_time": "yesterday"}, {"ce_organization": "us"}, {"ce_specversion": "0.3"}],
)
def test_a_header_of_another_kind_is_malformed(changes):
    with pytest.raises(MalformedMessageError):
        read_message(told(**changes), EVENT.body(), KNOWN)


@pytest.mark.parametrize("body", [None, b"", b"not json", b"[]", b'{"slot_id": "secret-name"}'])
def test_a_body_of_another_shape_is_malformed_and_its_text_is_not_repeated(body):
    with pytest.raises(MalformedMessageError) as wrong:
        read_message(told(), body, KNOWN)
    assert "secret-name" not in str(wrong.value)


def test_a_header_that_is_no_text_is_malformed():
    with pytest.raises(MalformedMessageError):
        read_message([("ce_id", b"\xff")], EVENT.body(), KNOWN)


def test_events_cannot_be_changed():
    with pytest.raises(ValueError, match="frozen"):
        EVENT.slot_id = ID  # type: ignore[misc]
