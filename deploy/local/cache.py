"""Where what was fetched once is kept for every checkout of the project."""

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


def cache_folder() -> Path:
    """Return the user's cache folder of the platform (`CONNEXION_CACHE`, else the XDG one), made when missing."""
    chosen = os.environ.get("CONNEXION_CACHE")
    base = Path(chosen) if chosen else Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "connexion"
    base.mkdir(parents=True, exist_ok=True)
    return base


@contextmanager
def only_one_fetches(what: str) -> Iterator[None]:
    """Hold a lock while filling a part of the cache, so that two test runs do not fill it at once."""
    with (cache_folder() / f".{what}.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield
