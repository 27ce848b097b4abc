import base64
import hashlib
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any
from uuid import uuid4

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from chassis import program_time
from fake_gateway.answering import Json, found, problem
from fake_gateway.notices import Notices
from fake_gateway.rounds import SLOT

SIGN_IN_AGAIN = "urn:connexion:problem:sign-in-again"
ONE_PIXEL = base64.b64decode("R0lGODlhAQABAIAAAP///wAAACH5BAAAAAAALAAAAAABAAEAAAICRAEAOw==")
TUS = {"tus-resumable": "1.0.0", "cache-control": "no-store"}


@dataclass
class Documents(Notices):
    """documents-svc: slots, uploads by tus and by form, files with their receipts."""

    files: list[Json] = field(default_factory=list)
    uploads: dict[str, Json] = field(default_factory=dict)
    pieces: dict[str, bytearray] = field(default_factory=dict)
    largest_chunk: int = 0
    refuse_next_patch: int | None = None
    closed: str | None = None
    sign_in_is_old: bool = False
    bond_area: str | None = None
    page_texts: list[str] = field(default_factory=lambda: ["Balance sheet", "Total assets 67,890", ""])
    page_refused: str = ""

    def file(self, content: bytes = b"%PDF-1.7\n", **other: Any) -> Json:
        at = program_time.now()
        return {
            "id": str(uuid4()),
            "slot_id": SLOT,
            "label": "Business credit report",
            "filename": "credit-report-2026-10.pdf",
            "nickname": "",
            "includes": "Report with a numerical score",
            "size": len(content),
            "sha256": hashlib.sha256(content).hexdigest(),
            "state": "SCANNING",
            "verdict": "in-time",
            "started_at": (at - timedelta(seconds=12)).isoformat(),
            "received_at": at.isoformat(),
            "receipt_number": "4C7Q-0207",
            "rejection": None,
            "not_scanned_because": None,
            "warnings": [],
            "replaces": None,
            "superseded_by": None,
            "accepted_at": None,
            "erased_at": None,
            "uploaded_by": "dana.whitlock",
            **other,
        }

    def upload(self, **other: Any) -> Json:
        return {
            "id": str(uuid4()),
            "slot_id": SLOT,
            "label": "Business credit report",
            "filename": "credit-report-2026-10.pdf",
            "offset": 0,
            "size": 6_400_000,
            "started_at": program_time.now().isoformat(),
            "expires_at": (program_time.now() + timedelta(days=1)).isoformat(),
            **other,
        }

    def receive(self, content: bytes, **other: Any) -> Json:
        """Take a file: it stands first in the list, and in activity."""
        file = self.file(content, **other)
        self.files.insert(0, file)
        self.activity.insert(0, self.entry(file))
        return file

    def document_routes(self) -> list[Route]:
        uploads = self.listed(lambda _: list(self.uploads.values()))
        return [
            Route("/api/documents/slots", self.answered(self.listed(lambda _: self._slots()))),
            Route("/api/documents/slots/{slot}/files", self.answered(self._form), methods=["POST"]),
            Route("/api/documents/files", self.answered(self.listed(lambda _: self.files))),
            Route("/api/documents/files/{id}", self.answered(self._file)),
            Route("/api/documents/files/{id}/versions", self.answered(self.listed(self._versions))),
            Route("/api/documents/files/{id}/receipt", self.answered(self._receipt)),
            Route("/api/documents/files/{id}/pages/{page}", self.answered(self._page)),
            Route("/api/documents/files/{id}/pages/{page}/picture", self.answered(self._picture)),
            Route("/api/documents/receipt-checks", self.answered(self._check), methods=["POST"]),
            Route("/api/documents/uploads", self.answered(uploads), methods=["GET"]),
            Route("/api/documents/uploads", self.answered(self._create), methods=["POST"]),
            Route("/api/documents/uploads/{id}", self.answered(self._upload), methods=["HEAD", "PATCH", "DELETE"]),
        ]

    async def _page(self, request: Request) -> Response:
        page = int(request.path_params["page"])
        if self.page_refused:
            return problem(409, type="urn:connexion:problem:page-too-heavy", detail=self.page_refused)
        if page > len(self.page_texts):
            return problem(404, detail="The document has no such page. Go back to its first page.")
        told = {"file_id": request.path_params["id"], "filename": "balance-sheet.pdf", "width": 960, "height": 1242}
        text = self.page_texts[page - 1]
        return JSONResponse(told | {"page": page, "pages": len(self.page_texts), "text": text, "text_is_cut": False})

    async def _picture(self, _: Request) -> Response:
        return Response(ONE_PIXEL, media_type="image/gif")

    def _slots(self) -> list[Json]:
        slot = {
            "document": "business-credit-report",
            "cba_code": self.bond_area,
            "asked_by": "round",
            "withheld_because": None,
            "id": SLOT,
            "slot_subject": f"requirement:{SLOT}",
            "label": "Business credit report",
            "accepted_types": ["application/pdf"],
            "max_bytes": 52428799,
            "max_files": 10,
            "opens_at": self.opens_at.isoformat(),
            "closes_at": self.closes_at.isoformat(),
            "late_until": (self.closes_at + timedelta(hours=1)).isoformat(),
            "time_left": "25 days left",
            "stage": "open",
            "state": "OPEN",
            "certification": {
                "statement": "upload-certification/1",
                "text": "I certify that I am authorized to upload this document.",
                "needs_name": False,
            },
            "allowed_actions": ["upload"],
        }
        return [slot]

    async def _form(self, request: Request) -> Response:
        body = b""
        async for chunk in request.stream():
            self.largest_chunk = max(self.largest_chunk, len(chunk))
            body += chunk
        start = body.index(b"\r\n\r\n", body.index(b'name="file"')) + 4
        boundary = request.headers["content-type"].split("boundary=")[1].encode()
        content = body[start : body.index(b"\r\n--" + boundary, start)]
        if self.sign_in_is_old:
            return problem(403, type=SIGN_IN_AGAIN)
        return JSONResponse(self.receive(content), 201)

    async def _file(self, request: Request) -> Response:
        file = found(self.files, request)
        return JSONResponse(file) if file else problem(404, detail="There is nothing here, or it is not yours to see.")

    def _versions(self, request: Request) -> list[Json]:
        """In this fake, the files of a slot are versions of one another."""
        file = found(self.files, request)
        receipt = {"verdict": "in-time", "issued_at": program_time.now().isoformat(), "jws": "e30.e30.c2ln"}
        return [
            {
                "file": one,
                "counts": one["state"] not in {"SUPERSEDED", "REJECTED", "REFUSED"},
                "receipts": [{"number": one["receipt_number"], **receipt}],
            }
            for one in self.files
            if file and one["slot_id"] == file["slot_id"]
        ]

    async def _receipt(self, request: Request) -> Response:
        file = found(self.files, request)
        if file is None:
            return problem(404)
        told = {name: file[name] for name in ("sha256", "size", "started_at", "received_at")}
        receipt = {"number": "4C7Q-0207", **told}
        signed = {"jws": "eyJhbGciOiJFUzI1NiJ9.e30.c2ln", "key_id": "receipt-2026", "received_eastern": "today"}
        return JSONResponse({**signed, "receipt": receipt})

    async def _check(self, request: Request) -> Response:
        typed = (await request.json())["receipt"]
        if typed.count(".") != 2:
            return problem(422, detail="This is not a receipt of Connexion.")
        if not typed.endswith("c2ln"):
            return JSONResponse({"valid": False, "reason": None, "key_id": None, "receipt": None})
        at = program_time.now().isoformat()
        receipt = {"number": "4C7Q-0207", "received_at": at, "size": 1234, "sha256": "9f" * 32}
        return JSONResponse({"valid": True, "reason": None, "key_id": "receipt-2026", "receipt": receipt})

    async def _create(self, request: Request) -> Response:
        told = dict(pair.split(" ", 1) for pair in request.headers["upload-metadata"].split(","))
        words = {name: base64.b64decode(value).decode() for name, value in told.items()}
        if words.get("certified_by") != "dana.whitlock":
            sentence = "Type the user ID you signed in with."
            return problem(422, detail=sentence, fields=[{"path": "certified_by", "message": sentence}])
        if self.closed:
            return problem(409, detail=self.closed)
        if self.sign_in_is_old:
            return problem(403, type=SIGN_IN_AGAIN)
        upload_id = str(uuid4())
        size = int(request.headers["upload-length"])
        self.uploads[upload_id] = self.upload(id=upload_id, size=size, filename=words["filename"])
        self.pieces[upload_id] = bytearray()
        return Response(status_code=201, headers={**TUS, "location": f"/api/documents/uploads/{upload_id}"})

    async def _upload(self, request: Request) -> Response:
        upload = self.uploads.get(request.path_params["id"])
        if upload is None:
            return Response(status_code=404, headers=TUS)
        if request.method == "DELETE":
            del self.uploads[upload["id"]]
            return Response(status_code=204, headers=TUS)
        if request.method == "PATCH":
            if self.refuse_next_patch:
                status, self.refuse_next_patch = self.refuse_next_patch, None
                await request.body()
                return Response(status_code=status, headers=TUS)
            await self._append(request, upload)
        headers = {**TUS, "upload-offset": str(upload["offset"]), "upload-length": str(upload["size"])}
        if upload["offset"] == upload["size"]:
            content = bytes(self.pieces.pop(upload["id"]))
            file = self.receive(content, id=upload["id"], filename=upload["filename"])
            del self.uploads[upload["id"]]
            headers["connexion-file"] = file["id"]
        return Response(status_code=204 if request.method == "PATCH" else 200, headers=headers)

    async def _append(self, request: Request, upload: Json) -> None:
        async for chunk in request.stream():
            self.pieces[upload["id"]] += chunk
            upload["offset"] += len(chunk)
