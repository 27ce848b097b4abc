"""One sender's request to go on with an upload, from its claim to a receipt or to the place where the line was cut.

No transaction is open while bytes stream: one claims, some count what is synced, one finishes.
"""

import asyncio
import hashlib
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager, suppress
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy.exc import DBAPIError

from chassis import program_time
from chassis.database import Database, Fence, Session
from chassis.errors import ConnexionError, Invalid
from chassis.ids import new_id
from chassis.metrics import UPLOADS_OPEN, UPLOADS_RECEIVED, UPLOADS_STARTED
from chassis.signature import Signer
from documents_svc.resources import Resources
from documents_svc.slots.slot import Slot, SlotClosed
from documents_svc.uploads.intake import Ending, Intake, MoreThanAnnounced, on_disk
from documents_svc.uploads.labels import Details
from documents_svc.uploads.partial import Piece
from documents_svc.uploads.quotas import Quotas
from documents_svc.uploads.upload import Upload, UploadLapsed, require_size
from documents_svc.uploads.use_cases import (
    Announcement,
    Claim,
    Finished,
    Whole,
    advance_upload,
    begin_upload,
    certify,
    claim_upload,
    finish_upload,
    give_up_upload,
    release_upload,
    start_over,
)

PAUSES = (0.1, 0.5, 2.0, 5.0, 5.0)
"""Seconds between tries to commit a finish: a database that comes back must not cost anybody the deadline."""


class ChecksumMismatch(Invalid):
    """What arrived is not what you sent: its checksum differs. Send it again."""


class AnotherFileThanAnnounced(ChecksumMismatch):
    """The file that arrived is not the one you announced: its SHA-256 differs. Send it again from the start."""


@dataclass(frozen=True)
class Checksum:
    """What a sender says the bytes of one request hash to."""

    algorithm: str
    digest: bytes


@dataclass(frozen=True)
class FormEnd:
    """What to do when all of a form has come: read its fields, and keep the answer in the finishing transaction."""

    details: Callable[[], Details]
    keep: Callable[[Session, Finished], None]


@dataclass(frozen=True)
class Sender:
    """Who sends, and where to: one for each request. `wake` tells the relay that there is something to say."""

    signer: Signer
    database: Database
    resources: Resources
    wake: Callable[[], None]

    async def begin(self, announcement: Announcement) -> tuple[Upload, Slot]:
        """Begin an upload. An attempt after the close is refused, and leaves its trace in the audit trail."""
        quotas = Quotas.of(self.resources.settings)
        self.resources.partial.require_room(announcement.size or 0)
        try:
            async with self._writing() as session:
                begun = await begin_upload(session, announcement, quotas, self.signer)
        except SlotClosed as refusal:
            async with self._writing() as session:
                session.audit("slot.refuse_upload", announcement.slot_id, reason=refusal.type)
            raise
        UPLOADS_STARTED.inc()
        return begun

    async def go_on(
        self,
        upload_id: UUID,
        offset: int,
        chunks: AsyncIterator[bytes],
        *,
        announced: int | None = None,
        checksum: Checksum | None = None,
    ) -> int | Finished:
        """Take a body (of `announced` bytes, where the sender says) from `offset` on.

        Returns where the upload stands now, or the finished file with its receipt.

        Raises `AnotherOffset` or `UploadInUse` when somebody else was quicker, `UploadLapsed`, `MoreThanAnnounced`,
        `ChecksumMismatch`, `NoRoom`.
        """
        claim = await self._claim(upload_id, offset)
        if isinstance(claim, Finished):
            return claim
        room = (claim.size or 0) - claim.arrived
        async with self._holding(claim) as piece:
            if (announced or 0) > room:
                raise MoreThanAnnounced
            ending = await self._take(claim, piece, room, chunks, checksum)
            if checksum and ending is not Ending.WHOLE:
                await self._release(claim, None)
                return claim.arrived
            if piece.end == claim.size:
                return await self._finish(claim, piece)
            await self._release(claim, piece.end)
            self.resources.partial.remember(claim.upload_id, piece)
        if ending is Ending.TIME_OVER:
            raise UploadLapsed
        return piece.end

    async def send_form(
        self, announcement: Announcement, chunks: AsyncIterator[bytes], end: FormEnd
    ) -> Finished | None:
        """Take the file of a form, whose size nobody announced; None when it was cut: a form does not resume.

        Raises `FileIsEmpty`, `FileTooLarge`, `NoRoom`, and what is wrong with the details.
        """
        upload, slot = await self.begin(announcement)
        claim = await self._claim(upload.id, 0)
        assert isinstance(claim, Claim)  # noqa: S101  it was begun a moment ago
        try:
            async with self._holding(claim) as piece:
                if await self._take(claim, piece, slot.max_bytes, chunks, None) is Ending.WHOLE:
                    require_size(piece.end, slot.max_bytes)
                    return await self._finish(claim, piece, end)
        except MoreThanAnnounced:
            await self.give_up(upload.id)
            require_size(slot.max_bytes + 1, slot.max_bytes)
        except Exception:
            with suppress(ConnexionError):  # a commit whose answer was lost may have taken the file in
                await self.give_up(upload.id)
            raise
        await self.give_up(upload.id)
        return None

    async def give_up(self, upload_id: UUID) -> None:
        """End an upload and throw away what arrived of it."""
        async with self._writing() as session:
            await give_up_upload(session, upload_id)
        await on_disk(self.resources.partial.discard, upload_id)

    async def _claim(self, upload_id: UUID, offset: int) -> Claim | Finished:
        async with self._writing() as session:
            return await claim_upload(session, upload_id, offset, new_id(), self.resources.partial)

    @asynccontextmanager
    async def _holding(self, claim: Claim) -> AsyncIterator[Piece]:
        """Open the piece to write. After a failure the upload is let go at what was counted last."""
        piece = await on_disk(self.resources.partial.open, claim.upload_id, claim.piece, claim.arrived)
        UPLOADS_OPEN.inc()
        try:
            yield piece
        except Exception:
            with suppress(Exception):
                await self._release(claim, None)
            raise
        finally:
            UPLOADS_OPEN.dec()
            await on_disk(piece.close)

    async def _take(
        self, claim: Claim, piece: Piece, room: int, chunks: AsyncIterator[bytes], checksum: Checksum | None
    ) -> Ending:
        """Take the body. Bytes with a checksum count only once it is compared."""
        if checksum:
            piece.checksum = hashlib.new(checksum.algorithm, usedforsecurity=False)

        async def count(end: int) -> bool:
            async with self._writing() as session:
                return await advance_upload(session, claim, None if checksum else end)

        ending = await Intake(piece, room, count).take(chunks)
        if checksum and piece.checksum and ending is Ending.WHOLE and piece.checksum.digest() != checksum.digest:
            raise ChecksumMismatch
        return ending

    async def _release(self, claim: Claim, arrived: int | None) -> None:
        async with self._writing() as session:
            await release_upload(session, claim, arrived)

    async def _finish(self, claim: Claim, piece: Piece, form: FormEnd | None = None) -> Finished:
        """Take the time, now that every byte is synced, and commit the file with its receipt."""
        received_at = program_time.now()
        sha256 = await self._sha256(claim, piece)
        if claim.expected_sha256 not in {None, sha256}:
            async with self._writing() as session:
                await start_over(session, claim)
            raise AnotherFileThanAnnounced
        finished = await self._commit(claim, Whole(piece.end, sha256), received_at, form)
        self.wake()
        UPLOADS_RECEIVED.labels(verdict=finished.file.verdict.value).inc()
        return finished

    async def _commit(self, claim: Claim, whole: Whole, received_at: datetime, form: FormEnd | None) -> Finished:
        for pause in (*PAUSES, None):
            try:
                async with self._writing(received_at) as session:
                    certified = certify(form.details(), self.signer) if form else None
                    finished = await finish_upload(session, claim, whole, self.resources.keys, certified)
                    if form and not finished.before:  # else the try whose answer was lost has kept it
                        form.keep(session, finished)
                    return finished
            except (DBAPIError, OSError):
                if pause is None:
                    raise
                await asyncio.sleep(pause)
        raise AssertionError("the last try returns or raises")

    async def _sha256(self, claim: Claim, piece: Piece) -> str:
        """The digest counted while the bytes came; read again from the disk where another process took in a part."""
        if piece.digest is not None:
            return piece.digest.hexdigest()
        partial = self.resources.partial
        return (await on_disk(partial.digest, claim.upload_id, claim.pieces, piece.end)).hexdigest()

    def _writing(self, at: datetime | None = None) -> AbstractAsyncContextManager[Session]:
        actor = self.signer.actor
        return self.database.writing(Fence.of(actor), actor, at=at)
