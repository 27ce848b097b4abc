"""The secrets of machines: how they are made, and the form they are kept in."""

import hashlib
import hmac
import secrets
from base64 import b64decode, b64encode

_COST = {"n": 2**14, "r": 8, "p": 1}
"""scrypt: 16 MiB and some 30 ms for each guess."""
_NEVER_MATCHES = "A" * 24 + "$" + "A" * 44


def new_secret() -> str:
    """A fresh random secret (256 bits). It is shown once; what is kept is its hash."""
    return secrets.token_urlsafe(32)


def hash_secret(secret: str) -> str:
    """Return the form a secret is kept in."""
    salt = secrets.token_bytes(16)
    return f"{b64encode(salt).decode()}${b64encode(_scrypt(secret, salt)).decode()}"


def matches(secret: str, hashes: list[str]) -> bool:
    """Whether a secret is one of these. It takes as long when there is none: nobody learns which machines exist."""
    answers = []
    for kept in hashes or [_NEVER_MATCHES]:
        salt, _, digest = kept.partition("$")
        answers.append(hmac.compare_digest(_scrypt(secret, b64decode(salt)), b64decode(digest)))
    return any(answers)


def _scrypt(secret: str, salt: bytes) -> bytes:
    return hashlib.scrypt(secret.encode(), salt=salt, dklen=32, **_COST)
