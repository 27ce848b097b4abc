"""The same upload by a plain form, for a page without script. The file streams through; it cannot be resumed."""

from collections.abc import Callable
from typing import Annotated
from uuid import UUID

from fastapi import Header, Request, Response

from chassis.database import Session
from chassis.door import SliceRouter
from chassis.errors import ConnexionError, FieldProblem
from chassis.recording import KeptAnswer
from chassis.signature import Typed
from documents_svc.files.views import FileView, view_of_file
from documents_svc.slots.verdict import Verdict
from documents_svc.uploads.body import LineDown, body_of
from documents_svc.uploads.edge import PERMISSION, Sending
from documents_svc.uploads.form import NotAForm, UploadForm
from documents_svc.uploads.labels import Details
from documents_svc.uploads.refusals import refusals
from documents_svc.uploads.sending import FormEnd
from documents_svc.uploads.upload import ArrivedTooLate
from documents_svc.uploads.use_cases import Announcement, Finished

router = SliceRouter(prefix="/api/documents/slots", tags=["uploads"])

_FORM = {
    "type": "object",
    "required": ["certified_by", "statement", "includes", "file"],
    "properties": {
        "nickname": {"type": "string"},
        "includes": {"type": "string"},
        "document": {"type": "string"},
        "cba": {"type": "string"},
        "replaces": {"type": "string", "format": "uuid"},
        "statement": {"type": "string"},
        "certified_by": {"type": "string"},
        "file": {"type": "string", "format": "binary"},
    },
}


@router.post(
    "/{slot_id}/files",
    permission=PERMISSION,
    streams=True,
    status_code=201,
    response_model=FileView,
    responses=refusals(410, 413, 429, 507),
    openapi_extra={"requestBody": {"required": True, "content": {"multipart/form-data": {"schema": _FORM}}}},
)
async def send_form(
    request: Request, slot_id: UUID, sender: Sending, media_type: Annotated[str, Header(alias="Content-Type")] = ""
) -> Response:
    """Take one file by a form. Fields may come before or after the file."""
    form = UploadForm(media_type, body_of(request.receive))
    try:
        announcement = Announcement(slot_id, await form.filename())
        finished = await sender.send_form(announcement, form.file(), FormEnd(lambda: _details(form), _keeper(request)))
    except LineDown:
        raise NotAForm from None
    except ConnexionError as refusal:
        refusal.fields = [_as_in_the_form(problem) for problem in refusal.fields]
        raise
    if finished is None:
        raise NotAForm
    if finished.file.verdict is Verdict.REFUSED:
        raise ArrivedTooLate
    return Response(_written(finished), 201, media_type="application/json")


def _details(form: UploadForm) -> Details:
    fields = form.fields
    return Details(
        signature=Typed(certified_by=fields.get("certified_by", ""), statement=fields.get("statement", "")),
        nickname=fields.get("nickname", ""),
        includes=fields.get("includes", ""),
        document=fields.get("document", ""),
        cba=fields.get("cba", ""),
        replaces=fields.get("replaces", ""),
    )


def _keeper(request: Request) -> Callable[[Session, Finished], None]:
    """Keep the answer under the request's Idempotency-Key, in the transaction that finishes the upload."""
    key: tuple[str, str] | None = getattr(request.state, "key", None)

    def keep(session: Session, finished: Finished) -> None:
        if key is not None and finished.file.verdict is not Verdict.REFUSED:
            session.keep(KeptAnswer(*key, 201, _written(finished), finished.file.organization_id))

    return keep


def _written(finished: Finished) -> str:
    return view_of_file(finished.file, finished.slot.label).model_dump_json()


def _as_in_the_form(problem: FieldProblem) -> FieldProblem:
    """What tus calls `filename` and `size` is one field of the form: the file."""
    return FieldProblem("file", problem.message) if problem.path in {"filename", "size"} else problem
