"""Sign-in and sign-out: the browser's way to the identity provider and back.

No transaction is open while the provider is asked. Who signs in is nobody until the provider has vouched for them, so
the first transactions act as the edge, and the one that opens the session acts as the person.
"""

from collections.abc import Awaitable, Callable
from functools import wraps
from http import HTTPStatus
from typing import Annotated, Any, TypeVar

import structlog
from fastapi import Query, Request, Response
from fastapi.responses import RedirectResponse

from chassis import machine_time
from chassis.actor import Actor
from chassis.database import Database, Fence
from chassis.door import PUBLIC, SliceRouter
from chassis.errors import ConnexionError
from chassis.problems import Problem, status_of
from identity_adapter.doors import NOBODY_YET, PersonalSession
from identity_adapter.members.membership import Membership
from identity_adapter.members.person import Person
from identity_adapter.sessions import use_cases as sessions
from identity_adapter.sessions.browser import in_words
from identity_adapter.sessions.cookies import SESSION_COOKIE, Cookies
from identity_adapter.sessions.edge import SessionCookie
from identity_adapter.settings import IdentitySettings
from identity_adapter.sign_in import use_cases
from identity_adapter.sign_in.attempt import AT_MOST, SignInAttempt
from identity_adapter.sign_in.page import sign_in_failed
from identity_adapter.sign_in.provider import IdentityProvider, ProviderRefused, ProviderUnreachable, Vouched
from identity_adapter.sign_in.return_to import local_path

router = SliceRouter(prefix="/api/identity", tags=["sign-in"])
HOME = "/home"
BROWSER_COOKIE = "cx_sign_in"
Parameter = Annotated[str | None, Query(max_length=4000)]

log = structlog.get_logger()
Route = TypeVar("Route", bound=Callable[..., Awaitable[Response]])


def _problem(words: str) -> dict[str, Any]:
    return {"model": Problem, "description": words, "content": {"application/problem+json": {}, "text/html": {}}}


_ANSWERS: dict[int | str, dict[str, Any]] = {
    302: {"description": "On to the identity provider, or back to the page", "content": {}},
    403: _problem("The provider did not vouch for the sign-in, or for too little"),
    422: _problem("Not a page of this site, or not a sign-in of this browser"),
    503: _problem("The identity provider does not answer"),
}


def _told_to_people(route: Route) -> Route:
    """Let failures leave as a page where a browser asks."""

    @wraps(route)
    async def told(request: Request, **parameters: Any) -> Response:
        try:
            return await route(request, **parameters)
        except ConnexionError as problem:
            status, slug, title, detail = HTTPStatus(status_of(problem)), problem.type, problem.title, problem.detail
        except ProviderRefused as problem:
            log.warning("sign-in refused", reason=str(problem))
            status, slug, title = HTTPStatus.FORBIDDEN, "sign-in-refused", "Sign-in was not completed"
            detail = "The identity provider did not confirm this sign-in. Try again."
        except ProviderUnreachable as problem:
            log.warning("identity provider unreachable", reason=str(problem))
            status, slug, title = HTTPStatus.SERVICE_UNAVAILABLE, "sign-in-unavailable", "Sign-in is not possible now"
            detail = "The identity provider does not answer. Try again in a few minutes; nothing you sent was lost."
        return sign_in_failed(request, status, slug, title, detail)

    return told  # type: ignore[return-value]  # the same parameters, by wraps


@router.get("/sign-in", permission=PUBLIC, status_code=302, response_class=RedirectResponse, responses=_ANSWERS)
@_told_to_people
async def begin_sign_in(
    request: Request,
    return_to: Annotated[str, Query(max_length=2000)] = HOME,
    again: bool = False,
    cx_session: SessionCookie = None,
) -> Response:
    """Send the browser to the identity provider; afterwards it comes back to `return_to`, a path of this site.

    With `again` the person signs in there once more, whatever session there is: for acts that ask for a fresh sign-in
    (problem `sign-in-again`). Whoever is signed in here must be the one who comes back, and goes on acting as before.
    """
    settings, provider = _settings(request), _provider(request)
    path = local_path(return_to)
    trip = use_cases.new_round_trip(request.cookies.get(_browser_cookie(settings)))
    there = await provider.authorization_url(
        state=trip.state, nonce=trip.nonce, code_verifier=trip.code_verifier, again=again
    )
    async with _database(request).writing(Fence.system(), NOBODY_YET) as session:
        person_id = await sessions.owner_of(session, cx_session) if again else None
        await use_cases.begin(session, trip, path, again=again, person_id=person_id)
    response = RedirectResponse(there, HTTPStatus.FOUND, {"Cache-Control": "no-store"})
    response.set_cookie(
        _browser_cookie(settings),
        trip.browser,
        max_age=int(AT_MOST.total_seconds()),
        path="/",
        secure=settings.secure_cookies,
        httponly=True,
        samesite="lax",
    )
    return response


@router.get("/callback", permission=PUBLIC, status_code=302, response_class=RedirectResponse, responses=_ANSWERS)
@_told_to_people
async def finish_sign_in(
    request: Request, state: Parameter = None, code: Parameter = None, error: Parameter = None
) -> Response:
    """Where the identity provider sends the browser back to: the session begins."""
    browser = request.cookies.get(_browser_cookie(_settings(request)))
    async with _database(request).writing(Fence.system(), NOBODY_YET) as session:
        attempt = await use_cases.take_back(session, state or "", browser)
    if error or not code:
        raise ProviderRefused("it sent the browser back without a code")
    vouched = await _provider(request).redeem(
        code,
        nonce=attempt.nonce,
        code_verifier=attempt.code_verifier,
        since=attempt.signed_in_since(_settings(request).session_lengths.longest),
    )
    response = RedirectResponse(attempt.return_to, HTTPStatus.FOUND, {"Cache-Control": "no-store"})
    await _open_session(request, response, attempt, vouched)
    return response


@router.post("/sign-out", permission=PUBLIC, status_code=303, response_class=RedirectResponse)
async def sign_out(request: Request, session: PersonalSession, cx_session: SessionCookie = None) -> Response:
    """End the session here and everywhere, and send the browser to end the one at the identity provider."""
    id_token = await sessions.sign_out(session, cx_session)
    there = await _provider(request).sign_out_url(id_token)
    response = RedirectResponse(there or "/", HTTPStatus.SEE_OTHER, {"Cache-Control": "no-store"})
    _cookies(request).clear(response)
    return response


async def _open_session(request: Request, response: Response, attempt: SignInAttempt, vouched: Vouched) -> None:
    brought = request.cookies.get(SESSION_COOKIE)
    async with _database(request).writing(Fence.system(), NOBODY_YET) as session:
        person = await use_cases.arrive(session, vouched)
        attempt.require_owner(person.id)
        membership = await sessions.membership_to_begin_with(session, person, brought)
    actor = _actor(person, membership, vouched)
    async with _database(request).writing(Fence.system(), actor) as session:
        opened, secret = await sessions.open_session(
            session,
            person.id,
            actor.organization_id,
            signed_in_at=vouched.signed_in_at,
            id_token=vouched.id_token,
            brought=brought,
            browser=in_words(request.headers.get("user-agent")),
            lengths=_settings(request).session_lengths,
        )
        _cookies(request).set_session(response, secret)
        _cookies(request).set_token(response, opened, machine_time.now())
    request.app.state.wake()


def _actor(person: Person, membership: Membership | None, vouched: Vouched) -> Actor:
    return Actor(
        kind=membership.kind if membership else "person",
        user_id=person.user_id,
        person_id=person.id,
        organization_id=membership.organization_id if membership else None,
        role=membership.role if membership else "",
        signed_in_at=vouched.signed_in_at,
    )


def _browser_cookie(settings: IdentitySettings) -> str:
    """`__Host-` where there is TLS: a neighbouring host can then not plant a sign-in of its own."""
    return f"__Host-{BROWSER_COOKIE}" if settings.secure_cookies else BROWSER_COOKIE


def _settings(request: Request) -> IdentitySettings:
    settings: IdentitySettings = request.app.state.settings
    return settings


def _provider(request: Request) -> IdentityProvider:
    provider: IdentityProvider = request.app.state.identity_provider
    return provider


def _database(request: Request) -> Database:
    database: Database = request.app.state.database
    return database


def _cookies(request: Request) -> Cookies:
    cookies: Cookies = request.app.state.cookies
    return cookies
