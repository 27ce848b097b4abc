"""Bytes on their way from the line to the disk: written, hashed and synced off the event loop, never held whole."""

import asyncio
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from concurrent.futures import ThreadPoolExecutor
from enum import Enum
from typing import Any, TypeVar

from chassis.metrics import UPLOAD_BYTES
from documents_svc.uploads.body import LineDown
from documents_svc.uploads.partial import Piece

BATCH = 1024 * 1024
"""What is written and hashed in one go: large enough that the hand-over to a thread costs nothing beside it."""
SYNC_EVERY = 8 * 1024 * 1024
"""After so many bytes the disk begins to sync while more arrive, so that the last sync is short."""
CHECKPOINT_EVERY = 1.0

Checkpoint = Callable[[int], Awaitable[bool]]
T = TypeVar("T")

_disk = ThreadPoolExecutor(max_workers=32, thread_name_prefix="disk")


class Ending(Enum):
    """How a body ended: whole, cut by the line, or stopped because the upload's time was over."""

    WHOLE = "whole"
    CUT = "cut"
    TIME_OVER = "time over"


class MoreThanAnnounced(Exception):
    """More bytes came than were announced, or than fit. None of them is counted."""


async def on_disk(work: Callable[..., T], *arguments: Any) -> T:
    """Run blocking work on files in a thread."""
    return await asyncio.get_running_loop().run_in_executor(_disk, work, *arguments)


class Intake:
    """Takes one body into one piece. At most two batches are in memory: one filling, one being written."""

    def __init__(self, piece: Piece, room: int, checkpoint: Checkpoint) -> None:
        """`room` is how many bytes may come. `checkpoint` is told what is synced, and says whether to go on."""
        self._piece = piece
        self._room = room
        self._checkpoint = checkpoint
        self._batch: list[bytes] = []
        self._filled = 0
        self._writing: asyncio.Future[None] | None = None
        self._syncing: asyncio.Future[None] | None = None
        self._unsynced = 0

    async def take(self, chunks: AsyncIterator[bytes]) -> Ending:
        """Take every chunk, and tell how the body ended.

        However it ended, everything that arrived is synced. Raises `MoreThanAnnounced`, `NoRoom`, OSError, and what a
        checkpoint raises; the piece is not to be trusted then.
        """
        try:
            ending = await self._fill(chunks)
            await self._settle()
        finally:
            await self._stop()
        return ending

    async def _fill(self, chunks: AsyncIterator[bytes]) -> Ending:
        counted, told = self._piece.end, time.monotonic()
        try:
            async for chunk in chunks:
                self._add(chunk)
                if self._filled >= BATCH:
                    await self._write()
                due = not chunk or time.monotonic() - told >= CHECKPOINT_EVERY
                if due and self._room and self._end > counted:  # the last byte is counted by the finish alone
                    await self._settle()
                    if not await self._checkpoint(self._piece.end):
                        return Ending.TIME_OVER
                    counted, told = self._piece.end, time.monotonic()
        except LineDown:
            return Ending.CUT
        return Ending.WHOLE

    @property
    def _end(self) -> int:
        return self._piece.end + self._filled

    def _add(self, chunk: bytes) -> None:
        if len(chunk) > self._room:
            raise MoreThanAnnounced
        self._room -= len(chunk)
        if chunk:
            self._batch.append(chunk)
            self._filled += len(chunk)
            UPLOAD_BYTES.inc(len(chunk))

    async def _write(self) -> None:
        """Hand the batch to a thread, once the one before it is written."""
        if self._writing is not None:
            await self._writing
        batch, self._batch = self._batch, []
        self._unsynced += self._filled
        self._filled = 0
        self._writing = asyncio.ensure_future(on_disk(self._piece.write, batch))
        if self._unsynced >= SYNC_EVERY and (self._syncing is None or self._syncing.done()):
            self._unsynced = 0
            self._syncing = asyncio.ensure_future(on_disk(self._piece.sync))

    async def _settle(self) -> None:
        """Write and sync everything that arrived."""
        if self._batch:
            await self._write()
        for work in (self._writing, self._syncing):
            if work is not None:
                await work
        self._writing = self._syncing = None
        await on_disk(self._piece.sync)
        self._unsynced = 0

    async def _stop(self) -> None:
        """Let no thread touch the piece any more, however the body ended."""
        under_way = [work for work in (self._writing, self._syncing) if work is not None]
        await asyncio.gather(*under_way, return_exceptions=True)
