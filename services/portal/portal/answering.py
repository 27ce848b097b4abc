"""An answer with words and files, to a notice or as an inquiry: the form, and the files that go with it."""

import asyncio
from collections.abc import Sequence
from typing import Any
from uuid import UUID

from pydantic import BaseModel

from portal.caller import Caller
from portal.gateway import Json

FIELDS = ("text", "receipts", "slot", "includes", "file", "certified_by")
"""What a refusal may be about: the words and files of the answer, and the form that uploads a file for it."""
MOST_FILES = 100


class Answer(BaseModel):
    """The form of an answer: its words, and the ids of the files that go with it. `version` is the draft's."""

    idempotency_key: str
    version: str = "0"
    text: str = ""
    files: list[UUID] = []


async def receipts_of(caller: Caller, files: Sequence[UUID]) -> list[Any]:
    """Return the signed receipts of these files, by which an answer names them."""
    paths = [f"/api/documents/files/{file}/receipt" for file in files]
    return [receipt["jws"] for receipt in await asyncio.gather(*(caller.gateway.get(path) for path in paths))]


async def open_slots(caller: Caller, mine: Sequence[str]) -> list[Json]:
    """Return those of these slots that a file can be uploaded to now."""
    slots = await caller.ask_if("document.upload", "/api/documents/slots")
    return [slot for slot in slots["items"] if slot["id"] in mine] if slots else []


async def files_in(caller: Caller, slots: Sequence[str], sent: Sequence[str]) -> list[Json]:
    """Return what was uploaded to these slots and not sent with an answer yet, newest first; a slot takes few."""
    lists = await asyncio.gather(
        *(caller.gateway.get("/api/documents/files", slot=slot, limit=MOST_FILES) for slot in slots)
    )
    files = [file for listed in lists for file in listed["items"] if file["id"] not in sent]
    return sorted(files, key=lambda file: str(file["received_at"]), reverse=True)
