"""A file that is sent by a plain form: passed on to its slot as it arrives, never held."""

from collections.abc import Mapping
from dataclasses import dataclass
from http import HTTPStatus
from urllib.parse import quote

from fastapi import Request
from starlette.responses import Response

from portal import drafts
from portal.caller import Caller, SessionEnded, SignInNeeded, signed_in
from portal.gateway import Json, Problem
from portal.passing_form import NotAForm, PassingForm
from portal.problems import ask_to_sign_in, refuse

KEPT = "What you typed is kept for 15 minutes. The file was not taken: choose it again after you sign in."


@dataclass(frozen=True)
class Passed:
    """How it went: the file as its service tells of it, or why it was not taken. `typed` are the words of the form."""

    caller: Caller
    typed: Mapping[str, str]
    file: Json | None = None
    problem: Problem | None = None


async def pass_upload(request: Request, page: str) -> Passed | Response:
    """Pass a form with a file on; a response where that ends elsewhere: no form, or a sign-in that is needed first.

    The form begins with its key and its slot, so the address to pass it on to is known before the file comes. `page`
    is where the form stands, and where its words are kept for.
    """
    try:
        form = PassingForm(request.headers.get("content-type", ""), aiter(request.stream()))
        slot = await form.start_until("slot")
    except NotAForm:
        return refuse(request, HTTPStatus.BAD_REQUEST, detail="The form was not complete when it arrived.")
    try:
        caller = await signed_in(request)
    except (SessionEnded, SignInNeeded):
        return await _kept_for_after_sign_in(request, page, form, again=False)
    try:
        address = f"/api/documents/slots/{quote(slot, safe='')}/files"
        answer = await caller.gateway.stream(address, form.body(), _headers(request, form))
    except Problem as problem:
        await form.finish()
        if problem.status == HTTPStatus.UNAUTHORIZED or problem.asks_for_sign_in:
            return await _kept_for_after_sign_in(request, page, form, again=problem.asks_for_sign_in)
        if problem.status >= HTTPStatus.INTERNAL_SERVER_ERROR:
            raise
        return Passed(caller, form.fields, problem=problem)
    return Passed(caller, form.fields, file=answer.json())


async def _kept_for_after_sign_in(request: Request, page: str, form: PassingForm, *, again: bool) -> Response:
    await form.finish()
    response = ask_to_sign_in(request, again=again, kept=KEPT)
    drafts.keep(response, page, form.fields, secure=request.url.scheme == "https")
    return response


def _headers(request: Request, form: PassingForm) -> dict[str, str]:
    headers = {"content-type": form.content_type}
    if "content-length" in request.headers:
        headers["content-length"] = request.headers["content-length"]
    if "idempotency_key" in form.fields:
        headers["idempotency-key"] = form.fields["idempotency_key"]
    return headers
