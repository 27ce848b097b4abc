from http import HTTPStatus
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Form
from starlette.responses import RedirectResponse, Response

from portal import bid_forms, drafts
from portal.bid_forms import Answers, Sent
from portal.bid_saving import Outcome, save
from portal.caller import Caller, SignedIn
from portal.form_b import API, PATH, FormB, read_form_b
from portal.frame import frame_of
from portal.gateway import Problem
from portal.pages import render
from portal.signing import FIELDS, Signing

router = APIRouter(prefix="/bids/{bid_id}")


@router.get("")
async def bid(bid_id: UUID, caller: SignedIn, saved: int = 0, check: int = 0) -> Response:
    """One bid: its competition with limit and demand, and the questions of Form B."""
    return await _sheet(caller, await read_form_b(caller, bid_id), saved=bool(saved), check=bool(check))


@router.post("")
async def save_bid(bid_id: UUID, caller: SignedIn) -> Response:
    """Save answers of Form B."""
    form = await read_form_b(caller, bid_id)
    sent = Sent.of(await caller.request.form(), form.section)
    if sent.act == "back":
        return await _sheet(caller, form, sent=sent)

    async def now() -> tuple[Answers, int]:
        again = await read_form_b(caller, bid_id)
        return again.answers, int(again.view["version"])

    outcome = await save(caller, form.api_address, form.section, sent, now=now)
    if outcome.would_void:
        return await _ask_whether_to_void(caller, form, outcome)
    if outcome.saved is None:
        return await _sheet(caller, form, sent=outcome.sent, outcome=outcome)
    if outcome.sent.act != "continue":
        target = f"{form.address}?saved=1"
    elif bid_forms.concerning(outcome.saved["problems"], PATH):
        target = f"{form.address}?check=1"
    else:
        target = f"{form.address}/review"
    return RedirectResponse(target, status_code=HTTPStatus.SEE_OTHER)


@router.get("/review")
async def review(bid_id: UUID, caller: SignedIn, done: str = "") -> Response:
    """Everything the bid says, what is still wrong, and the statement to sign."""
    draft = drafts.kept(caller.request)
    signing = Signing.model_validate(draft)
    response = await _review(caller, bid_id, signing, draft_kept=bool(draft), done=done)
    if draft:
        drafts.drop(response, caller.request.url.path)
    return response


@router.post("/review")
async def certify(bid_id: UUID, caller: SignedIn, signing: Annotated[Signing, Form()]) -> Response:
    """Certify the bid as it was read, under the person's signature."""
    try:
        await caller.gateway.call(
            "POST", f"{API}/{bid_id}/certification", json={"signature": signing.typed}, headers=signing.headers
        )
    except Problem as problem:
        if not problem.is_about_the_form:
            raise
        return await _review(caller, bid_id, signing, problem=problem)
    return RedirectResponse(f"/bids/{bid_id}/review?done=certified", status_code=HTTPStatus.SEE_OTHER)


@router.get("/withdrawal")
async def ask_before_withdrawal(bid_id: UUID, caller: SignedIn) -> Response:
    """What it means to withdraw the bid."""
    return await _withdrawal(caller, await read_form_b(caller, bid_id))


@router.post("/withdrawal")
async def withdraw(bid_id: UUID, caller: SignedIn, signing: Annotated[Signing, Form()]) -> Response:
    """Withdraw the bid, for good; one that is withdrawn stays so."""
    form = await read_form_b(caller, bid_id)
    try:
        if form.view["state"] != "WITHDRAWN":
            await caller.gateway.call("POST", f"{form.api_address}/withdrawal", headers=signing.headers)
    except Problem as problem:
        if not problem.is_about_the_form:
            raise
        return await _withdrawal(caller, await read_form_b(caller, bid_id), problem=problem)
    return RedirectResponse(f"/bids/{bid_id}/review?done=withdrawn", status_code=HTTPStatus.SEE_OTHER)


async def _sheet(
    caller: Caller,
    form: FormB,
    *,
    sent: Sent | None = None,
    outcome: Outcome | None = None,
    saved: bool = False,
    check: bool = False,
) -> Response:
    """The questions of Form B: as they stand, or as they were typed."""
    kept = None if sent else drafts.kept_form(caller.request)
    sent = sent or (Sent.of(kept, form.section) if kept else None)
    problems, names = form.view["problems"], [field["name"] for field in form.section["fields"]]
    response = render(
        caller.request,
        "pages/bid.html",
        status=outcome.problem.status if outcome and outcome.problem else HTTPStatus.OK,
        frame=await frame_of(caller),
        form=form,
        questions=bid_forms.questions(
            form.section,
            sent.answers if sent else form.answers,
            problems,
            path=PATH,
            missing_too=check,
            meanwhile=outcome.meanwhile if outcome else None,
            judged=form.answers,
        ),
        base=bid_forms.written(sent.base if sent else form.answers),
        version=sent.version if sent else form.view["version"],
        conflicts=sent.conflicts if sent else (),
        problem=outcome.problem if outcome else None,
        disputed=bool(outcome and outcome.disputed),
        to_mend=bid_forms.summary(problems, PATH, names) if check else [],
        autosave=None if form.is_certified else form.api_address,
        saved=saved,
        draft_kept=kept is not None,
    )
    if kept:
        drafts.drop(response, caller.request.url.path)
    return response


async def _ask_whether_to_void(caller: Caller, form: FormB, outcome: Outcome) -> Response:
    """Before a change voids the certification: what it means, with everything typed in hand."""
    return render(
        caller.request,
        "pages/would_void.html",
        status=HTTPStatus.CONFLICT,
        frame=await frame_of(caller),
        what="The bid",
        voided="certification",
        back=form.address,
        title=form.view["label"],
        sent=outcome.sent,
        changed=[
            question
            for question in bid_forms.questions(form.section, outcome.sent.answers, path=PATH)
            if question.field["name"] in outcome.sent.changes
        ],
    )


async def _review(
    caller: Caller,
    bid_id: UUID,
    signing: Signing,
    *,
    problem: Problem | None = None,
    draft_kept: bool = False,
    done: str = "",
) -> Response:
    form = await read_form_b(caller, bid_id)
    status = await caller.gateway.get_or_none("/api/bidding/bids/status", round=form.view["round_code"])
    return render(
        caller.request,
        "pages/bid_review.html",
        status=problem.status if problem else HTTPStatus.OK,
        frame=await frame_of(caller),
        form=form,
        form_a_approved=status["form_a"]["approved"] if status else None,
        signing=signing,
        fields=FIELDS,
        problem=problem,
        draft_kept=draft_kept,
        done=done,
    )


async def _withdrawal(caller: Caller, form: FormB, problem: Problem | None = None) -> Response:
    return render(
        caller.request,
        "pages/bid_withdrawal.html",
        status=problem.status if problem else HTTPStatus.OK,
        frame=await frame_of(caller),
        form=form,
        problem=problem,
    )
