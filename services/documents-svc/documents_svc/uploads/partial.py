"""Where uploads arrive: a folder of pieces on a synced disk that all edges and workers of the service share.

A piece is one file that exactly one writer writes, so a writer that slept and lost its claim can never mix its bytes
with those of the next one: what counts is what the database lists (`Upload.pieces`, `Upload.arrived`).
"""

import errno
import hashlib
import os
import shutil
from collections import OrderedDict
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Self
from uuid import UUID

from chassis.errors import ConnexionError
from documents_svc.uploads.upload import piece_lengths

if TYPE_CHECKING:
    from hashlib import _Hash as Digest

READ_SIZE = 1024 * 1024
RESERVE = 512 * 1024 * 1024
"""Room that new uploads leave free, so that those already begun can finish."""
REMEMBERED_TAILS = 10_000


class NoRoom(ConnexionError):
    """We cannot take more bytes right now. What had arrived is kept; try again in a few minutes."""

    title = "No room"


class Piece:
    """A file being written, from byte `start` of its upload; `length` counts its bytes.

    `digest` is SHA-256 over the upload up to here, where this process has seen every byte of it. `checksum` is over
    what was written since it was set, for a sender who wants that compared. The methods block: run them in a thread.
    """

    def __init__(self, path: Path, name: str, start: int, *, length: int = 0, digest: "Digest | None" = None) -> None:
        """Open the file and drop what lies behind `length`, which nobody has counted."""
        self.name, self.start, self.length, self.digest = name, start, length, digest
        path.parent.mkdir(parents=True, exist_ok=True)
        self.checksum: Digest | None = None
        self._folder = path.parent
        self._new = length == 0
        self._file = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_CLOEXEC, 0o600)
        os.ftruncate(self._file, length)
        os.lseek(self._file, length, os.SEEK_SET)

    @property
    def end(self) -> int:
        """The offset of the upload that this piece reaches to."""
        return self.start + self.length

    def write(self, chunks: Sequence[bytes]) -> None:
        """Append and hash. Raises `NoRoom` when the disk is full, OSError when it fails."""
        for chunk in chunks:
            rest = memoryview(chunk)
            try:
                while rest:
                    rest = rest[os.write(self._file, rest) :]
            except OSError as problem:
                raise _explained(problem) from problem
            for digest in (self.digest, self.checksum):
                if digest is not None:
                    digest.update(chunk)
            self.length += len(chunk)

    def sync(self) -> None:
        """Return when every byte, and the file's name, is on the disk. Raises `NoRoom` or OSError."""
        try:
            os.fdatasync(self._file)
            if self._new:
                _sync_folder(self._folder)
                self._new = False
        except OSError as problem:
            raise _explained(problem) from problem

    def close(self) -> None:
        """Close the file."""
        os.close(self._file)


@dataclass(frozen=True)
class _Tail:
    """The end of an upload as this process left it: it may go on in the same piece, with the same digest."""

    name: str
    start: int
    length: int
    digest: "Digest | None"

    @classmethod
    def of(cls, piece: Piece) -> Self:
        return cls(piece.name, piece.start, piece.length, piece.digest)


class PartialArea:
    """The folder, and what this process remembers of the pieces it wrote."""

    def __init__(self, folder: Path) -> None:
        """Make the folder when it is not there."""
        folder.mkdir(parents=True, exist_ok=True)
        self._folder = folder
        self._tails: OrderedDict[UUID, _Tail] = OrderedDict()

    def path(self, upload: UUID, piece: str) -> Path:
        """Return where a piece lies. Nothing of it was chosen by a person."""
        return self._folder / upload.hex[-2:] / f"{upload.hex}.{piece}"

    def paths(self, upload: UUID, pieces: Sequence[str], arrived: int) -> list[tuple[Path, int]]:
        """Return the pieces that hold the first `arrived` bytes of an upload, each with how many of its bytes count."""
        lengths = piece_lengths(pieces, arrived)
        return [(self.path(upload, piece), length) for piece, length in zip(pieces, lengths, strict=True) if length]

    def require_room(self, size: int) -> None:
        """Raise `NoRoom` when a new upload of `size` bytes would eat into the reserve."""
        if shutil.disk_usage(self._folder).free < size + RESERVE:
            raise NoRoom

    def tail(self, upload: UUID, pieces: Sequence[str], arrived: int) -> str | None:
        """Return the last piece's name, when this process wrote it up to exactly `arrived` and may go on with it."""
        tail = self._tails.get(upload)
        if tail and pieces and tail.name == pieces[-1] and tail.start + tail.length == arrived:
            return tail.name
        return None

    def open(self, upload: UUID, name: str, arrived: int) -> Piece:
        """Open a piece for writing at the end `arrived` of an upload: the remembered tail, or a new one. Blocks."""
        tail = self._tails.pop(upload, None)
        path = self.path(upload, name)
        if tail and tail.name == name:
            return Piece(path, name, tail.start, length=tail.length, digest=tail.digest)
        return Piece(path, name, arrived, digest=hashlib.sha256() if arrived == 0 else None)

    def remember(self, upload: UUID, piece: Piece) -> None:
        """Remember a piece whose writer has let go in good order."""
        self._tails[upload] = _Tail.of(piece)
        while len(self._tails) > REMEMBERED_TAILS:
            self._tails.popitem(last=False)

    def digest(self, upload: UUID, pieces: Sequence[str], arrived: int) -> "Digest":
        """Return SHA-256 over what counts of an upload, read from the disk. Blocks. Raises OSError."""
        digest = hashlib.sha256()
        for path, length in self.paths(upload, pieces, arrived):
            read_into(digest, path, length)
        return digest

    def discard(self, upload: UUID) -> None:
        """Remove every piece of an upload, counted or not. Blocks."""
        self._tails.pop(upload, None)
        for path in (self._folder / upload.hex[-2:]).glob(f"{upload.hex}.*"):
            path.unlink(missing_ok=True)


def read_into(digest: "Digest", path: Path, length: int) -> None:
    """Hash the first `length` bytes of a file. Raises OSError when it is shorter."""
    buffer = memoryview(bytearray(READ_SIZE))
    with path.open("rb", buffering=0) as file:
        while length:
            count = file.readinto(buffer[: min(READ_SIZE, length)])
            if not count:
                raise OSError(errno.EIO, "a piece is shorter than what was counted of it")
            digest.update(buffer[:count])
            length -= count


def _sync_folder(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _explained(problem: OSError) -> Exception:
    return NoRoom() if problem.errno in {errno.ENOSPC, errno.EDQUOT} else problem
