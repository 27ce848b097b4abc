from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from uuid import uuid4

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from chassis import program_time
from chassis.calendar import due_at, eastern_day
from events.examples import BY_TYPE
from events.rounds import RoundState
from fake_gateway.answering import Answering, Json, problem

SLOT = "0197b3a0-0000-7000-8000-000000000001"


@dataclass
class Rounds(Answering):
    """bidding-svc: one round with an open bid window, and what it asks of the organization."""

    requirements: list[Json] = field(default_factory=list)
    round_phase: str = "BIDDING"

    def __post_init__(self) -> None:
        today = eastern_day(program_time.now())
        self.opens_at = due_at(today - timedelta(days=40)) - timedelta(hours=20, minutes=59, seconds=59)
        self.cdrd_at, self.closes_at = due_at(today - timedelta(days=5)), due_at(today + timedelta(days=25))
        self.requirements = self.requirements or [self.requirement()]

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
            "member": None,
            "cba_code": None,
            "needed": not other.get("stands_in_for"),
            "not_asked_because": None,
            "waived_because": None,
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

    def bidding_routes(self) -> list[Route]:
        return [
            Route("/api/bidding/rounds", self.answered(self._rounds)),
            Route("/api/bidding/rounds/{code}", self.answered(self._round)),
            Route("/api/bidding/requirements", self.answered(self.listed(lambda _: self.requirements))),
        ]

    def _summary(self) -> Json:
        times = {name: getattr(self, name).isoformat() for name in ("opens_at", "cdrd_at", "closes_at")}
        stands = {"phase": self.round_phase, "extended_to": None, "registration_closed": False}
        return {"code": "R2028", "name": "Round 2028", "categories": 7, "areas": 1, **stands, **times}

    async def _rounds(self, _: Request) -> Response:
        return JSONResponse({"items": [self._summary()], "next": None})

    async def _round(self, request: Request) -> Response:
        def line(code: str, at: datetime, until: bool = False) -> Json:
            return {
                "code": code,
                "on": eastern_day(at).isoformat(),
                "until": at.isoformat() if until else None,
                "certainty": "actual",
            }

        if request.path_params["code"] != "R2028":
            return problem(404)
        calendar = [line("window-opens", self.opens_at), line("cdrd", self.cdrd_at, True)]
        calendar += [line("window-closes", self.closes_at, True)]
        category = {
            "code": "OTSK",
            "name": "OTS knee braces",
            "lead_item": None,
            "remote_item": False,
            "contract_count": None,
            "removed_on": None,
            "made_up": True,
        }
        rules = BY_TYPE[RoundState.TYPE].model_dump(mode="json")["rule_set"]
        told = {"calendar": calendar, "product_categories": [category], "rule_set": rules}
        return JSONResponse({**self._summary(), **told})
