from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any
from uuid import uuid4

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from chassis import program_time
from fake_gateway.answering import Answering, Json, found, problem

FORM_C_PERMISSIONS = ("form_c.view", "form_c.submit", "contract.view")
STATEMENT = {"statement": "form-c-certification/1", "text": "I certify that it is true.", "needs_name": True}
EDITABLE = ["edit", "certify"]
SUMMARY = (
    *("id", "contract_id", "contract_number", "round_code", "category_code", "cba_code", "label", "starts_on"),
    *("ends_on", "due_at", "answer_by", "state", "row_version", "late", "submitted_at", "changed_at"),
)


@dataclass
class FormC(Answering):
    """contracts-svc: the Form C reports of a supplier."""

    form_c_reports: list[Json] = field(default_factory=list)
    form_c_sent: list[Any] = field(default_factory=list)

    def form_c_product(self, number: int, **other: Any) -> Json:
        named = {
            "manufacturer": "Example Orthotics",
            "model_name": f"Brace {number}",
            "model_number": f"EX-{number:04}",
        }
        return {**named, "source": "list", **other}

    def form_c_item(self, hcpcs: str, **other: Any) -> Json:
        return {"hcpcs": hcpcs, "lead": False, "will_order": False, "products": [], "lacks": None, **other}

    def form_c_report(self, **other: Any) -> Json:
        now = program_time.now()
        return {
            "id": str(uuid4()),
            "contract_id": str(uuid4()),
            "contract_number": "R2028-000001",
            "round_code": "R2028",
            "category_code": "OTSB",
            "cba_code": "dallas-tx",
            "label": "Back braces, Dallas, TX",
            "starts_on": "2028-07-01",
            "ends_on": "2028-12-31",
            "due_at": (now + timedelta(days=9)).isoformat(),
            "answer_by": (now + timedelta(days=9)).isoformat(),
            "state": "OPEN",
            "row_version": 1,
            "late": False,
            "submitted_at": None,
            "changed_at": now.isoformat(),
            "items": [
                self.form_c_item("L0650", lead=True, products=[self.form_c_product(n) for n in range(1, 4)]),
                self.form_c_item("L0651", will_order=True),
                self.form_c_item("L0652", products=[self.form_c_product(9, source="added")]),
            ],
            "prefilled_from": "2028-01-01",
            "returned_because": "",
            "screening": [],
            "statement": STATEMENT,
            "allowed_actions": EDITABLE,
            **other,
        }

    def form_c_routes(self) -> list[Route]:
        api = "/api/contracts/form-c"
        get: list[tuple[str, Any]] = [
            (api, self.listed(lambda _: [{name: each[name] for name in SUMMARY} for each in self.form_c_reports])),
            (f"{api}/{{id}}", self._form_c_one),
            (f"{api}/{{id}}/certifications", self.listed(self._form_c_certifications)),
            (f"{api}/{{id}}/template.csv", _form_c_template),
        ]
        post: list[tuple[str, Any]] = [
            (f"{api}/{{id}}/spreadsheet", self._form_c_spreadsheet),
            (f"{api}/{{id}}/certification", self._form_c_certify),
            (f"{api}/{{id}}/{{act}}", self._form_c_act),
        ]
        return [
            *(Route(path, self.answered(endpoint)) for path, endpoint in get),
            *(Route(path, self.answered(endpoint), methods=["POST"]) for path, endpoint in post),
            Route(f"{api}/{{id}}/rows", self.answered(self._form_c_fill), methods=["PUT"]),
        ]

    async def _form_c_one(self, request: Request) -> Response:
        report = found(self.form_c_reports, request)
        return JSONResponse(report) if report else problem(404)

    def _form_c_certifications(self, request: Request) -> list[Json]:
        report = found(self.form_c_reports, request)
        if report is None or not report["submitted_at"]:
            return []
        about = {"number": 1, "certified_by": "dana.whitlock", "certified_at": report["submitted_at"], "late": False}
        return [about | {"content_sha256": "07e5d310" * 8, "items": report["items"]}]

    async def _form_c_fill(self, request: Request) -> Response:
        report, rows = found(self.form_c_reports, request), (await request.json())["rows"]
        refused = _form_c_stale(report, request)
        if report is None or refused:
            return refused or problem(404)
        self.form_c_sent.append(rows)
        wrong = [number for number, row in enumerate(rows, 1) if row["model_name"] and not row["manufacturer"]]
        if wrong:
            told = [{"path": f"rows.{number}.manufacturer", "message": "Write the manufacturer."} for number in wrong]
            return problem(422, detail="Some rows cannot be taken as they are.", fields=told)
        report |= {"state": "IN_PROGRESS", "row_version": report["row_version"] + 1}
        return JSONResponse(report)

    async def _form_c_spreadsheet(self, request: Request) -> Response:
        report, file = found(self.form_c_reports, request), (await request.body()).decode()
        refused = _form_c_stale(report, request)
        if report is None or refused:
            return refused or problem(404)
        self.form_c_sent.append(file)
        rows = [number for number, line in enumerate(file.splitlines(), 1) if line.startswith("wrong")]
        errors = [{"row": row, "column": "model_name", "message": "Write the name of the model."} for row in rows]
        return JSONResponse({"errors": errors, "report": report})

    async def _form_c_certify(self, request: Request) -> Response:
        report, signature = found(self.form_c_reports, request), (await request.json())["signature"]
        if signature["certified_by"] != "dana.whitlock":
            message = "Type the user ID you signed in with."
            return problem(422, detail=message, fields=[{"path": "signature.certified_by", "message": message}])
        refused = _form_c_stale(report, request)
        if report is None or refused:
            return refused or problem(404)
        report |= {"state": "SUBMITTED", "submitted_at": program_time.now().isoformat(), "allowed_actions": ["re-open"]}
        return JSONResponse(report)

    async def _form_c_act(self, request: Request) -> Response:
        report = found(self.form_c_reports, request)
        refused = _form_c_stale(report, request)
        if report is None or refused:
            return refused or problem(404)
        report |= {"state": "IN_PROGRESS", "allowed_actions": EDITABLE, "row_version": report["row_version"] + 1}
        return JSONResponse(report)


def _form_c_stale(report: Json | None, request: Request) -> Response | None:
    if report and request.headers["if-match"] != f'"{report["row_version"]}"':
        return problem(409, detail="This report was changed after you opened it.")
    return None


async def _form_c_template(_: Request) -> Response:
    headers = {"content-disposition": 'attachment; filename="form-c.csv"'}
    return Response("hcpcs,manufacturer,model_name,model_number,stock\r\n", media_type="text/csv", headers=headers)
