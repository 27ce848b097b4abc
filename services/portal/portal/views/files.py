import asyncio
import json
from typing import NamedTuple
from uuid import UUID

from fastapi import APIRouter
from starlette.responses import Response

from portal import meanings
from portal.caller import Caller, SignedIn
from portal.frame import Frame, frame_of
from portal.gateway import LONGEST_PAGE, Json
from portal.pages import render

router = APIRouter(prefix="/documents/files/{file_id}")


_ENDS = {
    "ACCEPTED": ("Accepted", "It can be read and counts"),
    "REJECTED": ("Not accepted", "It does not count"),
    "SUPERSEDED": ("Accepted", "A later file counts"),
    "REFUSED": ("Refused as late", "Kept as evidence"),
}


class Step(NamedTuple):
    """One step of a file's way."""

    word: str
    note: str
    is_done: bool
    is_current: bool


@router.get("")
async def file_page(file_id: UUID, caller: SignedIn, sent: bool = False) -> Response:
    """One file: where it stands, what its receipt says, what to do when it was not accepted."""
    gateway, address = caller.gateway, f"/api/documents/files/{file_id}"
    frame, file, receipt, versions = await asyncio.gather(
        frame_of(caller),
        _file(caller, file_id),
        gateway.get_or_none(f"{address}/receipt"),
        gateway.get_or_none(f"{address}/versions", limit=LONGEST_PAGE),
    )
    return render(
        caller.request,
        "pages/file.html",
        frame=frame,
        file=file,
        receipt=receipt,
        steps=steps_of(file),
        sent=sent,
        versions=versions,
        may_replace=_may_replace(frame, file),
    )


@router.get("/status")
async def file_status(file_id: UUID, caller: SignedIn) -> Response:
    """The part of the file's page that is loaded again until its state is final."""
    file = await _file(caller, file_id)
    return render(caller.request, "fragments/file_status.html", file=file, steps=steps_of(file))


@router.get("/receipt.jws")
async def receipt_jws(file_id: UUID, caller: SignedIn) -> Response:
    """The signed receipt itself, to keep: checked by anybody with our published keys."""
    receipt = await _receipt(caller, file_id)
    return _download(receipt["jws"], "application/jose", f"receipt-{file_id}.jws")


@router.get("/receipt.json")
async def receipt_json(file_id: UUID, caller: SignedIn) -> Response:
    """What the receipt says, readable."""
    receipt = await _receipt(caller, file_id)
    return _download(json.dumps(receipt["receipt"], indent=2), "application/json", f"receipt-{file_id}.json")


def steps_of(file: Json) -> list[Step]:
    """Return the way of a file: received, checked, and how it ended."""
    status = meanings.of_file(file)
    if file["state"] == "UPLOADING":
        return [Step(status.word, "It counts once all of it has arrived", is_done=False, is_current=True)]
    final = file["state"] in _ENDS
    last = Step(*_ENDS.get(file["state"], ("Accepted", "You see the result here")), is_done=final, is_current=final)
    if final and status == meanings.REFUSED_AS_LATE:
        last = last._replace(word=status.word, note=status.cause)
    return [
        Step("Received", "All of it has arrived", is_done=True, is_current=False),
        Step("Checking", "For malware, and that it opens", is_done=final, is_current=not final),
        last,
    ]


async def _file(caller: Caller, file_id: UUID) -> Json:
    file: Json = await caller.gateway.get(f"/api/documents/files/{file_id}")
    return file


def _may_replace(frame: Frame, file: Json) -> bool:
    """Whether a new version of this file may be sent now: it counts, or may still, and its document takes files."""
    asked = frame.requirements["items"] if frame.requirements else []
    takes_files = any(one["slot_id"] == file["slot_id"] and "upload" in one["allowed_actions"] for one in asked)
    return takes_files and file["state"] not in {"UPLOADING", "REJECTED", "REFUSED", "SUPERSEDED"}


async def _receipt(caller: Caller, file_id: UUID) -> Json:
    receipt: Json = await caller.gateway.get(f"/api/documents/files/{file_id}/receipt")
    return receipt


def _download(content: str, media_type: str, name: str) -> Response:
    disposition = {"content-disposition": f'attachment; filename="{name}"'}
    return Response(content, media_type=media_type, headers=disposition)
