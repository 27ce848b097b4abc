import hashlib
import json
from collections.abc import Mapping
from typing import Any


def digest_of(content: Mapping[str, Any]) -> str:
    """Return the SHA-256 of what is signed, in one way of writing: sorted keys, no spaces, UTF-8.

    Anybody who holds the answers can compute it again and compare it with a signature.
    """
    written = json.dumps(content, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return hashlib.sha256(written.encode()).hexdigest()
