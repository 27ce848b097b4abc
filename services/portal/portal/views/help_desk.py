"""The help desk: find a person, and with a ticket in hand see and change that person's roles."""

import asyncio
from http import HTTPStatus
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Form
from pydantic import BaseModel
from starlette.responses import RedirectResponse, Response

from portal.caller import Caller, SignedIn
from portal.frame import frame_of
from portal.gateway import Json, Problem, deciding
from portal.help_desk_words import TOPICS
from portal.pages import render

router = APIRouter(prefix="/help-desk")
SHORTEST_SEARCH = 2
ACTS = {"unlock": "", "lock": "reason", "role": "role", "ao-role": "", "removal": "reason"}
"""What the help desk does about a role, each with the word it takes."""


class RoleChange(BaseModel):
    """The form of one act, with the version of the role as it was shown."""

    version: str
    idempotency_key: str
    reason: str = ""
    role: str = ""

    def as_asked(self, act: str) -> dict[str, Any]:
        """Return body and headers of the call."""
        headers = deciding(self.idempotency_key, self.version)
        word = ACTS[act]
        value = str(getattr(self, word)) if word else ""
        return {"headers": headers, "json": {word: value}} if value else {"headers": headers}


@router.get("")
async def help_desk(caller: SignedIn, search: str = "", after: str | None = None) -> Response:
    """Find a person by user id, family name or PTAN; below, the tickets, open ones first."""
    typed = search.strip()
    frame, people, tickets = await asyncio.gather(
        frame_of(caller), _search(caller, typed), caller.gateway.get("/api/identity/tickets", after=after)
    )
    return render(
        caller.request,
        "pages/help_desk.html",
        frame=frame,
        search=typed,
        too_short=0 < len(typed) < SHORTEST_SEARCH,
        people=people,
        tickets=tickets,
        after=after,
    )


@router.get("/people/{person_id}")
async def person(person_id: UUID, caller: SignedIn, done: str = "") -> Response:
    """One person's roles, with a ticket in hand; without one, how to get one."""
    return await _person(caller, person_id, done=done)


@router.post("/people/{person_id}/roles/{member_id}/{act}")
async def change(
    person_id: UUID, member_id: UUID, act: str, caller: SignedIn, form: Annotated[RoleChange, Form()]
) -> Response:
    """Do something about a role: unlock or lock it, change or end it. The ticket in hand is recorded with it."""
    if act not in ACTS:
        raise Problem(HTTPStatus.NOT_FOUND)
    try:
        await caller.gateway.call("POST", f"/api/identity/members/{member_id}/{act}", **form.as_asked(act))
    except Problem as problem:
        if not problem.is_about_the_form:
            raise
        return await _person(caller, person_id, problem=problem)
    return RedirectResponse(f"/help-desk/people/{person_id}?done={act}", status_code=HTTPStatus.SEE_OTHER)


async def _search(caller: Caller, typed: str) -> Json | None:
    if len(typed) < SHORTEST_SEARCH:
        return None
    found: Json = await caller.gateway.get("/api/identity/people", search=typed)
    return found


async def _person(caller: Caller, person_id: UUID, *, done: str = "", problem: Problem | None = None) -> Response:
    frame, found = await asyncio.gather(frame_of(caller), _with_ticket(caller, person_id))
    told = found if isinstance(found, Problem) else None
    return render(
        caller.request,
        "pages/person.html",
        status=problem.status if problem else HTTPStatus.OK,
        frame=frame,
        person_id=person_id,
        person=None if told else found,
        why_not=told.detail if told else "",
        topics=list(TOPICS.items()),
        done=done,
        problem=problem,
    )


async def _with_ticket(caller: Caller, person_id: UUID) -> Json | Problem:
    """The person, or the sentence that says which ticket it takes to see this person."""
    try:
        found: Json = await caller.gateway.get(f"/api/identity/people/{person_id}")
    except Problem as problem:
        if problem.status != HTTPStatus.FORBIDDEN or not caller.may("staff.ticket.work"):
            raise
        return problem
    return found
