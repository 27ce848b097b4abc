from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any
from uuid import uuid4

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from fake_gateway.answering import Json, found, is_stale, problem
from fake_gateway.rounds import Rounds

BOND_PERMISSIONS = ("staff.bond.view", "staff.bond.edit", "staff.bond.decide", "staff.review.edit", "round.view")
SUMMARY = (
    "id",
    "round_code",
    "bidder_number",
    "cba_code",
    "area",
    "amount_cents",
    "state",
    "version",
    "opened_at",
    "return_due_at",
    "warned_at",
    "is_late",
    "reported_at",
)
ELEMENTS = {
    "BND-1": ("The principal is the bidder's legal business name", "Larkspur Medical", "Larkspur Sample Medical, LLC"),
    "BND-4": ("The conditions for return and forfeiture are stated", True, None),
    "BND-6": ("The bond has a number of its own", "S-100/7", ""),
    "BND-7": ("It was issued by the day it was uploaded", "2026-08-14", "2026-08-20"),
    "BND-8": ("The value is the amount of the round", 5_000_000, 10_000_000),
}
NEXT = {"surety-notice": "FORFEITURE_PENDING", "forfeiture": "FORFEITED", "falsification": "FALSIFIED"}


@dataclass
class Bonds(Rounds):
    """bidding-svc: bid surety bonds, for staff and for their bidder."""

    bonds: list[Json] = field(default_factory=list)
    own_bonds: list[Json] = field(default_factory=list)
    bond_acts: list[Json] = field(default_factory=list)
    surety_files: list[str] = field(default_factory=list)

    def bond(self, **other: Any) -> Json:
        return {
            "id": str(uuid4()),
            "round_code": "R2028",
            "bidder_number": "2840071",
            "cba_code": "nationwide",
            "area": "Nationwide",
            "amount_cents": 10_000_000,
            "state": "UPLOADED",
            "version": 3,
            "opened_at": self.closes_at.isoformat(),
            "return_due_at": None,
            "warned_at": None,
            "is_late": False,
            "reported_at": None,
            "files": [str(uuid4())],
            "paper": None,
            "checklist": [self.element(code) for code in ELEMENTS],
            "case_id": str(uuid4()),
            "case_state": "OPEN",
            "case_assignee": "theo.hartley",
            "may_key_in": False,
            "late_offers_until": None,
            "given_up": [],
            "surety_notified_on": None,
            "surety_reference": None,
            "collected_on": None,
            "collection_reference": None,
            "reported_because": None,
            "bar": None,
            "referred": None,
            "decided_at": None,
            "decided_by": None,
            "allowed_actions": [],
            **other,
        }

    def element(self, code: str, **other: Any) -> Json:
        label, says, expected = ELEMENTS[code]
        return {
            "code": code,
            "label": label,
            "finding_id": str(uuid4()),
            "paper_says": says,
            "expected": expected,
            "proposed": "pass",
            "outcome": "pass",
            "overridden_by": None,
            "overridden_because": None,
            **other,
        }

    def own_bond(self, **other: Any) -> Json:
        return {
            "id": str(uuid4()),
            "round_code": "R2028",
            "bidder_number": "2840071",
            "cba_code": "nationwide",
            "area": "Nationwide",
            "amount_cents": 10_000_000,
            "state": "held",
            "since": None,
            "return_due_at": None,
            "given_up": [],
            **other,
        }

    def due_in(self, days: int) -> str:
        return (self.closes_at + timedelta(days=days)).isoformat()

    def bond_routes(self) -> list[Route]:
        one = "/api/bidding/bonds/{id}"
        return [
            Route("/api/bidding/bonds/mine", self.answered(self.listed(lambda _: self.own_bonds))),
            Route("/api/bidding/bonds/counts", self.answered(self._count_bonds)),
            Route("/api/bidding/bonds/returns", self.answered(self._return_bonds), methods=["POST"]),
            Route("/api/bidding/surety-imports", self.answered(self._take_sureties), methods=["POST"]),
            Route("/api/bidding/bonds", self.answered(self.listed(self._bonds))),
            Route(one, self.answered(self._bond)),
            Route(f"{one}/{{act}}", self.answered(self._act_on_bond), methods=["POST", "PUT"]),
        ]

    def _bonds(self, request: Request) -> list[Json]:
        state = request.query_params.get("state")
        fitting = [bond for bond in self.bonds if state in (None, bond["state"])]
        return [{name: bond[name] for name in SUMMARY} for bond in fitting]

    async def _count_bonds(self, _: Request) -> Response:
        counted = [{"state": "VERIFIED", "bonds": len(self.bonds), "warned": 1, "late": 0}]
        return JSONResponse(counted if self.bonds else [])

    async def _bond(self, request: Request) -> Response:
        bond = found(self.bonds, request)
        return JSONResponse(bond) if bond else problem(404)

    async def _return_bonds(self, request: Request) -> Response:
        told = (await request.json())["bonds"]
        by_id = {bond["id"]: bond for bond in self.bonds}
        if any(by_id[each["id"]]["version"] != each["version"] for each in told):
            return problem(409, detail="Somebody changed this bond after you read it.")
        self.bond_acts.append({"act": "return", "bonds": told})
        for each in told:
            by_id[each["id"]]["state"] = "RETURNED"
        return JSONResponse([{name: by_id[each["id"]][name] for name in SUMMARY} for each in told])

    async def _take_sureties(self, request: Request) -> Response:
        self.surety_files.append((await request.body()).decode())
        error = {"line": 3, "column": "naic", "message": "Write the number of the NAIC in five digits."}
        told = {"rows": 2, "added": 1, "changed": 0, "unchanged": 0, "refused": 1}
        return JSONResponse(told | {"errors": [error], "errors_left_out": 0})

    async def _act_on_bond(self, request: Request) -> Response:
        bond = found(self.bonds, request)
        if bond is None:
            return problem(404)
        if is_stale(request, bond):
            return problem(409, detail="Somebody changed this bond after you read it.")
        act, told = request.path_params["act"], await request.json()
        if not told.get("reference", "x").strip():
            return problem(422, detail="", fields=[{"path": "reference", "message": "Give the reference."}])
        self.bond_acts.append({"act": act, **told})
        bond |= {"version": bond["version"] + 1, "state": NEXT.get(act, bond["state"])}
        return JSONResponse(bond)
