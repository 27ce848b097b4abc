import asyncio
import errno
import hashlib
import os
import shutil
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from uuid import uuid4

import obstore
from obstore.store import LocalStore

from documents_svc.storage.store import CHUNK, DamagedError, Pieces, StillNeeded, aside_of, chunks_of, key_of


class FolderStore:
    """A folder: finished files are moved into it, and read through the same library as a bucket's."""

    def __init__(self, folder: Path) -> None:
        """Make the folder when it is not there."""
        folder.mkdir(parents=True, exist_ok=True)
        self._folder = folder
        self._objects = LocalStore(prefix=str(folder))

    async def keep(self, sha256: str, pieces: Pieces) -> None:
        """Move one piece, or put several together; either way the file is synced before it has its name."""
        await asyncio.to_thread(self._keep, self._path(sha256), sha256, pieces)

    async def forget(self, sha256: str, still_needed: StillNeeded) -> None:
        """Rename the file, ask, and remove it or give it its name back."""
        path, aside = self._path(sha256), self._folder / aside_of(sha256)
        needed = await still_needed()
        try:
            if not needed:
                await asyncio.to_thread(_rename, path, aside)
                needed = await still_needed()
        except BaseException:
            _rename(aside, path)
            raise
        if needed:
            await asyncio.to_thread(_rename, aside, path)
        await asyncio.to_thread(aside.unlink, missing_ok=True)

    async def read(self, sha256: str) -> AsyncIterator[bytes]:
        """Give the bytes of a file in chunks."""
        result = await obstore.get_async(self._objects, key_of(sha256))
        async for chunk in result.stream(min_chunk_size=CHUNK):
            yield bytes(chunk)

    @asynccontextmanager
    async def on_disk(self, sha256: str) -> AsyncIterator[Path]:
        """Give the file's own path."""
        yield self._path(sha256)

    def _path(self, sha256: str) -> Path:
        return self._folder / key_of(sha256)

    @staticmethod
    def _keep(path: Path, sha256: str, pieces: Pieces) -> None:
        if path.exists():
            return
        path.parent.mkdir(parents=True, exist_ok=True)
        if len(pieces) == 1:
            _move(*pieces[0], path)
        else:
            _put_together(pieces, sha256, path)
        _sync(path.parent)


def _move(piece: Path, length: int, path: Path) -> None:
    """Rename the piece; from another disk, copy it."""
    os.truncate(piece, length)
    piece.chmod(0o400)
    try:
        piece.replace(path)
    except OSError as problem:
        if problem.errno != errno.EXDEV:
            raise
        beside = path.with_name(f"{path.name}.{uuid4().hex}")
        shutil.copyfile(piece, beside)
        _sync(beside)
        beside.replace(path)


def _rename(old: Path, new: Path) -> None:
    """Rename a file that may not be there, durably."""
    if not old.exists():
        return
    new.parent.mkdir(parents=True, exist_ok=True)
    old.replace(new)
    _sync(new.parent)


def _put_together(pieces: Pieces, sha256: str, path: Path) -> None:
    digest, beside = hashlib.sha256(), path.with_name(f"{path.name}.{uuid4().hex}")
    with beside.open("xb", buffering=0) as whole:
        for piece, length in pieces:
            for chunk in chunks_of(piece, length):
                digest.update(chunk)
                whole.write(chunk)
        os.fdatasync(whole.fileno())
    if digest.hexdigest() != sha256:
        beside.unlink()
        raise DamagedError
    beside.chmod(0o400)
    beside.replace(path)


def _sync(path: Path) -> None:
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
