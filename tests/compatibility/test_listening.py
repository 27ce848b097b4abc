"""What a service hears in its code is what `events/readers.py` says it hears, field by field."""

from pathlib import Path

import pytest

from events import documents, identity
from events.readers import READERS
from tests.compatibility.listening import Source, sources_of

SERVICES = Path(__file__).parents[2] / "services"
# Keys and revocations concern every service alike: one piece of the chassis hears them, not the service's own slices.
HEARD_FOR_ALL = {
    identity.SigningKeyPublished,
    documents.SigningKeyPublished,
    identity.SessionRevoked,
    identity.PersonRemoved,
}
PACKAGES = {
    "bidding": SERVICES / "bidding-svc/bidding_svc",
    "contracts": SERVICES / "contracts-svc/contracts_svc",
    "documents": SERVICES / "documents-svc/documents_svc",
    "identity": SERVICES / "identity-adapter/identity_adapter",
    "notices": SERVICES / "notices-svc/notices_svc",
}
MEND = "mend services/events/events/readers.py and run `python -m events.golden`"

every_consumer = pytest.mark.parametrize("consumer", PACKAGES)


@every_consumer
def test_every_event_a_service_hears_is_declared(consumer):
    heard = {event for source in sources_of(PACKAGES[consumer]) for event in source.heard()}
    undeclared = sorted(event.TYPE for event in heard - READERS[consumer].keys())
    assert not undeclared, f"{consumer} hears {undeclared}: {MEND}"


@every_consumer
def test_every_event_declared_for_a_service_is_heard_by_it(consumer):
    heard = {event for source in sources_of(PACKAGES[consumer]) for event in source.heard()}
    if not heard:
        pytest.skip(f"{consumer} does not hear anything yet")
    stale = sorted(event.TYPE for event in READERS[consumer].keys() - heard - HEARD_FOR_ALL)
    assert not stale, f"{consumer} does not hear {stale}: {MEND}"


@every_consumer
def test_every_field_a_service_takes_of_an_event_is_declared(consumer):
    hears = READERS[consumer]
    undeclared = {
        f"{event.TYPE} {field}"
        for source in sources_of(PACKAGES[consumer])
        for event, field in source.taken()
        if event in hears and field not in {path.split(".")[0] for path in hears[event]}
    }
    assert not undeclared, f"{consumer} reads {sorted(undeclared)}: {MEND}"


HANDLER = """
from events import identity
from events.documents import DocumentReceived as Received

@hears(STREAM, Received)
async def on_received(event: Received, session: Session) -> None:
    await note(session, event.file_id, event.key)

@hears(identity.STREAM, identity.PersonRemoved)
async def on_removed(event: "identity.PersonRemoved", session: Session) -> None:
    await forget(session, event.person_id)
"""


def test_handlers_and_the_fields_they_take_are_found_in_a_source():
    source = Source.parse(HANDLER, Path("worker.py"))
    assert set(source.heard()) == {documents.DocumentReceived, identity.PersonRemoved}
    assert set(source.taken()) == {
        (documents.DocumentReceived, "file_id"),
        (identity.PersonRemoved, "person_id"),
    }
