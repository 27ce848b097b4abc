from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any
from uuid import uuid4

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from chassis import machine_time
from fake_gateway.answering import Json, found, problem
from fake_gateway.contract_rows import STATEMENT, ContractRows, enrolled, for_staff, for_supplier, now, summary_of

SUPPLIER = (
    "contract.view",
    "contract.signed.view",
    "contract.maintenance_summary.view",
    "activity.view",
    "location_change.view",
    "location_change.submit",
)
STAFF = (
    "staff.contract.view",
    "staff.contract.edit",
    "staff.contract.decide",
    "staff.location_change.view",
    "staff.location_change.edit",
    "staff.location_change.decide",
)
NEXT = {
    "taking": ("IN_REVIEW", ["ask", "recommend"]),
    "question": ("INFO_REQUESTED", []),
    "recommendation": ("IN_REVIEW", ["ask", "recommend", "approve", "deny"]),
    "approval": ("APPROVED", []),
    "denial": ("DENIED", []),
    "answer": ("IN_REVIEW", ["withdraw"]),
    "withdrawal": ("WITHDRAWN", []),
}


@dataclass
class Contracts(ContractRows):
    """contracts-svc: contracts with their versions, dates and location changes, for suppliers and for staff."""

    contracts: list[Json] = field(default_factory=list)
    location_changes: list[Json] = field(default_factory=list)
    unsealed: list[Json] = field(default_factory=list)
    contract_entries: list[Json] = field(default_factory=list)
    asked_for: list[Json] = field(default_factory=list)
    stood: bool = True

    def contract_routes(self) -> list[Route]:
        mine, work = "/api/contracts/contracts", "/api/contracts/location-work"
        changes, inside = "/api/contracts/location-changes", "/api/contracts/administration"
        signed, sealing = "/api/contracts/signed-contracts", "/api/contracts/signed-contracts-inside"
        summary = ("id", "number", "legal_business_name", "round_code", "starts_on", "ends_on", "status", "version")
        listed = self.listed(lambda _: [{name: each[name] for name in summary} for each in self.contracts])
        versions = self.listed(lambda _: [self.contract_version(2, sealed=None), self.contract_version(1)])
        get: list[tuple[str, Any]] = [
            (mine, listed),
            (f"{mine}/{{id}}", self._contracts_one),
            (f"{mine}/{{id}}/standing", self._contracts_standing),
            (f"{mine}/{{id}}/versions", versions),
            (f"{mine}/{{id}}/versions/{{number}}", self._contracts_version),
            (f"{mine}/{{id}}/maintenance-summary", self._contracts_summary),
            (f"{mine}/{{id}}/activity", self.listed(lambda _: self.contract_entries)),
            ("/api/contracts/calendars/{id}", self._contracts_calendar),
            ("/api/contracts/calendars/{id}/feed.ics", _feed),
            (f"{signed}/{{id}}/{{number}}", _pdf),
            (sealing, self.listed(lambda _: self.unsealed)),
            (f"{sealing}/{{id}}/{{number}}", _pdf),
            (changes, self.listed(lambda _: [summary_of(each) for each in self.location_changes])),
            (f"{changes}/requests/{{id}}", self._contracts_request),
            (f"{changes}/{{id}}", self._contracts_change),
            (work, self.listed(lambda _: self._received())),
            (f"{work}/{{id}}", self._contracts_work),
            (inside, self.listed(lambda _: [self.staff_contract(each) for each in self.contracts])),
            (f"{inside}/signings", self._contracts_queue),
            (f"{inside}/{{id}}", self._contracts_inside),
            (f"{inside}/{{id}}/versions", versions),
        ]
        post: list[tuple[str, Any]] = [
            (changes, self._contracts_draft),
            (f"{changes}/{{id}}/submission", self._contracts_submit),
            (f"{changes}/{{id}}/{{act}}", self._contracts_act),
            (f"{work}/{{id}}/{{act}}", self._contracts_act_inside),
            (f"{inside}/signings", self._contracts_sign),
            (f"{inside}/{{id}}/{{act}}", self._contracts_act_on_contract),
        ]
        return [
            *(Route(path, self.answered(endpoint)) for path, endpoint in get),
            *(Route(path, self.answered(endpoint), methods=["POST"]) for path, endpoint in post),
        ]

    def _received(self) -> list[Json]:
        return [for_staff(each, listed=True) for each in self.location_changes if each["received_at"]]

    async def _contracts_one(self, request: Request) -> Response:
        told = found(self.contracts, request)
        return JSONResponse({name: value for name, value in told.items() if name != "staff"}) if told else problem(404)

    async def _contracts_standing(self, request: Request) -> Response:
        told = found(self.contracts, request)
        if told is None or not self.stood:
            return problem(404)
        today = machine_time.now().date().isoformat()
        days = {name: request.query_params.get(name, today) for name in ("on", "known_on")}
        return JSONResponse({**days, "state": "ACTIVE", "version": 1, "lines": told["lines"]})

    async def _contracts_version(self, request: Request) -> Response:
        told = found(self.contracts, request)
        if told is None:
            return problem(404)
        said = {name: told[name] for name in ("lines", "legal_business_name", "starts_on", "ends_on")}
        return JSONResponse(self.contract_version(int(request.path_params["number"])) | said)

    async def _contracts_summary(self, request: Request) -> Response:
        told = found(self.contracts, request)
        if told is None:
            return problem(404)
        kept = {name: told[name] for name in ("number", "status", "version", "starts_on", "ends_on")}
        happened = [{"kind": "executed", "times": 1, "last_at": now()}]
        return JSONResponse(kept | {"contract_id": told["id"], "lines": 1, "locations": 2, "happened": happened})

    async def _contracts_calendar(self, request: Request) -> Response:
        told = found(self.contracts, request)
        if told is None:
            return problem(404)
        today = machine_time.now().date()
        return JSONResponse(
            {
                "contract_id": told["id"],
                "number": told["number"],
                "duties": [
                    self.contract_duty(today - timedelta(days=200), "The contract period starts", due_at=None),
                    self.contract_duty(today + timedelta(days=20), "Form C for January 1 through June 30"),
                ],
            }
        )

    async def _contracts_request(self, request: Request) -> Response:
        changes = [each for each in self.location_changes if each["request_id"] == request.path_params["id"]]
        if not changes:
            return problem(404)
        first = changes[0]
        is_draft = first["state"] == "DRAFT"
        return JSONResponse(
            {
                "request_id": first["request_id"],
                "contract_id": first["contract_id"],
                "contract_number": first["contract_number"],
                "remark": "A second shop.",
                "changes": [summary_of(each) for each in changes],
                "enrolled": enrolled() if any(each["ptan"] == "9000000103" for each in changes) else None,
                "statement": STATEMENT,
                "allowed_actions": ["submit", "withdraw"] if is_draft else [],
            }
        )

    async def _contracts_change(self, request: Request) -> Response:
        change = found(self.location_changes, request)
        return JSONResponse(for_supplier(change)) if change else problem(404)

    async def _contracts_draft(self, request: Request) -> Response:
        told = await request.json()
        self.asked_for.append(told)
        if told["comes"] == "9000000101":
            message = "This location is on the contract for Back braces, Dallas, TX already."
            return problem(422, detail=message, fields=[{"path": "comes", "message": message}])
        if told["replaces"]:
            self.location_changes = [each for each in self.location_changes if each["request_id"] != told["replaces"]]
        wished = [("remove", told["goes"]), ("add", told["comes"])]
        about = {"contract_id": told["contract_id"], "why": told["why"], "request_id": str(uuid4())}
        pair = str(uuid4()) if told["goes"] and told["comes"] else None
        drafted = [
            self.location_change(
                action=action, ptan=ptan, line_id=line, pair_id=pair, state="DRAFT", received_at=None, **about
            )
            for line in told["lines"]
            for action, ptan in wished
            if ptan
        ]
        self.location_changes += drafted
        answered = {"request_id": about["request_id"], "changes": [for_supplier(each) for each in drafted]}
        return JSONResponse(answered, 201)

    async def _contracts_submit(self, request: Request) -> Response:
        signature = (await request.json())["signature"]
        if signature["certified_by"] != "dana.whitlock":
            message = "Type the user ID you signed in with."
            return problem(422, detail=message, fields=[{"path": "signature.certified_by", "message": message}])
        changes = [each for each in self.location_changes if each["request_id"] == request.path_params["id"]]
        for change in changes:
            change |= {"state": "SUBMITTED", "received_at": now()}
        told = {"request_id": request.path_params["id"], "changes": [for_supplier(each) for each in changes]}
        return JSONResponse(told)

    async def _contracts_act(self, request: Request) -> Response:
        change = found(self.location_changes, request)
        if change is None:
            return problem(404)
        refused = _moved(change, request)
        told = {"request_id": change["request_id"], "changes": [for_supplier(change)]}
        return refused or JSONResponse(told)

    async def _contracts_work(self, request: Request) -> Response:
        change = found(self.location_changes, request)
        return JSONResponse(for_staff(change)) if change else problem(404)

    async def _contracts_act_inside(self, request: Request) -> Response:
        change = found(self.location_changes, request)
        if change is None:
            return problem(404)
        self.asked_for.append(await request.json() if await request.body() else {})
        return _moved(change, request) or JSONResponse({"changes": [for_staff(change)]})

    async def _contracts_queue(self, _: Request) -> Response:
        items = [self.staff_contract(each) for each in self.contracts]
        return JSONResponse({"items": items, "next": None, "statement": STATEMENT})

    async def _contracts_sign(self, request: Request) -> Response:
        self.asked_for.append(await request.json())
        return JSONResponse({"contracts": [self.staff_contract(each) for each in self.contracts]})

    async def _contracts_inside(self, request: Request) -> Response:
        told = found(self.contracts, request)
        return JSONResponse(self._contracts_inside_view(told)) if told else problem(404)

    async def _contracts_act_on_contract(self, request: Request) -> Response:
        told = found(self.contracts, request)
        if told is None:
            return problem(404)
        if request.headers["if-match"] != '"3"':
            return problem(409, detail="This contract was changed after you opened it.")
        return JSONResponse(self._contracts_inside_view(told))

    def _contracts_inside_view(self, told: Json) -> Json:
        allowed = told.get("allowed", [])
        return self.staff_contract(told, lines=told["lines"], statement=STATEMENT, allowed_actions=allowed)


def _moved(change: Json, request: Request) -> Response | None:
    if request.headers["if-match"] != f'"{change["row_version"]}"':
        return problem(409, detail="This request was changed after you opened it.")
    state, allowed = NEXT[request.path_params["act"]]
    change |= {"state": state, "row_version": change["row_version"] + 1}
    change["more"] = change.get("more", {}) | {"allowed_actions": allowed}
    return None


async def _pdf(_: Request) -> Response:
    headers = {"content-disposition": 'attachment; filename="contract-v1.pdf"'}
    return Response(b"%PDF-1.7 sealed", media_type="application/pdf", headers=headers)


async def _feed(_: Request) -> Response:
    headers = {"content-disposition": 'attachment; filename="contract.ics"'}
    return Response("BEGIN:VCALENDAR\r\nEND:VCALENDAR\r\n", media_type="text/calendar", headers=headers)
