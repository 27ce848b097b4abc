import asyncio
from http import HTTPStatus
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Form, Query, Request
from starlette.responses import RedirectResponse, Response

from portal.answering import FIELDS, Answer, files_in, open_slots, receipts_of
from portal.caller import Caller, SignedIn
from portal.frame import frame_of
from portal.gateway import Json, Problem, deciding
from portal.pages import render
from portal.passing_upload import pass_upload
from portal.times import Deadline

router = APIRouter(prefix="/notices")
MOST_ANSWERS = 100
ROWS_A_PAGE = 200
"""As notices-svc cuts a long table."""


@router.get("")
async def notices(caller: SignedIn, after: str | None = None) -> Response:
    """The notices to the organization that the person may see, latest first."""
    frame, listed = await asyncio.gather(frame_of(caller), caller.gateway.get("/api/notices/notices", after=after))
    return render(caller.request, "pages/notices.html", frame=frame, listed=listed, after=after)


@router.get("/{notice_id}")
async def notice(
    notice_id: UUID, caller: SignedIn, done: str = "", first_row: Annotated[int, Query(ge=0, le=1_000_000)] = 0
) -> Response:
    """One notice. Its words show once somebody has opened it: that is recorded, so no prefetch may do it."""
    return await _page(caller, notice_id, done=done, first_row=first_row)


@router.post("/{notice_id}/opening")
async def open_notice(notice_id: UUID, caller: SignedIn) -> Response:
    """Open the notice; the first time is recorded and moves no clock."""
    await caller.gateway.call("POST", f"/api/notices/notices/{notice_id}/opening")
    return _back_to(notice_id, "", "notice-h")


@router.post("/{notice_id}/draft")
async def save_draft(notice_id: UUID, caller: SignedIn, form: Annotated[Answer, Form()]) -> Response:
    """Keep the words of an answer that is not ready."""
    headers = deciding(form.idempotency_key, form.version)
    try:
        await caller.gateway.call(
            "PUT", f"/api/notices/notices/{notice_id}/draft", json={"text": form.text}, headers=headers
        )
    except Problem as problem:
        return await _refused(caller, notice_id, problem, "The draft was not saved", form)
    return _back_to(notice_id, "draft", "respond")


@router.post("/{notice_id}/responses")
async def respond(notice_id: UUID, caller: SignedIn, form: Annotated[Answer, Form()]) -> Response:
    """Submit an answer, with the receipts of the files that go with it."""
    try:
        receipts = await receipts_of(caller, form.files)
        await caller.gateway.call(
            "POST",
            f"/api/notices/notices/{notice_id}/responses",
            json={"text": form.text, "receipts": receipts},
            headers={"idempotency-key": form.idempotency_key},
        )
    except Problem as problem:
        return await _refused(caller, notice_id, problem, "Your response was not submitted", form)
    return _back_to(notice_id, "response", "sent")


@router.post("/{notice_id}/files")
async def upload(notice_id: UUID, request: Request) -> Response:
    """Take a file for an answer; it counts once the answer is submitted with it."""
    passed = await pass_upload(request, f"/notices/{notice_id}")
    if isinstance(passed, Response):
        return passed
    if passed.problem:
        return await _page(
            passed.caller,
            notice_id,
            problem=passed.problem,
            refused="The file was not taken",
            uploading=dict(passed.typed),
        )
    return _back_to(notice_id, "file", "files")


async def _page(
    caller: Caller,
    notice_id: UUID,
    *,
    done: str = "",
    first_row: int = 0,
    problem: Problem | None = None,
    refused: str = "",
    typed: Answer | None = None,
    uploading: dict[str, str] | None = None,
) -> Response:
    gateway = caller.gateway
    address = f"/api/notices/notices/{notice_id}"
    frame, told, answers = await asyncio.gather(
        frame_of(caller),
        gateway.get(address, first_row=first_row or None),
        gateway.get(f"{address}/responses", limit=MOST_ANSWERS),
    )
    mine = [slot["slot_id"] for slot in told["slots"]]
    sent = [file["file_id"] for answer in answers["items"] for file in answer["files"]]
    choices, files = await asyncio.gather(open_slots(caller, mine), files_in(caller, mine, sent))
    return render(
        caller.request,
        "pages/notice.html",
        status=problem.status if problem else HTTPStatus.OK,
        frame=frame,
        notice=told,
        due=_due(told),
        answers=answers["items"],
        choices=choices,
        rows_a_page=ROWS_A_PAGE,
        files=files,
        done=done,
        problem=problem,
        refused=refused,
        typed=typed,
        uploading=uploading or {},
        fields=FIELDS,
    )


async def _refused(caller: Caller, notice_id: UUID, problem: Problem, refused: str, form: Answer) -> Response:
    """Show the notice again with what was typed; nothing of it is lost."""
    if not problem.is_about_the_form:
        raise problem
    return await _page(caller, notice_id, problem=problem, refused=refused, typed=form)


def _due(told: Json) -> Deadline | None:
    if not told["due_at"] or told["answer"] == "none":
        return None
    hint = "What arrives before that second has passed is in time. A saved draft is not a response."
    return Deadline.of("Respond by", told["due_at"], hint=hint, hint_past="Nothing that arrives now is taken.")


def _back_to(notice_id: UUID, done: str, place: str) -> Response:
    query = f"?done={done}" if done else ""
    return RedirectResponse(f"/notices/{notice_id}{query}#{place}", status_code=HTTPStatus.SEE_OTHER)
