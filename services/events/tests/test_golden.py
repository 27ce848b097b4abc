"""The committed golden files are what the code says, and nothing that was promised is broken."""

import json

import pytest

from events import golden
from events.envelope import Heard, read_message
from events.examples import BY_TYPE as EXAMPLE_OF
from events.examples import EXAMPLES
from events.golden import COMMAND, FOLDER, broken_promises, golden_files, golden_schemas, next_version
from events.registry import BY_TYPE, EVENTS
from events.schema import schema_of

every_event = pytest.mark.parametrize("event", EVENTS, ids=[event.TYPE for event in EVENTS])


def test_nothing_that_was_promised_is_broken():
    broken = list(broken_promises(golden_schemas(), {event.TYPE: schema_of(event) for event in EVENTS}))
    assert not broken, "\n".join(broken)


def test_the_golden_files_are_those_of_the_code():
    committed = {path.name: path.read_text() for path in FOLDER.iterdir()}
    made = golden_files()
    differ = sorted(name for name in committed.keys() | made.keys() if committed.get(name) != made.get(name))
    assert not differ, f"{', '.join(differ)} differ from the code: run `{COMMAND}` and commit what it writes"


def test_every_event_has_one_example():
    assert sorted(example.TYPE for example in EXAMPLES) == sorted(BY_TYPE)


@every_event
def test_the_committed_example_is_heard_as_the_event_it_was(event):
    record = json.loads((FOLDER / f"{event.TYPE}.example.json").read_text())
    heard = read_message(record["headers"], json.dumps(record["value"]).encode(), BY_TYPE)
    assert isinstance(heard, Heard)
    assert heard.event == EXAMPLE_OF[event.TYPE]
    assert record["topic"] == event.TOPIC
    assert record["key"] == heard.event.key


@every_event
def test_an_example_is_far_below_the_size_of_a_record(event):
    assert len(EXAMPLE_OF[event.TYPE].body()) < 64 * 1024


@pytest.fixture
def own_folder(tmp_path, monkeypatch):
    monkeypatch.setattr(golden, "FOLDER", tmp_path / "golden")
    monkeypatch.setattr(golden, "CATALOGUE", tmp_path / "asyncapi.json")
    monkeypatch.setattr(golden, "golden_schemas", lambda: golden_schemas(tmp_path / "golden"))
    assert golden.main() == 0
    return tmp_path / "golden"


def test_the_command_refuses_to_break_a_promise_and_names_the_next_version(own_folder, capsys):
    promised = own_folder / "connexion.documents.document-received.v1.schema.json"
    schema = json.loads(promised.read_text())
    schema["properties"]["pages"] = {"type": "integer"}
    promised.write_text(json.dumps(schema))
    before = {path: path.read_text() for path in own_folder.iterdir()}
    assert golden.main() == 1
    told = capsys.readouterr().err
    assert "pages was removed or renamed" in told
    assert "Add connexion.documents.document-received.v2" in told
    assert {path: path.read_text() for path in own_folder.iterdir()} == before


def test_the_command_refuses_to_forget_a_type(own_folder, capsys):
    (own_folder / "connexion.documents.scan-failed.v1.schema.json").write_text("{}")
    assert golden.main() == 1
    assert "scan-failed.v1 is gone from the registry" in capsys.readouterr().err


def test_the_command_writes_a_type_anew_whose_files_were_deleted_on_purpose(own_folder):
    for path in own_folder.glob("connexion.documents.document-received.v1.*"):
        path.unlink()
    assert golden.main() == 0
    assert {path.name: path.read_text() for path in own_folder.iterdir()} == golden_files()


def test_the_next_version_is_one_more():
    assert next_version("connexion.bidding.file-taken.v9") == "connexion.bidding.file-taken.v10"
