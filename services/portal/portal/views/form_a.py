import asyncio
import re
from http import HTTPStatus
from typing import Any

from fastapi import APIRouter
from starlette.exceptions import HTTPException
from starlette.responses import RedirectResponse, Response

from chassis.ids import new_id
from portal import bid_forms, drafts
from portal.bid_forms import Answers, Sent
from portal.bid_saving import Outcome, change, save
from portal.caller import Caller, SignedIn
from portal.form_a import FormA, api_address, read_form_a
from portal.frame import frame_of
from portal.gateway import Json, Problem
from portal.pages import render

router = APIRouter(prefix="/form-a")
NO_PTAN = "A PTAN has ten digits. It stands on your enrollment record."
ALREADY_THERE = "This one is on the form already. Open it from the list."


@router.get("")
async def current_form(caller: SignedIn) -> Response:
    """The Form A of the round the organization bids in; a page that says so where there is none."""
    frame = await frame_of(caller)
    if frame.round is None or frame.bidder_number is None:
        return render(caller.request, "pages/no_bid_forms.html", frame=frame, what="Form A")
    return RedirectResponse(f"/form-a/{frame.round['code']}", status_code=HTTPStatus.SEE_OTHER)


@router.get("/{code}")
async def overview(code: str, caller: SignedIn, done: str = "") -> Response:
    """How far Form A is, section by section."""
    frame, form = await asyncio.gather(frame_of(caller), read_form_a(caller, code))
    return render(caller.request, "pages/form_a.html", frame=frame, form=form, deadline=form.deadline, done=done)


@router.get("/{code}/{section_name}")
async def section(code: str, section_name: str, caller: SignedIn, saved: int = 0, check: int = 0) -> Response:
    """One section: its questions, or the list of its entries."""
    form = await read_form_a(caller, code)
    found = _section(form, section_name)
    if found["many"]:
        return await _entries(caller, form, found, saved=bool(saved))
    return await _sheet(caller, form, found, saved=bool(saved), check=bool(check))


@router.post("/{code}/{section_name}")
async def save_section(code: str, section_name: str, caller: SignedIn) -> Response:
    """Save a section that is answered once."""
    form = await read_form_a(caller, code)
    return await _save(caller, form, _section(form, section_name, many=False))


@router.get("/{code}/{section_name}/new")
async def new_entry(code: str, section_name: str, caller: SignedIn, key: str = "") -> Response:
    """The questions of a location, link or member that is not on the form yet."""
    form = await read_form_a(caller, code)
    return await _new(caller, form, _section(form, section_name, many=True), key=key)


@router.post("/{code}/{section_name}/new")
async def add_entry(code: str, section_name: str, caller: SignedIn) -> Response:
    """Put a location, link or member on the form; the same sent twice puts it there once."""
    form = await read_form_a(caller, code)
    found = _section(form, section_name, many=True)
    sent = Sent.of(await caller.request.form(), found)
    if sent.act == "back":
        return await _new(caller, form, found, sent=sent)
    if found["keyed_by_ptan"] and not re.fullmatch(r"[0-9]{10}", sent.key):
        return await _new(caller, form, found, sent=sent, key_error=NO_PTAN)
    standing = form.answers(found, sent.key)
    if standing not in (None, sent.answers):
        return await _new(caller, form, found, sent=sent, key_error=ALREADY_THERE)
    outcome = await save(
        caller, api_address(form, found, sent.key), found, sent, now=_standing(caller, form, found, sent.key)
    )
    if outcome.would_void:
        return await _ask_whether_to_void(caller, form, found, outcome)
    if outcome.saved is None:
        return await _new(caller, form, found, sent=outcome.sent, outcome=outcome)
    return _on(form, found, outcome, sent.key)


@router.get("/{code}/{section_name}/{key}")
async def entry(
    *, code: str, section_name: str, key: str, caller: SignedIn, saved: int = 0, check: int = 0
) -> Response:
    """The questions of one location, link or member."""
    form = await read_form_a(caller, code)
    found = _section(form, section_name, many=True)
    if form.answers(found, key) is None:
        raise HTTPException(HTTPStatus.NOT_FOUND)
    return await _sheet(caller, form, found, key=key, saved=bool(saved), check=bool(check))


@router.post("/{code}/{section_name}/{key}")
async def save_entry(code: str, section_name: str, key: str, caller: SignedIn) -> Response:
    """Save a location, link or member. One that was taken off meanwhile is put back with everything typed."""
    form = await read_form_a(caller, code)
    return await _save(caller, form, _section(form, section_name, many=True), key)


@router.get("/{code}/{section_name}/{key}/removal")
async def ask_before_removal(code: str, section_name: str, key: str, caller: SignedIn) -> Response:
    """What it means to take a location, link or member off the form."""
    form = await read_form_a(caller, code)
    return await _removal(caller, form, _section(form, section_name, many=True), key)


@router.post("/{code}/{section_name}/{key}/removal")
async def remove_entry(code: str, section_name: str, key: str, caller: SignedIn) -> Response:
    """Take a location, link or member off the form; one that is off already stays off."""
    form = await read_form_a(caller, code)
    found = _section(form, section_name, many=True)
    version = Sent.of(await caller.request.form(), found).version
    try:
        if form.answers(found, key) is not None:
            await change(caller, "DELETE", api_address(form, found, key), version)
    except Problem as problem:
        if not problem.is_about_the_form:
            raise
        return await _removal(caller, form, found, key, problem=problem)
    return RedirectResponse(f"{form.address}/{section_name}?saved=1", status_code=HTTPStatus.SEE_OTHER)


def _section(form: FormA, name: str, *, many: bool | None = None) -> Json:
    found = form.section(name)
    if found is None or many not in (None, found["many"]):
        raise HTTPException(HTTPStatus.NOT_FOUND)
    return found


async def _save(caller: Caller, form: FormA, found: Json, key: str | None = None) -> Response:
    sent = Sent.of(await caller.request.form(), found)
    if sent.act == "back":
        return await _sheet(caller, form, found, key=key, sent=sent)
    if key is not None and form.answers(found, key) is None:
        sent = Sent(sent.answers, bid_forms.standing(found, {}), sent.version, sent.may_void, sent.act, (), key)
    address = api_address(form, found, key)
    outcome = await save(caller, address, found, sent, now=_standing(caller, form, found, key))
    if outcome.would_void:
        return await _ask_whether_to_void(caller, form, found, outcome, key)
    if outcome.saved is None:
        return await _sheet(caller, form, found, key=key, sent=outcome.sent, outcome=outcome)
    return _on(form, found, outcome, key)


def _on(form: FormA, found: Json, outcome: Outcome, key: str | None) -> Response:
    """Go on after saving: to what is still wrong, to the next step, or to the same page where it was only saved."""
    here = f"{form.address}/{found['name']}"
    path = f"{found['name']}.{key}" if key else str(found["name"])
    at = f"{here}/{key}" if key else here
    if outcome.sent.act != "continue":
        target = f"{at}?saved=1"
    elif outcome.saved and bid_forms.concerning(outcome.saved["problems"], path):
        target = f"{at}?check=1"
    else:
        target = f"{here}?saved=1" if key else form.after(found)
    return RedirectResponse(target, status_code=HTTPStatus.SEE_OTHER)


def _standing(caller: Caller, form: FormA, found: Json, key: str | None) -> Any:
    async def now() -> tuple[Answers, int]:
        again = await read_form_a(caller, form.code)
        return again.answers(found, key) or {}, int(again.view["version"])

    return now


async def _sheet(
    caller: Caller,
    form: FormA,
    found: Json,
    *,
    key: str | None = None,
    sent: Sent | None = None,
    outcome: Outcome | None = None,
    saved: bool = False,
    check: bool = False,
) -> Response:
    """The questions of a section or an entry: as they stand, or as they were typed."""
    kept = None if sent else drafts.kept_form(caller.request)
    sent = sent or (Sent.of(kept, found) if kept else None)
    standing = form.answers(found, key) or {}
    path = f"{found['name']}.{key}" if key else str(found["name"])
    asked = bid_forms.questions(
        found,
        sent.answers if sent else standing,
        form.view["problems"],
        path=path,
        missing_too=check,
        meanwhile=outcome.meanwhile if outcome else None,
        judged=standing,
    )
    names = [field["name"] for field in found["fields"]]
    response = render(
        caller.request,
        "pages/form_a_section.html",
        status=outcome.problem.status if outcome and outcome.problem else HTTPStatus.OK,
        frame=await frame_of(caller),
        form=form,
        section=found,
        entry_key=key,
        questions=asked,
        base=bid_forms.written(sent.base if sent else standing),
        version=sent.version if sent else form.view["version"],
        conflicts=sent.conflicts if sent else (),
        problem=outcome.problem if outcome else None,
        disputed=bool(outcome and outcome.disputed),
        to_mend=bid_forms.summary(form.view["problems"], path, names) if check else [],
        autosave=api_address(form, found, key) if form.view["state"] != "APPROVED" else None,
        saved=saved,
        draft_kept=kept is not None,
    )
    if kept:
        drafts.drop(response, caller.request.url.path)
    return response


async def _entries(caller: Caller, form: FormA, found: Json, *, saved: bool) -> Response:
    frame, enrolled = await asyncio.gather(frame_of(caller), _enrolled(caller, found))
    return render(
        caller.request,
        "pages/form_a_entries.html",
        frame=frame,
        form=form,
        section=found,
        entries=form.entries(found),
        enrolled=enrolled,
        whole=[entry["message"] for entry in form.view["problems"] if entry["path"] == found["name"]],
        saved=saved,
    )


async def _new(
    caller: Caller,
    form: FormA,
    found: Json,
    *,
    key: str = "",
    sent: Sent | None = None,
    outcome: Outcome | None = None,
    key_error: str | None = None,
) -> Response:
    kept = None if sent else drafts.kept_form(caller.request)
    sent = sent or (Sent.of(kept, found) if kept else None)
    frame, enrolled = await asyncio.gather(frame_of(caller), _enrolled(caller, found))
    there = {entry["key"] for entry in form.view[found["name"]]}
    problem = outcome.problem if outcome else None
    status = HTTPStatus.UNPROCESSABLE_ENTITY if key_error else HTTPStatus.OK
    response = render(
        caller.request,
        "pages/form_a_new_entry.html",
        status=problem.status if problem else status,
        frame=frame,
        form=form,
        section=found,
        key=sent.key if sent else key or ("" if found["keyed_by_ptan"] else str(new_id())),
        questions=bid_forms.questions(found, sent.answers if sent else {}, path=""),
        version=sent.version if sent else form.view["version"],
        enrolled=[location for ptan, location in enrolled.items() if ptan not in there],
        problem=problem,
        key_error=key_error,
        draft_kept=kept is not None,
    )
    if kept:
        drafts.drop(response, caller.request.url.path)
    return response


async def _enrolled(caller: Caller, found: Json) -> dict[str, Json]:
    """The organization's enrolled locations by PTAN, for a section that names locations."""
    if found["name"] != "locations":
        return {}
    answer = await caller.ask_if("enrolment.view", "/api/identity/enrolments", limit=100)
    return {location["ptan"]: location for location in answer["items"]} if answer else {}


async def _ask_whether_to_void(
    caller: Caller, form: FormA, found: Json, outcome: Outcome, key: str | None = None
) -> Response:
    """Before a change voids the approval: what it means, with everything typed in hand."""
    return render(
        caller.request,
        "pages/would_void.html",
        status=HTTPStatus.CONFLICT,
        frame=await frame_of(caller),
        what="Form A",
        voided="approval",
        back=form.address,
        title=found["title"],
        sent=outcome.sent,
        changed=[
            question
            for question in bid_forms.questions(found, outcome.sent.answers, path="")
            if question.field["name"] in outcome.sent.changes
        ],
        entry_key=key,
    )


async def _removal(caller: Caller, form: FormA, found: Json, key: str, problem: Problem | None = None) -> Response:
    if form.answers(found, key) is None and problem is None:
        raise HTTPException(HTTPStatus.NOT_FOUND)
    return render(
        caller.request,
        "pages/form_a_removal.html",
        status=problem.status if problem else HTTPStatus.OK,
        frame=await frame_of(caller),
        form=form,
        section=found,
        key=key,
        questions=form.questions(found, key),
        problem=problem,
    )
