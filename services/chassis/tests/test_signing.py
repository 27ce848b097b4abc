import hmac
import json
from base64 import urlsafe_b64decode, urlsafe_b64encode
from pathlib import Path

import pytest
from joserfc import jws
from joserfc.jwk import ECKey

from chassis.signing import BadSignatureError, PublicKey, SigningKey, by_kid, canonical, verify, verify_bytes

RECEIPT = "connexion-receipt+jws"
KEY = SigningKey.generate()
KEYS = by_kid([KEY.public()])
SAID = {"slot": "s-1", "size": 18, "name": "Bäckerei"}


def test_what_was_signed_is_read_back() -> None:
    assert verify(KEY.sign(SAID, RECEIPT), KEYS, RECEIPT) == SAID


def test_bytes_are_signed_as_they_stand() -> None:
    assert verify_bytes(KEY.sign(b"\x00\xff any bytes", RECEIPT), KEYS, RECEIPT) == b"\x00\xff any bytes"


def test_the_header_names_algorithm_key_and_kind() -> None:
    header = json.loads(decoded(KEY.sign(SAID, RECEIPT).split(".")[0]))
    assert header == {"alg": "ES256", "kid": KEY.kid, "typ": RECEIPT}


def test_one_kind_of_statement_never_passes_for_another() -> None:
    with pytest.raises(BadSignatureError, match="not 'audit-head"):
        verify(KEY.sign(SAID, RECEIPT), KEYS, "audit-head+jws")


def test_a_statement_of_an_unknown_key_is_refused() -> None:
    with pytest.raises(BadSignatureError, match="not known"):
        verify(SigningKey.generate().sign(SAID, RECEIPT), KEYS, RECEIPT)


def test_a_key_that_borrows_the_name_of_a_known_one_is_refused() -> None:
    header = {"alg": "ES256", "kid": KEY.kid, "typ": RECEIPT}
    forged = jws.serialize_compact(header, canonical(SAID), ECKey.generate_key("P-256"), algorithms=["ES256"])
    with pytest.raises(BadSignatureError):
        verify(forged, KEYS, RECEIPT)


@pytest.mark.parametrize("algorithm", ["none", "HS256"])
def test_another_algorithm_is_refused(algorithm: str) -> None:
    header = {"alg": algorithm, "kid": KEY.kid, "typ": RECEIPT}
    body = f"{encoded(canonical(header))}.{encoded(canonical(SAID))}"
    secret = KEY.public().key.as_pem(private=False)
    signature = "" if algorithm == "none" else encoded(hmac.digest(secret, body.encode(), "sha256"))
    with pytest.raises(BadSignatureError):
        verify(f"{body}.{signature}", KEYS, RECEIPT)


def test_no_changed_character_survives() -> None:
    statement = KEY.sign(SAID, RECEIPT)
    alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
    for place, character in enumerate(statement):
        if character == ".":
            continue
        other = alphabet[(alphabet.index(character) + 1) % 64]
        with pytest.raises(BadSignatureError):
            verify(statement[:place] + other + statement[place + 1 :], KEYS, RECEIPT)


@pytest.mark.parametrize("text", ["", ".", "..", "a.b.c", "ä.ö.ü", "eyJhbGciOiJFUzI1NiJ9..", "[]", "\x00"])
def test_what_is_no_statement_at_all_is_refused(text: str) -> None:
    with pytest.raises(BadSignatureError):
        verify(text, KEYS, RECEIPT)


@pytest.mark.parametrize("body", [b"no json", b"[1]", b"\xff"])
def test_a_signed_body_that_is_no_json_object_is_refused(body: bytes) -> None:
    with pytest.raises(BadSignatureError, match="not"):
        verify(KEY.sign(body, RECEIPT), KEYS, RECEIPT)


def test_a_key_survives_its_file_and_only_its_owner_may_read_it(tmp_path: Path) -> None:
    path = tmp_path / "keys" / "receipt.pem"
    KEY.save(path)
    assert path.stat().st_mode & 0o777 == 0o600
    loaded = SigningKey.load(path)
    assert loaded.kid == KEY.kid
    assert verify(loaded.sign(SAID, RECEIPT), KEYS, RECEIPT) == SAID


def test_a_key_file_is_never_overwritten(tmp_path: Path) -> None:
    KEY.save(tmp_path / "key.pem")
    with pytest.raises(FileExistsError):
        SigningKey.generate().save(tmp_path / "key.pem")


def test_the_name_of_a_key_is_its_thumbprint() -> None:
    assert ECKey.import_key(KEY.public().key.as_dict()).thumbprint() == KEY.kid


def test_the_published_half_holds_no_secret_and_can_be_read_again() -> None:
    jwk = KEY.public().jwk()
    assert "d" not in jwk
    assert jwk["crv"] == "P-256"
    again = PublicKey.read(jwk)
    assert (again.kid, again.not_before, again.not_after) == (KEY.kid, KEY.not_before, None)
    assert verify(KEY.sign(SAID, RECEIPT), by_kid([again]), RECEIPT) == SAID


def test_keys_of_another_curve_and_other_files_are_refused(tmp_path: Path) -> None:
    other = ECKey.generate_key("P-384")
    with pytest.raises(ValueError, match="P-384"):
        SigningKey(other)
    (tmp_path / "key.pem").write_text("no key")
    with pytest.raises(ValueError, match="does not hold"):
        SigningKey.load(tmp_path / "key.pem")


def test_a_public_key_cannot_sign() -> None:
    with pytest.raises(ValueError, match="cannot sign"):
        SigningKey(KEY.public().key)


def test_json_is_written_in_one_way_only() -> None:
    assert canonical({"b": 1, "a": {"d": None, "c": "ä"}}) == '{"a":{"c":"ä","d":null},"b":1}'.encode()
    with pytest.raises(ValueError, match="Out of range"):
        canonical({"a": float("nan")})


def encoded(data: bytes) -> str:
    return urlsafe_b64encode(data).decode().rstrip("=")


def decoded(text: str) -> bytes:
    return urlsafe_b64decode(text + "=" * (-len(text) % 4))
