from dataclasses import dataclass, field
from typing import Any
from uuid import uuid4

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from fake_gateway.answering import Json
from fake_gateway.rounds import Rounds


@dataclass
class Notices(Rounds):
    """notices-svc: what is to do, and what happened."""

    todos: list[Json] = field(default_factory=list)
    activity: list[Json] = field(default_factory=list)

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

    def notice_routes(self) -> list[Route]:
        return [
            Route("/api/notices/todos", self.answered(self.listed(lambda _: self.todos))),
            Route("/api/notices/todos/count", self.answered(self._todo_count)),
            Route("/api/notices/activity", self.answered(self.listed(lambda _: self.activity))),
        ]

    async def _todo_count(self, _: Request) -> Response:
        return JSONResponse({"open": len(self.todos)})
