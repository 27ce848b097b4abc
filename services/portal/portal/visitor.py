import base64
import binascii
import json
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any, Literal

from starlette.requests import Request

from chassis import machine_time

SESSION_COOKIE = "cx_session"
TOKEN_COOKIE = "cx_token"  # noqa: S105 - the cookie's name
Side = Literal["supplier", "staff", "newcomer"]
"""Who acts for an organization, who works for the program, and who has no role yet."""
RENEW_AHEAD = timedelta(seconds=30)
"""A token with less life than this is renewed before anything is asked with it."""


@dataclass(frozen=True)
class Visitor:
    """Who seems to be asking, read from the token without checking it.

    Good enough to choose what to ask the gateway for and which menu items to draw. The gateway and
    every service behind it check the token; nothing is shown that did not come from them.
    """

    token: str
    user_id: str = ""
    name: str = ""
    kind: str = ""
    role: str = ""
    permissions: frozenset[str] = field(default_factory=frozenset)
    ticket_id: str = ""
    expires_at: int = 0

    @staticmethod
    def of_token(token: str) -> "Visitor":
        """Read the claims of a token; one that cannot be read belongs to nobody and has expired."""
        try:
            payload = token.split(".")[1]
            claims: dict[str, Any] = json.loads(base64.urlsafe_b64decode(payload + "=" * (-len(payload) % 4)))
            return Visitor(
                token=token,
                user_id=str(claims["sub"]),
                name=str(claims.get("name", "")),
                kind=str(claims.get("kind", "")),
                role=str(claims.get("role", "")),
                permissions=frozenset(claims.get("perms", ())),
                ticket_id=str(claims.get("tkt", "")),
                expires_at=int(claims["exp"]),
            )
        except (IndexError, KeyError, TypeError, ValueError, binascii.Error):
            return Visitor(token="")

    def may(self, permission: str) -> bool:
        """Whether the token carries this permission."""
        return permission in self.permissions

    @property
    def side(self) -> Side:
        """Which side of the program the person is on."""
        if self.kind == "staff":
            return "staff"
        return "supplier" if self.role else "newcomer"

    @property
    def needs_renewal(self) -> bool:
        """Whether the token has expired or is about to."""
        return self.expires_at < (machine_time.now() + RENEW_AHEAD).timestamp()


def visitor_of(request: Request) -> Visitor | None:
    """Return who the request's token names, or None when it carries none."""
    token = request.cookies.get(TOKEN_COOKIE)
    return Visitor.of_token(token) if token else None
