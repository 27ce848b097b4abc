from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any
from uuid import uuid4

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from chassis import program_time
from fake_gateway.answering import Json, found, is_stale, problem
from fake_gateway.rounds import SLOT, Rounds

NOT_IN_LISTS = ("slot_id", "draft", "entries", "allowed_actions")


@dataclass
class Inquiries(Rounds):
    """bidding-svc: a bidder's inquiry about disqualified bids."""

    inquiries: list[Json] = field(default_factory=list)

    def inquiry(self, **other: Any) -> Json:
        return {
            "id": str(uuid4()),
            "round_code": "R2028",
            "bidder_number": "2840071",
            "state": "NONE",
            "due_at": (self.closes_at + timedelta(days=30)).isoformat(),
            "submitted_at": None,
            "version": 1,
            "slot_id": SLOT,
            "draft": "",
            "entries": [],
            "allowed_actions": ["save draft", "submit"],
            **other,
        }

    def inquiry_routes(self) -> list[Route]:
        one = "/api/bidding/inquiries/{id}"
        lines = self.listed(lambda _: [_line(inquiry) for inquiry in self.inquiries])
        return [
            Route("/api/bidding/inquiries", self.answered(lines)),
            Route(one, self.answered(self._read_inquiry)),
            Route(f"{one}/draft", self.answered(self._draft_inquiry), methods=["PUT"]),
            Route(f"{one}/submission", self.answered(self._submit_inquiry), methods=["POST"]),
        ]

    async def _read_inquiry(self, request: Request) -> Response:
        inquiry = found(self.inquiries, request)
        return JSONResponse(inquiry) if inquiry else problem(404)

    async def _draft_inquiry(self, request: Request) -> Response:
        inquiry = found(self.inquiries, request)
        if inquiry is None:
            return problem(404)
        if is_stale(request, inquiry):
            return problem(409, detail="A colleague changed this inquiry before you.")
        told = await request.json()
        inquiry |= {"draft": told["text"], "state": "DRAFT", "version": inquiry["version"] + 1}
        return JSONResponse(inquiry)

    async def _submit_inquiry(self, request: Request) -> Response:
        inquiry = found(self.inquiries, request)
        if inquiry is None:
            return problem(404)
        if is_stale(request, inquiry):
            return problem(409, detail="A colleague changed this inquiry before you.")
        if "submit" not in inquiry["allowed_actions"]:
            return problem(409, detail="The inquiry was due.")
        told = await request.json()
        now = program_time.now().isoformat()
        entry = {"text": told["text"], "files": [], "submitted_at": now, "submitted_by": "Dana Whitlock"}
        inquiry["entries"].append(entry)
        inquiry |= {"draft": "", "state": "SUBMITTED", "submitted_at": now, "version": inquiry["version"] + 1}
        return JSONResponse(inquiry)


def _line(inquiry: Json) -> Json:
    return {name: value for name, value in inquiry.items() if name not in NOT_IN_LISTS}
