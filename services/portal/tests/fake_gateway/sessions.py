from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any
from uuid import uuid4

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from chassis import machine_time
from fake_gateway.answering import Json, problem
from fake_gateway.people import SignedIn


@dataclass
class Sessions(SignedIn):
    """identity-adapter: where a person is signed in."""

    sessions: list[Json] = field(default_factory=list)

    def session(self, **other: Any) -> Json:
        now = machine_time.now()
        return {
            "id": str(uuid4()),
            "browser": "Firefox on Windows",
            "organization": "Larkspur Sample Medical, LLC",
            "role": "AO",
            "signed_in_at": (now - timedelta(hours=1)).isoformat(),
            "opened_at": (now - timedelta(hours=1)).isoformat(),
            "seen_at": (now - timedelta(minutes=3)).isoformat(),
            "idle_at": (now + timedelta(minutes=27)).isoformat(),
            "ends_at": (now + timedelta(hours=11)).isoformat(),
            "is_this_one": False,
            **other,
        }

    def session_routes(self) -> list[Route]:
        return [
            Route("/api/identity/sessions", self.answered(self.listed(lambda _: self._open_sessions()))),
            Route("/api/identity/sessions", self.answered(self._end_others), methods=["DELETE"]),
            Route("/api/identity/sessions/{id}", self.answered(self._end), methods=["DELETE"]),
        ]

    def _open_sessions(self) -> list[Json]:
        self.sessions = self.sessions or [self.session(browser="Chrome on Linux", is_this_one=True)]
        return self.sessions

    async def _end_others(self, _: Request) -> Response:
        self.sessions = [one for one in self.sessions if one["is_this_one"]]
        return Response(status_code=204)

    async def _end(self, request: Request) -> Response:
        before = len(self.sessions)
        self.sessions = [one for one in self.sessions if one["id"] != request.path_params["id"]]
        return Response(status_code=204) if len(self.sessions) < before else problem(404)
