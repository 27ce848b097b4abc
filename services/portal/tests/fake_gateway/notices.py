import asyncio
import json
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any
from uuid import uuid4

from starlette.requests import Request
from starlette.responses import JSONResponse, Response, StreamingResponse
from starlette.routing import Route

from chassis import program_time
from fake_gateway.answering import Json, found, is_stale, problem
from fake_gateway.rounds import SLOT, Rounds

WORDS = """<p>Bidder number 2840071. The table shows which requirements were met.</p>
<table><caption>Preliminary bid evaluation</caption>
<thead><tr><th scope="col">Competition</th><th scope="col">Result</th></tr></thead>
<tbody><tr><th scope="row">OTS knee braces, Richmond, VA</th><td><strong>Not verified</strong></td></tr></tbody></table>
<h2>What to send</h2><p>Proof that it was met.</p>"""


@dataclass
class Notices(Rounds):
    """notices-svc: what is to do, and what happened."""

    todos: list[Json] = field(default_factory=list)
    activity: list[Json] = field(default_factory=list)
    notices: list[Json] = field(default_factory=list)
    responses: list[Json] = field(default_factory=list)
    receipts_sent: list[str] = field(default_factory=list)
    live_ends: bool = False

    def __post_init__(self) -> None:
        super().__post_init__()
        self.todos = self.todos or [self.todo()]

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

    def entry(self, file: Json) -> Json:
        return {
            "id": str(uuid4()),
            "kind": "document-received",
            "about": f"file:{file['id']}",
            "label": "Business credit report",
            "details": {"round": "R2028", "document": "business-credit-report", "by_cdrd": False},
            "occurred_at": file["received_at"],
        }

    def notice(self, **other: Any) -> Json:
        """A notice that was opened and wants an answer with a file."""
        issued = self.closes_at - timedelta(days=10)
        return {
            "id": str(uuid4()),
            "type": "pbe",
            "title": "Preliminary bid evaluation",
            "round_code": "R2028",
            "state": "VIEWED",
            "answer": "here",
            "issued_at": issued.isoformat(),
            "due_at": self.closes_at.isoformat(),
            "viewed_at": issued.isoformat(),
            "responded_at": None,
            "closed_at": None,
            "html": WORDS,
            "first_row": 0,
            "rows": 1,
            "slots": [{"slot_id": SLOT, "document": "evidence", "label": "Proof for the evaluation"}],
            "draft": None,
            "rescinded_because": None,
            "replaced_by": None,
            "allowed_actions": ["open", "save draft", "respond"],
            **other,
        }

    def response(self, **other: Any) -> Json:
        sent = {"file_id": str(uuid4()), "slot_id": SLOT, "sha256": "9f" * 32, "size": 6_400_000}
        sent["received_at"] = self.opens_at.isoformat()
        return {
            "id": str(uuid4()),
            "receipt_number": "N-000017",
            "text": "The license was valid on that day.\nSee the attached copy.",
            "responded_at": self.opens_at.isoformat(),
            "files": [sent],
            **other,
        }

    def notice_routes(self) -> list[Route]:
        one = "/api/notices/notices/{id}"
        return [
            Route("/api/notices/notices", self.answered(self.listed(lambda _: [_line(one) for one in self.notices]))),
            Route(one, self.answered(self._notice)),
            Route(f"{one}/opening", self.answered(self._open_notice), methods=["POST"]),
            Route(f"{one}/draft", self.answered(self._save_draft_of_notice), methods=["PUT"]),
            Route(f"{one}/responses", self.answered(self.listed(lambda _: self.responses)), methods=["GET"]),
            Route(f"{one}/responses", self.answered(self._answer_notice), methods=["POST"]),
            Route("/api/notices/todos", self.answered(self.listed(lambda _: self.todos))),
            Route("/api/notices/todos/count", self.answered(self._todo_count)),
            Route("/api/notices/live", self.answered(self._live)),
            Route("/api/notices/activity", self.answered(self.listed(lambda _: self.activity))),
        ]

    async def _live(self, _: Request) -> Response:
        return StreamingResponse(self._standings(), media_type="text/event-stream")

    async def _standings(self) -> AsyncIterator[str]:
        """Tell the counters when they are others than before."""
        told = None
        yield "retry: 10\n\n"
        while not self.live_ends:
            unread = sum(each["viewed_at"] is None for each in self.notices)
            standing = {"todos": len(self.todos), "unread": unread, "waiting": 0, "mark": str(len(self.todos))}
            if standing != told:
                told = standing
                yield f"event: standing\nid: {standing['mark']}\ndata: {json.dumps(standing)}\n\n"
            await asyncio.sleep(0.05)
        yield "event: ended\ndata: \n\n"

    async def _todo_count(self, _: Request) -> Response:
        return JSONResponse({"open": len(self.todos)})

    async def _notice(self, request: Request) -> Response:
        notice = found(self.notices, request)
        if notice is None:
            return problem(404)
        return JSONResponse(notice if notice["viewed_at"] else {**notice, "html": None})

    async def _open_notice(self, request: Request) -> Response:
        notice = found(self.notices, request)
        if notice is None:
            return problem(404)
        notice["viewed_at"] = notice["viewed_at"] or program_time.now().isoformat()
        if notice["state"] == "ISSUED":
            notice["state"] = "VIEWED"
        return JSONResponse(notice)

    async def _save_draft_of_notice(self, request: Request) -> Response:
        notice = found(self.notices, request)
        if notice is None:
            return problem(404)
        draft = notice["draft"] or {"version": 0}
        if is_stale(request, draft):
            return problem(409, detail="Somebody else saved this draft.")
        text = (await request.json())["text"]
        saved = {"text": text, "version": draft["version"] + 1, "saved_at": program_time.now().isoformat()}
        notice |= {"draft": saved, "state": "RESPONSE_DRAFT"}
        return JSONResponse(saved)

    async def _answer_notice(self, request: Request) -> Response:
        notice = found(self.notices, request)
        if notice is None:
            return problem(404)
        if "respond" not in notice["allowed_actions"]:
            return problem(409, detail="The due date has passed.")
        told = await request.json()
        if not told["text"] and not told["receipts"]:
            empty = {"path": "text", "message": "Write an answer, or choose a file."}
            return problem(422, detail=empty["message"], fields=[empty])
        self.receipts_sent = told["receipts"]
        answer = self.response(text=told["text"], files=[])
        self.responses.insert(0, answer)
        notice |= {"draft": None, "state": "RESPONDED", "responded_at": answer["responded_at"]}
        return JSONResponse(answer, 201)


def _line(notice: Json) -> Json:
    about = ("html", "first_row", "rows", "slots", "draft", "rescinded_because", "replaced_by", "allowed_actions")
    return {name: value for name, value in notice.items() if name not in about}
