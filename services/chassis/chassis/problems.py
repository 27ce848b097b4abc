"""RFC 9457 problem details: how every error leaves an edge."""

from http import HTTPStatus
from typing import Any

from fastapi import Request, Response
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from pydantic import BaseModel
from starlette.exceptions import HTTPException

from chassis.direct import is_away
from chassis.errors import (
    Conflict,
    ConnexionError,
    FieldProblem,
    Invalid,
    NotAllowed,
    NotAllowedNow,
    NotFound,
    NotSignedIn,
)
from chassis.tracing import current_trace_id

STATUS: dict[type[ConnexionError], int] = {
    NotSignedIn: 401,
    NotAllowed: 403,
    NotFound: 404,
    NotAllowedNow: 409,
    Conflict: 409,
    Invalid: 422,
}
MEDIA_TYPE = "application/problem+json"
COME_BACK_AFTER = 5
"""Seconds: about what a database takes to hand over or to start again."""


class ProblemField(BaseModel):
    """A field at fault."""

    path: str
    message: str


class Problem(BaseModel):
    """Problem details. `type` is stable; `detail` is a sentence a person can act on; `reference` finds the trace."""

    type: str
    title: str
    status: int
    detail: str
    fields: list[ProblemField] = []
    reference: str | None = None


def status_of(error: ConnexionError) -> int:
    """The HTTP status of an error's kind; 500 for an error of no kind."""
    return next((status for kind, status in STATUS.items() if isinstance(error, kind)), 500)


def problem_response(
    status: int, slug: str, title: str, detail: str, fields: list[FieldProblem] | None = None
) -> Response:
    """Answer with problem details. `slug` names the problem for good: `urn:connexion:problem:<slug>`."""
    problem = Problem(
        type=f"urn:connexion:problem:{slug}",
        title=title,
        status=status,
        detail=detail,
        fields=[ProblemField(path=field.path, message=field.message) for field in fields or []],
        reference=current_trace_id(),
    )
    headers = {"WWW-Authenticate": "Bearer"} if status == HTTPStatus.UNAUTHORIZED else None
    return JSONResponse(problem.model_dump(exclude_none=True), status, headers, MEDIA_TYPE)


def connexion_problem(error: ConnexionError) -> Response:
    """One of our own errors as problem details."""
    return problem_response(status_of(error), error.type, error.title, error.detail, error.fields)


async def on_connexion_error(_request: Request, error: Exception) -> Response:
    """Exception handler for `ConnexionError`."""
    assert isinstance(error, ConnexionError)  # noqa: S101  registered for this class only
    return connexion_problem(error)


async def on_validation_error(_request: Request, error: Exception) -> Response:
    """Exception handler for what FastAPI found wrong with a request; values are not echoed."""
    assert isinstance(error, RequestValidationError)  # noqa: S101
    fields = [FieldProblem(_path(problem["loc"]), _sentence(problem)) for problem in error.errors()]
    return problem_response(422, "invalid", "Invalid", "Mend the fields named here and send it again.", fields)


async def on_http_exception(_request: Request, error: Exception) -> Response:
    """Exception handler for the framework's own refusals (no such route, method not allowed)."""
    assert isinstance(error, HTTPException)  # noqa: S101
    phrase = HTTPStatus(error.status_code).phrase
    detail = NotFound().detail if error.status_code == HTTPStatus.NOT_FOUND else f"{phrase}."
    response = problem_response(error.status_code, phrase.lower().replace(" ", "-"), phrase, detail)
    response.headers.update(error.headers or {})
    return response


class NotText(Invalid):
    """A text holds a null character. Type it again; something pasted may have brought it."""


_NULL_CHARACTER = frozenset({"22021", "22P05"})
"""SQLSTATE of a text, and of a JSON text, with U+0000: JSON may carry it, PostgreSQL keeps none."""


async def on_database_error(_request: Request, error: Exception) -> Response:
    """Exception handler for what the database refuses: a null character is the sender's to mend, all else is ours."""
    if getattr(getattr(error, "orig", None), "sqlstate", None) in _NULL_CHARACTER:
        return connexion_problem(NotText())
    raise error


async def on_unexpected_error(_request: Request, error: Exception) -> Response:
    """Exception handler for everything else. Nothing internal leaves; the trace has it all.

    What passes by itself (the database restarts) is 503 and says when to come back. A connection may break while its
    work is being kept: hence the advice to send the same again, with its key, and no promise that nothing was changed.
    """
    if is_away(error):
        detail = "This part of the platform does not answer at the moment. Send the same again in a few seconds."
        response = problem_response(503, "unavailable", "Not available", detail)
        response.headers["Retry-After"] = str(COME_BACK_AFTER)
        return response
    detail = "Something failed on our side and nothing was changed. Try again; if it stays, name the reference."
    return problem_response(500, "unexpected", "Unexpected error", detail)


def _path(location: tuple[Any, ...]) -> str:
    """`("body", "amount")` → `amount`; `("query", "limit")` → `limit`."""
    return ".".join(str(part) for part in location[1:]) or str(location[0])


def _sentence(problem: dict[str, Any]) -> str:
    message = str(problem["msg"]).removeprefix("Value error, ")
    return message[:1].upper() + message[1:] + ("" if message.endswith(".") else ".")
