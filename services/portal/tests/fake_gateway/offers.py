from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any
from uuid import uuid4

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from chassis import program_time
from fake_gateway.answering import Answering, Json, found, is_stale, problem

OFFER_PERMISSIONS = ("offer.view", "offer.decide")
AWARD_PERMISSIONS = ("staff.offer.view", "staff.offer.edit", "staff.offer.decide", "staff.round.watch")
STATEMENT = {"statement": "offer-decision/1", "text": "I certify what I decide.", "needs_name": True}
LISTED = ("id", "round_code", "bidder_number", "issued_at", "due_at", "submitted_at", "settled_at", "version")


@dataclass
class Offers(Answering):
    """bidding-svc: contract offers to a bidder, and awards as staff prepare and release them."""

    offers: list[Json] = field(default_factory=list)
    awards: list[Json] = field(default_factory=list)
    results: list[Json] = field(default_factory=list)
    amounts: list[Json] = field(default_factory=list)
    suppliers: list[Json] = field(default_factory=list)

    def offer_line(self, **other: Any) -> Json:
        return {
            "id": str(uuid4()),
            "category_code": "OTSK",
            "cba_code": "dallas-tx",
            "label": "OTS knee braces, Dallas-Fort Worth-Arlington, TX",
            "state": "OPEN",
            "at_or_below_median": True,
            "bond_at_risk": True,
            "prices": [{"hcpcs": "L1833", "amount": 54321}, {"hcpcs": "L1851", "amount": 61200}],
            "locations": ["9000000101", "9000000102"],
            "decided_at": None,
            "decided_by": None,
            "risk_acknowledged": False,
            "final": False,
            "rescinded_because": None,
            **other,
        }

    def offer(self, **other: Any) -> Json:
        now = program_time.now()
        safe = {"at_or_below_median": False, "bond_at_risk": False, "label": "OTS knee braces, Houston, TX"}
        return {
            "id": str(uuid4()),
            "round_code": "R2028",
            "bidder_number": "2840071",
            "issued_at": now.isoformat(),
            "due_at": (now + timedelta(days=13)).isoformat(),
            "submitted_at": None,
            "settled_at": None,
            "version": 1,
            "period_starts_on": "2028-01-01",
            "period_ends_on": "2030-12-31",
            "submitted_by": None,
            "statement": STATEMENT,
            "offered": [self.offer_line(), self.offer_line(**safe)],
            **other,
        }

    def award(self, **other: Any) -> Json:
        return {
            "id": str(uuid4()),
            "round_code": "R2028",
            "kind": "first",
            "state": "PREPARED",
            "version": 1,
            "digest": "0" * 64,
            "bidders": 1,
            "lines": 2,
            "unchecked": 1,
            "prepared_at": program_time.now().isoformat(),
            "prepared_by": "pat.pricer",
            "released_at": None,
            "released_by": None,
            "finished_at": None,
            "obstacles": [],
            "allowed_actions": ["discard", "release"],
            **other,
        }

    def result(self, **other: Any) -> Json:
        return {
            "bid_id": str(uuid4()),
            "round_code": "R2028",
            "category_code": "OTSK",
            "cba_code": "dallas-tx",
            "label": "OTS knee braces, Dallas-Fort Worth-Arlington, TX",
            "result": "OFFERED",
            "told_at": None,
            "reasons": [],
            "offer_id": None,
            "line": None,
            **other,
        }

    def amount(self, **other: Any) -> Json:
        at = program_time.now().isoformat()
        place = {"category_code": "OTSK", "cba_code": "dallas-tx"}
        return place | {"item": "L1833", "amount_cents": 54321, "published_at": at, **other}

    def supplier(self, **other: Any) -> Json:
        place = {"category_code": "OTSK", "cba_code": "dallas-tx", "bidder_number": "2840071"}
        at = program_time.now().isoformat()
        return place | {"legal_business_name": "Larkspur Sample Medical, LLC", "announced_at": at, **other}

    def offer_routes(self) -> list[Route]:
        mine, inside = "/api/bidding/offers", "/api/bidding/awards"
        get: list[tuple[str, Any]] = [
            (mine, self.listed(lambda _: [_summary(each) for each in self.offers])),
            (f"{mine}/{{id}}", self._read_offer),
            ("/api/bidding/results", self.listed(lambda _: self.results)),
            ("/api/bidding/rounds/{code}/payment-amounts", self.listed(lambda _: self.amounts)),
            ("/api/bidding/rounds/{code}/contract-suppliers", self.listed(lambda _: self.suppliers)),
            (inside, self.listed(lambda _: [_award_line(each) for each in self.awards])),
            (f"{inside}/{{id}}", self._read_award),
            (f"{inside}/{{id}}/competitions", self.listed(lambda _: _competitions())),
            (f"{inside}/{{id}}/lines", self.listed(lambda _: _lines())),
            (f"{inside}/{{id}}/offers", self.listed(lambda _: [_followed(each) for each in self.offers])),
        ]
        post: list[tuple[str, Any]] = [
            (f"{mine}/{{id}}/decisions", self._offers_decide),
            (f"{mine}/{{id}}/submission", self._submit_offer),
            ("/api/bidding/offer-lines/{id}/rescission", self._rescind_line),
            ("/api/bidding/rounds/{code}/awards", self._awards_prepare),
            ("/api/bidding/rounds/{code}/supplier-announcement", self._awards_announce),
            (f"{inside}/{{id}}/{{act}}", self._act_on_award),
        ]
        return [
            *(Route(path, self.answered(endpoint)) for path, endpoint in get),
            *(Route(path, self.answered(endpoint), methods=["POST"]) for path, endpoint in post),
        ]

    async def _read_offer(self, request: Request) -> Response:
        told = found(self.offers, request)
        return JSONResponse(_view(told)) if told else problem(404)

    async def _offers_decide(self, request: Request) -> Response:
        told = found(self.offers, request)
        if told is None:
            return problem(404)
        if is_stale(request, told):
            return problem(409, detail="Somebody of your organization decided about these offers.")
        now = program_time.now().isoformat()
        for each in (await request.json())["decisions"]:
            line = next(line for line in told["offered"] if line["id"] == each["line_id"])
            if each["choice"] == "decline" and line["bond_at_risk"] and not each["risk_acknowledged"]:
                at = f"decisions.{line['id']}.risk_acknowledged"
                return problem(422, fields=[{"path": at, "message": "Acknowledge the warning about the bond."}])
            state = "ACCEPTED" if each["choice"] == "accept" else "DECLINED"
            line |= {"state": state, "decided_at": now, "decided_by": "dana.whitlock"}
        told["version"] += 1
        return JSONResponse(_view(told))

    async def _submit_offer(self, request: Request) -> Response:
        told = found(self.offers, request)
        if told is None:
            return problem(404)
        now = program_time.now().isoformat()
        told |= {"submitted_at": now, "submitted_by": "dana.whitlock", "settled_at": now}
        for line in told["offered"]:
            line["final"] = True
        return JSONResponse(_view(told))

    async def _read_award(self, request: Request) -> Response:
        told = found(self.awards, request)
        return JSONResponse(told) if told else problem(404)

    async def _awards_prepare(self, _: Request) -> Response:
        self.awards.append(self.award())
        return JSONResponse(self.awards[-1], 201)

    async def _rescind_line(self, request: Request) -> Response:
        reason = (await request.json())["reason"]
        if not reason:
            detail = "Say why the offer is taken back. The bidder and the auditors read it."
            return problem(422, detail=detail, fields=[{"path": "reason", "message": detail}])
        for told in self.offers:
            for line in told["offered"]:
                if line["id"] == request.path_params["id"]:
                    line |= {"state": "RESCINDED", "rescinded_because": reason}
        return Response(status_code=204)

    async def _awards_announce(self, _: Request) -> Response:
        return problem(409, detail="Some offers are not decided yet.")

    async def _act_on_award(self, request: Request) -> Response:
        told = found(self.awards, request)
        if told is None:
            return problem(404)
        releases = request.path_params["act"] == "release"
        if releases and told["unchecked"] and not (await request.json())["unchecked_acknowledged"]:
            at = {"path": "unchecked_acknowledged", "message": "Say that you have read this."}
            return problem(422, fields=[at])
        now = program_time.now().isoformat()
        told |= {"state": "RELEASING" if releases else "DISCARDED", "allowed_actions": []}
        told |= {"released_at": now, "released_by": "olive.officer"} if releases else {}
        return JSONResponse(told)


def _counts(told: Json) -> Json:
    states = [line["state"] for line in told["offered"]]
    counts = {"open": "OPEN", "accepted": "ACCEPTED", "declined": "DECLINED"}
    return {"lines": len(states)} | {name: states.count(state) for name, state in counts.items()}


def _summary(told: Json) -> Json:
    return {name: told[name] for name in LISTED} | _counts(told)


def _view(told: Json) -> Json:
    counts = _counts(told)
    actions = [] if told["settled_at"] else ["decide", *([] if counts["open"] else ["submit"])]
    return told | counts | {"allowed_actions": actions}


def _followed(told: Json) -> Json:
    return _summary(told) | {"offered": told["offered"]}


def _award_line(told: Json) -> Json:
    return {name: value for name, value in told.items() if name not in ("obstacles", "allowed_actions")}


def _competitions() -> list[Json]:
    place = {"category_code": "OTSK", "cba_code": "dallas-tx", "label": "OTS knee braces, Dallas, TX"}
    priced = {"paid": "3480000", "otherwise": "8000000/2", "prices": [{"hcpcs": "L1833", "amount": 54321}]}
    refused = {"awarded": False, "because": ["NO_SAVINGS"], "paid": None, "otherwise": None, "prices": []}
    return [
        place | priced | {"awarded": True, "because": [], "offers": 2},
        place | refused | {"cba_code": "houston-tx", "label": "OTS knee braces, Houston, TX", "offers": 0},
    ]


def _lines() -> list[Json]:
    bid = {
        "bid_id": str(uuid4()),
        "bidder_number": "2840071",
        "category_code": "OTSK",
        "cba_code": "dallas-tx",
        "label": "OTS knee braces, Dallas, TX",
        "why": "WINNING",
        "at_or_below_median": True,
        "locations": ["9000000101"],
        "reasons": [],
        "unchecked": False,
        "done_at": None,
    }
    return [bid, bid | {"unchecked": True, "why": "ADDED"}, bid | {"reasons": ["NOT_LICENSED"]}]
