import asyncio
import hashlib
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, suppress
from datetime import timedelta
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit
from uuid import uuid4

import obstore
from obstore.exceptions import BaseError
from obstore.store import S3Store

from documents_svc.settings import Settings
from documents_svc.storage.store import CHUNK, DamagedError, Pieces, StillNeeded, aside_of, chunks_of, key_of

PART = 8 * 1024 * 1024
PATIENCE = timedelta(seconds=30)


class BucketStore:
    """An S3 bucket: finished files are sent to it in parts."""

    def __init__(self, settings: Settings, *, scratch: Path) -> None:
        """Connect to nothing yet. `scratch` is where files lie for a moment while they are checked."""
        url = urlsplit(settings.store_url)
        options: dict[str, Any] = {"region": settings.s3_region, "virtual_hosted_style_request": False}
        if settings.s3_endpoint:
            options["endpoint"] = settings.s3_endpoint
        if settings.s3_access_key_id:
            options |= {
                "access_key_id": settings.s3_access_key_id,
                "secret_access_key": settings.s3_secret_access_key or "",
            }
        self._objects = S3Store(
            url.netloc,
            prefix=url.path.strip("/") or None,
            client_options={"allow_http": settings.environment == "local"},
            retry_config={"max_retries": 3, "retry_timeout": PATIENCE},
            **options,
        )
        self._scratch = scratch

    async def keep(self, sha256: str, pieces: Pieces) -> None:
        """Send the pieces as one object, unless it is there already."""
        if await self._has(sha256):
            return
        digest = await asyncio.to_thread(_digest, pieces)
        if digest != sha256:
            raise DamagedError
        try:
            await obstore.put_async(self._objects, key_of(sha256), _chunks(pieces), chunk_size=PART)
        except BaseError as problem:
            raise OSError("the object store did not take the file") from problem

    async def forget(self, sha256: str, still_needed: StillNeeded) -> None:
        """Copy the object aside and remove it, ask, and remove the copy too or put it back."""
        key, aside = key_of(sha256), aside_of(sha256)
        needed = await still_needed()
        try:
            if not needed:
                await self._move(key, aside)
                needed = await still_needed()
            if needed:
                await self._move(aside, key)
            await self._remove(aside)
        except BaseError as problem:
            raise OSError("the object store did not remove the file") from problem
        except BaseException:
            await self._move(aside, key)
            raise

    async def _move(self, old: str, new: str) -> None:
        """Move an object that may not be there."""
        with suppress(FileNotFoundError):
            await obstore.copy_async(self._objects, old, new)
            await self._remove(old)

    async def _remove(self, key: str) -> None:
        with suppress(FileNotFoundError):
            await obstore.delete_async(self._objects, key)

    async def read(self, sha256: str) -> AsyncIterator[bytes]:
        """Give the bytes of a file in chunks."""
        try:
            result = await obstore.get_async(self._objects, key_of(sha256))
            async for chunk in result.stream(min_chunk_size=CHUNK):
                yield bytes(chunk)
        except BaseError as problem:
            raise OSError("the object store did not give the file") from problem

    @asynccontextmanager
    async def on_disk(self, sha256: str) -> AsyncIterator[Path]:
        """Fetch the file for as long as the body runs."""
        self._scratch.mkdir(parents=True, exist_ok=True)
        path = self._scratch / f"{sha256}.{uuid4().hex}"
        try:
            with path.open("xb") as file:
                async for chunk in self.read(sha256):
                    await asyncio.to_thread(file.write, chunk)
            yield path
        finally:
            path.unlink(missing_ok=True)

    async def _has(self, sha256: str) -> bool:
        try:
            await obstore.head_async(self._objects, key_of(sha256))
        except FileNotFoundError:
            return False
        except BaseError as problem:
            raise OSError("the object store does not answer") from problem
        return True


def _chunks(pieces: Pieces) -> Iterator[bytes]:
    for path, length in pieces:
        yield from chunks_of(path, length)


def _digest(pieces: Pieces) -> str:
    digest = hashlib.sha256()
    for chunk in _chunks(pieces):
        digest.update(chunk)
    return digest.hexdigest()
