from dataclasses import dataclass, field
from typing import Any
from uuid import uuid4

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from chassis import program_time
from fake_gateway.answering import Json, found, problem
from fake_gateway.form_c import SUMMARY, FormC
from fake_gateway.people import ORGANIZATION

FORM_C_DESK = ("staff.form_c.view", "staff.form_c.edit", "staff.contract.view")
ABOUT = ("organization_id", "legal_business_name", "missed", "unscreened")


@dataclass
class FormCWork(FormC):
    """contracts-svc: Form C as contract administrators follow it up."""

    form_c_added: list[Json] = field(default_factory=list)
    form_c_decided: list[Json] = field(default_factory=list)

    def form_c_added_product(self, **other: Any) -> Json:
        return {
            "id": str(uuid4()),
            "report_id": str(uuid4()),
            "organization_id": ORGANIZATION,
            "hcpcs": "L0650",
            "manufacturer": "Example Orthotics",
            "model_name": "Lumbar-sacral orthosis",
            "model_number": "EX-0004",
            "label": "Back braces, Dallas, TX",
            "state": "PENDING",
            "row_version": 0,
            "remark": "",
            "added_at": program_time.now().isoformat(),
            "screened_at": None,
            "screened_by": None,
            "allowed_actions": ["pass", "fail"],
            **other,
        }

    def form_c_work_routes(self) -> list[Route]:
        api = "/api/contracts/form-c-work"
        get: list[tuple[str, Any]] = [
            (api, self.listed(self._form_c_work)),
            (f"{api}/totals", self._form_c_totals),
            (f"{api}/added-products", self.listed(self._form_c_queue)),
            (f"{api}/{{id}}", self._form_c_work_one),
            (f"{api}/{{id}}/certifications", self.listed(self._form_c_certifications)),
        ]
        post: list[tuple[str, Any]] = [
            (f"{api}/product-imports", _form_c_import),
            (f"{api}/added-products/{{id}}/screening", self._form_c_screen),
            (f"{api}/{{id}}/{{act}}", self._form_c_decide),
        ]
        return [
            *(Route(path, self.answered(endpoint)) for path, endpoint in get),
            *(Route(path, self.answered(endpoint), methods=["POST"]) for path, endpoint in post),
        ]

    def _form_c_work(self, request: Request) -> list[Json]:
        state, late = request.query_params.get("state"), "late" in request.query_params
        told = [_form_c_inside(each) for each in self.form_c_reports if state in (None, each["state"])]
        return [{name: each[name] for name in (*SUMMARY, *ABOUT)} for each in told if each["missed"] or not late]

    def _form_c_queue(self, request: Request) -> list[Json]:
        state = request.query_params.get("state", "PENDING")
        return [each for each in self.form_c_added if each["state"] == state]

    async def _form_c_totals(self, _: Request) -> Response:
        about = ("round_code", "starts_on", "ends_on", "due_at", "state")
        totals = [
            {name: each[name] for name in about} | {"reports": 1_200, "late": int(_form_c_inside(each)["missed"])}
            for each in self.form_c_reports
        ]
        return JSONResponse({"totals": totals})

    async def _form_c_work_one(self, request: Request) -> Response:
        report = found(self.form_c_reports, request)
        return JSONResponse(_form_c_inside(report)) if report else problem(404)

    async def _form_c_screen(self, request: Request) -> Response:
        added, told = found(self.form_c_added, request), await request.json()
        if added is None:
            return problem(404)
        if request.headers["if-match"] != f'"{added["row_version"]}"':
            return problem(409, detail="This product was screened after you opened it.")
        if told["verdict"] == "fail" and not told["remark"]:
            message = "Say how the product should be coded."
            return problem(422, detail=message, fields=[{"path": "remark", "message": message}])
        self.form_c_decided.append(told)
        state = {"pass": "CODED", "fail": "WRONG"}[told["verdict"]]
        added |= {"state": state, "remark": told["remark"], "allowed_actions": []}
        return JSONResponse({"products": [added, added]})

    async def _form_c_decide(self, request: Request) -> Response:
        report = found(self.form_c_reports, request)
        if report is None:
            return problem(404)
        if request.headers["if-match"] != f'"{report["row_version"]}"':
            return problem(409, detail="This report was changed after you opened it.")
        told = await request.json() if await request.body() else {}
        if not told.get("why", "x").strip():
            message = "Explain to the supplier what is to be corrected."
            return problem(422, detail=message, fields=[{"path": "why", "message": message}])
        self.form_c_decided.append(told)
        returned = request.path_params["act"] == "return"
        report |= {"state": "RETURNED" if returned else "ACCEPTED", "allowed_actions": []}
        report["returned_because"] = told.get("why", "")
        return JSONResponse(_form_c_inside(report))


def _form_c_inside(report: Json) -> Json:
    missed = report["state"] in ("OVERDUE", "SUBMITTED_LATE", "ESCALATED")
    about = {"organization_id": ORGANIZATION, "legal_business_name": "Larkspur Sample Medical, LLC", "missed": missed}
    return report | about | {"unscreened": "accept" not in report["allowed_actions"] and report["state"] == "SUBMITTED"}


async def _form_c_import(request: Request) -> Response:
    rows = len((await request.body()).splitlines()) - 1
    error = {"line": 3, "column": "hcpcs", "message": "Write the HCPCS code, such as L0650."}
    told = {"rows": rows, "added": rows - 1, "changed": 0, "unchanged": 0, "refused": 1}
    return JSONResponse(told | {"errors": [error], "errors_left_out": 0})
