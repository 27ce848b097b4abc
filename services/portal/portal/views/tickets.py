import asyncio
from http import HTTPStatus
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Form
from pydantic import BaseModel
from starlette.responses import RedirectResponse, Response

from portal import drafts
from portal.caller import Caller, SignedIn, pass_cookies
from portal.frame import frame_of
from portal.gateway import Json, Problem
from portal.help_desk_words import OUTCOMES, TOPICS
from portal.pages import render

router = APIRouter(prefix="/help-desk/tickets")
Typed = Annotated[str, Form()]
NEW = "/help-desk/tickets/new"
NEW_FIELDS = ("topic", "summary")


class NewTicket(BaseModel):
    """The form of a ticket as it was typed; `name` is whom it is about, for the page alone."""

    idempotency_key: str
    topic: str = ""
    summary: str = ""
    person_id: str = ""
    name: str = ""


@router.get("/new")
async def new_ticket(caller: SignedIn, person: UUID | None = None, name: str = "") -> Response:
    """The form for a ticket, about a person who was found, or about nobody in particular."""
    draft = drafts.kept(caller.request)
    about = {"person_id": str(person or ""), "name": name}
    response = await _form(caller, {**about, **draft}, draft_kept=bool(draft))
    if draft:
        drafts.drop(response, NEW)
    return response


@router.post("")
async def open_ticket(caller: SignedIn, form: Annotated[NewTicket, Form()]) -> Response:
    """Open a ticket and take it in hand: whoever opens one is about to work on it."""
    about = form.model_dump(exclude={"idempotency_key", "name"})
    try:
        opened = await caller.gateway.call(
            "POST",
            "/api/identity/tickets",
            json={field: value for field, value in about.items() if value},
            headers={"idempotency-key": form.idempotency_key},
        )
    except Problem as problem:
        if not problem.is_about_the_form:
            raise
        return await _form(caller, form.model_dump(), problem=problem)
    ticket = await _act(caller, opened.json()["id"], "taking")
    return RedirectResponse(_next_page(ticket), status_code=HTTPStatus.SEE_OTHER)


@router.get("/{ticket_id}")
async def ticket(ticket_id: UUID, caller: SignedIn, done: str = "") -> Response:
    """One ticket: what it is about, who works on it, what was noted, and what can be done with it."""
    return await _ticket(caller, ticket_id, done=done)


@router.post("/{ticket_id}/taking")
async def take(ticket_id: UUID, caller: SignedIn) -> Response:
    """Take a ticket in hand; what was in hand before is put down."""
    answer = await _act(caller, ticket_id, "taking")
    return RedirectResponse(_next_page(answer), status_code=HTTPStatus.SEE_OTHER)


@router.post("/{ticket_id}/putting-down")
async def put_down(ticket_id: UUID, caller: SignedIn) -> Response:
    """Put the ticket down for whoever takes it next."""
    await _act(caller, ticket_id, "putting-down")
    return RedirectResponse(f"/help-desk/tickets/{ticket_id}?done=putting-down", status_code=HTTPStatus.SEE_OTHER)


@router.post("/{ticket_id}/notes")
async def note(ticket_id: UUID, caller: SignedIn, text: Typed = "") -> Response:
    """Add a note."""
    return await _act_or_say_why_not(caller, ticket_id, "notes", {"text": text})


@router.post("/{ticket_id}/closure")
async def close(ticket_id: UUID, caller: SignedIn, outcome: Typed = "") -> Response:
    """Close the ticket and say what came of it."""
    return await _act_or_say_why_not(caller, ticket_id, "closure", {"outcome": outcome})


async def _act(caller: Caller, ticket_id: UUID | str, act: str, told: Json | None = None) -> Json:
    """Do something with a ticket; what the token allows may change with it."""
    options: dict[str, Any] = {"json": told} if told else {}
    answer = await caller.gateway.call("POST", f"/api/identity/tickets/{ticket_id}/{act}", **options)
    pass_cookies(caller.request, answer.headers.get_list("set-cookie"))
    changed: Json = answer.json()
    return changed


async def _act_or_say_why_not(caller: Caller, ticket_id: UUID, act: str, told: Json) -> Response:
    try:
        await _act(caller, ticket_id, act, told)
    except Problem as problem:
        if not problem.is_about_the_form:
            raise
        return await _ticket(caller, ticket_id, problem=problem, typed=told)
    return RedirectResponse(f"/help-desk/tickets/{ticket_id}?done={act}", status_code=HTTPStatus.SEE_OTHER)


async def _form(
    caller: Caller, typed: dict[str, str], *, problem: Problem | None = None, draft_kept: bool = False
) -> Response:
    return render(
        caller.request,
        "pages/new_ticket.html",
        status=problem.status if problem else HTTPStatus.OK,
        frame=await frame_of(caller),
        typed=typed,
        topics=list(TOPICS.items()),
        fields=NEW_FIELDS,
        problem=problem,
        draft_kept=draft_kept,
    )


async def _ticket(
    caller: Caller, ticket_id: UUID, *, done: str = "", problem: Problem | None = None, typed: Json | None = None
) -> Response:
    frame, found = await asyncio.gather(frame_of(caller), caller.gateway.get(f"/api/identity/tickets/{ticket_id}"))
    return render(
        caller.request,
        "pages/ticket.html",
        status=problem.status if problem else HTTPStatus.OK,
        frame=frame,
        ticket=found,
        outcomes=list(OUTCOMES.items()),
        done=done,
        problem=problem,
        typed=typed or {},
    )


def _next_page(ticket: Json) -> str:
    person = ticket["person"]
    return f"/help-desk/people/{person['id']}" if person else f"/help-desk/tickets/{ticket['id']}"
