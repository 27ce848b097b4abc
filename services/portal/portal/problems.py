"""Every refusal as a page: what happened, what was kept, what to do now, and a reference."""

import secrets
from http import HTTPStatus
from urllib.parse import quote, urlsplit

from fastapi import FastAPI, Request
from starlette.exceptions import HTTPException
from starlette.responses import HTMLResponse, RedirectResponse, Response

from chassis.tracing import current_trace_id
from portal import drafts, language, refusals
from portal.caller import Caller, SessionEnded, SignInNeeded
from portal.frame import Frame, frame_of
from portal.gateway import Problem, Unreachable
from portal.language import mark
from portal.pages import render
from portal.refusals import Refusal
from portal.visitor import SESSION_COOKIE, TOKEN_COOKIE

SIGN_IN = "/api/identity/sign-in"
KEPT = mark("What you typed is kept for 15 minutes.")
COPY = mark("What you typed is below: copy it before you sign in.")


def install(app: FastAPI) -> None:
    """Answer every exception the portal knows with a page."""
    app.add_exception_handler(SignInNeeded, _sign_in)
    app.add_exception_handler(SessionEnded, _session_ended)
    app.add_exception_handler(Problem, _problem)
    app.add_exception_handler(Unreachable, _unreachable)
    app.add_exception_handler(HTTPException, _http)
    app.add_exception_handler(Exception, _unexpected)


def page_behind(request: Request) -> tuple[str, str]:
    """Return path and query of the page a request belongs to: its own, or that of the page a form stands on."""
    if request.method == "GET":
        return request.url.path, request.url.query
    page = urlsplit(request.headers.get("referer", ""))
    return page.path or "/home", page.query


def sign_in_address(request: Request, *, again: bool = False) -> str:
    """Return where to sign in, once more although one is signed in where `again`, and to come back to the page from."""
    path, query = page_behind(request)
    back = quote(f"{path}?{query}" if query else path, safe="")
    spoken = language.of_request(request)
    more = f"{'&again=true' if again else ''}{f'&ui_locales={spoken}' if spoken != language.ENGLISH else ''}"
    return f"{SIGN_IN}?return_to={back}{more}"


def refuse(
    request: Request,
    status: int,
    *,
    detail: str = "",
    refusal: Refusal | None = None,
    sign_in: str | None = None,
    frame: Frame | None = None,
    typed: str = "",
) -> Response:
    """Return the page of a refusal, inside the person's frame where there is one.

    `detail` is the service's own sentence, shown instead of the general one; `sign_in` is where the way on begins;
    `typed` are words too long to be kept, shown so that they can be copied.
    """
    return render(
        request,
        "pages/refused_inside.html" if frame else "pages/refused.html",
        status=status,
        refusal=refusal or refusals.of_status(status),
        detail=detail,
        reference=reference(),
        sign_in=sign_in,
        frame=frame,
        typed=typed,
    )


def ask_to_sign_in(request: Request, *, again: bool, kept: str = "", typed: str = "") -> Response:
    """Return the page that says to sign in, anew or `again` although one is; `kept` says what became of the form."""
    status = HTTPStatus.FORBIDDEN if again else HTTPStatus.UNAUTHORIZED
    words = refusals.SIGN_IN_AGAIN if again else refusals.of_status(status)
    words = words._replace(kept=kept) if kept else words
    return refuse(request, status, refusal=words, sign_in=sign_in_address(request, again=again), typed=typed)


def reference() -> str:
    """Return the trace id of this request: what the help desk finds it by."""
    return current_trace_id() or secrets.token_hex(16)


async def _ask_and_keep(request: Request, *, again: bool) -> Response:
    """Ask to sign in, and keep what was typed into the form that was sent."""
    page, _ = page_behind(request)
    typed = {} if request.method == "GET" else await request.form()
    holder = Response()
    was_kept = drafts.keep(holder, page, typed, secure=request.url.scheme == "https")
    copy = drafts.words_to_copy(page, typed)
    kept = KEPT if was_kept else COPY if copy else ""
    response = ask_to_sign_in(request, again=again, kept=kept, typed=copy)
    for cookie in holder.headers.getlist("set-cookie"):
        response.headers.append("set-cookie", cookie)
    return response


async def _sign_in(request: Request, _: Exception) -> Response:
    return RedirectResponse(sign_in_address(request), status_code=HTTPStatus.SEE_OTHER)


async def _session_ended(request: Request, _: Exception) -> Response:
    if request.headers.get("hx-request"):
        return HTMLResponse(status_code=HTTPStatus.OK, headers={"HX-Refresh": "true"})
    response = await _ask_and_keep(request, again=False)
    for cookie in (SESSION_COOKIE, TOKEN_COOKIE):
        response.delete_cookie(cookie, path="/", httponly=True, samesite="lax")
    return response


async def _problem(request: Request, problem: Exception) -> Response:
    assert isinstance(problem, Problem)  # noqa: S101 - registered for this class
    if problem.status == HTTPStatus.UNAUTHORIZED:
        return await _session_ended(request, problem)
    if problem.asks_for_sign_in:
        return await _ask_and_keep(request, again=True)
    if problem.status >= HTTPStatus.INTERNAL_SERVER_ERROR:
        return refuse(request, HTTPStatus.SERVICE_UNAVAILABLE)
    response = refuse(request, problem.status, detail=problem.detail, frame=await _frame(request, problem))
    if problem.retry_after:
        response.headers["retry-after"] = problem.retry_after
    return response


async def _frame(request: Request, problem: Problem) -> Frame | None:
    """The frame of whoever asked, so that a refusal keeps the menu; None where that would ask for too much again."""
    caller: Caller | None = getattr(request.state, "caller", None)
    if caller is None or problem.status == HTTPStatus.TOO_MANY_REQUESTS:
        return None
    try:
        return await frame_of(caller)
    except (Problem, Unreachable):
        return None


async def _unreachable(request: Request, _: Exception) -> Response:
    return refuse(request, HTTPStatus.SERVICE_UNAVAILABLE)


async def _http(request: Request, problem: Exception) -> Response:
    assert isinstance(problem, HTTPException)  # noqa: S101 - registered for this class
    return refuse(request, problem.status_code)


async def _unexpected(request: Request, _: Exception) -> Response:
    return refuse(request, HTTPStatus.INTERNAL_SERVER_ERROR)
