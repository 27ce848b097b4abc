"""Signatures of the platform: compact JWS with ES256 (P-256), for receipts, tokens and audit heads.

Private keys live in PEM files outside of every database; `chassis.key_ring` keeps several, for rotation.
"""

import json
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from joserfc import jws
from joserfc.errors import JoseError
from joserfc.jwk import ECKey

ALGORITHM = "ES256"
CURVE = "P-256"
ALWAYS = datetime(1970, 1, 1, tzinfo=UTC)


class BadSignatureError(Exception):
    """A signed statement that is not what it says: altered, of another kind, or by a key that is not known."""


@dataclass(frozen=True)
class PublicKey:
    """The published half of a signing key.

    It signed from `not_before` (UTC) until `not_after`, when the next key took over; None: it still signs. What it
    signed stays valid for ever.
    """

    kid: str
    key: ECKey
    not_before: datetime
    not_after: datetime | None = None

    @staticmethod
    def read(jwk: Mapping[str, Any]) -> "PublicKey":
        """Read a published JWK, with or without our dates. Raises ValueError when it is no P-256 key."""
        key = ECKey.import_key({name: jwk[name] for name in ("kty", "crv", "x", "y")})
        _require_p256(key)
        start, end = jwk.get("not_before"), jwk.get("not_after")
        return PublicKey(
            kid=key.thumbprint(),
            key=key,
            not_before=datetime.fromisoformat(start) if start else ALWAYS,
            not_after=datetime.fromisoformat(end) if end else None,
        )

    @staticmethod
    def load(path: Path, not_before: datetime = ALWAYS) -> "PublicKey":
        """Read the public half from a PEM file (of either half). Raises ValueError when it holds something else."""
        key = _read_pem(path)
        _require_p256(key)
        half = ECKey.import_key(key.as_dict(private=False))
        return PublicKey(half.thumbprint(), half, not_before)

    def save(self, path: Path) -> None:
        """Write the public half to a PEM file."""
        path.write_bytes(self.key.as_pem(private=False))

    def jwk(self) -> dict[str, str]:
        """Return the key as a JWK (RFC 7517) with its dates."""
        plain: dict[str, str] = {name: str(value) for name, value in self.key.as_dict(private=False).items()}
        dates = {"not_before": self.not_before.isoformat()}
        if self.not_after:
            dates["not_after"] = self.not_after.isoformat()
        return {**plain, "kid": self.kid, "use": "sig", "alg": ALGORITHM, **dates}


class SigningKey:
    """A private key, parsed once and kept in memory. Its `kid` is its RFC 7638 thumbprint."""

    def __init__(self, key: ECKey, not_before: datetime = ALWAYS) -> None:
        """Take a private P-256 key. Raises ValueError for any other."""
        _require_p256(key)
        if not key.is_private:
            raise ValueError("a public key cannot sign")
        self._key = key
        self.kid = key.thumbprint()
        self.not_before = not_before

    @staticmethod
    def generate(not_before: datetime = ALWAYS) -> "SigningKey":
        """Make a new key that signs from `not_before` on."""
        return SigningKey(ECKey.generate_key(CURVE, private=True), not_before)

    @staticmethod
    def load(path: Path, not_before: datetime = ALWAYS) -> "SigningKey":
        """Read a private key from a PEM file. Raises ValueError when it holds something else."""
        return SigningKey(_read_pem(path), not_before)

    def save(self, path: Path) -> None:
        """Write the private key to a PEM file only its owner may read. Raises FileExistsError rather than overwrite."""
        path.parent.mkdir(parents=True, exist_ok=True)
        path.touch(mode=0o600, exist_ok=False)
        path.write_bytes(self._key.as_pem(private=True))

    def sign(self, payload: Mapping[str, Any] | bytes, typ: str) -> str:
        """Sign a statement (a mapping is written as JSON with sorted keys) and return it as compact JWS.

        `typ` says what kind of statement it is, so that one kind never passes for another.
        """
        body = payload if isinstance(payload, bytes) else canonical(payload)
        header = {"alg": ALGORITHM, "kid": self.kid, "typ": typ}
        return jws.serialize_compact(header, body, self._key, algorithms=[ALGORITHM])

    def public(self, not_after: datetime | None = None) -> PublicKey:
        """Return the half to publish."""
        half = ECKey.import_key(self._key.as_dict(private=False))
        return PublicKey(self.kid, half, self.not_before, not_after)


def verify(statement: str, keys: Mapping[str, PublicKey], typ: str) -> dict[str, Any]:
    """Return what a signed statement of kind `typ` says.

    `keys` by kid (`by_kid` makes the mapping). Raises BadSignatureError with the reason.
    """
    try:
        said = json.loads(verify_bytes(statement, keys, typ))
    except ValueError as problem:
        raise BadSignatureError("what is signed is not JSON") from problem
    if not isinstance(said, dict):
        raise BadSignatureError("what is signed is not a JSON object")
    return said


def verify_bytes(statement: str, keys: Mapping[str, PublicKey], typ: str) -> bytes:
    """Return the signed bytes of a statement; see `verify`."""
    try:
        header = jws.extract_compact(statement.encode()).headers()
        key = keys.get(str(header.get("kid")))
        if key is None:
            raise BadSignatureError("signed by a key that is not known")
        signed = jws.deserialize_compact(statement, key.key, algorithms=[ALGORITHM])
    except (JoseError, ValueError) as problem:
        raise BadSignatureError(f"not a valid signature: {type(problem).__name__}") from problem
    if signed.protected.get("typ") != typ:
        raise BadSignatureError(f"a statement of kind {signed.protected.get('typ')!r}, not {typ!r}")
    if not _is_plain_base64url(statement.rpartition(".")[2]):
        raise BadSignatureError("not a valid signature: written in another way than it was made")
    return signed.payload


def by_kid(keys: Iterable[PublicKey]) -> dict[str, PublicKey]:
    """Return the keys as `verify` wants them."""
    return {key.kid: key for key in keys}


def canonical(payload: Mapping[str, Any]) -> bytes:
    """Write a mapping as JSON in one way only: sorted keys, no spaces, UTF-8."""
    return json.dumps(payload, sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False).encode()


def _is_plain_base64url(text: str) -> bool:
    """Whether the last character carries no stray bits: otherwise a changed receipt could still verify."""
    padded = text + "=" * (-len(text) % 4)
    return urlsafe_b64encode(urlsafe_b64decode(padded)).decode().rstrip("=") == text


def _read_pem(path: Path) -> ECKey:
    try:
        return ECKey.import_key(path.read_bytes())
    except (JoseError, ValueError, TypeError) as problem:
        raise ValueError(f"{path} does not hold an EC key in PEM") from problem


def _require_p256(key: ECKey) -> None:
    if key.curve_name != CURVE:
        raise ValueError(f"{ALGORITHM} needs a key on {CURVE}, this one is on {key.curve_name}")
