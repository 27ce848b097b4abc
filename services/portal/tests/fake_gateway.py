"""A small gateway that answers like the API: what the portal's tests and a designer at work run against.

It keeps its state in memory, counts what it was asked, and can be told to fail. It knows no rules: those are
tested where they live.
"""

import base64
import hashlib
import json
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any
from uuid import uuid4

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, RedirectResponse, Response
from starlette.routing import Route

from chassis import machine_time, program_time
from chassis.calendar import due_at, eastern_day

Json = dict[str, Any]
ALL_PERMISSIONS = ("document.upload", "document.view", "requirement.view", "activity.view", "todo.view", "round.view")
SLOT = "0197b3a0-0000-7000-8000-000000000001"
ORGANIZATION = "0197b3a0-0000-7000-8000-0000000000a1"


def token(expires_in: timedelta = timedelta(minutes=5), permissions: tuple[str, ...] = ALL_PERMISSIONS) -> str:
    """A token's three parts; nobody checks the signature here."""
    claims = {
        "sub": "dana.whitlock",
        "name": "Dana Whitlock",
        "role": "AO",
        "perms": permissions,
        "exp": int((machine_time.now() + expires_in).timestamp()),
    }
    payload = base64.urlsafe_b64encode(json.dumps(claims).encode()).decode().rstrip("=")
    return f"e30.{payload}.c2ln"


@dataclass
class FakeGateway:
    """The state behind the API; tests change it before they ask."""

    requirements: list[Json] = field(default_factory=list)
    todos: list[Json] = field(default_factory=list)
    activity: list[Json] = field(default_factory=list)
    files: list[Json] = field(default_factory=list)
    uploads: dict[str, Json] = field(default_factory=dict)
    pieces: dict[str, bytearray] = field(default_factory=dict)
    organizations: list[Json] = field(
        default_factory=lambda: [{"id": ORGANIZATION, "name": "Larkspur Sample Medical, LLC", "role": "AO"}]
    )
    session_lives: bool = True
    idle_in: timedelta = timedelta(minutes=30)
    tokens_lives: timedelta = timedelta(minutes=5)
    failing: dict[str, tuple[int, Json]] = field(default_factory=dict)
    asked: list[str] = field(default_factory=list)
    headers_seen: list[dict[str, str]] = field(default_factory=list)
    largest_chunk: int = 0
    refuse_next_patch: int | None = None
    closed: str | None = None

    def __post_init__(self) -> None:
        today = eastern_day(program_time.now())
        self.opens_at = due_at(today - timedelta(days=40)) - timedelta(hours=20, minutes=59, seconds=59)
        self.cdrd_at, self.closes_at = due_at(today - timedelta(days=5)), due_at(today + timedelta(days=25))
        self.requirements = self.requirements or [self.requirement()]
        self.todos = self.todos or [self.todo()]

    def requirement(self, **other: Any) -> Json:
        return {
            "id": str(uuid4()),
            "round_code": "R2028",
            "bidder_number": "2840071",
            "document": "business-credit-report",
            "label": "Business credit report",
            "hint": "With a numerical score or rating, dated within 90 days before the window opened.",
            "stands_in_for": None,
            "covered": True,
            "slot_id": SLOT,
            "state": "REQUIRED",
            "opens_at": self.opens_at.isoformat(),
            "due_at": self.closes_at.isoformat(),
            "cdrd_at": self.cdrd_at.isoformat(),
            "received_at": None,
            "by_cdrd": False,
            "allowed_actions": ["upload"],
            **other,
        }

    def todo(self, **other: Any) -> Json:
        return {
            "id": str(uuid4()),
            "kind": "upload-document",
            "about": f"requirement:{uuid4()}",
            "label": "Business credit report",
            "state": "OPEN",
            "done_at": None,
            "due_at": self.closes_at.isoformat(),
            "opened_at": self.opens_at.isoformat(),
            **other,
        }

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
            "superseded_by": None,
            "accepted_at": None,
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
            **other,
        }

    def receive(self, content: bytes, **other: Any) -> Json:
        """Take a file: it stands first in the list, and in activity."""
        file = self.file(content, **other)
        self.files.insert(0, file)
        self.activity.insert(0, self.entry(file))
        return file

    def entry(self, file: Json) -> Json:
        return {
            "id": str(uuid4()),
            "kind": "document-received",
            "about": f"file:{file['id']}",
            "label": "Business credit report",
            "details": {"round": "R2028", "document": "business-credit-report", "by_cdrd": False},
            "occurred_at": file["received_at"],
        }

    def app(self) -> Starlette:
        """The API as an ASGI application."""
        routes = [
            Route("/api/identity/me", self._me),
            Route("/api/identity/renewal", self._renewal, methods=["POST"]),
            Route("/api/identity/sign-in", self._sign_in),
            Route("/api/identity/sign-out", self._sign_out, methods=["POST"]),
            Route("/api/identity/acting-organization", self._act, methods=["POST"]),
            Route("/api/bidding/rounds", self._rounds),
            Route("/api/bidding/rounds/{code}", self._round),
            Route("/api/bidding/requirements", self._listed(lambda: self.requirements)),
            Route("/api/notices/todos", self._listed(lambda: self.todos)),
            Route("/api/notices/todos/count", self._todo_count),
            Route("/api/notices/activity", self._listed(lambda: self.activity)),
            Route("/api/documents/slots", self._listed(self._slots)),
            Route("/api/documents/slots/{slot}/files", self._form, methods=["POST"]),
            Route("/api/documents/files", self._listed(lambda: self.files)),
            Route("/api/documents/files/{id}", self._file),
            Route("/api/documents/files/{id}/receipt", self._receipt),
            Route("/api/documents/receipt-checks", self._check, methods=["POST"]),
            Route("/api/documents/uploads", self._listed(lambda: list(self.uploads.values())), methods=["GET"]),
            Route("/api/documents/uploads", self._create, methods=["POST"]),
            Route("/api/documents/uploads/{id}", self._upload, methods=["HEAD", "PATCH", "DELETE"]),
        ]
        return Starlette(routes=routes)

    def _refusal(self, request: Request) -> Response | None:
        self.asked.append(f"{request.method} {request.url.path}")
        self.headers_seen.append(dict(request.headers))
        if request.url.path in self.failing:
            status, told = self.failing[request.url.path]
            return JSONResponse({"status": status, **told}, status, media_type="application/problem+json")
        public = request.url.path.startswith(("/api/bidding/rounds", "/api/documents/receipt-checks"))
        if not public and "authorization" not in request.headers and "cx_token" not in request.cookies:
            return JSONResponse({"status": 401, "type": "urn:connexion:problem:not-signed-in"}, 401)
        return None

    def _listed(self, items: Any) -> Any:
        async def listed(request: Request) -> Response:
            limit, after = int(request.query_params.get("limit", 25)), int(request.query_params.get("after", 0))
            page = items()[after : after + limit]
            more = str(after + limit) if after + limit < len(items()) else None
            return self._refusal(request) or JSONResponse({"items": page, "next": more})

        return listed

    def _slots(self) -> list[Json]:
        slot = {"id": SLOT, "label": "Business credit report", "max_bytes": 52428799}
        return [{**slot, "accepted_types": ["application/pdf"]}]

    def _summary(self) -> Json:
        times = {name: getattr(self, name).isoformat() for name in ("opens_at", "cdrd_at", "closes_at")}
        return {"code": "R2028", "name": "Round 2028", "phase": "BIDDING", "categories": 7, "areas": 1, **times}

    async def _todo_count(self, request: Request) -> Response:
        return self._refusal(request) or JSONResponse({"open": len(self.todos)})

    async def _me(self, request: Request) -> Response:
        me = {
            "user_id": "dana.whitlock",
            "name": "Dana Whitlock",
            "kind": "person",
            "role": "AO",
            "permissions": ALL_PERMISSIONS,
            "idle_at": (machine_time.now() + self.idle_in).isoformat(),
            "organization": self.organizations[0],
            "organizations": self.organizations,
        }
        return self._refusal(request) or JSONResponse(me)

    async def _renewal(self, request: Request) -> Response:
        self.asked.append("POST /api/identity/renewal")
        if "cx_session" not in request.cookies or not self.session_lives:
            return JSONResponse({"status": 401}, 401)
        response = JSONResponse({"idle_at": (machine_time.now() + timedelta(minutes=30)).isoformat()})
        response.set_cookie("cx_token", token(self.tokens_lives), httponly=True, samesite="lax", path="/")
        return response

    async def _sign_in(self, request: Request) -> Response:
        self.session_lives = True
        response = RedirectResponse(request.query_params.get("return_to", "/"), 302)
        response.set_cookie("cx_session", "opaque", httponly=True, samesite="lax", path="/")
        response.set_cookie("cx_token", token(self.tokens_lives), httponly=True, samesite="lax", path="/")
        return response

    async def _sign_out(self, request: Request) -> Response:
        response = RedirectResponse("/", 303)
        response.delete_cookie("cx_session")
        response.delete_cookie("cx_token")
        return response

    async def _act(self, request: Request) -> Response:
        chosen = (await request.json())["organization_id"]
        self.organizations.sort(key=lambda other: other["id"] != chosen)
        response = JSONResponse({})
        response.set_cookie("cx_token", token(), httponly=True, samesite="lax", path="/")
        return self._refusal(request) or response

    async def _rounds(self, request: Request) -> Response:
        return self._refusal(request) or JSONResponse({"items": [self._summary()], "next": None})

    async def _round(self, request: Request) -> Response:
        def line(code: str, at: Any, until: bool = False) -> Json:
            day = eastern_day(at)
            return {
                "code": code,
                "on": day.isoformat(),
                "until": at.isoformat() if until else None,
                "certainty": "actual",
            }

        calendar = [line("window-opens", self.opens_at), line("cdrd", self.cdrd_at, True)]
        calendar += [line("window-closes", self.closes_at, True)]
        category = {"code": "OTSK", "name": "OTS knee braces", "lead_item": None, "made_up": True}
        if request.path_params["code"] != "R2028":
            return JSONResponse({"status": 404}, 404)
        told = {**self._summary(), "calendar": calendar, "product_categories": [category]}
        return self._refusal(request) or JSONResponse(told)

    async def _form(self, request: Request) -> Response:
        if refusal := self._refusal(request):
            return refusal
        body = b""
        async for chunk in request.stream():
            self.largest_chunk = max(self.largest_chunk, len(chunk))
            body += chunk
        start = body.index(b"\r\n\r\n", body.index(b'name="file"')) + 4
        boundary = request.headers["content-type"].split("boundary=")[1].encode()
        content = body[start : body.index(b"\r\n--" + boundary, start)]
        return JSONResponse(self.receive(content), 201)

    async def _file(self, request: Request) -> Response:
        found = next((file for file in self.files if file["id"] == request.path_params["id"]), None)
        missing = JSONResponse({"status": 404, "detail": "There is nothing here, or it is not yours to see."}, 404)
        return self._refusal(request) or (JSONResponse(found) if found else missing)

    async def _receipt(self, request: Request) -> Response:
        found = next((file for file in self.files if file["id"] == request.path_params["id"]), None)
        if found is None:
            return JSONResponse({"status": 404}, 404)
        told = {name: found[name] for name in ("sha256", "size", "started_at", "received_at")}
        return JSONResponse({"jws": "eyJhbGciOiJFUzI1NiJ9.e30.c2ln", "receipt": {"number": "4C7Q-0207", **told}})

    async def _check(self, request: Request) -> Response:
        if refusal := self._refusal(request):
            return refusal
        typed = (await request.json())["receipt"]
        if typed.count(".") != 2:
            return JSONResponse({"status": 422, "detail": "This is not a receipt of Connexion."}, 422)
        if not typed.endswith("c2ln"):
            return JSONResponse({"valid": False, "reason": None, "key_id": None, "receipt": None})
        at = program_time.now().isoformat()
        receipt = {"number": "4C7Q-0207", "received_at": at, "size": 1234, "sha256": "9f" * 32}
        return JSONResponse({"valid": True, "reason": None, "key_id": "receipt-2026", "receipt": receipt})

    async def _create(self, request: Request) -> Response:
        if refusal := self._refusal(request):
            return refusal
        told = dict(pair.split(" ", 1) for pair in request.headers["upload-metadata"].split(","))
        words = {name: base64.b64decode(value).decode() for name, value in told.items()}
        if words.get("certified_by") != "dana.whitlock":
            fields = [{"path": "certified_by", "message": "Type the user ID you signed in with."}]
            problem = {"status": 422, "detail": fields[0]["message"], "fields": fields}
            return JSONResponse(problem, 422, media_type="application/problem+json")
        if self.closed:
            return JSONResponse({"status": 409, "detail": self.closed}, 409, media_type="application/problem+json")
        upload_id = str(uuid4())
        size = int(request.headers["upload-length"])
        self.uploads[upload_id] = self.upload(id=upload_id, size=size, filename=words["filename"])
        self.pieces[upload_id] = bytearray()
        headers = {"location": f"/api/documents/uploads/{upload_id}", "tus-resumable": "1.0.0"}
        return Response(status_code=201, headers=headers)

    async def _upload(self, request: Request) -> Response:
        if refusal := self._refusal(request):
            return refusal
        upload = self.uploads.get(request.path_params["id"])
        headers = {"tus-resumable": "1.0.0", "cache-control": "no-store"}
        if upload is None:
            return Response(status_code=404, headers=headers)
        if request.method == "DELETE":
            del self.uploads[upload["id"]]
            return Response(status_code=204, headers=headers)
        if request.method == "PATCH":
            if self.refuse_next_patch:
                status, self.refuse_next_patch = self.refuse_next_patch, None
                await request.body()
                return Response(status_code=status, headers=headers)
            await self._append(request, upload)
        headers |= {"upload-offset": str(upload["offset"]), "upload-length": str(upload["size"])}
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
