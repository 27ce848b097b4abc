"""The two cookies of a signed-in browser.

    cx_session   opaque; HttpOnly, SameSite=Lax, Secure outside the local environment, gone with the browser
    cx_token     the five-minute token; the same, gone with the token

Neither names a domain, both have Path=/. The gateway reads `cx_token` by its name and refuses a request with two of
them, so that a neighbouring host cannot slip in its own; therefore they go without the `__Host-` prefix, whose other
conditions they keep. The cookie of a sign-in under way has it (`sign_in/edge.py`): only this service reads that one.
"""

from datetime import datetime

from fastapi import Response

from chassis.door import TOKEN_COOKIE
from identity_adapter.keys.token_keys import TokenKeys
from identity_adapter.keys.tokens import TokenMint
from identity_adapter.sessions.session import SignedInSession
from identity_adapter.settings import IdentitySettings

SESSION_COOKIE = "cx_session"


class Cookies:
    """Sets and clears the cookies of one deployment."""

    def __init__(self, settings: IdentitySettings, keys: TokenKeys) -> None:
        self._secure = settings.secure_cookies
        self._keys, self._mint = keys, TokenMint(settings)

    def set_session(self, response: Response, secret: str) -> None:
        """Hand the browser its session."""
        response.set_cookie(SESSION_COOKIE, secret, path="/", secure=self._secure, httponly=True, samesite="lax")

    def set_token(self, response: Response, signed_in: SignedInSession, at: datetime) -> datetime:
        """Hand the browser a fresh token; return when it expires.

        Raises `chassis.tokens.SessionEnded` when the person has lost the role the session acts in.
        """
        membership, person = signed_in.membership, signed_in.person
        token, expires_at = self._mint.token(
            self._keys.current(),
            user_id=person.user_id,
            kind=membership.kind if membership else "person",
            name=person.name,
            role=membership.role if membership else "",
            permissions=signed_in.permissions,
            person_id=person.id,
            organization_id=signed_in.organization_id,
            session_id=signed_in.id,
            ticket_id=signed_in.ticket_id,
            signed_in_at=signed_in.signed_in_at,
            at=at,
            until=signed_in.ends_at,
        )
        life = int((expires_at - at).total_seconds())
        response.set_cookie(
            TOKEN_COOKIE, token, max_age=life, path="/", secure=self._secure, httponly=True, samesite="lax"
        )
        return expires_at

    def clear(self, response: Response) -> None:
        """Take both cookies back."""
        for name in (SESSION_COOKIE, TOKEN_COOKIE):
            response.delete_cookie(name, path="/", secure=self._secure, httponly=True, samesite="lax")
