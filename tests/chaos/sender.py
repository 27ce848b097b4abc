"""A good client of the upload API: it goes on until it knows, and never sends twice what may have arrived."""

import base64
from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Protocol

import httpx

from tests.chaos.documents import Document
from tests.chaos.patience import patiently
from tests.chaos.person import Person, UnsureError

UPLOADS = "/api/documents/uploads"
TUS = {"tus-resumable": "1.0.0"}
PASSING = {"another-offset", "upload-in-use", "writer-replaced", "key-taken"}
"""Problems that a sender meets who does not know yet how far an earlier try came."""


class RefusedError(Exception):
    """The platform said no for good: the slot is closed, say."""

    def __init__(self, what: str, status: int, problem: str) -> None:
        super().__init__(f"{what} was refused with {status} {problem}")
        self.problem = problem


class CutHereError(Exception):
    """Raised inside a body that is sent, to cut the line there."""


@dataclass(frozen=True)
class Receipted:
    """What the last byte of a document was answered with."""

    file_id: str
    verdict: str
    jws: str


class Sending(Protocol):
    """A document on its way into one slot, by whatever way."""

    @property
    def person(self) -> Person: ...
    @property
    def slot_id(self) -> str: ...
    @property
    def document(self) -> Document: ...

    async def until_receipted(self) -> Receipted:
        """Send it as often as it takes. Raises `RefusedError`, `GaveUpError`."""


@dataclass
class Upload:
    """One document on its way into one slot by a resumable upload."""

    person: Person
    slot_id: str
    document: Document
    location: str | None = None
    area: str = ""
    """The bidding area, of a document that is for one (a bond)."""
    _tried: bool = False

    async def until_receipted(self) -> Receipted:
        """Send it as often as it takes. Raises `RefusedError`, `GaveUpError`."""
        return await patiently(self._go_on, self.document.name)

    async def begin(self) -> None:
        """Begin it and know where. Raises `RefusedError`, `GaveUpError`."""
        self.location = await patiently(self._begun, self.document.name)

    async def send_until(self, cut_at: int) -> bool:
        """Send from the start and cut the line after `cut_at` bytes; False when it was refused before that."""
        assert self.location is not None

        async def body() -> AsyncIterator[bytes]:
            yield self.document.content[:cut_at]
            raise CutHereError

        headers = _patch_headers(0) | {"content-length": str(len(self.document.content))}
        try:
            await self.person.ask("PATCH", self.location, headers=headers, content=body())
        except CutHereError:
            return True
        except UnsureError:
            pass
        return False

    async def _go_on(self) -> Receipted:
        """Take the next step towards the receipt. Raises `UnsureError` where it must be taken again."""
        offset: int | Receipted = 0
        if self.location is None:
            self.location = await self._begun()
        else:
            offset = await self._where_it_stands()
        if isinstance(offset, Receipted):
            return offset
        rest = self.document.content[offset:]
        answer = await self.person.ask("PATCH", self.location, headers=_patch_headers(offset), content=rest)
        _require(answer)
        return _receipted(answer)

    async def _begun(self) -> str:
        """Begin; a beginning whose answer was lost is looked for first."""
        found = await self._find() if self._tried else None
        self._tried = True
        if found is not None:
            return found
        answer = await self.person.ask("POST", UPLOADS, headers=await self._creation_headers())
        _require(answer)
        return str(answer.headers["location"])

    async def _find(self) -> str | None:
        async for upload in self.person.pages(UPLOADS):
            if upload["filename"] == self.document.name:
                return f"{UPLOADS}/{upload['id']}"
        return None

    async def _where_it_stands(self) -> int | Receipted:
        answer = await self.person.ask("HEAD", str(self.location), headers=TUS)
        _require(answer)
        if "connexion-receipt" in answer.headers:
            return _receipted(answer)
        return int(answer.headers["upload-offset"])

    async def _creation_headers(self) -> dict[str, str]:
        about = {
            "slot": self.slot_id,
            "filename": self.document.name,
            "includes": "a made-up report",
            **await _signature(self.person, self.slot_id),
            "sha256": self.document.digest,
            **({"cba": self.area} if self.area else {}),
        }
        metadata = ",".join(f"{name} {base64.b64encode(text.encode()).decode()}" for name, text in about.items())
        return TUS | {"upload-length": str(len(self.document.content)), "upload-metadata": metadata}


@dataclass
class Form:
    """The same by a form, which does not resume: it is sent again as a whole, under its Idempotency-Key."""

    person: Person
    slot_id: str
    document: Document

    async def until_receipted(self) -> Receipted:
        """Send it as often as it takes. Raises `RefusedError`, `GaveUpError`."""
        file = await patiently(self._send, self.document.name)
        receipt = await patiently(lambda: self._read_receipt(file["id"]), self.document.name)
        return Receipted(file["id"], file["verdict"], receipt)

    async def _send(self) -> dict[str, str]:
        body = httpx.Request(
            "POST",
            "http://form",
            data={"includes": "A report made up for a fault"} | await _signature(self.person, self.slot_id),
            files={"file": (self.document.name, self.document.content, "application/pdf")},
        )
        headers = {
            "content-type": body.headers["content-type"],
            "idempotency-key": f"{self.slot_id}/{self.document.name}",
        }
        path = f"/api/documents/slots/{self.slot_id}/files"
        answer = await self.person.ask("POST", path, headers=headers, content=body.read())
        _require(answer)
        file: dict[str, str] = answer.json()
        return file

    async def _read_receipt(self, file_id: str) -> str:
        answer = await self.person.ask("GET", f"/api/documents/files/{file_id}/receipt")
        _require(answer)
        return str(answer.json()["jws"])


async def _signature(person: Person, slot_id: str) -> dict[str, str]:
    """What the person types under the statement that the slot shows."""
    answer = await person.ask("GET", f"/api/documents/slots/{slot_id}")
    _require(answer)
    return {"certified_by": person.user_id, "statement": answer.json()["certification"]["statement"]}


def _patch_headers(offset: int) -> dict[str, str]:
    return TUS | {"upload-offset": str(offset), "content-type": "application/offset+octet-stream"}


def _receipted(answer: httpx.Response) -> Receipted:
    headers = answer.headers
    return Receipted(headers["connexion-file"], headers["connexion-verdict"], headers["connexion-receipt"])


def _require(answer: httpx.Response) -> None:
    """Raise `UnsureError` for a refusal that passes and `RefusedError` for one that stays."""
    if answer.is_success:
        return
    problem = answer.json()["type"].rpartition(":")[2] if answer.content else ""
    what = f"{answer.request.method} {answer.request.url.path}"
    if problem in PASSING or answer.status_code == httpx.codes.LOCKED:
        raise UnsureError(f"{what}: {problem}")
    raise RefusedError(what, answer.status_code, problem)
