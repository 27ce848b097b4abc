"""The routes of resumable uploads: tus 1.0, open to any tus client."""

from http import HTTPStatus
from typing import Annotated
from uuid import UUID

from fastapi import Depends, Header, Query, Request, Response

from chassis import program_time
from chassis.door import PUBLIC, CurrentActor, ReadingSession, SliceRouter
from chassis.errors import NotFound
from chassis.paging import DEFAULT_LIMIT, MOST, Page
from chassis.problems import connexion_problem
from chassis.signature import CurrentSigner
from documents_svc.files.uploaded_file import SAME_CONTENT
from documents_svc.resources import Documents
from documents_svc.slots.verdict import Verdict
from documents_svc.uploads import tus
from documents_svc.uploads.body import body_of
from documents_svc.uploads.refusals import refusals
from documents_svc.uploads.sending import Sender
from documents_svc.uploads.upload import ArrivedTooLate, Upload, UploadState
from documents_svc.uploads.use_cases import Finished, finished_upload
from documents_svc.uploads.views import UploadView, uploads_page

PATH = "/api/documents/uploads"
PERMISSION = "document.upload"

router = SliceRouter(prefix=PATH, tags=["uploads"])

TusVersion = Annotated[str | None, Header(alias="Tus-Resumable", description="1.0.0")]


async def _sender(request: Request, signer: CurrentSigner, resources: Documents) -> Sender:
    state = request.app.state
    return Sender(signer, state.database, resources, state.wake)


Sending = Annotated[Sender, Depends(_sender)]


@router.options("", permission=PUBLIC, status_code=204, responses={204: {"description": "What this server can do"}})
async def capabilities() -> Response:
    """Tell a tus client what this server can do."""
    algorithms = ",".join(tus.ALGORITHMS)
    told = {"Tus-Version": tus.VERSION, "Tus-Extension": tus.EXTENSIONS, "Tus-Checksum-Algorithm": algorithms}
    return Response(status_code=204, headers=tus.HEADERS | told)


@router.post(
    "",
    permission=PERMISSION,
    status_code=201,
    responses={
        201: {"description": "Begun; Location says where to send the bytes"},
        **refusals(400, 409, 412, 413, 429, 507),
    },
)
async def begin(
    sender: Sending,
    version: TusVersion = None,
    size: Annotated[str | None, Header(alias="Upload-Length")] = None,
    metadata: Annotated[str | None, Header(alias="Upload-Metadata")] = None,
) -> Response:
    """Begin an upload. Metadata: slot, filename, includes, certified_by, statement; also nickname, document, sha256.

    `cba` is the bidding area of a document that is for one (a bond). `replaces` is the id of the file in the same slot
    that this one is a new version of: once this one is accepted, it counts and that one is kept as history.

    `certified_by` is your own user ID, typed under the statement that the slot shows as its `certification`;
    `statement` is that statement's name. Certifying asks for a recent sign-in (`sign-in-again`).
    """
    tus.require_version(version)
    upload, _ = await sender.begin(tus.announcement(size, metadata))
    headers = {"Location": f"{PATH}/{upload.id}", "Upload-Expires": tus.http_date(upload.expires_at)}
    return Response(status_code=201, headers=tus.HEADERS | headers)


@router.get("", permission=PERMISSION)
async def unfinished(
    actor: CurrentActor,
    session: ReadingSession,
    after: str | None = None,
    limit: Annotated[int, Query(ge=1, le=MOST)] = DEFAULT_LIMIT,
) -> Page[UploadView]:
    """List the uploads you have begun and not finished, newest first."""
    return await uploads_page(session, actor, after=after, limit=limit)


@router.head(
    "/{upload_id}",
    permission=PERMISSION,
    responses={200: {"description": "Upload-Offset says where the upload stands"}, **refusals(410, 412)},
)
async def where_it_stands(
    upload_id: UUID, actor: CurrentActor, session: ReadingSession, version: TusVersion = None
) -> Response:
    """Tell where an upload stands; for a finished one also its receipt."""
    tus.require_version(version)
    upload = await session.get(Upload, upload_id)
    if upload is None:
        raise NotFound
    upload.require_sender(actor)
    if upload.state is UploadState.RECEIVED:
        return _answer(await finished_upload(session, upload), status=200)
    upload.require_under_way(program_time.now())
    headers = {"Upload-Offset": str(upload.arrived), "Upload-Expires": tus.http_date(upload.expires_at)}
    if upload.size is not None:
        headers["Upload-Length"] = str(upload.size)
    return Response(status_code=200, headers=tus.HEADERS | headers)


@router.patch(
    "/{upload_id}",
    permission=PERMISSION,
    status_code=204,
    responses={
        204: {"description": "Taken; with the last byte, Connexion-Receipt holds the signed receipt"},
        **refusals(400, 409, 410, 412, 413, 415, 423, 460, 507),
    },
    openapi_extra={"requestBody": {"content": {tus.MEDIA_TYPE: {"schema": {"type": "string", "format": "binary"}}}}},
)
async def send(
    *,
    request: Request,
    upload_id: UUID,
    sender: Sending,
    version: TusVersion = None,
    offset: Annotated[str | None, Header(alias="Upload-Offset")] = None,
    checksum: Annotated[str | None, Header(alias="Upload-Checksum")] = None,
) -> Response:
    """Send bytes from where the upload stands. A repeated last request gets the same receipt."""
    tus.require_version(version)
    if request.headers.get("content-type") != tus.MEDIA_TYPE:
        raise tus.NotTusBytes(field="Content-Type")
    start = tus.whole_number(offset, "Upload-Offset")
    length = request.headers.get("content-length")
    outcome = await sender.go_on(
        upload_id,
        start,
        body_of(request.receive),
        announced=int(length) if length else None,
        checksum=tus.checksum(checksum),
    )
    if isinstance(outcome, int):
        return Response(status_code=204, headers=tus.HEADERS | {"Upload-Offset": str(outcome)})
    return _answer(outcome, status=204)


@router.delete(
    "/{upload_id}",
    permission=PERMISSION,
    status_code=204,
    responses={204: {"description": "Given up"}, **refusals(409, 412)},
)
async def give_up(upload_id: UUID, sender: Sending, version: TusVersion = None) -> Response:
    """Give up an unfinished upload; what had arrived of it is thrown away."""
    tus.require_version(version)
    await sender.give_up(upload_id)
    return Response(status_code=204, headers=tus.HEADERS)


def _answer(finished: Finished, *, status: int) -> Response:
    """Answer with the file, the verdict and the signed receipt; 410 when it came too late to count."""
    file, receipt = finished.file, finished.receipt
    headers = tus.HEADERS | {
        "Upload-Offset": str(file.size),
        "Upload-Length": str(file.size),
        "Connexion-File": str(file.id),
        "Connexion-Verdict": file.verdict.value,
        "Connexion-Receipt-Number": receipt.number,
        "Connexion-Receipt": receipt.jws,
    }
    if file.same_as is not None:
        headers["Connexion-Warning"] = SAME_CONTENT
    if file.verdict is not Verdict.REFUSED:
        return Response(status_code=status, headers=headers)
    refusal = connexion_problem(ArrivedTooLate())
    refusal.status_code = HTTPStatus.GONE
    refusal.headers.update(headers)
    return refusal
