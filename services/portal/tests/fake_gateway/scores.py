from dataclasses import dataclass, field
from typing import Any
from uuid import uuid4

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from fake_gateway.answering import Json, found, is_stale, problem
from fake_gateway.rounds import Rounds

KEYER_PERMISSIONS = ("staff.financial_score.view", "staff.financial_score.edit", "round.view")
CHECKER_PERMISSIONS = ("staff.financial_score.view", "staff.financial_score.approve", "round.view")
FIGURES = {"cash": "balance-sheet", "inventory": "balance-sheet", "net_income": "income-statement"}
DOCUMENTS = {
    "tax-return-extract": "Tax return extract",
    "income-statement": "Income statement",
    "balance-sheet": "Balance sheet",
    "credit-report": "Credit report",
}
RATIOS = [
    ("return_on_sales", "Return on sales", "net income / annual net sales", "0.0700", "0.0512", "6.4100", "4.3000"),
    ("working_capital", "Working capital", "current assets - current liabilities", "340000.0000", "212500.0000",
     "3.9800", "4.3000"),
]  # fmt: skip
AT = "2026-10-12T15:00:00+00:00"
RUN = "0197b3a0-0000-7000-8000-0000000005c0"


def ratio(key: str, name: str, formula: str, value: str, median: str, *points: str) -> Json:
    """One ratio of a summary, explained."""
    told = {"key": key, "name": name, "formula": formula, "value": value, "median": median, "points": points[0]}
    about = {"better": "higher", "figures": {"net_income": "168000"}, "status": "COMPUTED", "band": "MIDDLE"}
    return told | about | {"median_points": points[1], "maximum": "7.6", "unacceptable": []}


def credit(**other: Any) -> Json:
    """A credit report, explained."""
    told = {"agency": "Dun & Bradstreet", "score_type": "paydex", "score": "76", "normalised": "0.7576"}
    told |= {"points": "15.15", "maximum": "20", "minimum": None, "personal": False, "unacceptable": []}
    return told | {"low": "1", "high": "100", "better": "higher", **other}


@dataclass
class Scores(Rounds):
    """bidding-svc: financial scores, as staff make them and as officials read them."""

    summaries: list[Json] = field(default_factory=list)
    scores: list[Json] = field(default_factory=list)
    unscored: list[Json] = field(default_factory=list)
    scorings: list[Json] = field(default_factory=list)
    keyed: list[Json] = field(default_factory=list)

    def summary(self, **other: Any) -> Json:
        """A released summary of Round 2021 with one document that was not acceptable."""
        lines = [ratio(*each) for each in RATIOS]
        zeroed = {"value": None, "status": "ZERO_DOCUMENT", "points": "0.0000", "unacceptable": ["balance-sheet"]}
        lines.append(ratio("current_ratio", "Current ratio", "current assets / current liabilities", "2", "1.6",
                           "0", "4.3000") | zeroed)  # fmt: skip
        told = {
            "method": "ratios_80_credit_20",
            "total": "57.6",
            "minimum": "39.5",
            "outcome": "PASSED",
            "missing": [],
            "ratio_points": "42.4500",
            "median_total": "47.3",
            "run_at": AT,
            "ratios": lines,
            "credit": credit(),
            "documents": {
                "income-statement": {"verdict": "ACCEPTABLE", "reasons": []},
                "balance-sheet": {"verdict": "UNACCEPTABLE", "reasons": ["FIN-23"]},
            },
        }
        about = {"score_id": str(uuid4()), "round_code": "R2021", "bidder_number": "2840071", "member": ""}
        return about | {"released_at": AT, "summary": told | other}

    def score(self, **other: Any) -> Json:
        """A sheet that is being keyed."""
        files = [{"file_id": str(uuid4()), "received_at": AT, "counts": True}]
        files.append({"file_id": str(uuid4()), "received_at": AT, "counts": False})
        beside = [
            {"code": code, "label": label, "stands_in_for": None, "state": "RECEIVED", "files": files}
            for code, label in DOCUMENTS.items()
        ]
        scale = {"score_type": "paydex", "agency": "Dun & Bradstreet", "low": "1", "high": "100", "letters": []}
        return {
            "id": str(uuid4()),
            "bidder_number": "2840071",
            "member": "",
            "round_code": "R2021",
            "state": "KEYING",
            "version": 3,
            "keyed_by": "FANALYST01",
            "approved_by": None,
            "outcome": None,
            "total": None,
            "run_id": None,
            "changed_at": AT,
            "sheet": {
                "figures": {"cash": "120000"},
                "credit": {"score_type": "paydex", "score": "76"},
                "documents": {"balance-sheet": {"verdict": "UNACCEPTABLE", "reasons": ["FIN-23"]}},
            },
            "result": None,
            "correction": None,
            "earlier": [],
            "reasons": {"balance-sheet": {"FIN-23": "Assets are not liabilities plus equity."}},
            "beside": beside,
            "figures": FIGURES,
            "score_types": [scale],
            "allowed_actions": ["key", "submit"],
            **other,
        }

    def scored(self, **other: Any) -> Json:
        """A score with everything explained, released and corrected once."""
        result = self.summary()["summary"]
        sheet = self.score()["sheet"]
        before = {"sheet": sheet, "result": result | {"total": "55.0"}, "until": AT}
        told = {"state": "RELEASED", "outcome": "PASSED", "total": "57.6", "approved_by": "QREVIEWER01"}
        correction = {"sheet": sheet, "inquiry": "INQ-7", "by": "FANALYST01"}
        about = {"result": result, "run_id": RUN, "earlier": [before], "correction": correction}
        return self.score(**told, **about, **{"allowed_actions": ["propose correction", "recalculate"], **other})

    def scoring(self, **other: Any) -> Json:
        """A scoring of the round, frozen."""
        told = {"id": RUN, "round_code": "R2021", "subjects": 1500, "median_total": "47.3", "digest": "9f2c" * 16}
        return told | {"run_at": AT, "run_by": "FANALYST01", "frozen_at": AT, **other}

    def score_routes(self) -> list[Route]:
        one = "/api/bidding/financial-scores/{id}"
        return [
            Route("/api/bidding/financial-summary", self.answered(self._summaries)),
            Route("/api/bidding/rounds/{code}/scoring-progress", self.answered(self._scoring_progress)),
            Route("/api/bidding/rounds/{code}/scorings", self.answered(self._score_round), methods=["POST"]),
            Route("/api/bidding/unscored", self.answered(self.listed(lambda _: self.unscored))),
            Route("/api/bidding/scorings", self.answered(self.listed(lambda _: self.scorings))),
            Route("/api/bidding/scorings/{id}", self.answered(self._scoring)),
            Route("/api/bidding/financial-scores", self.answered(self.listed(self._score_lines)), methods=["GET"]),
            Route("/api/bidding/financial-scores", self.answered(self._begin_score), methods=["POST"]),
            Route(one, self.answered(self._one_score)),
            Route(f"{one}/sheet", self.answered(self._key_sheet), methods=["PUT"]),
            Route(f"{one}/{{act}}", self.answered(self._act_on_score), methods=["POST"]),
        ]

    async def _summaries(self, _: Request) -> Response:
        return JSONResponse(self.summaries)

    async def _scoring_progress(self, request: Request) -> Response:
        states = {"QA": 3, "APPROVED": 1400}
        told = {"round_code": request.path_params["code"], "method": "ratios_80_credit_20", "minimum": "39.5"}
        waiting = {"without_sheet": len(self.unscored), "assumed": ["scoring"]}
        return JSONResponse(told | waiting | {"states": states, "outcomes": {"PASSED": 1200}})

    async def _score_round(self, _: Request) -> Response:
        if self.unscored:
            return problem(409, detail="1 sheets of the round are not approved yet.")
        self.scorings = [self.scoring(frozen_at=None)]
        return JSONResponse(self.scorings[0], 201)

    async def _scoring(self, request: Request) -> Response:
        run = found(self.scorings, request)
        if run is None:
            return problem(404)
        values = [str(10 - number) for number in range(11)]
        spread = {"key": "return_on_sales", "name": "Return on sales", "formula": "net income / annual net sales"}
        spread |= {"better": "higher", "maximum": "7.6", "ranked": 1498, "behind": 2, "values": values}
        return JSONResponse(run | {"ratios": [spread | {"median": "0.0512", "median_points": "4.30"}]})

    def _score_lines(self, request: Request) -> list[Json]:
        lines = ("id", "bidder_number", "member", "round_code", "state", "version", "keyed_by", "approved_by")
        lines += ("outcome", "total", "run_id", "changed_at")
        state = request.query_params.get("state")
        return [{name: each[name] for name in lines} for each in self.scores if state in (None, each["state"])]

    async def _begin_score(self, request: Request) -> Response:
        told = await request.json()
        self.scores.append(self.score(member=told["member"], state="NOT_STARTED"))
        return JSONResponse(self.scores[-1], 201)

    async def _one_score(self, request: Request) -> Response:
        score = found(self.scores, request)
        return JSONResponse(score) if score else problem(404)

    async def _key_sheet(self, request: Request) -> Response:
        score = found(self.scores, request)
        if score is None:
            return problem(404)
        if is_stale(request, score):
            return problem(409, detail="Somebody changed this score after you read it.")
        told = await request.json()
        self.keyed.append(told)
        score |= {"version": score["version"] + 1, "sheet": told, "state": "KEYING"}
        return JSONResponse(score)

    async def _act_on_score(self, request: Request) -> Response:
        score, act = found(self.scores, request), request.path_params["act"]
        if score is None:
            return problem(404)
        if act == "submission" and "inventory" not in score["sheet"]["figures"]:
            lacking = {"path": "figures.inventory", "message": "Key this figure from its statement."}
            return problem(422, detail="The sheet is not complete.", fields=[lacking])
        self.keyed.append({"act": act, **(await request.json() if await request.body() else {})})
        score |= {"version": score["version"] + 1, "state": {"submission": "QA", "approval": "APPROVED"}.get(act, "QA")}
        return JSONResponse(score)
