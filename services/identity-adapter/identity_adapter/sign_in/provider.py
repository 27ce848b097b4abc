"""The identity provider, as OpenID Connect describes it: discovery, code exchange, ID tokens, sign-out.

Nothing here knows which provider it is. IDM, the stand-in and any other differ by settings alone.
"""

import re
import time
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import urlencode

import httpx
from authlib.oauth2.rfc6749.parameters import prepare_grant_uri
from authlib.oauth2.rfc7636 import create_s256_code_challenge
from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import KeySet
from pydantic import BaseModel, ValidationError

from chassis import machine_time
from identity_adapter.settings import IdentitySettings
from identity_adapter.sign_in.client import authenticated
from identity_adapter.sign_in.profile import Profile

ALGORITHMS = ["RS256", "PS256", "ES256", "EdDSA"]
"""What an ID token may be signed with. Never `none`, never a shared secret."""
DISCOVERED_FOR_SECONDS = 3600.0
KEYS_AT_MOST_EVERY_SECONDS = 10.0
LEEWAY = timedelta(seconds=30)
TIMEOUT = httpx.Timeout(10, connect=3)


class ProviderUnreachable(Exception):
    """The identity provider does not answer, or answers what no provider would."""


class ProviderRefused(Exception):
    """The identity provider did not vouch for this sign-in, or what it said does not hold."""


class Discovery(BaseModel):
    """What we use of OpenID Connect discovery 1.0."""

    issuer: str
    authorization_endpoint: str
    token_endpoint: str
    jwks_uri: str
    userinfo_endpoint: str | None = None
    end_session_endpoint: str | None = None


@dataclass(frozen=True)
class Vouched:
    """Whom the identity provider vouches for, since when, what it tells of them, and the ID token that says so."""

    user_id: str
    signed_in_at: datetime
    id_token: str
    profile: Profile


class IdentityProvider:
    """Our side of the conversation. Discovery and keys are remembered; nothing is asked before it is needed."""

    def __init__(self, settings: IdentitySettings, transport: httpx.AsyncBaseTransport | None = None) -> None:
        """Take the settings; `transport` replaces the network in tests."""
        self._settings = settings
        self._client = httpx.AsyncClient(transport=transport, timeout=TIMEOUT)
        self._discovery: Discovery | None = None
        self._discovered_at = self._keys_read_at = float("-inf")
        self._keys = KeySet([])

    async def close(self) -> None:
        """Close connections."""
        await self._client.aclose()

    async def authorization_url(self, *, state: str, nonce: str, code_verifier: str, again: bool = False) -> str:
        """Return where to send the browser; `again` has the person sign in there whatever session there is.

        Raises `ProviderUnreachable`.
        """
        settings, discovery = self._settings, await self._discover()
        longest = int(settings.session_lengths.longest.total_seconds())
        return str(
            prepare_grant_uri(
                discovery.authorization_endpoint,
                settings.client_id,
                "code",
                redirect_uri=settings.callback_url,
                scope=settings.sign_in_scope,
                state=state,
                nonce=nonce,
                code_challenge=create_s256_code_challenge(code_verifier),
                code_challenge_method="S256",
                prompt="login" if again else None,
                max_age="0" if again else str(longest),  # then `auth_time` must be told
                acr_values=settings.required_acr,
            )
        )

    async def redeem(self, code: str, *, nonce: str, code_verifier: str, since: datetime) -> Vouched:
        """Exchange a code for whom the provider vouches for, signed in there no earlier than `since`.

        Raises `ProviderUnreachable`, or `ProviderRefused` for a code it does not take (also one used before) and an
        ID token that is not for us, not for this sign-in, not signed by the provider, too old or not assured enough.
        """
        discovery = await self._discover()
        form = {
            "grant_type": "authorization_code",
            "code": code,
            "redirect_uri": self._settings.callback_url,
            "code_verifier": code_verifier,
        }
        form, headers = authenticated(self._settings, discovery.token_endpoint, form)
        try:
            answer = await self._client.post(discovery.token_endpoint, data=form, headers=headers)
            if answer.status_code in {httpx.codes.BAD_REQUEST, httpx.codes.UNAUTHORIZED}:
                raise ProviderRefused(_error_of(answer))
            tokens = answer.raise_for_status().json()
            id_token, access_token = str(tokens["id_token"]), tokens.get("access_token")
        except (httpx.HTTPError, ValueError) as problem:
            raise ProviderUnreachable(type(problem).__name__) from None
        except (KeyError, TypeError, AttributeError):
            raise ProviderRefused("the answer has no ID token") from None
        claims = await self._checked(id_token, nonce, since, discovery)
        return Vouched(
            user_id=str(claims[self._settings.user_id_claim]),
            signed_in_at=min(_moment(claims["auth_time"]), machine_time.now()),
            id_token=id_token,
            profile=await self._profile(claims, access_token, discovery),
        )

    async def sign_out_url(self, id_token: str | None) -> str | None:
        """Return where the browser ends its session at the provider, None where that cannot be done from here."""
        try:
            endpoint = (await self._discover()).end_session_endpoint
        except ProviderUnreachable:
            return None
        if endpoint is None or id_token is None:
            return None
        asked = {
            "id_token_hint": id_token,
            "client_id": self._settings.client_id,
            "post_logout_redirect_uri": f"{self._settings.public_url}/",
        }
        return f"{endpoint}?{urlencode(asked)}"

    async def _checked(self, id_token: str, nonce: str, since: datetime, discovery: Discovery) -> dict[str, Any]:
        claims = await self._claims(id_token, discovery)
        try:
            jwt.JWTClaimsRegistry(
                leeway=int(LEEWAY.total_seconds()),
                iss={"essential": True, "value": discovery.issuer},
                aud={"essential": True, "value": self._settings.client_id},
                exp={"essential": True},
                iat={"essential": True},
                sub={"essential": True},
                nonce={"essential": True, "value": nonce},
                auth_time={"essential": True},
            ).validate(claims)
            if claims.get("azp", self._settings.client_id) != self._settings.client_id:
                raise ProviderRefused("the ID token was made for another application")
            if self._settings.required_acr not in {None, claims.get("acr")}:
                raise ProviderRefused("the sign-in is not assured enough")
            if _moment(claims["auth_time"]) < since - LEEWAY:
                raise ProviderRefused("the person was not asked to sign in again")
            if not claims[self._settings.user_id_claim]:
                raise ProviderRefused("the ID token names nobody")
        except (JoseError, KeyError, ValueError, TypeError, OverflowError) as problem:
            raise ProviderRefused(f"the ID token does not hold: {type(problem).__name__}") from None
        return claims

    async def _profile(self, claims: dict[str, Any], access_token: object, discovery: Discovery) -> Profile:
        """Return what the ID token tells of the person; where that is not all, what the provider tells when asked."""
        told = Profile.of(claims)
        if told.is_complete or not isinstance(access_token, str) or discovery.userinfo_endpoint is None:
            return told
        asked = await self._get(discovery.userinfo_endpoint, {"Authorization": f"Bearer {access_token}"})
        if not isinstance(asked, dict) or asked.get("sub") != claims["sub"]:  # OpenID Connect Core, section 5.3.2
            raise ProviderRefused("the provider told of somebody else")
        return Profile.of(asked)

    async def _claims(self, id_token: str, discovery: Discovery) -> dict[str, Any]:
        """Return the signed claims; an unknown key may be a new one, so keys are then read again."""
        await self._read_keys(discovery, unless_any=True)
        try:
            return jwt.decode(id_token, self._keys, algorithms=ALGORITHMS).claims
        except (JoseError, ValueError):
            await self._read_keys(discovery)
        try:
            return jwt.decode(id_token, self._keys, algorithms=ALGORITHMS).claims
        except (JoseError, ValueError) as problem:
            raise ProviderRefused(f"the ID token is not signed as it should be: {type(problem).__name__}") from None

    async def _discover(self) -> Discovery:
        if self._discovery and time.monotonic() - self._discovered_at < DISCOVERED_FOR_SECONDS:
            return self._discovery
        issuer = self._settings.identity_provider
        try:
            found = Discovery.model_validate(await self._get(f"{issuer}/.well-known/openid-configuration"))
        except ValidationError:
            raise ProviderUnreachable("discovery is not complete") from None
        if found.issuer != issuer:
            raise ProviderUnreachable("discovery names another issuer")
        self._discovery, self._discovered_at = found, time.monotonic()
        return found

    async def _read_keys(self, discovery: Discovery, *, unless_any: bool = False) -> None:
        if unless_any and self._keys.keys:
            return
        if time.monotonic() - self._keys_read_at < KEYS_AT_MOST_EVERY_SECONDS:
            return
        try:
            self._keys = KeySet.import_key_set(await self._get(discovery.jwks_uri))
        except (JoseError, KeyError, TypeError) as problem:
            raise ProviderUnreachable(type(problem).__name__) from None
        self._keys_read_at = time.monotonic()

    async def _get(self, url: str, headers: dict[str, str] | None = None) -> Any:
        try:
            answer = await self._client.get(url, headers=headers)
            return answer.raise_for_status().json()
        except (httpx.HTTPError, ValueError) as problem:
            raise ProviderUnreachable(type(problem).__name__) from None


def _moment(seconds: Any) -> datetime:
    return datetime.fromtimestamp(int(seconds), UTC)


def _error_of(answer: httpx.Response) -> str:
    """The error code of RFC 6749, section 5.2; it goes into the log, so nothing else of the answer does."""
    try:
        code = str(answer.json()["error"])
    except (ValueError, KeyError, TypeError):
        return f"status {answer.status_code}"
    return code if re.fullmatch(r"[a-z_]{1,40}", code) else f"status {answer.status_code}"
