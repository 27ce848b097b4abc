"""B14: how many tokens a service verifies a second: met for the first time, and remembered.

÷ the library's decoding and check of claims alone, and ÷ the bare signature; by one process, one token after another.
"""

import time
from base64 import urlsafe_b64decode
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any
from uuid import uuid4

from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature
from cryptography.hazmat.primitives.hashes import SHA256
from joserfc import jwt
from joserfc.jwk import ECKey

from chassis.database import Database
from chassis.settings import ServiceSettings
from chassis.tokens import TokenVerifier
from tests.bench.apart import Apart
from tests.bench.measuring import OURS, Fact, Goal, Plan, Row, take_turns
from tests.bench.people import ISSUER, KEY, token
from tests.bench.stage import Stage

LIBRARY, SIGNATURE = "joserfc, decode and claims", "the bare ES256 signature"
Jwk = dict[str, Any]
PERMISSIONS = [f"thing.permission_{number}" for number in range(40)]
"""As many as an authorized official has."""


@dataclass
class Verifying:
    """A verifier as an edge has it."""

    settings: ServiceSettings
    database: Database
    verifier: TokenVerifier


@asynccontextmanager
async def verifying(settings: ServiceSettings) -> AsyncIterator[Verifying]:
    """Be ready to verify tokens."""
    database = Database(settings.database_url, "probe")
    verifier = TokenVerifier(database, issuer=settings.token_issuer, audience=settings.token_audience)
    await verifier.refresh()
    yield Verifying(settings, database, verifier)
    await database.close()


async def verify_each(held: Verifying, tokens: Sequence[str]) -> float:
    """Verify every token, as a verifier that has met none of them; return how many a second."""
    held.verifier._verified.clear()
    began = time.perf_counter()
    for each in tokens:
        await held.verifier.verify(each)
    return len(tokens) / (time.perf_counter() - began)


async def verify_again(held: Verifying, one: str, times: int) -> float:
    """Verify one token many times; return how many times a second."""
    await held.verifier.verify(one)
    began = time.perf_counter()
    for _ in range(times):
        await held.verifier.verify(one)
    return times / (time.perf_counter() - began)


async def decode_each(_: Verifying, tokens: Sequence[str], jwk: Jwk) -> float:
    """Decode every token and check its claims with the library; return how many a second."""
    key = ECKey.import_key(jwk)
    began = time.perf_counter()
    for each in tokens:
        claims = jwt.JWTClaimsRegistry(
            iss={"essential": True, "value": ISSUER},
            aud={"essential": True, "value": "connexion"},
            exp={"essential": True},
            iat={"essential": True},
            sub={"essential": True},
        )
        claims.validate(jwt.decode(each, key, algorithms=["ES256"]).claims)
    return len(tokens) / (time.perf_counter() - began)


async def check_each_signature(_: Verifying, tokens: Sequence[str], jwk: Jwk) -> float:
    """Check the signature of every token and nothing else; return how many a second."""
    key = ECKey.import_key(jwk).public_key
    began = time.perf_counter()
    for each in tokens:
        signed, _dot, given = each.rpartition(".")
        raw = urlsafe_b64decode(given + "==")
        halves = (int.from_bytes(half) for half in (raw[:32], raw[32:]))
        key.verify(encode_dss_signature(*halves), signed.encode(), ec.ECDSA(SHA256()))
    return len(tokens) / (time.perf_counter() - began)


def measure(stage: Stage, plan: Plan) -> Iterator[Row]:
    """Measure the verifier."""
    settings = stage.settings(stage.database("probe", "tests.probe"))
    tokens = [token(uuid4(), *PERMISSIONS) for _ in range(plan.count(4000, 400))]
    jwk, again = KEY.as_dict(private=False), list[float]()
    with Apart("tokens", verifying, settings) as apart:

        def anew() -> float:
            again.append(apart.ask(verify_again, tokens[0], 20 * len(tokens)).value)
            return apart.ask(verify_each, tokens).value

        sides = {
            OURS: anew,
            LIBRARY: lambda: apart.ask(decode_each, tokens, jwk).value,
            SIGNATURE: lambda: apart.ask(check_each_signature, tokens, jwk).value,
        }
        take_turns(1, sides)
        again.clear()
        samples = take_turns(plan.rounds, sides)
    yield Row("B14 tokens met first", "/s", samples, goals={LIBRARY: Goal(0.7)})
    yield Row(
        "B14 tokens remembered",
        "/s",
        {OURS: again, "met first": samples[OURS]},
        facts=[Fact("permissions a token", len(PERMISSIONS), "")],
    )
