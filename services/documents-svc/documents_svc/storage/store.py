"""Where received files stay for good: addressed by their SHA-256, in a local folder or an S3 bucket.

Two files with the same bytes are one object. Nothing here is ever changed or served under another name.
"""

from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Sequence
from contextlib import AbstractAsyncContextManager
from pathlib import Path
from typing import Protocol
from urllib.parse import urlsplit

from documents_svc.settings import Settings

Pieces = Sequence[tuple[Path, int]]
"""Files whose first bytes, one after the other, make one file: path and number of bytes."""

StillNeeded = Callable[[], Awaitable[bool]]
"""Asks whether another record has the same bytes."""

CHUNK = 1024 * 1024


class DamagedError(Exception):
    """The pieces do not have the digest that was counted when they arrived."""


class FileStore(Protocol):
    """What both stores can do. Every method raises OSError when the store does not answer."""

    async def keep(self, sha256: str, pieces: Pieces) -> None:
        """Take over the file that the pieces make; the pieces may be gone afterwards. May be repeated.

        Raises `DamagedError` when they do not make the file with this digest.
        """

    async def forget(self, sha256: str, still_needed: "StillNeeded") -> None:
        """Remove a file for good, unless it is still needed. May be repeated, also after a crash.

        It is put aside before `still_needed` is asked for the last time, and put back when it is: who keeps the same
        bytes meanwhile has said so before, or finds nothing there and keeps them anew.
        """

    def read(self, sha256: str) -> AsyncIterator[bytes]:
        """Give the bytes of a file in chunks."""

    def on_disk(self, sha256: str) -> AbstractAsyncContextManager[Path]:
        """Give a path under which the file can be read while the body runs."""


def key_of(sha256: str) -> str:
    """Return the name of a file in the store."""
    return f"{sha256[:2]}/{sha256}"


def aside_of(sha256: str) -> str:
    """Return the name of a file that is about to be removed."""
    return f"leaving/{sha256}"


def chunks_of(path: Path, length: int) -> Iterator[bytes]:
    """Give the first `length` bytes of a file in chunks. Blocks."""
    with path.open("rb") as file:
        while length and (chunk := file.read(min(CHUNK, length))):
            yield chunk
            length -= len(chunk)


def open_store(settings: Settings) -> FileStore:
    """Open the store that the settings name."""
    from documents_svc.storage.bucket import BucketStore
    from documents_svc.storage.folder import FolderStore

    url = urlsplit(settings.store_url)
    if url.scheme == "file":
        return FolderStore(Path(url.path))
    return BucketStore(settings, scratch=settings.partial_folder / "scratch")
