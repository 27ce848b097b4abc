import asyncio
import base64
from dataclasses import dataclass
from enum import IntEnum
from uuid import UUID

from cachetools import TTLCache

from chassis.errors import NotAllowedNow, NotFound
from documents_svc.files.capped_process import CappedProcess, NoAnswer
from documents_svc.previews.rendering import BROKEN, NO_SUCH_PAGE, PROTECTED
from documents_svc.previews.rendering_process import TOO_HEAVY
from documents_svc.storage.store import FileStore

AT_ONCE = 2
MOST_WAITING = 8
ANSWER_WITHIN = 9.0
KEPT_BYTES = 32 * 1024 * 1024
KEPT_SECONDS = 300.0


class Width(IntEnum):
    """How wide a picture of a page may be asked for, in pixels: few widths, so that little is made twice."""

    SMALL = 640
    BESIDE = 960
    LARGE = 1440


class NoSuchPage(NotFound):
    """The document has no such page. Go back to its first page."""


class PageTooHeavy(NotAllowedNow):
    """This page takes too much to be shown here. Download the file and open it instead."""


class DoesNotShow(NotAllowedNow):
    """The file does not open as a PDF, so that no page of it can be shown. Download it to look at it yourself."""


class ShownWithPasswordOnly(NotAllowedNow):
    """The file is protected (encrypted), so that no page can be shown. Ask the sender for one without a password."""


class ManyArePreviewing(NotAllowedNow):
    """Many pages are being shown at this moment. Load the page again in a few seconds, or download the file."""


_WHY = {BROKEN: DoesNotShow, PROTECTED: ShownWithPasswordOnly, NO_SUCH_PAGE: NoSuchPage, TOO_HEAVY: PageTooHeavy}


@dataclass(frozen=True)
class ShownPage:
    """One page as it is shown: a WebP picture with its size in pixels, the text on it, and how many pages there are."""

    pages: int
    width: int
    height: int
    image: bytes
    text: str
    text_is_cut: bool


class Renderer:
    """Makes pages visible, a few at a time, in processes with limits of time and memory.

    What was made is kept in this edge's memory for five minutes at most, so that going back and forth costs nothing;
    it is never written to a disk. Who may see it is judged before, every time (`use_cases.show_page`).
    """

    def __init__(self, store: FileStore) -> None:
        """Start nothing yet."""
        self._store = store
        self._idle = [CappedProcess("documents_svc.previews.rendering_process", ANSWER_WITHIN) for _ in range(AT_ONCE)]
        self._processes = tuple(self._idle)
        self._room = asyncio.Semaphore(AT_ONCE)
        self._asking = 0
        self._kept: TTLCache[tuple[UUID, int, Width], ShownPage] = TTLCache(
            KEPT_BYTES, KEPT_SECONDS, getsizeof=lambda shown: len(shown.image) + len(shown.text)
        )

    async def page(self, file_id: UUID, sha256: str, page: int, width: Width) -> ShownPage:
        """Return page `page` of a file.

        Raises `NoSuchPage`, `PageTooHeavy`, `DoesNotShow`, `ShownWithPasswordOnly` or `ManyArePreviewing`.
        """
        key = file_id, page, width
        if (kept := self._kept.get(key)) is not None:
            return kept
        if self._asking >= AT_ONCE + MOST_WAITING:
            raise ManyArePreviewing
        self._asking += 1
        try:
            async with self._room:
                shown = self._kept.get(key) or await self._rendered(sha256, page, width)
        finally:
            self._asking -= 1
        self._kept[key] = shown
        return shown

    async def close(self) -> None:
        """End the processes."""
        for process in self._processes:
            await process.close()

    async def _rendered(self, sha256: str, page: int, width: Width) -> ShownPage:
        process = self._idle.pop()
        try:
            async with self._store.on_disk(sha256) as path:
                said = await process.ask({"path": str(path), "page": page, "width": int(width)})
        except NoAnswer:
            raise PageTooHeavy from None
        finally:
            self._idle.append(process)
        if "failed" in said:
            raise OSError(said["failed"])
        if "cannot" in said:
            raise _WHY[said["cannot"]]
        return ShownPage(**said | {"image": base64.b64decode(said["image"])})
