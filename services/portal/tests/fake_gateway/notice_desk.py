from dataclasses import dataclass, field
from typing import Any
from uuid import uuid4

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from chassis import program_time
from fake_gateway.answering import Json, found, is_stale, problem
from fake_gateway.notices import WORDS, Notices

DESK_PERMISSIONS = ("staff.notice.view", "staff.notice.approve", "round.view")
NOT_IN_LISTS = (
    "html",
    "permission",
    "returned_because",
    "rescinded_because",
    "replaced_by",
    "allowed_actions",
)
NOT_IN_BATCH_LISTS = ("organizations", "incomplete", "problems", "allowed_actions")


@dataclass
class NoticeDesk(Notices):
    """notices-svc: notices and batches as staff see them."""

    drafts: list[Json] = field(default_factory=list)
    batches: list[Json] = field(default_factory=list)
    desk_asked: list[Json] = field(default_factory=list)

    def draft(self, **other: Any) -> Json:
        return {
            "id": str(uuid4()),
            "organization_id": str(uuid4()),
            "organization": "Larkspur Sample Medical, LLC",
            "round_code": "R2028",
            "type": "pbe",
            "title": "Preliminary bid evaluation",
            "about": {"kind": "review", "id": str(uuid4())},
            "state": "IN_REVIEW",
            "version": 2,
            "missing": [],
            "drafted_at": program_time.now().isoformat(),
            "issued_at": None,
            "due_at": None,
            "viewed_at": None,
            "responded_at": None,
            "passed_at": None,
            "batch_id": None,
            "html": WORDS,
            "permission": "notice.pbe.view",
            "returned_because": None,
            "rescinded_because": None,
            "replaced_by": None,
            "allowed_actions": ["approve", "return"],
            **other,
        }

    def batch(self, **other: Any) -> Json:
        return {
            "id": str(uuid4()),
            "round_code": "R2028",
            "type": "pbe",
            "state": "READY",
            "version": 3,
            "notices": 2,
            "checked": 2,
            "issued": 0,
            "prepared_at": program_time.now().isoformat(),
            "released_at": None,
            "finished_at": None,
            "organizations": 2,
            "incomplete": 1,
            "problems": [],
            "allowed_actions": ["release", "cancel"],
            **other,
        }

    def desk_routes(self) -> list[Route]:
        desk, batches = "/api/notices/desk", "/api/notices/batches"
        no_answers = self.listed(lambda _: [])
        lines = self.listed(lambda _: [_without(batch, NOT_IN_BATCH_LISTS) for batch in self.batches])
        return [
            Route(desk, self.answered(self.listed(self._desk_lines))),
            Route(f"{desk}/reviews", self.answered(self._review_notices), methods=["POST"]),
            Route(f"{desk}/{{id}}", self.answered(self._desk_notice)),
            Route(f"{desk}/{{id}}/responses", self.answered(no_answers)),
            Route(f"{desk}/{{id}}/{{act}}", self.answered(self._act_on_draft), methods=["POST"]),
            Route(batches, self.answered(lines), methods=["GET"]),
            Route(batches, self.answered(self._prepare_batch), methods=["POST"]),
            Route(f"{batches}/{{id}}", self.answered(self._read_batch)),
            Route(f"{batches}/{{id}}/{{act}}", self.answered(self._act_on_batch), methods=["POST"]),
        ]

    def _desk_lines(self, request: Request) -> list[Json]:
        names = ("state", "type", "batch_id")
        chosen = {name: request.query_params[name] for name in names if name in request.query_params}
        fitting = [draft for draft in self.drafts if all(draft[name] == value for name, value in chosen.items())]
        return [_without(draft, NOT_IN_LISTS) for draft in fitting]

    async def _review_notices(self, request: Request) -> Response:
        told = await request.json()
        if told["outcome"] == "returned" and not told["reason"]:
            missing = {"path": "reason", "message": "Say why you send it back."}
            return problem(422, detail=missing["message"], fields=[missing])
        self.desk_asked.append(told)
        return JSONResponse({"notices": [{**one, "version": one["version"] + 1} for one in told["notices"]]})

    async def _desk_notice(self, request: Request) -> Response:
        draft = found(self.drafts, request)
        return JSONResponse(draft) if draft else problem(404)

    async def _act_on_draft(self, request: Request) -> Response:
        draft = found(self.drafts, request)
        if draft is None:
            return problem(404)
        if is_stale(request, draft):
            return problem(409, detail="Somebody changed this notice before you.")
        told = await request.json() if await request.body() else {}
        self.desk_asked.append({"act": request.path_params["act"], **told})
        return JSONResponse(draft)

    async def _prepare_batch(self, request: Request) -> Response:
        told = await request.json()
        if not any(draft["state"] == "APPROVED" for draft in self.drafts):
            return problem(409, detail="No notice of this type and round is approved.")
        batch = self.batch(state="CHECKING", allowed_actions=[], **told)
        self.batches.insert(0, batch)
        return JSONResponse(batch, 201)

    async def _read_batch(self, request: Request) -> Response:
        batch = found(self.batches, request)
        return JSONResponse(batch) if batch else problem(404)

    async def _act_on_batch(self, request: Request) -> Response:
        batch = found(self.batches, request)
        if batch is None:
            return problem(404)
        if is_stale(request, batch):
            return problem(409, detail="Somebody changed this batch before you.")
        now = {"release": "ISSUING", "cancellation": "CANCELLED"}[request.path_params["act"]]
        batch |= {"state": now, "allowed_actions": []}
        return JSONResponse(batch)


def _without(thing: Json, names: tuple[str, ...]) -> Json:
    return {name: value for name, value in thing.items() if name not in names}
