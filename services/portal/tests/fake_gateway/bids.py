"""bidding-svc: the bids of one bidder, and how far they are."""

from collections import Counter
from dataclasses import dataclass, field
from typing import Any
from uuid import uuid4

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from bidding_svc.form_b.fields import ALL_FIELDS
from bidding_svc.form_b.statement import FORM_B_CERTIFICATION
from bidding_svc.forms.views import describe
from chassis import program_time
from fake_gateway.answering import Json, found, problem
from fake_gateway.bid_forms import CHOICES, BidForms

SUMMARY = ("category_code", "cba_code", "label", "state", "form", "amount_cents", "capacity")
COMPETITION = ("bid_limit_cents", "demand")


@dataclass
class Bids(BidForms):
    """Form B, kept as it is saved."""

    bids: list[Json] = field(default_factory=list)
    areas: int = 1
    contests: list[Json] = field(default_factory=list)
    """Competitions in their states, where a test has some (`RoundDesk.competition`)."""

    def bid(self, **other: Any) -> Json:
        return {
            "id": str(uuid4()),
            "round_code": "R2028",
            "category_code": "OTSK",
            "cba_code": "nationwide",
            "label": "OTS knee braces, Nationwide",
            "state": "DRAFT",
            "form": "IN_PROGRESS",
            "version": 1,
            "amount_cents": None,
            "capacity": None,
            "submitted_at": None,
            "changed_at": program_time.now().isoformat(),
            "lead_item": "L1833",
            "basis": "purchase",
            "bid_limit_cents": 52_310,
            "demand": 1_200,
            "answers": {},
            "locations": ["9000000001"],
            "certified_by": None,
            "reason": None,
            "window_open": True,
            "entered_in": "connexion",
            "closes_at": self.closes_at.isoformat(),
            "problems": [],
            "statement": FORM_B_CERTIFICATION.view.model_dump(),
            **other,
        }

    def bid_routes(self) -> list[Route]:
        at = "/api/bidding/bids"
        return [
            Route("/api/bidding/form-b/fields", self.answered(self._form_b_fields)),
            Route("/api/bidding/rounds/{code}/competitions", self.answered(self.listed(self._competitions))),
            Route(at, self.answered(self._begin), methods=["POST"]),
            Route(f"{at}/status", self.answered(self._bid_status)),
            Route(f"{at}/status/competitions", self.answered(self.listed(self._bid_lines))),
            Route(f"{at}/{{id}}", self.answered(self._bid), methods=["GET"]),
            Route(f"{at}/{{id}}", self.answered(self._edit_bid), methods=["PATCH"]),
            Route(f"{at}/{{id}}/certification", self.answered(self._certify), methods=["POST"]),
            Route(f"{at}/{{id}}/withdrawal", self.answered(self._withdraw), methods=["POST"]),
        ]

    async def _form_b_fields(self, request: Request) -> Response:
        section = describe([ALL_FIELDS], CHOICES)[0].model_dump(mode="json")
        asked = ("amount", "new_item_on_basis", "capacity", "covers_all_items")
        section["fields"] = [each for each in section["fields"] if each["name"] in asked]
        return JSONResponse({"round_code": request.query_params["round"], "sections": [section]})

    def _competitions(self, request: Request) -> list[Json]:
        category = request.query_params.get("category", "OTSK")
        if self.contests:
            return [each for each in self.contests if each["category_code"] == category]
        numbers = {"bid_limit_cents": 52_310, "demand": 1_200, "state": "OPEN", "removable": True, "made_up": True}
        return [
            {
                "category_code": category,
                "category": "OTS knee braces",
                "cba_code": f"area-{number}",
                "cba": f"Area {number}",
            }
            | numbers
            for number in range(self.areas)
        ]

    async def _begin(self, request: Request) -> Response:
        new = await request.json()
        if any(each["cba_code"] == new["cba_code"] and each["state"] != "WITHDRAWN" for each in self.bids):
            sentence = "Your organization already bids in this competition. Open that bid instead."
            return problem(409, type="urn:connexion:problem:bid-already-begun", detail=sentence)
        self.bids.append(self.bid(form="EMPTY", version=0, **new))
        return JSONResponse(self._bid_view(self.bids[-1]), 201)

    async def _bid_status(self, _: Request) -> Response:
        form, states = self.form_a_view(), Counter(each["state"] for each in self.bids if each["state"] != "WITHDRAWN")
        approved = "APPROVED" in {form["state"], form["state_at_close"]}
        documents = [self._document_status(each) for each in self.requirements]
        missing = [each["label"] for each in documents if each["needed"] and each["state"] != "RECEIVED"]
        missing += [] if approved else ["Complete and approve Form A."]
        missing += [] if set(states) and set(states) <= {"SUBMITTED", "RECEIVED"} else ["Certify your bids."]
        told = {
            "round_code": "R2028",
            "bidder_number": "2840071",
            "window_open": form["window_open"],
            "closes_at": self.closes_at.isoformat(),
            "form_a": {"state": form["state"], "approved": approved, "problems": form["problems"]},
            "documents": documents,
            "cdrd_at": self.cdrd_at.isoformat(),
            "cdrd_right": False,
            "bids": dict(states),
            "still_missing": missing,
            "complete": not missing,
        }
        return JSONResponse(told)

    def _document_status(self, requirement: Json) -> Json:
        same = ("label", "hint", "covered", "state", "due_at", "by_cdrd")
        told = {name: requirement[name] for name in same}
        needed = not requirement["stands_in_for"]
        return {"requirement_id": requirement["id"], "member": None, "cba_code": None, "needed": needed, **told}

    def _bid_lines(self, request: Request) -> list[Json]:
        asked = {name: request.query_params.get(name) for name in ("state", "category")}
        return [
            {"bid_id": each["id"], **{name: each[name] for name in (*SUMMARY, *COMPETITION, "problems")}}
            | {"still_missing": "Certify this bid." if each["state"] == "DRAFT" else None}
            for each in self.bids
            if (each["state"] == asked["state"] if asked["state"] else each["state"] != "WITHDRAWN")
            and asked["category"] in {None, each["category_code"]}
        ]

    def _bid_view(self, bid: Json) -> Json:
        ready = not any(each["weight"] == "error" for each in bid["problems"])
        acts = {"IN_PROGRESS": ["edit", "certify"], "CERTIFIED": ["edit"], "EMPTY": ["edit"]}.get(bid["form"], [])
        acts = acts + (["withdraw"] if bid["state"] in {"DRAFT", "SUBMITTED"} else [])
        needs = {"edit": "form_b.edit", "certify": "form_b.certify", "withdraw": "form_b.certify"}
        allowed = [act for act in acts if needs[act] in self.allowed_to] if bid["window_open"] else []
        return {**bid, "ready": ready, "allowed_actions": allowed}

    async def _bid(self, request: Request) -> Response:
        bid = found(self.bids, request)
        return JSONResponse(self._bid_view(bid)) if bid else problem(404)

    async def _edit_bid(self, request: Request) -> Response:
        bid, body = found(self.bids, request), await request.json()
        assert bid is not None
        base = int(request.headers["if-match"].strip('"'))
        if bid["version"] > base:
            told = [
                {"path": name, "message": f"priya.natarajan wrote: {given}"} for name, given in bid["answers"].items()
            ]
            return problem(409, type="urn:connexion:problem:changed-meanwhile", fields=told)
        if bid["form"] == "CERTIFIED" and not body.get("may_void", True):
            return problem(409, type="urn:connexion:problem:would-void")
        bid["answers"] |= body["answers"]
        bid |= {"version": bid["version"] + 1, "state": "DRAFT", "form": "IN_PROGRESS"}
        bid |= {"submitted_at": None, "certified_by": None}
        return JSONResponse(self._bid_view(bid))

    async def _certify(self, request: Request) -> Response:
        bid = found(self.bids, request)
        assert bid is not None
        bid |= {"state": "SUBMITTED", "form": "CERTIFIED", "certified_by": "dana.whitlock"}
        bid |= {"submitted_at": program_time.now().isoformat()}
        return JSONResponse(self._bid_view(bid))

    async def _withdraw(self, request: Request) -> Response:
        bid = found(self.bids, request)
        assert bid is not None
        bid |= {"state": "WITHDRAWN", "form": "LOCKED"}
        return JSONResponse(self._bid_view(bid))
