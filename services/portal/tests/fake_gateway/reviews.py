from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any
from uuid import uuid4

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from fake_gateway.answering import Json, found, is_stale, problem
from fake_gateway.rounds import Rounds

REVIEW_PERMISSIONS = ("staff.review.view", "staff.review.edit", "staff.review.approve", "round.view")
SUMMARY = (
    "id",
    "kind",
    "round_code",
    "bidder_number",
    "state",
    "version",
    "priority",
    "due_at",
    "assignee",
    "opened_at",
)
OUTCOME_OF = {"recommendation": "RECOMMENDED", "return": "OPEN", "approval": "DECIDED"}


@dataclass
class Reviews(Rounds):
    """bidding-svc: the review cases of staff."""

    cases: list[Json] = field(default_factory=list)
    findings: list[Json] = field(default_factory=list)
    case_files: list[Json] = field(default_factory=list)
    submissions: list[Json] = field(default_factory=list)
    decided: list[Json] = field(default_factory=list)

    def case(self, **other: Any) -> Json:
        return {
            "id": str(uuid4()),
            "kind": "completeness",
            "label": "Completeness",
            "round_code": "R2028",
            "bidder_number": "2840071",
            "state": "OPEN",
            "version": 4,
            "priority": 2,
            "due_at": (self.closes_at + timedelta(days=43)).isoformat(),
            "assignee": None,
            "opened_at": self.closes_at.isoformat(),
            "outcomes": ["pass", "fail"],
            "reasons": ["FIN_DOC_MISSING", "BOND_MISSING"],
            "lines": {"fail": 1, "undecided": 1},
            "recommended_by": None,
            "recommended_at": None,
            "note": None,
            "returned_because": None,
            "decided_by": None,
            "decided_at": None,
            "notice_id": None,
            "slot_id": None,
            "answer_due_at": None,
            "answered_at": None,
            "asked": False,
            "allowed_actions": ["claim"],
            **other,
        }

    def finding(self, **other: Any) -> Json:
        return {
            "id": str(uuid4()),
            "bid_id": str(uuid4()),
            "requirement_id": None,
            "label": "OTS knee braces, Richmond, VA",
            "inputs": {"form_a_approved": True, "missing": ["balance-sheet"], "documents": {"bond": "RECEIVED"}},
            "proposed": "fail",
            "proposed_reasons": ["FIN_DOC_MISSING"],
            "outcome": "fail",
            "reasons": ["FIN_DOC_MISSING"],
            "overridden_by": None,
            "overridden_because": None,
            **other,
        }

    def case_file(self, **other: Any) -> Json:
        return {
            "file_id": str(uuid4()),
            "label": "Balance sheet",
            "document": "balance-sheet",
            "member": None,
            "cba_code": None,
            "state": "RECEIVED",
            "received_at": self.opens_at.isoformat(),
            "counts": True,
            **other,
        }

    def review_routes(self) -> list[Route]:
        one = "/api/bidding/reviews/{id}"
        findings = self.listed(lambda _: self.findings)
        return [
            Route("/api/bidding/reviews", self.answered(self.listed(self._cases))),
            Route("/api/bidding/reviews/counts", self.answered(self._count_cases)),
            Route("/api/bidding/reviews/approvals", self.answered(self._approve_cases), methods=["POST"]),
            Route(one, self.answered(self._case)),
            Route(f"{one}/findings", self.answered(findings)),
            Route(f"{one}/files", self.answered(self.listed(lambda _: self.case_files))),
            Route(f"{one}/inquiry", self.answered(self._inquiry_of_case)),
            Route(f"{one}/findings/{{finding}}", self.answered(self._override_finding), methods=["PUT"]),
            Route(f"{one}/{{act}}", self.answered(self._act_on_case), methods=["POST"]),
        ]

    def _cases(self, request: Request) -> list[Json]:
        chosen = {name: request.query_params[name] for name in ("kind", "state") if name in request.query_params}
        fitting = [case for case in self.cases if all(case[name] == value for name, value in chosen.items())]
        return [{name: case[name] for name in SUMMARY} for case in fitting]

    async def _count_cases(self, _: Request) -> Response:
        counted = [{"kind": "completeness", "state": "OPEN", "cases": len(self.cases), "unassigned": 1}]
        return JSONResponse(counted if self.cases else [])

    async def _case(self, request: Request) -> Response:
        case = found(self.cases, request)
        return JSONResponse(case) if case else problem(404)

    async def _inquiry_of_case(self, _: Request) -> Response:
        return JSONResponse(self.submissions)

    async def _approve_cases(self, request: Request) -> Response:
        chosen = (await request.json())["cases"]
        self.decided.append({"act": "approvals", "cases": [each["case_id"] for each in chosen]})
        by_id = {case["id"]: case for case in self.cases}
        results: list[Json] = []
        for each in chosen:
            case = by_id[each["case_id"]]
            fresh = case["version"] == each["version"]
            if fresh:
                case |= {"state": "DECIDED", "version": case["version"] + 1}
            why = None if fresh else "Somebody changed this case after you read it."
            result = "decided" if fresh else "not-approved"
            problem_name = None if fresh else "case-changed"
            results.append({"case_id": case["id"], "result": result, "problem": problem_name, "why": why})
        return JSONResponse(results)

    async def _act_on_case(self, request: Request) -> Response:
        case = found(self.cases, request)
        if case is None:
            return problem(404)
        if is_stale(request, case):
            return problem(409, detail="Somebody changed this before you.")
        act = request.path_params["act"]
        self.decided.append({"act": act, **(await request.json() if await request.body() else {})})
        case |= {"version": case["version"] + 1, "state": OUTCOME_OF.get(act, case["state"])}
        if act == "claim":
            case |= {"assignee": "theo.hartley", "allowed_actions": ["release", "override", "recommend"]}
        return JSONResponse(case)

    async def _override_finding(self, request: Request) -> Response:
        case = found(self.cases, request)
        if case is None:
            return problem(404)
        told = await request.json()
        if not told["because"].strip():
            missing = {"path": "because", "message": "Say why."}
            return problem(422, detail="Say why.", fields=[missing])
        self.decided.append(told)
        case["version"] += 1
        return JSONResponse(case)
