from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any
from uuid import uuid4

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from chassis import program_time
from chassis.calendar import due_at, eastern_day
from events.examples import BY_TYPE
from events.rounds import RoundState
from fake_gateway.answering import Json, problem
from fake_gateway.people import SignedIn

ADMINISTRATION = ("staff.round.manage", "staff.round.watch", "staff.reference.manage", "round.view")
SUMMARY = ("code", "name", "phase", "announced_at", "changed_at", "version")
OPEN_WINDOW = ["extend window", "cancel"]


@dataclass
class RoundDesk(SignedIn):
    """bidding-svc and documents-svc as those see them who set rounds up and watch them."""

    set_ups: list[Json] = field(default_factory=list)
    date_changes: list[Json] = field(default_factory=list)
    registrations: list[Json] = field(default_factory=list)
    numbers: Json | None = None
    outcome: Json = field(default_factory=dict)
    files_sent: list[bytes] = field(default_factory=list)

    def become_administrator(self) -> None:
        """Let somebody be signed in who sets rounds up."""
        self.user_id, self.name = "rowan.hollis", "Rowan Hollis"
        self.become("staff", "SYSTEM_ADMINISTRATOR", ADMINISTRATION)

    def set_up(self, **other: Any) -> Json:
        """A round in its bid window, as `GET /round-set-ups/{code}` tells it."""
        now = program_time.now()
        return {
            "code": "R2028",
            "name": "Round 2028",
            "phase": "BIDDING",
            "announced_at": now.isoformat(),
            "changed_at": now.isoformat(),
            "version": 7,
            "rule_set_name": "Round 2028",
            "rule_set_version": 1,
            "entered_in": "connexion",
            "calendar": [self.line("window-opens", -40), self.line("cdrd", -5), self.line("window-closes", 25)],
            "categories": 7,
            "areas": 1,
            "competitions": 7,
            "missing": [],
            "extensions": [],
            "upload_slots": {"confirmed": 10, "slots": 10},
            "deadlines": [self.watch()],
            "allowed_actions": list(OPEN_WINDOW),
            **other,
        }

    def round_draft(self, **other: Any) -> Json:
        """A draft that lacks this and that."""
        lacks = [
            {"path": "calendar.window-opens", "message": "Set the date “window-opens”."},
            {"path": "cbas", "message": "Import the competitive bidding areas."},
        ]
        draft = {"code": "R2030", "name": "Round 2030", "phase": "DRAFT", "announced_at": None, "version": 1}
        empty = {"calendar": [], "categories": 0, "areas": 0, "competitions": 0, "deadlines": []}
        return self.set_up(**{**draft, **empty, "missing": lacks, "allowed_actions": ["publish", "cancel"], **other})

    def line(self, code: str, days: int, certainty: str = "actual") -> Json:
        """A date of the calendar, so many days from today."""
        on = eastern_day(program_time.now()) + timedelta(days=days)
        until = due_at(on).isoformat() if code in {"cdrd", "window-closes"} else None
        return {"code": code, "on": on.isoformat(), "until": until, "certainty": certainty}

    def watch(self, **other: Any) -> Json:
        """The deadline of notices of missing documents, long before its first warning."""
        day = eastern_day(program_time.now()) - timedelta(days=5)
        return {
            "code": "CDRD_NOTICE",
            "trigger": "CDRD",
            "who": "CMS or CBIC",
            "missed": "internal breach of statute",
            "due_on": (day + timedelta(days=90)).isoformat(),
            "alerts_on": [(day + timedelta(days=days)).isoformat() for days in (60, 75, 85)],
            "alert_on": None,
            "met_on": None,
            "is_missed": False,
            **other,
        }

    def extension(self, **other: Any) -> Json:
        """An extension that was asked for."""
        today = eastern_day(program_time.now())
        return {
            "closed_on": (today + timedelta(days=25)).isoformat(),
            "closes_on": (today + timedelta(days=32)).isoformat(),
            "cdrd_on": None,
            "reason": "The network was down for a day.",
            "decided_by": "rowan.hollis",
            "decided_at": program_time.now().isoformat(),
            "in_force_at": None,
            **other,
        }

    def competition(self, category: str = "OTSK", state: str = "OPEN") -> Json:
        money = {"bid_limit_cents": 34_800, "demand": 12_000}
        names = {"category": "OTS knee braces", "cba": "Nationwide"}
        return {
            "category_code": category,
            "cba_code": "nationwide",
            "state": state,
            "removable": state in {"OPEN", "CLOSED"},
            "made_up": True,
            **names,
            **money,
        }

    def registration(self, number: str = "2840071", **other: Any) -> Json:
        """A bidder while the window is open."""
        return {
            "bidder_number": number,
            "legal_business_name": "Larkspur Sample Medical, LLC",
            "ptan": "9000000001",
            "numbered_at": program_time.now().isoformat(),
            "documents_needed": 6,
            "documents_received": 2,
            "form_a_approved": None,
            "bids_received": None,
            **other,
        }

    def round_desk_routes(self) -> list[Route]:
        desk, rounds = "/api/bidding/round-set-ups", "/api/bidding/rounds"
        summaries = self.listed(lambda _: [{name: one[name] for name in SUMMARY} for one in self.set_ups])
        return [
            Route(desk, self.answered(summaries)),
            Route(f"{desk}/{{code}}", self.answered(self._about(lambda one, _: one))),
            Route(f"{desk}/{{code}}/registrations", self.answered(self.listed(self._registrations))),
            Route(f"{desk}/{{code}}/window", self.answered(self._about(self._window))),
            Route("/api/bidding/rule-sets", self.answered(self.listed(lambda _: [self._rules()]))),
            Route(rounds, self.answered(self._draft), methods=["POST"]),
            Route(f"{rounds}/{{code}}/calendar", self.answered(self._about(self._calendar))),
            Route(f"{rounds}/{{code}}/dbids-imports/{{forms}}", self.answered(self._columns), methods=["GET"]),
            Route(f"{rounds}/{{code}}/dbids-imports/{{forms}}", self.answered(self._import), methods=["POST"]),
            Route(f"{rounds}/{{code}}/bidders/{{number}}/prices", self.answered(self._prices)),
            Route(f"{rounds}/{{code}}/imports/{{kind}}", self.answered(self._import), methods=["POST"]),
            Route(f"{rounds}/{{code}}/{{what:path}}", self.answered(self._decision), methods=["POST", "PUT"]),
            Route("/api/documents/arrivals", self.answered(self._arrivals)),
        ]

    def _about(self, told: Callable[[Json, Request], Json]) -> Any:
        async def answer(request: Request) -> Response:
            one = self._named(request)
            return JSONResponse(told(one, request)) if one else problem(404)

        return answer

    def _named(self, request: Request) -> Json | None:
        return next((one for one in self.set_ups if one["code"] == request.path_params["code"]), None)

    def _window(self, one: Json, _: Request) -> Json:
        now = program_time.now()
        times = {
            "opens_at": (now - timedelta(days=40)).isoformat(),
            "closes_at": (now + timedelta(days=25)).isoformat(),
        }
        about = {name: one[name] for name in ("code", "name", "phase")}
        return {**about, **times, "extended_to": None, "numbers": self.numbers}

    def _calendar(self, one: Json, _: Request) -> Json:
        return {"round_code": one["code"], "dates": one["calendar"], "changes": self.date_changes}

    def _registrations(self, request: Request) -> list[Json]:
        typed = request.query_params.get("search", "").lower()
        return [one for one in self.registrations if one["legal_business_name"].lower().startswith(typed)]

    def _rules(self) -> Json:
        rules = BY_TYPE[RoundState.TYPE].model_dump(mode="json")["rule_set"]
        return {"name": "Round 2028", "version": 1, "rules": rules}

    async def _draft(self, request: Request) -> Response:
        told = await request.json()
        chosen = told.pop("rule_set")
        draft = self.round_draft(**told, rule_set_name=chosen["name"], rule_set_version=chosen["version"])
        self.set_ups.insert(0, draft)
        return JSONResponse(draft, 201)

    async def _columns(self, _: Request) -> Response:
        return JSONResponse([{"name": "bidder_number", "how": "Write the bidder number."}])

    async def _prices(self, request: Request) -> Response:
        if request.path_params["number"] not in {one["bidder_number"] for one in self.registrations}:
            return problem(404)
        amounts = {"amount_cents": 34_800, "capacity": 1_200}
        about = {"bid_id": str(uuid4()), "category_code": "OTSK", "cba_code": "nationwide"}
        return JSONResponse({"items": [{**about, "label": "OTS knee braces, Nationwide", **amounts}], "next": None})

    async def _import(self, request: Request) -> Response:
        self.files_sent.append(await request.body())
        counts = {"rows": 3, "added": 3, "changed": 0, "unchanged": 0, "refused": 0, "errors": [], "errors_left_out": 0}
        return JSONResponse({**counts, **self.outcome})

    async def _decision(self, request: Request) -> Response:
        one = self._named(request)
        if one is None:
            return problem(404)
        told = await request.json() if await request.body() else {}
        what = request.path_params["what"]
        if request.headers.get("if-match") != f'"{one["version"]}"':
            return problem(409, detail="Somebody changed this round after you read it.")
        match what.split("/")[0]:
            case "publication":
                one |= {"phase": "ANNOUNCED", "announced_at": program_time.now().isoformat(), "missing": []}
            case "cancellation":
                one |= {"phase": "CANCELLED", "allowed_actions": []}
            case "extensions":
                one["extensions"].append(self.extension(**told))
                one |= {"upload_slots": {"confirmed": 4, "slots": 10}, "allowed_actions": ["cancel"]}
            case "rule-set":
                one |= {"rule_set_name": told["name"], "rule_set_version": told["version"]}
            case "calendar":
                self._note_date(one, what.split("/")[1], told)
        one["version"] += 1
        return JSONResponse(one)

    def _note_date(self, one: Json, code: str, told: Json) -> None:
        stood = next((line for line in one["calendar"] if line["code"] == code), None)
        fresh = self.line(code, (date.fromisoformat(told["on"]) - eastern_day(program_time.now())).days)
        one["calendar"] = [line for line in one["calendar"] if line is not stood] + [fresh]
        self.date_changes.append(
            {
                "date_code": code,
                "old_on": stood["on"] if stood else None,
                "old_certainty": stood["certainty"] if stood else None,
                "changed_at": program_time.now().isoformat(),
                "changed_by": self.user_id,
                **told,
            }
        )

    async def _arrivals(self, _: Request) -> Response:
        now = program_time.now()
        hours = [{"hour": 9, "in_time": 12, "late": 0}, {"hour": 10, "in_time": 40, "late": 1}]
        waits = {"waiting": 3, "waiting_since": now.isoformat(), "could_not_scan": 0}
        return JSONResponse({"day": eastern_day(now).isoformat(), "hours": hours, **waits})
