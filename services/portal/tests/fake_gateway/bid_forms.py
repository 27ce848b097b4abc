"""bidding-svc: the forms of one bidder. What they ask is told by the service itself; what is wrong, a test says."""

from dataclasses import dataclass, field
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from bidding_svc.form_a.fields import SECTIONS
from bidding_svc.form_a.statement import FORM_A_APPROVAL
from bidding_svc.forms.choices import STATES
from bidding_svc.forms.field import Option, Source
from bidding_svc.forms.views import describe
from chassis import program_time
from fake_gateway.answering import SUPPLIER_PERMISSIONS, Json, problem
from fake_gateway.rounds import Rounds

CHOICES = {
    Source.CATEGORIES: (Option("OTSK", "OTS knee braces"), Option("OTSB", "OTS back braces")),
    Source.STATES: tuple(Option(code, code) for code in STATES),
}
LISTS = ("locations", "links", "members")
ONCE = ("business", "disclosures")


def missing(path: str, label: str) -> Json:
    """A problem as the service tells it: an answer that is not there yet."""
    return {"path": path, "code": "REQUIRED", "message": f"Enter an answer for “{label}”.", "weight": "error"}


@dataclass
class BidForms(Rounds):
    """Form A, kept as it is saved; somebody else may have saved it, and it may stand approved."""

    form_a: Json = field(default_factory=dict)
    form_a_problems: list[Json] = field(default_factory=list)
    changed_by_others: dict[str, tuple[str, Any]] = field(default_factory=dict)
    allowed_to: tuple[str, ...] = SUPPLIER_PERMISSIONS

    def __post_init__(self) -> None:
        super().__post_init__()
        self.form_a = {
            "bidder_id": "0197b3a0-0000-7000-8000-0000000000e1",
            "bidder_number": "2840071",
            "round_code": "R2028",
            "legal_business_name": "Larkspur Sample Medical, LLC",
            "ptan": "9000000001",
            "state": "EMPTY",
            "entered_in": "connexion",
            "state_at_close": None,
            "version": 0,
            "window_open": True,
            "closes_at": self.closes_at.isoformat(),
            "approved_at": None,
            "approved_by": None,
            **{name: {"answers": {}, "version": 0} for name in ONCE},
            **{name: [] for name in LISTS},
            "statement": FORM_A_APPROVAL.view.model_dump(),
        }

    def approve_form_a(self) -> None:
        """Let it stand approved."""
        self.form_a |= {
            "state": "APPROVED",
            "approved_at": program_time.now().isoformat(),
            "approved_by": "dana.whitlock",
        }

    def close_form_a(self) -> None:
        """Let the window be closed, and the form locked as it stood."""
        self.form_a |= {"state_at_close": self.form_a["state"], "state": "LOCKED", "window_open": False}

    def somebody_else_saves(self, answers: Json) -> None:
        """Let Priya save answers of the business section while a page is open."""
        self.form_a["version"] += 1
        self._keep_answers(self.form_a["business"], answers)
        self.changed_by_others = {name: ("priya.natarajan", answer) for name, answer in answers.items()}

    def form_routes(self) -> list[Route]:
        at = "/api/bidding/form-a"
        return [
            Route(f"{at}/fields", self.answered(self._form_a_fields)),
            Route(f"{at}/{{code}}", self.answered(self._form_a)),
            Route(f"{at}/{{code}}/approval", self.answered(self._approve_form_a), methods=["POST"]),
            Route(f"{at}/{{code}}/{{section}}", self.answered(self._save_section), methods=["PATCH"]),
            Route(f"{at}/{{code}}/{{section}}/{{key}}", self.answered(self._save_entry), methods=["PATCH"]),
            Route(f"{at}/{{code}}/{{section}}/{{key}}", self.answered(self._remove_entry), methods=["DELETE"]),
        ]

    def form_a_view(self) -> Json:
        """Form A as the API tells it."""
        ready = not any(each["weight"] == "error" for each in self.form_a_problems)
        state, permissions = self.form_a["state"], self.allowed_to
        edits = ["edit"] if "form_a.business.edit" in permissions else []
        approves = ["approve"] if state == "IN_PROGRESS" and "form_a.approve" in permissions else []
        allowed = edits + approves if self.form_a["window_open"] else []
        return {**self.form_a, "problems": self.form_a_problems, "ready": ready, "allowed_actions": allowed}

    async def _form_a_fields(self, _: Request) -> Response:
        sections = [each.model_dump(mode="json") for each in describe(SECTIONS, CHOICES)]
        return JSONResponse({"round_code": "R2028", "sections": sections})

    async def _form_a(self, request: Request) -> Response:
        if request.path_params["code"] != "R2028":
            return problem(404, detail="There is nothing here.")
        return JSONResponse(self.form_a_view())

    async def _save_section(self, request: Request) -> Response:
        return await self._take_answers(request, self.form_a[request.path_params["section"]])

    async def _save_entry(self, request: Request) -> Response:
        section, key = request.path_params["section"], request.path_params["key"]
        standing = next((each for each in self.form_a[section] if each["key"] == key), None)
        entry = standing or {"key": key, "answers": {}, "version": 0}
        answer = await self._take_answers(request, entry, adds=standing is None)
        if standing is None and answer.status_code == 200:
            self.form_a[section].append(entry)
            return JSONResponse(self.form_a_view())
        return answer

    async def _remove_entry(self, request: Request) -> Response:
        section, key = request.path_params["section"], request.path_params["key"]
        self.form_a[section] = [each for each in self.form_a[section] if each["key"] != key]
        self._form_a_edited()
        return JSONResponse(self.form_a_view())

    async def _take_answers(self, request: Request, sheet: Json, *, adds: bool = False) -> Response:
        """Save what was sent, unless somebody else saved meanwhile, the window is closed, or it would void."""
        body, base = await request.json(), int(request.headers["if-match"].strip('"'))
        if not self.form_a["window_open"]:
            return problem(409, type="urn:connexion:problem:window-not-open", detail="The bid window is not open.")
        differ = {name for name, given in body["answers"].items() if sheet["answers"].get(name) != given}
        if not differ and not adds:
            return JSONResponse(self.form_a_view())
        if sheet["version"] > base:
            told = [
                {"path": name, "message": f"{by} wrote: {given}"}
                for name, (by, given) in self.changed_by_others.items()
            ]
            return problem(409, type="urn:connexion:problem:changed-meanwhile", fields=told)
        if self.form_a["state"] == "APPROVED" and not body.get("may_void", True):
            return problem(409, type="urn:connexion:problem:would-void")
        self._form_a_edited()
        self._keep_answers(sheet, body["answers"])
        return JSONResponse(self.form_a_view())

    def _keep_answers(self, sheet: Json, answers: Json) -> None:
        sheet["answers"] |= answers
        sheet["version"] = self.form_a["version"]

    def _form_a_edited(self) -> None:
        self.form_a["version"] += 1
        self.form_a |= {"state": "IN_PROGRESS", "approved_at": None, "approved_by": None}

    async def _approve_form_a(self, request: Request) -> Response:
        if request.headers["if-match"] != f'"{self.form_a["version"]}"':
            return problem(
                409, type="urn:connexion:problem:form-a-changed", detail="Form A was changed. Read it again."
            )
        typed = (await request.json())["signature"]
        if typed["certified_by"] != "dana.whitlock":
            sentence = "Certify with the user ID you signed in with."
            return problem(422, detail=sentence, fields=[{"path": "certified_by", "message": sentence}])
        self.approve_form_a()
        return JSONResponse(self.form_a_view())
