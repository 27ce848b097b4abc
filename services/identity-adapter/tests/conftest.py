"""An edge of identity-adapter on a real database, a browser, and an OpenID Connect provider that does as it is told."""

import base64
import hashlib
import itertools
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import asyncpg
import httpx
import pytest
import pytest_asyncio
from fastapi import FastAPI, Form, Request
from fastapi.responses import JSONResponse
from joserfc import jwt
from joserfc.jwk import Key, RSAKey

from chassis import key_ring, machine_time
from chassis.actor import Actor
from chassis.database import Database, Fence
from chassis.edge import create_edge
from identity_adapter.app import SERVICE
from identity_adapter.organizations.organization import Organization
from identity_adapter.seed import Demo, seed
from identity_adapter.settings import TWO_FACTORS, IdentitySettings
from identity_adapter.sign_in.provider import IdentityProvider
from tests.infrastructure.databases import ServiceDatabase

SITE = "http://localhost:8080"
ISSUER = "http://provider.example"
DEMO = {
    "organizations": [
        {"key": "a", "legal_business_name": "Larkspur Sample Medical, LLC", "ptan": "9000000101"},
        {"key": "b", "legal_business_name": "Tallgrass Sample Bracing, Inc.", "ptan": "9000000201"},
    ],
    "people": [
        {"user_id": user_id, "given_name": given, "family_name": family, "email": "x@a.example"} | role
        for user_id, given, family, role in (
            ("DWHITLOCK01", "Dana", "Whitlock", {"role": "AO", "organization": "a"}),
            ("DWHITLOCK01", "Dana", "Whitlock", {"role": "EU", "organization": "b"}),
            ("PLINDGREN04", "Petra", "Lindgren", {"role": "AO", "organization": "b"}),
            ("TANALYST07", "Theo", "Hartley", {"role": "EVALUATION_ANALYST"}),
        )
    ],
    "machines": [
        {"client_id": "downstream", "name": "A downstream system", "scopes": ["rounds.read"], "secret": "s3cret:+%"}
    ],
}

KNOWN = {
    person["user_id"]: {name: person[name] for name in ("given_name", "family_name", "email")}
    for person in DEMO["people"]
}
STRANGER = {"given_name": "Stella", "family_name": "Newcomer", "email": "stella@nowhere.example"}

PROVIDER_KEY = RSAKey.generate_key(2048, {"kid": "idp-1", "use": "sig"})


@dataclass
class Provider:
    """An OpenID Connect provider that signs in whom the test names, and lies as the test asks."""

    user_id: str = "DWHITLOCK01"
    claims: dict[str, Any] = field(default_factory=dict)
    userinfo: dict[str, Any] = field(default_factory=dict)
    header: dict[str, Any] = field(default_factory=dict)
    without: tuple[str, ...] = ()
    key: Key = field(default_factory=lambda: PROVIDER_KEY)
    signs_with: Key | None = None
    down: bool = False
    asked: dict[str, dict[str, str]] = field(default_factory=dict)
    codes: Iterator[int] = field(default_factory=itertools.count)
    redeemed: list[dict[str, str]] = field(default_factory=list)

    def authorize(self, url: str) -> str:
        """Do what the sign-in page does: return where the browser is sent back to."""
        asked = {name: values[0] for name, values in parse_qs(urlsplit(url).query).items()}
        code = f"code-{next(self.codes)}"
        self.asked[code] = asked
        return f"{asked['redirect_uri']}?code={code}&state={asked['state']}&iss={ISSUER}"

    def app(self) -> FastAPI:
        """The endpoints that identity-adapter calls."""
        app = FastAPI()

        @app.middleware("http")
        async def unless_down(request: Request, call_next: Any) -> Any:
            return JSONResponse({}, 503) if self.down else await call_next(request)

        @app.get("/.well-known/openid-configuration")
        def discovery() -> dict[str, str]:
            endpoints = {name: f"{ISSUER}/{name}" for name in ("auth", "token", "jwks", "me", "session/end")}
            return {
                "issuer": ISSUER,
                "authorization_endpoint": endpoints["auth"],
                "token_endpoint": endpoints["token"],
                "jwks_uri": endpoints["jwks"],
                "userinfo_endpoint": endpoints["me"],
                "end_session_endpoint": endpoints["session/end"],
            }

        @app.get("/jwks")
        def jwks() -> dict[str, Any]:
            return {"keys": [self.key.as_dict(private=False)]}

        @app.get("/me")
        def userinfo(request: Request) -> JSONResponse:
            known = request.headers.get("authorization") == "Bearer x"
            return JSONResponse(self.userinfo, 200 if known else 401)

        @app.post("/token")
        async def token(request: Request, code: str = Form(), code_verifier: str = Form()) -> JSONResponse:
            self.redeemed.append(dict(request.headers) | {key: str(v) for key, v in (await request.form()).items()})
            asked = self.asked.pop(code, None)
            challenge = base64.urlsafe_b64encode(hashlib.sha256(code_verifier.encode()).digest()).decode().rstrip("=")
            if asked is None or challenge != asked["code_challenge"] or asked["code_challenge_method"] != "S256":
                return JSONResponse({"error": "invalid_grant"}, 400)
            return JSONResponse({"access_token": "x", "token_type": "Bearer", "id_token": self.id_token(asked)})

        return app

    def id_token(self, asked: dict[str, str]) -> str:
        """Make the ID token for an authorization request, with the lies the test asks for."""
        now = int(machine_time.now().timestamp())
        claims = {
            "iss": ISSUER,
            "aud": asked["client_id"],
            "sub": self.user_id,
            "nonce": asked["nonce"],
            "auth_time": now,
            "acr": TWO_FACTORS,
            "iat": now,
            "exp": now + 60,
        }
        claims |= KNOWN.get(self.user_id.upper(), STRANGER) | self.claims
        told = {name: value for name, value in claims.items() if name not in self.without}
        header = {"alg": "RS256", "kid": "idp-1"} | self.header
        if header["alg"] == "none":
            head, body = (base64.urlsafe_b64encode(repr(x).replace("'", '"').encode()) for x in (header, told))
            return f"{head.decode().rstrip('=')}.{body.decode().rstrip('=')}."
        return jwt.encode(header, told, self.signs_with or self.key, algorithms=["RS256", "HS256", "ES256"])


@dataclass
class RunningAdapter:
    """A running edge with its database, keys and provider."""

    app: FastAPI
    database: Database
    settings: IdentitySettings
    provider: Provider
    organizations: dict[str, Organization]

    def browser(self) -> httpx.AsyncClient:
        """A browser with no cookie yet."""
        return httpx.AsyncClient(transport=httpx.ASGITransport(self.app), base_url=SITE)

    async def sign_in(self, browser: httpx.AsyncClient, user_id: str = "DWHITLOCK01", to: str = "/documents") -> Any:
        """Take the browser through the whole round trip; return the answer of the callback."""
        self.provider.user_id = user_id
        away = await browser.get("/api/identity/sign-in", params={"return_to": to})
        return await browser.get(self.provider.authorize(away.headers["location"]))

    @asynccontextmanager
    async def signed_in(self, user_id: str, **claims: Any) -> AsyncIterator[httpx.AsyncClient]:
        """A browser in which somebody has signed in; `claims` are what the provider says of them."""
        self.provider.claims = claims
        async with self.browser() as browser:
            await self.sign_in(browser, user_id)
            self.provider.claims = {}
            yield browser


@pytest.fixture
def key_folder(tmp_path: Path) -> Path:
    """A folder with one token key."""
    key_ring.new(tmp_path / "keys")
    return tmp_path / "keys"


@pytest_asyncio.fixture(scope="session")
async def identity_database(database_for) -> ServiceDatabase:
    """One migrated database of identity-adapter for all these tests; `identity_url` empties it for each."""
    made: ServiceDatabase = await database_for("identity")
    return made


@pytest_asyncio.fixture
async def identity_url(identity_database) -> str:
    """The address of an empty database of identity-adapter, for its login role."""
    connection = await asyncpg.connect(identity_database.admin_url)
    tables = await connection.fetch("select tablename from pg_tables where schemaname = 'public'")
    empty = "".join(f'delete from "{row[0]}";' for row in tables if row[0] != "alembic_version")
    await connection.execute(f"set session_replication_role = replica; {empty}")  # replica: in any order
    await connection.close()
    return identity_database.login_url


@pytest_asyncio.fixture
async def identity(identity_url) -> AsyncIterator[Database]:
    """A new, migrated database of identity-adapter, seen through its login role."""
    database = Database(identity_url, "identity")
    yield database
    await database.close()


@pytest.fixture
def settings(identity_url, key_folder) -> IdentitySettings:
    """Settings as the local platform has them."""
    return IdentitySettings(
        environment="local",
        database_url=identity_url,
        token_issuer=SITE,
        token_signing_key_file=key_folder,
        public_url=SITE,
        identity_provider=ISSUER,
        client_id="connexion",
        client_secret="secret",
    )


@pytest_asyncio.fixture
async def organizations(identity) -> dict[str, Organization]:
    """The seeded organizations, by the key of the file."""
    async with identity.writing(Fence.system(), Actor.system("test")) as session:
        return await seed(session, Demo.model_validate(DEMO))


@pytest_asyncio.fixture
async def adapter(identity, settings, organizations) -> AsyncIterator[RunningAdapter]:
    """A running edge that signs people in with the double."""
    app = create_edge(SERVICE, settings)
    async with app.router.lifespan_context(app):
        provider = Provider()
        app.state.identity_provider = IdentityProvider(settings, httpx.ASGITransport(provider.app()))
        yield RunningAdapter(app, identity, settings, provider, organizations)
        await app.state.identity_provider.close()


@pytest_asyncio.fixture
async def browser(adapter) -> AsyncIterator[httpx.AsyncClient]:
    """A browser that has not been here before."""
    async with adapter.browser() as client:
        yield client
