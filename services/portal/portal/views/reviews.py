import asyncio
from http import HTTPStatus
from typing import Annotated, Any
from urllib.parse import urlencode
from uuid import UUID

from fastapi import APIRouter, Form, Query
from pydantic import BaseModel
from starlette.responses import RedirectResponse, Response

from portal import review_words
from portal.caller import Caller, SignedIn
from portal.frame import frame_of
from portal.gateway import LONGEST_PAGE, Json, Problem, deciding
from portal.pages import render
from portal.previews import NOTHING, Looking, LookingAt, preview_of

router = APIRouter(prefix="/reviews")
FIELDS = ("note", "because", "outcome", "reasons", "assignee", "priority")
SORTS = {"due": "Due first", "urgent": "Urgent first", "opened": "In order of opening"}
ACTS = {
    "claim": (),
    "release": (),
    "recommendation": ("note",),
    "return": ("because",),
    "approval": (),
    "determination": (),
    "assignment": ("assignee", "priority"),
}
"""What is done with a whole case, each with the words it takes."""


class Wanted(BaseModel):
    """Which cases the work list shows, as the filter form asks; empty: all."""

    kind: str = ""
    state: str = ""
    assignee: str = ""
    bidder: str = ""
    sort: str = "due"

    @property
    def query(self) -> dict[str, str]:
        """What was chosen."""
        return {name: value for name, value in self.model_dump().items() if value}

    @property
    def address(self) -> str:
        """The list with this choice."""
        return f"/reviews?{urlencode(self.query)}"


class Approvals(BaseModel):
    """The cases that were chosen, each as its id and the version that was shown."""

    idempotency_key: str
    cases: list[str] = []

    def as_asked(self) -> Json:
        """What bidding-svc is asked."""
        chosen = (each.partition(" ") for each in self.cases)
        return {"cases": [{"case_id": case, "version": int(version or 0)} for case, _, version in chosen]}


class Decision(BaseModel):
    """The form of an act, with the version of the case as it was shown."""

    version: str
    idempotency_key: str
    note: str = ""
    because: str = ""
    outcome: str = ""
    reasons: list[str] = []
    assignee: str | None = None
    priority: int = 2


@router.get("")
async def work_list(caller: SignedIn, wanted: Annotated[Wanted, Query()], after: str | None = None) -> Response:
    """The work list: the review cases this person may see, chosen and sorted, with the counts of the round."""
    return await _list(caller, wanted, after=after)


@router.post("/approvals")
async def approve(caller: SignedIn, form: Annotated[Approvals, Form()]) -> Response:
    """Approve the chosen cases as recommended; the page says of each what became of it."""
    wanted = Wanted(state="RECOMMENDED")
    if not form.cases:
        return await _list(caller, wanted, nothing_chosen=True)
    answer = await caller.gateway.call(
        "POST",
        "/api/bidding/reviews/approvals",
        json=form.as_asked(),
        headers={"idempotency-key": form.idempotency_key},
    )
    return await _list(caller, wanted, results=answer.json())


async def _list(
    caller: Caller,
    wanted: Wanted,
    *,
    after: str | None = None,
    results: list[Json] | None = None,
    nothing_chosen: bool = False,
) -> Response:
    frame = await frame_of(caller)
    round_code = frame.round["code"] if frame.round else None
    gateway = caller.gateway
    listed, counts = await asyncio.gather(
        gateway.get("/api/bidding/reviews", after=after, **wanted.query),
        gateway.get_or_none("/api/bidding/reviews/counts", round=round_code),
    )
    return render(
        caller.request,
        "pages/reviews.html",
        frame=frame,
        listed=listed,
        counts=counts,
        wanted=wanted,
        after=after,
        words=review_words,
        sorts=SORTS,
        may_approve=caller.may("staff.review.approve"),
        results=results,
        nothing_chosen=nothing_chosen,
    )


@router.get("/{case_id}")
async def case(
    *,
    case_id: UUID,
    caller: SignedIn,
    looking: LookingAt,
    after: str | None = None,
    files_after: str | None = None,
    done: str = "",
) -> Response:
    """One case: what was proposed from which inputs beside the documents, what was decided, what can be done now."""
    return await _page(caller, case_id, looking, after=after, files_after=files_after, done=done)


@router.post("/{case_id}/findings/{finding_id}")
async def override(
    *,
    case_id: UUID,
    finding_id: UUID,
    caller: SignedIn,
    form: Annotated[Decision, Form()],
    looking: LookingAt,
    after: str | None = None,
) -> Response:
    """Decide a line otherwise than proposed, with a reason."""
    told = {"outcome": form.outcome, "reasons": form.reasons, "because": form.because}
    path = f"/api/bidding/reviews/{case_id}/findings/{finding_id}"
    headers = deciding(form.idempotency_key, form.version)
    try:
        await caller.gateway.call("PUT", path, json=told, headers=headers)
    except Problem as problem:
        if not problem.is_about_the_form:
            raise
        return await _page(caller, case_id, looking, after=after, problem=problem, typed=form, finding_id=finding_id)
    page = urlencode({"done": "override", **({"after": after} if after else {}), **looking.query})
    return RedirectResponse(f"/reviews/{case_id}?{page}#line-{finding_id}", status_code=HTTPStatus.SEE_OTHER)


@router.post("/{case_id}/{act}")
async def decide(case_id: UUID, act: str, caller: SignedIn, form: Annotated[Decision, Form()]) -> Response:
    """Claim or release a case, put it before a second person, give it back, or decide it as recommended."""
    if act not in ACTS:
        raise Problem(HTTPStatus.NOT_FOUND)
    told: dict[str, Any] = {"json": {name: getattr(form, name) for name in ACTS[act]}} if ACTS[act] else {}
    headers = deciding(form.idempotency_key, form.version)
    try:
        await caller.gateway.call("POST", f"/api/bidding/reviews/{case_id}/{act}", headers=headers, **told)
    except Problem as problem:
        if not problem.is_about_the_form:
            raise
        return await _page(caller, case_id, problem=problem, typed=form)
    return RedirectResponse(f"/reviews/{case_id}?done={act}", status_code=HTTPStatus.SEE_OTHER)


async def _page(
    caller: Caller,
    case_id: UUID,
    looking: Looking = NOTHING,
    *,
    after: str | None = None,
    files_after: str | None = None,
    done: str = "",
    problem: Problem | None = None,
    typed: Decision | None = None,
    finding_id: UUID | None = None,
) -> Response:
    gateway = caller.gateway
    path = f"/api/bidding/reviews/{case_id}"
    here = f"/reviews/{case_id}"
    frame, told, findings, files, preview = await asyncio.gather(
        frame_of(caller),
        gateway.get(path),
        gateway.get(f"{path}/findings", after=after),
        gateway.get_or_none(f"{path}/files", after=files_after),
        preview_of(caller, looking, f"{here}?{urlencode({'after': after})}" if after else here),
    )
    evidence, submitted = await asyncio.gather(_evidence(caller, told), _submitted(caller, told))
    return render(
        caller.request,
        "pages/review.html",
        status=problem.status if problem else HTTPStatus.OK,
        frame=frame,
        case=told,
        findings=findings,
        files=files,
        evidence=evidence,
        submitted=submitted,
        preview=preview,
        looking=looking.query,
        after=after,
        done=done,
        problem=problem,
        typed=typed,
        finding_id=str(finding_id or ""),
        fields=FIELDS,
        words=review_words,
        undecided=_undecided(told),
    )


async def _evidence(caller: Caller, told: Json) -> list[Json] | None:
    """What the bidder sent as an answer to the notice of a case; None where it could not be loaded."""
    if not told["slot_id"]:
        return []
    listed = await caller.gateway.get_or_none("/api/documents/files", slot=told["slot_id"], limit=LONGEST_PAGE)
    if listed is None:
        return None
    return [
        {"file_id": file["id"], "label": file["nickname"] or file["filename"], "received_at": file["received_at"]}
        | {"counts": file["state"] == "ACCEPTED" and file["verdict"] == "in-time"}
        for file in listed["items"]
    ]


async def _submitted(caller: Caller, told: Json) -> list[Json] | None:
    """What the bidder submitted with an inquiry; None for another kind of case, or where it could not be loaded."""
    if told["kind"] != "inquiry":
        return None
    entries: list[Json] | None = await caller.gateway.get_or_none(f"/api/bidding/reviews/{told['id']}/inquiry")
    return entries


def _undecided(told: Json) -> int:
    return int(told["lines"].get("undecided", 0))
