"""`POST /api/identity/token`. Its errors are those of RFC 6749, because OAuth clients read those and no others."""

from base64 import b64decode
from typing import Annotated, Any, Literal
from urllib.parse import unquote_plus

from fastapi import Form, Request, Response
from fastapi.responses import JSONResponse
from pydantic import BaseModel

from chassis import machine_time
from chassis.database import Database, Fence
from chassis.door import PUBLIC, SliceRouter
from identity_adapter.keys.token_keys import TokenKeys
from identity_adapter.keys.tokens import TokenMint
from identity_adapter.machines.grants import Granted, OAuthRefusal, grant
from identity_adapter.machines.use_cases import find_machine

router = SliceRouter(prefix="/api/identity", tags=["machines"])
Field = Annotated[str | None, Form(max_length=2000)]


class TokenAnswer(BaseModel):
    """A token for a machine (RFC 6749, section 5.1)."""

    access_token: str
    token_type: Literal["Bearer"] = "Bearer"  # noqa: S105  RFC 6750's word
    expires_in: int
    scope: str


class TokenRefused(BaseModel):
    """Why there is none (RFC 6749, section 5.2)."""

    error: str
    error_description: str


_ANSWERS: dict[int | str, dict[str, Any]] = {
    400: {"model": TokenRefused, "description": "Not a request for client credentials, or not this scope"},
    401: {"model": TokenRefused, "description": "The client id or the secret is not right"},
}


@router.post("/token", permission=PUBLIC, response_model=TokenAnswer, responses=_ANSWERS)
async def issue_token(
    request: Request,
    grant_type: Field = None,
    scope: Field = None,
    client_id: Field = None,
    client_secret: Field = None,
) -> Response:
    """Exchange a machine's credentials (HTTP Basic, or in the form) for a five-minute token."""
    try:
        name, secret = _credentials(request, grant_type, client_id, client_secret)
        database: Database = request.app.state.database
        async with database.reading(Fence.system()) as session:
            machine = await find_machine(session, name)
        granted = await grant(machine, secret, scope)
    except OAuthRefusal as refusal:
        return _refused(refusal)
    return JSONResponse(_token(request, granted).model_dump(), headers={"Cache-Control": "no-store"})


def _token(request: Request, granted: Granted) -> TokenAnswer:
    keys: TokenKeys = request.app.state.token_keys
    at = machine_time.now()
    token, expires_at = TokenMint(request.app.state.settings).token(
        keys.current(),
        user_id=granted.machine.client_id,
        kind="machine",
        name=granted.machine.name,
        permissions=granted.permissions,
        at=at,
    )
    life = int((expires_at - at).total_seconds())
    return TokenAnswer(access_token=token, expires_in=life, scope=" ".join(sorted(granted.scopes)))


def _credentials(
    request: Request, grant_type: str | None, client_id: str | None, client_secret: str | None
) -> tuple[str, str]:
    if grant_type != "client_credentials":
        raise OAuthRefusal("unsupported_grant_type", "grant_type must be client_credentials.")
    scheme, _, given = request.headers.get("authorization", "").partition(" ")
    if scheme.lower() != "basic":
        return client_id or "", client_secret or ""
    try:
        name, _, secret = b64decode(given, validate=True).decode().partition(":")
    except ValueError:
        raise OAuthRefusal("invalid_client", "The Authorization header cannot be read.", 401) from None
    return unquote_plus(name), unquote_plus(secret)


def _refused(refusal: OAuthRefusal) -> Response:
    headers = {"Cache-Control": "no-store"}
    if refusal.status == 401:
        headers["WWW-Authenticate"] = 'Basic realm="connexion"'
    body = TokenRefused(error=refusal.error, error_description=refusal.description)
    return JSONResponse(body.model_dump(), refusal.status, headers)
