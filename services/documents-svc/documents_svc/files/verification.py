"""Checking received files: kept in the store, opened in a process with limits, scanned for malware.

A sweep claims what is due and starts it here; the work itself runs outside of any transaction, and its result is
recorded by a use case. A worker that dies in the middle leaves a claim that runs out.
"""

import asyncio
from collections.abc import Callable
from contextlib import AbstractAsyncContextManager
from datetime import datetime
from pathlib import Path

import structlog
from sqlalchemy.exc import SQLAlchemyError

from chassis.actor import Actor
from chassis.database import Database, Fence, Session
from chassis.metrics import SCAN_SECONDS, UPLOADS_REFUSED
from documents_svc.files.clamd import Clamd
from documents_svc.files.inspector import CouldNotCheck, Inspector
from documents_svc.files.rejection import MALWARE, Rejection
from documents_svc.files.uploaded_file import CheckTakenOver
from documents_svc.files.use_cases import (
    Check,
    claim_checks,
    record_acceptance,
    record_rejection,
    record_stored,
    record_unscanned,
)
from documents_svc.storage.store import DamagedError, FileStore
from documents_svc.uploads.intake import on_disk
from documents_svc.uploads.partial import PartialArea

AT_ONCE = 2
NO_SCANNER = "no malware scanner is configured"

log = structlog.get_logger()


class Verification:
    """The checks that run in this worker, at most `AT_ONCE` at a time."""

    def __init__(
        self,
        database: Database,
        partial: PartialArea,
        store: FileStore,
        scanner: Clamd | None,
        wake: Callable[[], None],
    ) -> None:
        """Start nothing yet. `wake` tells the relay that there is something to say."""
        self._database = database
        self._partial = partial
        self._store = store
        self._scanner = scanner
        self._wake = wake
        self._inspectors: list[Inspector] = []
        self._running: set[asyncio.Task[None]] = set()

    async def start_due(self, session: Session, _as_of: datetime, limit: int) -> int:
        """Claim files that are due, as many as there is room for, and start their checks (for a sweep)."""
        room = min(limit, AT_ONCE - len(self._running))
        if room <= 0:
            return 0
        checks = await claim_checks(session, room, has_scanner=self._scanner is not None)
        for check in checks:
            task = asyncio.create_task(self._one_after_another(check), name=f"check {check.file_id}")
            self._running.add(task)
            task.add_done_callback(self._running.discard)
        return len(checks)

    async def _one_after_another(self, check: Check | None) -> None:
        """Check this file and then the next that is due, until none is: a rush does not wait for the next sweep."""
        while check is not None:
            await self.run(check)
            try:
                async with self._writing() as session:
                    check = next(iter(await claim_checks(session, 1, has_scanner=self._scanner is not None)), None)
            except (SQLAlchemyError, OSError) as problem:
                log.warning("no further check could be claimed; the sweep goes on", error=type(problem).__name__)
                return

    async def run(self, check: Check) -> None:
        """Check one file and record the result, whatever it is."""
        try:
            await self._record(check, await self._outcome(check))
        except CheckTakenOver:
            log.info("a check took too long and was taken over")
        except Exception:
            log.exception("a check could not be recorded; it is made again when its claim runs out")

    async def _outcome(self, check: Check) -> Rejection | CouldNotCheck | None:
        """Return why the file cannot be accepted, or why nobody can tell yet; None when nothing was found."""
        try:
            await self._keep(check)
            async with self._store.on_disk(check.sha256) as path:
                return await self._inspect(path, check) or await self._scan(path)
        except CouldNotCheck as cause:
            return cause
        except (OSError, DamagedError):
            log.exception("the bytes of a received file could not be read")
            return CouldNotCheck("the file could not be read from where it is kept")

    async def _keep(self, check: Check) -> None:
        if check.is_stored:
            return
        await self._store.keep(check.sha256, self._partial.paths(check.file_id, check.pieces, check.size))
        async with self._writing() as session:
            await record_stored(session, check)
        await on_disk(self._partial.discard, check.file_id)

    async def _inspect(self, path: Path, check: Check) -> Rejection | None:
        inspector = self._inspectors.pop() if self._inspectors else Inspector()
        try:
            return await inspector.inspect(path, check.media_types)
        finally:
            self._inspectors.append(inspector)

    async def _scan(self, path: Path) -> Rejection | None:
        if self._scanner is None:
            raise CouldNotCheck(NO_SCANNER)
        with SCAN_SECONDS.time():
            found = await self._scanner.find(path)
        return MALWARE if found else None

    async def _record(self, check: Check, outcome: Rejection | CouldNotCheck | None) -> None:
        async with self._writing() as session:
            match outcome:
                case None:
                    await record_acceptance(session, check)
                case Rejection():
                    await record_rejection(session, check, outcome)
                case CouldNotCheck():
                    await record_unscanned(session, check, str(outcome))
        self._wake()
        if isinstance(outcome, Rejection):
            UPLOADS_REFUSED.labels(code=outcome.code).inc()

    def _writing(self) -> AbstractAsyncContextManager[Session]:
        return self._database.writing(Fence.system(), Actor.system("documents-checks"))

    async def close(self) -> None:
        """Stop what runs; its claims run out, and the files are checked again."""
        for task in self._running:
            task.cancel()
        await asyncio.gather(*self._running, return_exceptions=True)
        for inspector in self._inspectors:
            await inspector.close()
