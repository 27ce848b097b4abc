"""Every refusal as a page: what happened, what was kept, what to do now, and a reference."""

import secrets
from http import HTTPStatus
from typing import NamedTuple
from urllib.parse import quote, urlsplit

from fastapi import FastAPI, Request
from starlette.exceptions import HTTPException
from starlette.responses import HTMLResponse, RedirectResponse, Response

from chassis.tracing import current_trace_id
from portal.caller import SessionEnded, SignInNeeded
from portal.gateway import Problem, Unreachable
from portal.pages import render
from portal.visitor import SESSION_COOKIE, TOKEN_COOKIE

SIGN_IN = "/api/identity/sign-in"


class Refusal(NamedTuple):
    """The words of one refusal."""

    icon: str
    title: str
    lead: str
    advice: str


REFUSALS = {
    HTTPStatus.UNAUTHORIZED: Refusal(
        "lock_outline",
        "You are signed out",
        "Your session ended: after a time without activity, or because you signed out elsewhere.",
        "Sign in again. You come back to the same page.",
    ),
    HTTPStatus.FORBIDDEN: Refusal(
        "lock_outline",
        "Your role does not include this",
        "You are signed in, but what you asked for belongs to another role.",
        "An authorized official of your organization can tell you who may do it.",
    ),
    HTTPStatus.NOT_FOUND: Refusal(
        "search",
        "There is nothing here",
        "The address does not exist, or what it names is not yours to see.",
        "Check the address, or start from your home page.",
    ),
    HTTPStatus.REQUEST_ENTITY_TOO_LARGE: Refusal(
        "error_outline",
        "The file is too large",
        "It was refused before it was read, so nothing of it was kept.",
        "Save it as a smaller PDF, for instance with pictures at 150 dots per inch, and upload it again.",
    ),
    HTTPStatus.UNPROCESSABLE_ENTITY: Refusal(
        "search",
        "This address is not right",
        "A part of it was cut off or changed.",
        "Go back and follow the link again, or start from your home page.",
    ),
    HTTPStatus.TOO_MANY_REQUESTS: Refusal(
        "schedule",
        "Too many requests at once",
        "Your session asked for more pages than we answer in one minute. What you sent before is safe.",
        "Wait a minute, then load the page again.",
    ),
    HTTPStatus.INTERNAL_SERVER_ERROR: Refusal(
        "error_outline",
        "This page failed",
        "The fault is ours. What you sent before is safe.",
        "Load the page again. If it fails again, call the help desk with the reference below.",
    ),
    HTTPStatus.SERVICE_UNAVAILABLE: Refusal(
        "warning",
        "A part of Connexion does not answer",
        "What you sent before is safe, and receipts stay valid.",
        "Try again in a few minutes. If a deadline is near, call the help desk with the reference below.",
    ),
}
NOT_ALLOWED_NOW = Refusal(
    "lock_outline",
    "This cannot be done now",
    "Its state, or the time, does not allow it.",
    "Load the page you came from again to see what can be done now.",
)


def install(app: FastAPI) -> None:
    """Answer every exception the portal knows with a page."""
    app.add_exception_handler(SignInNeeded, _sign_in)
    app.add_exception_handler(SessionEnded, _session_ended)
    app.add_exception_handler(Problem, _problem)
    app.add_exception_handler(Unreachable, _unreachable)
    app.add_exception_handler(HTTPException, _http)
    app.add_exception_handler(Exception, _unexpected)


def sign_in_address(request: Request) -> str:
    """Return where to sign in and come back from: to this page, or to the page a form stands on."""
    back, query = request.url.path, request.url.query
    if request.method != "GET":
        page = urlsplit(request.headers.get("referer", ""))
        back, query = page.path or "/home", page.query
    if query:
        back += f"?{query}"
    return f"{SIGN_IN}?return_to={quote(back, safe='')}"


def refuse(request: Request, status: int, *, detail: str = "", **values: str) -> Response:
    """Return the page of a refusal. `detail` is the service's own sentence, shown instead of the general one."""
    refusal = REFUSALS.get(HTTPStatus(status), NOT_ALLOWED_NOW)
    return render(
        request,
        "pages/refused.html",
        status=status,
        refusal=refusal,
        detail=detail,
        reference=reference(),
        sign_in=sign_in_address(request) if status == HTTPStatus.UNAUTHORIZED else None,
        **values,
    )


def reference() -> str:
    """Return the trace id of this request: what the help desk finds it by."""
    return current_trace_id() or secrets.token_hex(16)


async def _sign_in(request: Request, _: Exception) -> Response:
    return RedirectResponse(sign_in_address(request), status_code=HTTPStatus.SEE_OTHER)


async def _session_ended(request: Request, _: Exception) -> Response:
    if request.headers.get("hx-request"):
        return HTMLResponse(status_code=HTTPStatus.OK, headers={"HX-Refresh": "true"})
    response = refuse(request, HTTPStatus.UNAUTHORIZED)
    for cookie in (SESSION_COOKIE, TOKEN_COOKIE):
        response.delete_cookie(cookie, path="/", httponly=True, samesite="lax")
    return response


async def _problem(request: Request, problem: Exception) -> Response:
    assert isinstance(problem, Problem)  # noqa: S101 - registered for this class
    if problem.status == HTTPStatus.UNAUTHORIZED:
        return await _session_ended(request, problem)
    if problem.status >= HTTPStatus.INTERNAL_SERVER_ERROR:
        return refuse(request, HTTPStatus.SERVICE_UNAVAILABLE)
    response = refuse(request, problem.status, detail=problem.detail)
    if problem.retry_after:
        response.headers["retry-after"] = problem.retry_after
    return response


async def _unreachable(request: Request, _: Exception) -> Response:
    return refuse(request, HTTPStatus.SERVICE_UNAVAILABLE)


async def _http(request: Request, problem: Exception) -> Response:
    assert isinstance(problem, HTTPException)  # noqa: S101 - registered for this class
    return refuse(request, problem.status_code)


async def _unexpected(request: Request, _: Exception) -> Response:
    return refuse(request, HTTPStatus.INTERNAL_SERVER_ERROR)
