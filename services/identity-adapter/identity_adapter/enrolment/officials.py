"""Who an official is, without keeping what proves it.

An authorized official proves to be one by family name, Social Security number and birth date, which must equal the
enrolment record (`domain/roles.md 2`). The two last are turned into a digest where they arrive and go no further: they
are not stored, not logged, not said. The digest is keyed, because there are so few numbers and dates that anybody could
try them all.
"""

import hashlib
import hmac
import re
import unicodedata
from datetime import date
from pathlib import Path

from chassis.errors import Invalid

LEAST_KEY = 32
_BETWEEN = "\x1f"
_LOCAL_KEY = b"made-up people of a development machine"


class NotASocialSecurityNumber(Invalid):
    """Write the Social Security number with its nine digits, as 123-45-6789."""


class OfficialDigests:
    """Makes the digest of an official: HMAC-SHA256 over family name, Social Security number and birth date."""

    def __init__(self, key: bytes) -> None:
        """Take the key that the bridge to the enrolment record has too. Raises ValueError when it is too short."""
        if len(key) < LEAST_KEY:
            msg = f"the key of officials' digests has at least {LEAST_KEY} bytes"
            raise ValueError(msg)
        self._key = key

    @classmethod
    def load(cls, file: Path | None) -> "OfficialDigests":
        """Read the key from its file; without one (a development machine) take a key that everybody knows."""
        return cls(file.read_bytes().strip() if file else _LOCAL_KEY)

    def of(self, *, family_name: str, ssn: str, birth_date: date) -> str:
        """Return the digest, in hex. Raises `NotASocialSecurityNumber` when `ssn` has not nine digits."""
        written = _BETWEEN.join((_as_compared(family_name), _nine_digits(ssn), birth_date.isoformat()))
        return hmac.new(self._key, written.encode(), hashlib.sha256).hexdigest()


def _as_compared(name: str) -> str:
    """The name as two are compared: in NFKC, in one case, with single spaces."""
    return " ".join(unicodedata.normalize("NFKC", name).casefold().split())


def _nine_digits(ssn: str) -> str:
    digits = re.sub(r"[\s-]", "", ssn)
    if not re.fullmatch(r"[0-9]{9}", digits):
        raise NotASocialSecurityNumber(field="ssn")
    return digits
