"""Who asks for a page, and the gateway as that person sees it. Tokens are renewed here, before anything is asked."""

from dataclasses import dataclass
from http.cookies import SimpleCookie
from typing import Annotated

import httpx
from fastapi import Depends, Request

from portal import language
from portal.gateway import Gateway, Json, Unreachable
from portal.visitor import SESSION_COOKIE, TOKEN_COOKIE, Visitor, visitor_of

RENEWAL = "/api/identity/renewal"


class SignInNeeded(Exception):
    """The page belongs to somebody, and nobody has signed in."""


class SessionEnded(Exception):
    """Somebody had signed in, and the session is over: time-out, sign-out elsewhere, or removed."""


@dataclass(frozen=True)
class Caller:
    """One browser request: who it names, and the API as that person sees it."""

    request: Request
    gateway: Gateway
    visitor: Visitor

    def may(self, permission: str) -> bool:
        """Whether the person's token carries this permission."""
        return self.visitor.may(permission)

    async def ask_if(self, permission: str, path: str, **query: str | int | None) -> Json | None:
        """Ask for a part the page can do without; None when this person may not, or the service does not answer."""
        answer: Json | None = await self.gateway.get_or_none(path, **query) if self.may(permission) else None
        return answer


async def anyone(request: Request) -> Caller:
    """Let everybody in, as the public: what these pages show is the same for all, in the language they ask for."""
    language.speak(request)
    gateway = Gateway.for_request(request.app.state.client, request.headers, token=None)
    return Caller(request, gateway, Visitor(token=""))


async def signed_in(request: Request) -> Caller:
    """Let in who is signed in, with a token that lives long enough to build the page.

    Raises `SignInNeeded` when nobody is, and `SessionEnded` when somebody was.
    """
    language.speak_english()
    visitor = visitor_of(request)
    if visitor is None or visitor.needs_renewal:
        if SESSION_COOKIE not in request.cookies:
            raise SignInNeeded if visitor is None else SessionEnded
        visitor = await _renewed(request)
    caller = Caller(request, Gateway.for_request(request.app.state.client, request.headers, visitor.token), visitor)
    request.state.caller = caller
    return caller


async def perhaps_signed_in(request: Request) -> Caller:
    """Let everybody in, as whoever is signed in where somebody is; in the language they ask for.

    For public pages that know a person: an ended session makes nobody of them, and no error.
    """
    try:
        caller = await signed_in(request)
    except (SignInNeeded, SessionEnded, Unreachable):
        return await anyone(request)
    language.speak(request)
    return caller


async def _renewed(request: Request) -> Visitor:
    """Exchange the session cookie for a fresh token; the browser gets its cookie with the page's response."""
    client: httpx.AsyncClient = request.app.state.client
    session = request.cookies[SESSION_COOKIE]
    as_nobody = Gateway.for_request(client, request.headers, token=None)
    headers = {**as_nobody.headers, "cookie": f"{SESSION_COOKIE}={session}"}
    try:
        response = await client.post(RENEWAL, headers=headers)
    except httpx.TransportError as problem:
        raise Unreachable(RENEWAL) from problem
    if response.status_code >= httpx.codes.INTERNAL_SERVER_ERROR:
        raise Unreachable(RENEWAL)
    cookies = response.headers.get_list("set-cookie")
    token = _cookie_value(cookies, TOKEN_COOKIE)
    if response.is_error or not token:
        raise SessionEnded
    pass_cookies(request, cookies)
    return Visitor.of_token(token)


async def act_for(caller: Caller, organization_id: str) -> None:
    """Act for this organization from now on; the browser gets the token for it with the response."""
    answer = await caller.gateway.call(
        "POST", "/api/identity/acting-organization", json={"organization_id": organization_id}
    )
    pass_cookies(caller.request, answer.headers.get_list("set-cookie"))


def pass_cookies(request: Request, cookies: list[str]) -> None:
    """Send these Set-Cookie headers of the API to the browser, with whatever response this request ends in."""
    request.state.api_cookies = [*getattr(request.state, "api_cookies", []), *cookies]


def _cookie_value(set_cookie_headers: list[str], name: str) -> str | None:
    jar: SimpleCookie = SimpleCookie()
    for header in set_cookie_headers:
        jar.load(header)
    return jar[name].value if name in jar else None


Anyone = Annotated[Caller, Depends(anyone)]
PerhapsSignedIn = Annotated[Caller, Depends(perhaps_signed_in)]
SignedIn = Annotated[Caller, Depends(signed_in)]
