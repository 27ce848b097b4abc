import json
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any
from uuid import uuid4

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from chassis import program_time
from fake_gateway.answering import Answering, Json, found, problem
from fake_gateway.people import ORGANIZATION

SUBCONTRACT_PERMISSIONS = ("subcontract.submit", "contract.view")
SUBCONTRACT_DESK = ("staff.subcontract.view", "staff.subcontract.edit", "staff.contract.view")
STATEMENT = {"statement": "subcontract-certification/1", "text": "I certify that it is true.", "needs_name": True}
NEXT: dict[str, tuple[str, list[str]]] = {
    "answer": ("UNDER_REVIEW", []),
    "ending": ("ENDED", []),
    "change": ("SUBMITTED", []),
    "taking": ("UNDER_REVIEW", ["ask", "acknowledge", "refuse"]),
    "question": ("INFO_REQUESTED", []),
    "acknowledgement": ("ACKNOWLEDGED", []),
    "refusal": ("NOT_PERMITTED", []),
}
CHECKS = [
    {"check": "not-excluded", "words": "The subcontractor is not excluded", "answer": "yes", "confirmed": None},
    {"check": "accredited", "words": "It is accredited", "answer": "could-not-check", "confirmed": None},
]


@dataclass
class Subcontracting(Answering):
    """contracts-svc: subcontracting disclosures."""

    subcontracts: list[Json] = field(default_factory=list)
    subcontracts_sent: list[Any] = field(default_factory=list)

    def subcontract_terms(self, **other: Any) -> Json:
        return {
            "legal_business_name": "Bluestem Sample Delivery, LLC",
            "doing_business_as": "Bluestem",
            "street": "12 Example Avenue",
            "city": "Dallas",
            "state": "TX",
            "zip_code": "75201",
            "is_headquarters_only": False,
            "phone": "214-555-0100",
            "services": ["delivery-and-instruction"],
            "lines": [str(uuid4())],
            "npi": None,
            "ptan": "9000000777",
            "accreditor": "Sample Accreditation Commission",
            "accredited_until": "2029-06-30",
            "accreditation_not_applicable": False,
            "starts_on": "2028-03-01",
            "ends_on": None,
            **other,
        }

    def subcontract(self, **other: Any) -> Json:
        now = program_time.now()
        return {
            "id": str(uuid4()),
            "contract_id": str(uuid4()),
            "contract_number": "R2028-000001",
            "terms": self.subcontract_terms(),
            "state": "SUBMITTED",
            "row_version": 1,
            "due_at": (now + timedelta(days=9)).isoformat(),
            "stricter_at": (now + timedelta(days=5)).isoformat(),
            "submitted_at": now.isoformat(),
            "late": False,
            "exchange": [],
            "explanation": "",
            "ended_on": None,
            "changed_at": now.isoformat(),
            "statement": STATEMENT,
            "allowed_actions": [],
            **other,
        }

    def subcontract_routes(self) -> list[Route]:
        mine, work = "/api/contracts/subcontracts", "/api/contracts/subcontract-work"
        return [
            Route(mine, self.answered(self._subcontract_list)),
            Route(mine, self.answered(self._subcontract_disclose), methods=["POST"]),
            Route(f"{mine}/{{id}}", self.answered(self._subcontract_one)),
            Route(f"{mine}/{{id}}/{{act}}", self.answered(self._subcontract_act), methods=["POST"]),
            Route(work, self.answered(self._subcontract_work)),
            Route(f"{work}/{{id}}", self.answered(self._subcontract_work_one)),
            Route(f"{work}/{{id}}/{{act}}", self.answered(self._subcontract_work_act), methods=["POST"]),
        ]

    async def _subcontract_list(self, _: Request) -> Response:
        shown = [_for_supplier(each) for each in self.subcontracts]
        return JSONResponse({"items": shown, "next": None, "statement": STATEMENT})

    async def _subcontract_one(self, request: Request) -> Response:
        told = found(self.subcontracts, request)
        return JSONResponse(_for_supplier(told)) if told else problem(404)

    async def _subcontract_disclose(self, request: Request) -> Response:
        told = await request.json()
        self.subcontracts_sent.append(told)
        if told["signature"]["certified_by"] != "dana.whitlock":
            message = "Type the user ID you signed in with."
            return problem(422, detail=message, fields=[{"path": "signature.certified_by", "message": message}])
        disclosed = self.subcontract(contract_id=told["contract_id"], terms=told["terms"])
        self.subcontracts.append(disclosed)
        return JSONResponse(disclosed, 201)

    async def _subcontract_work(self, request: Request) -> Response:
        state, late = request.query_params.get("state"), request.query_params.get("late")
        shown = [each for each in self.subcontracts if state in (None, each["state"]) and (not late or each["late"])]
        return JSONResponse({"items": [_for_staff(each) for each in shown], "next": None})

    async def _subcontract_work_one(self, request: Request) -> Response:
        told = found(self.subcontracts, request)
        return JSONResponse(_for_staff(told)) if told else problem(404)

    async def _subcontract_work_act(self, request: Request) -> Response:
        told = found(self.subcontracts, request)
        if told is None:
            return problem(404)
        act, sent = request.path_params["act"], await request.body()
        if request.headers["if-match"] != f'"{told["row_version"]}"':
            return problem(409, detail="This disclosure was changed after you opened it.")
        if act == "refusal" and not json.loads(sent)["explanation"]:
            message = "Explain to the supplier why the arrangement is not permitted."
            return problem(422, detail=message, fields=[{"path": "explanation", "message": message}])
        self.subcontracts_sent.append({"act": act, **(json.loads(sent) if sent else {})})
        state, allowed = NEXT[act]
        told |= {"state": state, "row_version": told["row_version"] + 1, "allowed_actions": allowed}
        told["checks"] = CHECKS
        return JSONResponse(_for_staff(told))

    async def _subcontract_act(self, request: Request) -> Response:
        told = found(self.subcontracts, request)
        if told is None:
            return problem(404)
        sent = await request.json()
        self.subcontracts_sent.append(sent)
        if request.headers["if-match"] != f'"{told["row_version"]}"':
            return problem(409, detail="This disclosure was changed after you opened it.")
        state, allowed = NEXT[request.path_params["act"]]
        told |= {"state": state, "row_version": told["row_version"] + 1, "allowed_actions": allowed}
        told |= {"terms": sent.get("terms", told["terms"]), "ended_on": sent.get("on")}
        return JSONResponse(told)


def _for_supplier(told: Json) -> Json:
    return {name: value for name, value in told.items() if name != "checks"}


def _for_staff(told: Json) -> Json:
    whose = {"organization_id": ORGANIZATION, "legal_business_name": "Larkspur Sample Medical, LLC"}
    return {"checks": [], **whose, **told}
