import asyncio
from http import HTTPStatus
from uuid import UUID

from fastapi import APIRouter
from starlette.datastructures import FormData
from starlette.responses import RedirectResponse, Response

from portal import drafts, offer_words
from portal.caller import Caller, SignedIn
from portal.frame import frame_of
from portal.gateway import Json, Problem, deciding
from portal.pages import render
from portal.signing import FIELDS, Signing
from portal.times import Deadline

router = APIRouter(prefix="/offers")
API = "/api/bidding/offers"
RISK, CHOICE = "risk_", "choice_"
HINT = "What is accepted or declined by that second counts. What is not decided counts as declined."


@router.get("")
async def offers(caller: SignedIn, after: str | None = None) -> Response:
    """The contract offers to the organization, the newest first."""
    frame, listed = await asyncio.gather(frame_of(caller), caller.gateway.get(API, after=after))
    return render(caller.request, "pages/offers.html", frame=frame, listed=listed, after=after, words=offer_words)


@router.get("/{offer_id}")
async def offer(offer_id: UUID, caller: SignedIn, done: str = "") -> Response:
    """The offers line by line: payment amounts, locations, what declining means; what was decided."""
    kept = drafts.kept_form(caller.request)
    response = await _page(caller, offer_id, done=done, typed=kept, draft_kept=kept is not None)
    if kept:
        drafts.drop(response, caller.request.url.path)
    return response


@router.post("/{offer_id}")
async def decide(offer_id: UUID, caller: SignedIn) -> Response:
    """Accept and decline what was chosen, under the person's signature."""
    form = await caller.request.form()
    signing = Signing.model_validate(dict(form))
    decisions = _decisions(form)
    if not decisions:
        nothing = Problem(HTTPStatus.UNPROCESSABLE_ENTITY, detail="Choose to accept or decline at least one offer.")
        return await _page(caller, offer_id, problem=nothing, typed=form)
    body = {"decisions": decisions, "signature": signing.typed}
    try:
        await caller.gateway.call("POST", f"{API}/{offer_id}/decisions", json=body, headers=signing.headers)
    except Problem as problem:
        if not problem.is_about_the_form:
            raise
        return await _page(caller, offer_id, problem=problem, typed=form)
    return RedirectResponse(f"/offers/{offer_id}?done=decided#submit", status_code=HTTPStatus.SEE_OTHER)


@router.post("/{offer_id}/submission")
async def submit(offer_id: UUID, caller: SignedIn) -> Response:
    """Make the decisions final."""
    form = await caller.request.form()
    headers = deciding(str(form.get("idempotency_key", "")), str(form.get("version", "")))
    try:
        await caller.gateway.call("POST", f"{API}/{offer_id}/submission", headers=headers)
    except Problem as problem:
        if not problem.is_about_the_form:
            raise
        return await _page(caller, offer_id, problem=problem)
    return RedirectResponse(f"/offers/{offer_id}?done=submitted", status_code=HTTPStatus.SEE_OTHER)


def _decisions(form: FormData) -> list[Json]:
    """Read what was chosen: `choice_<line>` accepts or declines, `risk_<line>` says that the warning was read."""
    chosen = {name.removeprefix(CHOICE): value for name, value in form.items() if name.startswith(CHOICE)}
    return [
        {"line_id": line, "choice": choice, "risk_acknowledged": f"{RISK}{line}" in form}
        for line, choice in chosen.items()
    ]


async def _page(
    caller: Caller,
    offer_id: UUID,
    *,
    done: str = "",
    problem: Problem | None = None,
    typed: FormData | None = None,
    draft_kept: bool = False,
) -> Response:
    frame, told = await asyncio.gather(frame_of(caller), caller.gateway.get(f"{API}/{offer_id}"))
    risks = tuple(f"{RISK}{line['id']}" for line in told["offered"])
    _name_the_boxes(problem)
    return render(
        caller.request,
        "pages/offer.html",
        status=problem.status if problem else HTTPStatus.OK,
        frame=frame,
        offer=told,
        due=Deadline.of("Decide by", told["due_at"], hint=HINT, hint_past="What was chosen by then is final."),
        typed=typed,
        signing=Signing.model_validate(dict(typed) if typed else {}),
        fields=(*FIELDS, *risks),
        problem=problem,
        draft_kept=draft_kept,
        done=done,
        words=offer_words,
    )


def _name_the_boxes(problem: Problem | None) -> None:
    """The service names a warning that was not acknowledged by its line; on the page that is a box of its own."""
    for entry in problem.fields if problem else ():
        _, _, line = str(entry.get("path", "")).rpartition("decisions.")
        if line.endswith(".risk_acknowledged"):
            entry["path"] = f"{RISK}{line.removesuffix('.risk_acknowledged')}"
