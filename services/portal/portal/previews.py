"""One page of a document beside the work on it: which one is looked at, and what is said where it cannot be shown."""

from dataclasses import dataclass
from typing import Annotated
from urllib.parse import urlencode
from uuid import UUID

from fastapi import Depends, Query

from portal.caller import Caller
from portal.gateway import Json, Problem, Unreachable

AWAY = "The documents do not answer at the moment. Load the page again in a minute."
SHOWN_AT, ENLARGED = 960, 1440
"""Pixels: how wide a page is shown beside the work, and enlarged (`documents_svc.previews.renderer.Width`)."""


@dataclass(frozen=True)
class Looking:
    """What somebody looks at, as the address of the page says it: a file, and which page of it."""

    file: UUID | None
    page: int

    @property
    def query(self) -> dict[str, str]:
        """The same for an address; nothing where nothing is looked at."""
        return {"file": str(self.file), "page": str(self.page)} if self.file else {}


NOTHING = Looking(None, 1)


def _looking(file: UUID | None = None, page: Annotated[int, Query(ge=1)] = 1) -> Looking:
    return Looking(file, page)


LookingAt = Annotated[Looking, Depends(_looking)]


@dataclass(frozen=True)
class Preview:
    """A page of a file as it is shown; `shown` is None where `refusal` says why not.

    `address` is the page of the portal it stands on, with everything that is chosen there but the file.
    """

    address: str
    file: UUID | None = None
    page: int = 1
    shown: Json | None = None
    refusal: str = ""

    def to(self, page: int, file: str | None = None) -> str:
        """Return the address that shows another page, or another file."""
        joint = "&" if "?" in self.address else "?"
        return f"{self.address}{joint}{urlencode({'file': file or str(self.file), 'page': page})}"

    @property
    def picture(self) -> str:
        """Where the picture of the page is."""
        return f"{self.content.removesuffix('/content')}/pages/{self.page}/picture?width={SHOWN_AT}"

    @property
    def enlarged(self) -> str:
        """Where a larger picture of it is."""
        return f"{self.content.removesuffix('/content')}/pages/{self.page}/picture?width={ENLARGED}"

    @property
    def content(self) -> str:
        """Where the file itself is."""
        return f"/api/documents/files/{self.file}/content"


async def preview_of(caller: Caller, looking: Looking, address: str) -> Preview:
    """Ask for the page that is looked at. A file that cannot be shown is told of; it never takes the page along."""
    if looking.file is None:
        return Preview(address)
    try:
        path = f"/api/documents/files/{looking.file}/pages/{looking.page}"
        shown: Json = await caller.gateway.get(path, width=SHOWN_AT)
    except Unreachable:
        return Preview(address, looking.file, looking.page, refusal=AWAY)
    except Problem as problem:
        if problem.asks_for_sign_in or problem.status in {401, 429}:
            raise
        return Preview(address, looking.file, looking.page, refusal=problem.detail or AWAY)
    return Preview(address, looking.file, looking.page, shown)
