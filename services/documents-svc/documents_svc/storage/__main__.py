"""Read every stored file and compare it with its digest: `python -m documents_svc.storage`.

Names each that is damaged or gone, and ends with 1 where there is one. Files are read a few at a time, outside of any
transaction; those that come or are erased meanwhile are left to the next run.
"""

import asyncio
import hashlib
import sys
from collections.abc import AsyncIterator
from uuid import UUID

from sqlalchemy import select

from chassis.database import Database, Fence
from chassis.settings import load
from documents_svc.files.uploaded_file import UploadedFile
from documents_svc.settings import Settings
from documents_svc.storage.store import FileStore, open_store

AT_ONCE = 4
BATCH = 500


async def damaged(database: Database, store: FileStore) -> AsyncIterator[tuple[UUID, str]]:
    """Yield each file that the store does not give as it was received, with what is wrong."""
    async for batch in _stored(database):
        for start in range(0, len(batch), AT_ONCE):
            some = batch[start : start + AT_ONCE]
            for (file_id, _), wrong in zip(
                some, await asyncio.gather(*(_look(store, sha) for _, sha in some)), strict=True
            ):
                if wrong is not None:
                    yield file_id, wrong


async def _stored(database: Database) -> AsyncIterator[list[tuple[UUID, str]]]:
    last: UUID | None = None
    while True:
        statement = select(UploadedFile.id, UploadedFile.sha256).where(
            UploadedFile.stored_at.is_not(None), UploadedFile.erased_at.is_(None)
        )
        if last is not None:
            statement = statement.where(UploadedFile.id > last)
        async with database.reading(Fence.staff()) as session:
            rows = (await session.execute(statement.order_by(UploadedFile.id).limit(BATCH))).all()
        if not rows:
            return
        last = rows[-1].id
        yield [(row.id, row.sha256) for row in rows]


async def _look(store: FileStore, sha256: str) -> str | None:
    digest = hashlib.sha256()
    try:
        async for chunk in store.read(sha256):
            digest.update(chunk)
    except FileNotFoundError:
        return "is not in the store"
    except OSError as problem:
        return f"could not be read: {problem}"
    return None if digest.hexdigest() == sha256 else "has other bytes than were received"


async def verify(settings: Settings) -> int:
    """Print what is damaged and how many files were read; return how many are damaged."""
    database = Database(settings.database_url, "documents", pool_size=1)
    found = 0
    try:
        async for file_id, wrong in damaged(database, open_store(settings)):
            found += 1
            print(f"file {file_id} {wrong}")
    finally:
        await database.close()
    print(f"{found} stored files are damaged." if found else "Every stored file has the bytes that were received.")
    return found


if __name__ == "__main__":
    sys.exit(1 if asyncio.run(verify(load(Settings))) else 0)
