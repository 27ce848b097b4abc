import itertools
import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from chassis import key_ring, machine_time
from chassis.key_ring import KeyRing
from chassis.signing import SigningKey, by_kid, verify

KIND = "connexion-receipt+jws"
OLD = datetime(2025, 1, 1, tzinfo=UTC)
NOW = datetime(2026, 1, 1, tzinfo=UTC)


def test_the_newest_key_whose_moment_has_come_signs(tmp_path: Path) -> None:
    first = key_ring.new(tmp_path, OLD)
    second = key_ring.new(tmp_path, NOW)
    ahead = key_ring.new(tmp_path, machine_time.now() + timedelta(days=1))
    ring = KeyRing.load(tmp_path)
    assert ring.current().kid == second.kid
    assert ring.current(NOW - timedelta(seconds=1)).kid == first.kid
    assert ring.current(ahead.not_before).kid == ahead.kid


def test_a_key_made_now_signs_at_once(tmp_path: Path) -> None:
    key = key_ring.new(tmp_path)
    assert verify(KeyRing.load(tmp_path).sign({"a": 1}, KIND), by_kid([key.public()]), KIND) == {"a": 1}


def test_a_ring_whose_keys_all_lie_ahead_signs_nothing(tmp_path: Path) -> None:
    key_ring.new(tmp_path, machine_time.now() + timedelta(days=1))
    with pytest.raises(LookupError, match="signs yet"):
        KeyRing.load(tmp_path).current()


def test_every_public_half_is_published_with_its_dates(tmp_path: Path) -> None:
    first, second = key_ring.new(tmp_path, OLD), key_ring.new(tmp_path, NOW)
    halves = KeyRing.load(tmp_path).public_keys()
    assert [(half.kid, half.not_before, half.not_after) for half in halves] == [
        (first.kid, OLD, NOW),
        (second.kid, NOW, None),
    ]


def test_a_retired_key_stays_published_and_what_it_signed_stays_valid(tmp_path: Path) -> None:
    first = key_ring.new(tmp_path, OLD)
    signed = KeyRing.load(tmp_path).sign({"a": 1}, KIND)
    second = key_ring.new(tmp_path, NOW)
    key_ring.retire(tmp_path, first.kid)
    ring = KeyRing.load(tmp_path)
    assert [half.kid for half in ring.public_keys()] == [first.kid, second.kid]
    assert verify(signed, by_kid(ring.public_keys()), KIND) == {"a": 1}
    assert ring.current(NOW).kid == second.kid
    assert not any("PRIVATE" in file.read_text() for file in tmp_path.glob("*.pub.pem"))
    assert len(list(tmp_path.iterdir())) == 2


def test_the_key_that_signs_cannot_be_retired(tmp_path: Path) -> None:
    key = key_ring.new(tmp_path, OLD)
    with pytest.raises(LookupError, match="signs now"):
        key_ring.retire(tmp_path, key.kid)
    with pytest.raises(LookupError, match="no private key"):
        key_ring.retire(tmp_path, "somebody-else")


def test_a_single_file_is_a_ring_of_one(tmp_path: Path) -> None:
    SigningKey.generate().save(tmp_path / "audit.pem")
    ring = KeyRing.load(tmp_path / "audit.pem")
    assert [half.kid for half in ring.public_keys()] == [ring.current().kid]


def test_a_missing_folder_an_empty_one_and_a_misnamed_file_are_named(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError, match="neither"):
        KeyRing.load(tmp_path / "nowhere")
    with pytest.raises(ValueError, match="at least one"):
        KeyRing.load(tmp_path)
    SigningKey.generate().save(tmp_path / "mine.pem")
    with pytest.raises(ValueError, match="not named for the moment"):
        KeyRing.load(tmp_path)


def test_a_key_whose_id_begins_with_a_dash_can_be_retired(tmp_path: Path) -> None:
    hours = itertools.count()
    named = ""
    while not named.startswith("-"):
        named = key_ring.new(tmp_path, OLD + timedelta(hours=next(hours))).kid
    key_ring.new(tmp_path, NOW)
    assert key_ring.main(["retire", str(tmp_path), named]) == 0
    assert len(list(tmp_path.glob("*.pub.pem"))) == 1


def test_the_command_makes_retires_and_shows_keys(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert key_ring.main(["new", str(tmp_path), "--starts", "2025-01-01T00:00:00+00:00"]) == 0
    first = capsys.readouterr().out.strip()
    assert key_ring.main(["retire", str(tmp_path), first]) == 1
    assert "make another key first" in capsys.readouterr().err
    assert key_ring.main(["new", str(tmp_path)]) == 0
    second = capsys.readouterr().out.strip()
    assert key_ring.main(["retire", str(tmp_path), first]) == 0
    capsys.readouterr()
    assert key_ring.main(["show", str(tmp_path)]) == 0
    assert [jwk["kid"] for jwk in json.loads(capsys.readouterr().out)["keys"]] == [first, second]
