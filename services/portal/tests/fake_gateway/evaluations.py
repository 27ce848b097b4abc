from dataclasses import dataclass, field
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from fake_gateway.answering import Json, found, is_stale, problem
from fake_gateway.rounds import Rounds

PRICER_PERMISSIONS = ("staff.pricing.view", "staff.pricing.edit", "round.view")
RUN = "0197b3a0-0000-7000-8000-000000000e7a"
AT = "2026-10-12T15:00:00+00:00"
IMPORTS = ("/api/bidding/rounds/{code}/pricing-imports/{what}", "/api/bidding/fee-imports")
WORKED = [
    (31000, 12, 12, False), (31850, 20, 20, True), (32500, 18, 18, False), (32500, 10, 10, True),
    (33225, 15, 15, False), (34000, 45, 20, False), (34800, 16, 16, True),
    (35500, 20, 20, True), (37100, 25, 20, False),
]  # fmt: skip


@dataclass
class Evaluations(Rounds):
    """bidding-svc: evaluations of Round 2021, with the worked example of the array."""

    runs: list[Json] = field(default_factory=list)
    pricing_outcome: Json = field(default_factory=dict)
    pricing_files: list[str] = field(default_factory=list)
    decisions: list[str] = field(default_factory=list)

    def run(self, **other: Any) -> Json:
        """An evaluation that is complete and not checked."""
        return {
            "id": RUN,
            "round_code": "R2021",
            "state": "COMPLETED",
            "version": 3,
            "competitions": 2080,
            "bids": 49000,
            "evaluated": 2080,
            "inputs_digest": "1a2b" * 16,
            "digest": "9f2c" * 16,
            "requested_at": AT,
            "requested_by": "PANALYST01",
            "frozen_at": AT,
            "completed_at": AT,
            "checked_at": None,
            "stale_at": None,
            "released_at": None,
            "released_by": None,
            "rules": {},
            "allowed_actions": ["check"],
            **other,
        }

    def array(self) -> Json:
        """The worked example of the program's rules: seven of nine bids win."""
        added, bids = 0, []
        for number, (cents, stated, counted, small) in enumerate(WORKED, start=1):
            added += counted
            wins = number <= 7
            told = {"bid_id": f"0197b3a0-0000-7000-8000-00000000b1d{number}", "bidder_number": f"284000{number}"}
            told |= {"rank": number, "amount_cents": cents, "stated": stated, "is_small": small}
            told |= {"counted": str(counted), "cumulative": str(added)}
            why = "UP_TO_THE_PIVOTAL_BID" if wins else "ABOVE_THE_PIVOTAL_BID"
            bids.append(told | {"outcome": "WINNING" if wins else "NOT_SELECTED", "why": why})
        out = {"rank": None, "counted": None, "cumulative": None, "outcome": "EXCLUDED", "why": "NOT_ELIGIBLE"}
        bids.append(bids[-1] | {"bidder_number": "2840099"} | out)
        about = {"demand": 100, "bid_limit_cents": 40000, "lead_item": "L0650", "contracts": None}
        return self.competition_line() | about | {"inputs_digest": "1a2b" * 16, "bids": bids}

    def competition_line(self, **other: Any) -> Json:
        """A competition with its result."""
        items = [{"item": "L0650", "units": 100, "spa": 34800, "ratio": "1", "payable_fee": [40000, 1]}]
        items.append({"item": "L0651", "units": 5, "spa": None, "ratio": None, "payable_fee": None})
        savings = {"paid": "3480000", "otherwise": "4000000", "saves": True, "unknown": []}
        result = {"pivotal": 34800, "filled": True, "enough": True, "winners": 7, "added": 0, "small_target": 3}
        result |= {"small_present": 3, "spa": 34800, "median": 32500, "items": items, "savings": savings}
        place = {"category_code": "OTSB", "cba_code": "baltimore-columbia-towson-md", "digest": "9f2c" * 16}
        return place | {"result": result | {"objections": []}, **other}

    def evaluation_routes(self) -> list[Route]:
        one = "/api/bidding/evaluations/{id}"
        return [
            Route("/api/bidding/evaluations", self.answered(self.listed(self._run_lines))),
            Route("/api/bidding/rounds/{code}/evaluations", self.answered(self._request_run), methods=["POST"]),
            Route(
                "/api/bidding/rounds/{code}/pricing-imports/{what}", self.answered(self._take_pricing), methods=["POST"]
            ),
            Route("/api/bidding/fee-imports", self.answered(self._take_pricing), methods=["POST"]),
            Route(one, self.answered(self._one_run)),
            Route(f"{one}/overview", self.answered(self._overview)),
            Route(f"{one}/competitions", self.answered(self.listed(self._evaluated))),
            Route(f"{one}/competitions/{{category}}/{{cba}}", self.answered(self._one_array)),
            Route(f"{one}/{{act}}", self.answered(self._decide_run), methods=["POST"]),
        ]

    def _run_lines(self, _: Request) -> list[Json]:
        left_out = {"evaluated", "rules", "allowed_actions"}
        return [{name: value for name, value in run.items() if name not in left_out} for run in self.runs]

    async def _request_run(self, _: Request) -> Response:
        if any(run["state"] == "RUNNING" for run in self.runs):
            return problem(409, detail="An evaluation of this round is under way. Wait until it has ended.")
        self.runs = [self.run(state="RUNNING", evaluated=200, digest=None, completed_at=None, allowed_actions=[])]
        return JSONResponse(self.runs[0], 201)

    async def _take_pricing(self, request: Request) -> Response:
        self.pricing_files.append((await request.body()).decode())
        error = {"line": 3, "column": "units", "message": "Write the expected units in whole units a year."}
        told = {"rows": 2, "added": 1, "changed": 0, "unchanged": 0, "refused": 1, "errors": [error]}
        return JSONResponse(told | {"errors_left_out": 0, **self.pricing_outcome})

    async def _one_run(self, request: Request) -> Response:
        run = found(self.runs, request)
        return JSONResponse(run) if run else problem(404)

    async def _overview(self, _: Request) -> Response:
        told = {"category_code": "OTSB", "competitions": 130, "evaluated": 130, "clear": 127, "bids_won": 900}
        money = {"paid": 348_000_000, "otherwise": 400_000_000}
        counts = {"states": {"CLOSED": 130}, "objections": {"NO_SAVINGS": 3}}
        return JSONResponse({"categories": [told | money | counts]})

    def _evaluated(self, request: Request) -> list[Json]:
        lines = [self.competition_line(), self.competition_line(cba_code="akron-oh", result=None, digest=None)]
        return lines[:1] if request.query_params.get("cba") else lines

    async def _one_array(self, request: Request) -> Response:
        return JSONResponse(self.array()) if request.path_params["category"] == "OTSB" else problem(404)

    async def _decide_run(self, request: Request) -> Response:
        run = found(self.runs, request)
        if run is None:
            return problem(404)
        if is_stale(request, run):
            return problem(409, detail="Something happened to this evaluation after you read it.")
        self.decisions.append(request.path_params["act"])
        run |= {"version": run["version"] + 1, "state": "CHECKING", "allowed_actions": []}
        return JSONResponse(run)
