"""How refusals of uploads leave the edge: the statuses that tus clients know, always with where the upload stands."""

from fastapi import FastAPI, Request, Response

from chassis.errors import ConnexionError
from chassis.problems import Problem, problem_response
from documents_svc.uploads.intake import MoreThanAnnounced
from documents_svc.uploads.partial import NoRoom
from documents_svc.uploads.quotas import TooMuchUnderWay
from documents_svc.uploads.sending import ChecksumMismatch
from documents_svc.uploads.tus import HEADERS, AnotherTusVersion, BrokenTusHeader, NotTusBytes
from documents_svc.uploads.upload import (
    AnotherOffset,
    FileTooLarge,
    StandsElsewhere,
    UploadEnded,
    UploadInUse,
    UploadLapsed,
)

STATUS: dict[type[ConnexionError], int] = {
    BrokenTusHeader: 400,
    AnotherOffset: 409,
    UploadEnded: 410,
    UploadLapsed: 410,
    AnotherTusVersion: 412,
    FileTooLarge: 413,
    NotTusBytes: 415,
    UploadInUse: 423,
    TooMuchUnderWay: 429,
    ChecksumMismatch: 460,
    NoRoom: 507,
}
_WORDS = {
    400: "A header is not what it should be",
    409: "The upload stands elsewhere, or its slot is not open",
    410: "The upload ended, or arrived too late",
    412: "Another version of tus",
    413: "Too large, or more than announced",
    415: "Not the media type of uploads",
    423: "In use in another window",
    429: "Too much under way",
    460: "The checksum differs",
    507: "No room right now",
}


def refusals(*statuses: int) -> dict[int | str, dict[str, object]]:
    """Describe these statuses for the OpenAPI document of a route."""
    body: dict[str, object] = {"application/problem+json": {}}
    return {status: {"model": Problem, "description": _WORDS[status], "content": body} for status in statuses}


def tell_refusals(app: FastAPI) -> None:
    """Let the edge answer with these statuses."""
    for refusal in STATUS:
        app.add_exception_handler(refusal, _on_refusal)
    app.add_exception_handler(MoreThanAnnounced, _on_more_than_announced)


async def _on_refusal(_request: Request, error: Exception) -> Response:
    assert isinstance(error, ConnexionError)  # noqa: S101  registered for these classes only
    status = next(STATUS[kind] for kind in type(error).__mro__ if kind in STATUS)
    response = problem_response(status, error.type, error.title, error.detail, error.fields)
    response.headers.update(HEADERS)
    if isinstance(error, StandsElsewhere):
        response.headers["Upload-Offset"] = str(error.offset)
    if status in {429, 507}:
        response.headers["Retry-After"] = "60"
    return response


async def _on_more_than_announced(_request: Request, _error: Exception) -> Response:
    detail = "More bytes came than were announced. None of them was taken."
    response = problem_response(413, "more-than-announced", "Invalid", detail)
    response.headers.update(HEADERS)
    return response
