"""Where sealed contracts stay: addressed by their SHA-256, in a folder or an S3 bucket of contracts-svc's own."""

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import obstore
from obstore.store import LocalStore, S3Store

from contracts_svc.settings import Settings

CHUNK = 256 * 1024


class SealedContracts:
    """The store. Two files with the same bytes are one object; nothing is ever changed under its name."""

    def __init__(self, objects: LocalStore | S3Store) -> None:
        self._objects = objects

    async def keep(self, sha256: str, content: bytes) -> None:
        """Keep a file under its digest; may be repeated."""
        await obstore.put_async(self._objects, _key(sha256), content)

    async def read(self, sha256: str) -> AsyncIterator[bytes]:
        """Give the bytes of a file in chunks."""
        result = await obstore.get_async(self._objects, _key(sha256))
        async for chunk in result.stream(min_chunk_size=CHUNK):
            yield bytes(chunk)


def open_store(settings: Settings) -> SealedContracts | None:
    """Open the store that the settings name; None where they name none."""
    if settings.contract_store_url is None:
        return None
    url = urlsplit(settings.contract_store_url)
    if url.scheme == "file":
        Path(url.path).mkdir(parents=True, exist_ok=True)
        return SealedContracts(LocalStore(prefix=url.path))
    options: dict[str, Any] = {"region": settings.s3_region, "virtual_hosted_style_request": False}
    if settings.s3_endpoint:
        options["endpoint"] = settings.s3_endpoint
    if settings.s3_access_key_id and settings.s3_secret_access_key:
        options |= {
            "access_key_id": settings.s3_access_key_id,
            "secret_access_key": settings.s3_secret_access_key.get_secret_value(),
        }
    http: Any = {"allow_http": settings.environment == "local"}
    return SealedContracts(S3Store(url.netloc, prefix=url.path.strip("/") or None, client_options=http, **options))


def _key(sha256: str) -> str:
    return f"{sha256[:2]}/{sha256}.pdf"
