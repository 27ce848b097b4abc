from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any
from uuid import uuid4

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from chassis import program_time
from fake_gateway.answering import Answering, Json, found, problem

TRANSFER_PERMISSIONS = ("transfer.view", "transfer.submit", "transfer.succeed", "contract.view")
TRANSFER_DESK = tuple(f"staff.transfer.{verb}" for verb in ("view", "edit", "finance.edit", "decide"))
STATEMENT = {"statement": "transfer-certification/1", "text": "I certify that it is true.", "needs_name": True}
NOVATION = {"statement": "novation-signature/1", "text": "For CMS I sign this novation.", "needs_name": False}
NEXT: dict[str, str] = {
    "submission": "NOTIFIED",
    "answer": "PACKAGE_RECEIVED",
    "withdrawal": "WITHDRAWN",
    "taking": "UNDER_REVIEW",
    "question": "INFO_REQUESTED",
    "approval": "AWAITING_NOVATION",
    "denial": "DENIED",
    "no-transfer-needed": "NOT_REQUIRED",
    "novation": "COMPLETED",
}


SUMMARY = (
    *("id", "side", "contract_id", "contract_number", "holder_name", "successor_name", "extent", "effective_on"),
    *("took_effect", "state", "row_version", "received_at", "changed_at"),
)
INSIDE = (
    *("holder_id", "successor_id", "finance", "finance_note", "checks", "recommendation", "decided_by"),
    *("successor_contract_id", "novation_statement"),
)
"""What a list tells, and what only staff are told."""


def as_told(transfer: Json, request: Request) -> Json:
    """A transfer as the side that asks is told of it."""
    if "transfer-work" in request.url.path:
        return {**transfer, "side": None}
    return {name: value for name, value in transfer.items() if name not in INSIDE}


@dataclass
class Transfers(Answering):
    """contracts-svc: transfers of contracts, for both sides and for staff."""

    transfers: list[Json] = field(default_factory=list)
    transfers_sent: list[Any] = field(default_factory=list)

    def transfer_document(self, code: str, label: str, **other: Any) -> Json:
        return {
            "id": str(uuid4()),
            "side": "holder",
            "phase": "package",
            "code": code,
            "label": label,
            "slot_id": str(uuid4()),
            "due_at": (program_time.now() + timedelta(days=20)).isoformat(),
            "received_at": None,
            "waived": None,
            "files": [],
            **other,
        }

    def transfer(self, **other: Any) -> Json:
        now = program_time.now()
        received = now.isoformat()
        known = {
            "id": str(uuid4()),
            "side": "holder",
            "contract_id": None,
            "contract_number": "R2028-000001",
            "holder_name": "Larkspur Sample Medical, LLC",
            "successor_name": "Tallgrass Sample Bracing, Inc.",
            "extent": "full",
            "effective_on": (now + timedelta(days=21)).date().isoformat(),
            "took_effect": False,
            "state": "NOTIFIED",
            "row_version": 1,
            "received_at": received,
            "changed_at": received,
            "opened_by": "holder",
            "terms": {
                "extent": "full",
                "change": "ownership",
                "resulting": "purchaser",
                "effective_on": (now + timedelta(days=21)).date().isoformat(),
                "successor": {
                    "legal_business_name": "Tallgrass Sample Bracing, Inc.",
                    "dba": "Tallgrass",
                    "tin": "00-0000001",
                    "npi": "1000000004",
                    "ptan": "9000000777",
                    "official": "Bo Buyer-Sample",
                    "phone": "214-555-0100",
                    "email": "bo@tallgrass.example",
                },
                "affiliated": True,
                "lines": [],
                "locations": ["9000000777", "9000000778"],
                "remark": "We retire.",
            },
            "lines": [{"line_id": str(uuid4()), "label": "Back braces, Dallas, TX"}],
            "other_side_known": True,
            "package": {"holder": received, "successor": None},
            "novation": {"holder": None, "successor": None},
            "package_due_at": (now + timedelta(days=20)).isoformat(),
            "novation_due_at": (now + timedelta(days=31)).isoformat(),
            "lapses_at": (now + timedelta(days=20)).isoformat(),
            "exchange": [],
            "explanation": "",
            "decided_at": None,
            "completed_on": None,
            "documents": [],
            "statement": STATEMENT,
            "allowed_actions": [],
            "holder_id": str(uuid4()),
            "successor_id": str(uuid4()),
            "finance": None,
            "finance_note": "",
            "checks": [],
            "recommendation": None,
            "decided_by": None,
            "successor_contract_id": None,
            "novation_statement": NOVATION,
        }
        return known | other

    def transfer_routes(self) -> list[Route]:
        routes = []
        for base in ("/api/contracts/transfers", "/api/contracts/transfer-work"):
            routes += [
                Route(base, self.answered(self._transfer_list)),
                Route(base, self.answered(self._transfer_draft), methods=["POST"]),
                Route(f"{base}/{{id}}", self.answered(self._transfer_one)),
                Route(f"{base}/{{id}}/{{act}}", self.answered(self._transfer_act), methods=["POST"]),
                Route(f"{base}/{{id}}/documents/{{document}}/waiver", self.answered(self._waived), methods=["POST"]),
            ]
        return routes

    async def _transfer_list(self, request: Request) -> Response:
        state = request.query_params.get("state")
        chosen = [each for each in self.transfers if state in (None, each["state"])]
        listed = SUMMARY if "transfer-work" not in request.url.path else (*SUMMARY, "lapses_at", "recommendation")
        items = [{name: value for name, value in as_told(each, request).items() if name in listed} for each in chosen]
        return JSONResponse({"items": items, "next": None})

    async def _transfer_one(self, request: Request) -> Response:
        told = found(self.transfers, request)
        return JSONResponse(as_told(told, request)) if told else problem(404)

    async def _transfer_draft(self, request: Request) -> Response:
        told = await request.json()
        self.transfers_sent.append(told)
        if told["terms"]["effective_on"] < program_time.now().date().isoformat():
            message = "The documents of both sides have to come before the change takes effect (TR-2)."
            return problem(422, detail=message, fields=[{"path": "effective_on", "message": message}])
        drafted = self.transfer(
            state="DRAFT", contract_id=told["contract_id"], terms=told["terms"], allowed_actions=["submit", "withdraw"]
        )
        self.transfers.append(drafted)
        return JSONResponse(as_told(drafted, request), 201)

    async def _waived(self, request: Request) -> Response:
        self.transfers_sent.append(await request.json())
        return JSONResponse(as_told(found(self.transfers, request) or {}, request))

    async def _transfer_act(self, request: Request) -> Response:
        told, act = found(self.transfers, request), request.path_params["act"]
        if told is None:
            return problem(404)
        sent = await request.json() if await request.body() else None
        self.transfers_sent.append(sent)
        if act != "submission" and request.headers["if-match"] != f'"{told["row_version"]}"':
            return problem(409, detail="This transfer was changed after you opened it.")
        if act in {"submission", "novation"} and sent["signature"]["certified_by"] != self.user_id:
            message = "Type the user ID you signed in with."
            return problem(422, detail=message, fields=[{"path": "signature.certified_by", "message": message}])
        told |= {"state": NEXT.get(act, told["state"]), "row_version": told["row_version"] + 1}
        if act == "effective-date":
            told["effective_on"] = sent["effective_on"]
        return JSONResponse(as_told(told, request))
