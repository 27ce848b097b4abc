import asyncio
from http import HTTPStatus
from typing import Annotated, Any
from urllib.parse import urlencode
from uuid import UUID

from fastapi import APIRouter, Form, Query
from pydantic import BaseModel
from starlette.responses import RedirectResponse, Response

from portal import notice_words
from portal.caller import Caller, SignedIn
from portal.frame import frame_of
from portal.gateway import Problem, deciding
from portal.pages import render

router = APIRouter(prefix="/notice-desk")
FIELDS = ("reason", "type", "round_code", "replaced_by")
BATCH_ACTS = ("release", "cancellation")


class Wanted(BaseModel):
    """Which notices the desk shows; empty: all."""

    state: str = ""
    type: str = ""
    batch_id: str = ""

    @property
    def query(self) -> dict[str, str]:
        """What was chosen."""
        return {name: value for name, value in self.model_dump().items() if value}

    @property
    def address(self) -> str:
        """The list with this choice."""
        return f"/notice-desk?{urlencode(self.query)}" if self.query else "/notice-desk"


class Act(BaseModel):
    """The form of an act about one notice or batch, with the version as it was shown."""

    version: str = "0"
    idempotency_key: str
    reason: str = ""
    replaced_by: str = ""


class Review(BaseModel):
    """What is decided about notices: each is named with the version that was looked at, as `id version`."""

    idempotency_key: str
    outcome: str
    notices: list[str] = []
    reason: str = ""

    def as_asked(self) -> dict[str, Any]:
        """Return the body of the call."""
        chosen = [entry.partition(" ") for entry in self.notices]
        named = [{"id": notice, "version": int(version or 0)} for notice, _, version in chosen]
        return {"notices": named, "outcome": self.outcome, "reason": self.reason}


class NewBatch(BaseModel):
    """The type and round whose approved notices go out together."""

    idempotency_key: str
    type: str = ""
    round_code: str = ""


@router.get("")
async def desk(
    caller: SignedIn, wanted: Annotated[Wanted, Query()], after: str | None = None, done: str = ""
) -> Response:
    """Notices and their drafts, to be looked at and released; below, the batches that go out."""
    return await _desk(caller, wanted, after=after, done=done)


@router.post("/reviews")
async def review(caller: SignedIn, form: Annotated[Review, Form()]) -> Response:
    """Release the chosen notices, or send them back: all of them, or none."""
    office = "reviews" if caller.may("staff.notice.approve") else "decisions"
    wanted = Wanted(state="IN_REVIEW")
    try:
        await caller.gateway.call(
            "POST",
            f"/api/notices/desk/{office}",
            json=form.as_asked(),
            headers={"idempotency-key": form.idempotency_key},
        )
    except Problem as problem:
        if not problem.is_about_the_form:
            raise
        return await _desk(caller, wanted, problem=problem, reason=form.reason)
    return RedirectResponse(f"{wanted.address}&done={form.outcome}", status_code=HTTPStatus.SEE_OTHER)


@router.post("/batches")
async def prepare(caller: SignedIn, form: Annotated[NewBatch, Form()]) -> Response:
    """Put the approved notices of a type and round into a batch; they are checked before it can go out."""
    try:
        answer = await caller.gateway.call(
            "POST",
            "/api/notices/batches",
            json={"round_code": form.round_code, "type": form.type},
            headers={"idempotency-key": form.idempotency_key},
        )
    except Problem as problem:
        if not problem.is_about_the_form:
            raise
        return await _desk(caller, Wanted(), problem=problem)
    return RedirectResponse(f"/notice-desk/batches/{answer.json()['id']}", status_code=HTTPStatus.SEE_OTHER)


@router.get("/batches/{batch_id}")
async def batch(batch_id: UUID, caller: SignedIn, after: str | None = None) -> Response:
    """A batch: what goes to whom, how far it is, and what keeps it from going out."""
    return await _batch(caller, batch_id, after=after)


@router.post("/batches/{batch_id}/{act}")
async def act_on_batch(batch_id: UUID, act: str, caller: SignedIn, form: Annotated[Act, Form()]) -> Response:
    """Let a batch go out, or cancel it."""
    if act not in BATCH_ACTS:
        raise Problem(HTTPStatus.NOT_FOUND)
    headers = deciding(form.idempotency_key, form.version)
    try:
        await caller.gateway.call("POST", f"/api/notices/batches/{batch_id}/{act}", headers=headers)
    except Problem as problem:
        if not problem.is_about_the_form:
            raise
        return await _batch(caller, batch_id, problem=problem)
    return RedirectResponse(f"/notice-desk/batches/{batch_id}", status_code=HTTPStatus.SEE_OTHER)


@router.get("/{notice_id}")
async def desk_notice(notice_id: UUID, caller: SignedIn, done: str = "") -> Response:
    """One notice as its reader will see it, and what was answered."""
    return await _notice(caller, notice_id, done=done)


@router.post("/{notice_id}/submission")
async def submit(notice_id: UUID, caller: SignedIn, form: Annotated[Act, Form()]) -> Response:
    """Put a draft that was sent back before a second person again."""
    return await _act(caller, notice_id, "submission", form)


@router.post("/{notice_id}/rescission")
async def rescind(notice_id: UUID, caller: SignedIn, form: Annotated[Act, Form()]) -> Response:
    """Take an issued notice back; its readers see the reason."""
    return await _act(
        caller, notice_id, "rescission", form, reason=form.reason, replaced_by=form.replaced_by.strip() or None
    )


async def _act(caller: Caller, notice_id: UUID, act: str, form: Act, **told: str | None) -> Response:
    headers = deciding(form.idempotency_key, form.version)
    options: dict[str, Any] = {"json": told} if told else {}
    try:
        await caller.gateway.call("POST", f"/api/notices/desk/{notice_id}/{act}", headers=headers, **options)
    except Problem as problem:
        if not problem.is_about_the_form:
            raise
        return await _notice(caller, notice_id, problem=problem, typed=form)
    return RedirectResponse(f"/notice-desk/{notice_id}?done={act}", status_code=HTTPStatus.SEE_OTHER)


async def _desk(
    caller: Caller,
    wanted: Wanted,
    *,
    after: str | None = None,
    done: str = "",
    problem: Problem | None = None,
    reason: str = "",
) -> Response:
    frame, listed, batches = await asyncio.gather(
        frame_of(caller),
        caller.gateway.get("/api/notices/desk", after=after, **wanted.query),
        caller.gateway.get_or_none("/api/notices/batches", limit=10),
    )
    return render(
        caller.request,
        "pages/notice_desk.html",
        status=problem.status if problem else HTTPStatus.OK,
        frame=frame,
        listed=listed,
        batches=batches,
        wanted=wanted,
        after=after,
        done=done,
        problem=problem,
        reason=reason,
        may_release=caller.may("staff.notice.approve") or caller.may("staff.notice.decide"),
        may_issue=caller.may("staff.notice.approve"),
        fields=FIELDS,
        words=notice_words,
    )


async def _batch(
    caller: Caller, batch_id: UUID, *, after: str | None = None, problem: Problem | None = None
) -> Response:
    frame, told, listed = await asyncio.gather(
        frame_of(caller),
        caller.gateway.get(f"/api/notices/batches/{batch_id}"),
        caller.gateway.get("/api/notices/desk", batch_id=str(batch_id), after=after),
    )
    return render(
        caller.request,
        "pages/notice_batch.html",
        status=problem.status if problem else HTTPStatus.OK,
        frame=frame,
        batch=told,
        listed=listed,
        after=after,
        problem=problem,
        fields=FIELDS,
        words=notice_words,
    )


async def _notice(
    caller: Caller, notice_id: UUID, *, done: str = "", problem: Problem | None = None, typed: Act | None = None
) -> Response:
    frame, told, answers = await asyncio.gather(
        frame_of(caller),
        caller.gateway.get(f"/api/notices/desk/{notice_id}"),
        caller.gateway.get(f"/api/notices/desk/{notice_id}/responses"),
    )
    return render(
        caller.request,
        "pages/desk_notice.html",
        status=problem.status if problem else HTTPStatus.OK,
        frame=frame,
        notice=told,
        answers=answers,
        done=done,
        problem=problem,
        typed=typed,
        fields=FIELDS,
        words=notice_words,
    )
