from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, RedirectResponse, Response
from starlette.routing import Route

from chassis import machine_time
from fake_gateway.answering import SUPPLIER_PERMISSIONS, Answering, Json, token
from identity_adapter.roles.table import role_table

ORGANIZATION = "0197b3a0-0000-7000-8000-0000000000a1"
OTHER_ORGANIZATION = "0197b3a0-0000-7000-8000-0000000000a2"
COOKIE: dict[str, Any] = {"httponly": True, "samesite": "lax", "path": "/"}


@dataclass
class SignedIn(Answering):
    """identity-adapter, what one person does for oneself: sign-in, renewal, whom to act for; and the role table."""

    user_id: str = "dana.whitlock"
    name: str = "Dana Whitlock"
    kind: str = "person"
    role: str = "AO"
    permissions: tuple[str, ...] = SUPPLIER_PERMISSIONS
    organizations: list[Json] = field(
        default_factory=lambda: [{"id": ORGANIZATION, "name": "Larkspur Sample Medical, LLC", "role": "AO"}]
    )
    ticket_in_hand: str | None = None
    session_lives: bool = True
    idle_in: timedelta = timedelta(minutes=30)
    tokens_lives: timedelta = timedelta(minutes=5)

    def become(self, kind: str, role: str, permissions: tuple[str, ...] = ()) -> None:
        """Let somebody else be signed in: of the program's staff, or without a role."""
        self.kind, self.role, self.permissions = kind, role, permissions
        self.organizations = []

    def token(self) -> str:
        """A token of whoever is signed in."""
        ticket = {"tkt": self.ticket_in_hand} if self.ticket_in_hand else {}
        who = {"sub": self.user_id, "name": self.name, "kind": self.kind, "role": self.role}
        return token(self.tokens_lives, self.permissions, **who, **ticket)

    def person_routes(self) -> list[Route]:
        return [
            Route("/api/identity/me", self.answered(self._me)),
            Route("/api/identity/roles", self.answered(self._roles)),
            Route("/api/identity/renewal", self.answered(self._renewal), methods=["POST"]),
            Route("/api/identity/sign-in", self.answered(self._sign_in)),
            Route("/api/identity/sign-out", self.answered(self._sign_out), methods=["POST"]),
            Route("/api/identity/acting-organization", self.answered(self._act), methods=["POST"]),
        ]

    async def _me(self, _: Request) -> Response:
        now = machine_time.now()
        me = {
            "user_id": self.user_id,
            "name": self.name,
            "kind": self.kind,
            "role": self.role,
            "permissions": list(self.permissions),
            "signed_in_at": now.isoformat(),
            "idle_at": (now + self.idle_in).isoformat(),
            "ends_at": (now + timedelta(hours=12)).isoformat(),
            "organization": self.organizations[0] if self.organizations and self.role else None,
            "organizations": self.organizations,
        }
        return JSONResponse(me)

    async def _roles(self, _: Request) -> Response:
        return JSONResponse(role_table().model_dump(mode="json"))

    async def _renewal(self, request: Request) -> Response:
        if "cx_session" not in request.cookies or not self.session_lives:
            return JSONResponse({"status": 401}, 401)
        return self.hand_token(JSONResponse(self._renewed()))

    async def _sign_in(self, request: Request) -> Response:
        self.session_lives = True
        response = RedirectResponse(request.query_params.get("return_to", "/"), 302)
        response.set_cookie("cx_session", "opaque", **COOKIE)
        return self.hand_token(response)

    async def _sign_out(self, _: Request) -> Response:
        response = RedirectResponse("/", 303)
        response.delete_cookie("cx_session")
        response.delete_cookie("cx_token")
        return response

    async def _act(self, request: Request) -> Response:
        chosen = (await request.json())["organization_id"]
        self.organizations.sort(key=lambda other: other["id"] != chosen)
        self.role = self.organizations[0]["role"]
        self.permissions = self.permissions or SUPPLIER_PERMISSIONS
        return self.hand_token(JSONResponse(self._renewed()))

    def hand_token(self, response: Response) -> Response:
        """Give the browser a fresh token with this answer."""
        response.set_cookie("cx_token", self.token(), **COOKIE)
        return response

    def _renewed(self) -> Json:
        now = machine_time.now()
        return {
            "token_expires_at": (now + self.tokens_lives).isoformat(),
            "idle_at": (now + timedelta(minutes=30)).isoformat(),
            "ends_at": (now + timedelta(hours=12)).isoformat(),
        }
