from dataclasses import dataclass, field
from typing import Any
from uuid import uuid4

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from fake_gateway.answering import Json, found, is_stale, problem
from fake_gateway.rounds import Rounds

RECORD_PERMISSIONS = (
    "staff.records.view",
    "staff.records.propose",
    "staff.records.approve",
    "staff.hold.decide",
    "round.view",
)
STATES = {"lifting": "LIFTED", "approval": "APPROVED", "withdrawal": "WITHDRAWN"}


@dataclass
class Records(Rounds):
    """documents-svc: what the records schedule lets go, legal holds, disposals."""

    due_types: list[Json] = field(default_factory=list)
    due_records: list[Json] = field(default_factory=list)
    holds: list[Json] = field(default_factory=list)
    disposals: list[Json] = field(default_factory=list)
    record_acts: list[Json] = field(default_factory=list)

    def due_type(self, **other: Any) -> Json:
        at = self.closes_at.isoformat()
        told = {"body": "R2021", "document": "business-credit-report", "closed_at": at, "years": 10, "due_at": at}
        return {**told, "records": 3, "held": 1, "bytes": 4_000_000, **other}

    def due_record(self, **other: Any) -> Json:
        return {
            "id": str(uuid4()),
            "organization_id": str(uuid4()),
            "body": "R2021",
            "document": "business-credit-report",
            "received_at": self.opens_at.isoformat(),
            "size": 2_000_000,
            "due_at": self.closes_at.isoformat(),
            "goes": True,
            "why": "Kept 10 years after the records of R2021 were closed on Dec. 31, 2026.",
            **other,
        }

    def hold(self, **other: Any) -> Json:
        return {
            "id": str(uuid4()),
            "organization_id": str(uuid4()),
            "records": "R2021",
            "matter": "Case 12-3",
            "state": "IN_FORCE",
            "placed_at": self.opens_at.isoformat(),
            "placed_by": "theo.hartley",
            "lifted_at": None,
            "lifted_by": None,
            "lifted_because": None,
            "version": 1,
            "allowed_actions": [],
            **other,
        }

    def disposal(self, **other: Any) -> Json:
        return {
            "id": str(uuid4()),
            "due_before": self.closes_at.isoformat(),
            "state": "PROPOSED",
            "proposed_at": self.closes_at.isoformat(),
            "proposed_by": "ada.admin",
            "approved_at": None,
            "approved_by": None,
            "ended_at": None,
            "records": 0,
            "bytes": 0,
            "held": None,
            "version": 1,
            "allowed_actions": [],
            **other,
        }

    def record_routes(self) -> list[Route]:
        api = "/api/documents/retention"
        return [
            Route(f"{api}/dry-run", self.answered(self._records_dry_run)),
            Route(f"{api}/due", self.answered(self.listed(lambda _: self.due_records))),
            Route(f"{api}/holds", self.answered(self._place_hold), methods=["POST"]),
            Route(f"{api}/holds", self.answered(self.listed(lambda _: self.holds))),
            Route(f"{api}/disposals", self.answered(self._propose_disposal), methods=["POST"]),
            Route(f"{api}/disposals", self.answered(self.listed(lambda _: self.disposals))),
            Route(f"{api}/{{kind}}/{{id}}/{{act}}", self.answered(self._decide_records), methods=["POST"]),
        ]

    async def _records_dry_run(self, _: Request) -> Response:
        sums = {name: sum(each[name] for each in self.due_types) for name in ("records", "held", "bytes")}
        at = self.closes_at.isoformat()
        return JSONResponse({"due_before": at, **sums, "without_end": 7, "types": self.due_types})

    async def _place_hold(self, request: Request) -> Response:
        told = await request.json()
        self.record_acts.append(told)
        if not {"records", "organization_id"} & told.keys():
            message = "Say what is held: an organization, the records of a round, or both."
            return problem(422, detail=message, fields=[{"path": "records", "message": message}])
        nothing = {"records": None, "organization_id": None}
        self.holds.append(self.hold(**nothing | told))
        return JSONResponse(self.holds[-1], 201)

    async def _propose_disposal(self, request: Request) -> Response:
        told = await request.json()
        self.record_acts.append(told)
        self.disposals.append(self.disposal(**told))
        return JSONResponse(self.disposals[-1], 201)

    async def _decide_records(self, request: Request) -> Response:
        item = found(self.holds if request.path_params["kind"] == "holds" else self.disposals, request)
        if item is None:
            return problem(404)
        if is_stale(request, item):
            return problem(409, detail="Somebody changed this after you read it. Load the page again.")
        act = request.path_params["act"]
        self.record_acts.append({"act": act, "id": item["id"]})
        item |= {"state": STATES[act], "version": item["version"] + 1, "allowed_actions": []}
        return JSONResponse(item)
