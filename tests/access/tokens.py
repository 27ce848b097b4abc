"""Tokens good and bad, signed with a key of the tests' own."""

import base64
import json
import uuid
from typing import Any

from joserfc import jwt
from joserfc.jwk import ECKey, OctKey
from sqlalchemy import insert

from chassis import machine_time
from chassis.actor import Actor
from chassis.database import Database, Fence
from chassis.tables import signing_key
from identity_adapter.roles.table import role_table
from tests.access.edges import ISSUER

KEY = ECKey.generate_key("P-256", {"kid": "access-tests"})
FOREIGN = ECKey.generate_key("P-256", {"kid": "access-tests"})
SECRET = OctKey.import_key("a secret that is long enough to use")
MINE, OTHER = uuid.uuid4(), uuid.uuid4()
EVERYTHING = sorted(
    {code for role in role_table().roles for code in role_table().permissions_of(role, with_ticket=True)}
)
"""Every permission there is."""
PERSON, STRANGER = uuid.uuid4(), uuid.uuid4()
SESSION, TICKET = uuid.uuid4(), uuid.uuid4()


def token(
    *, permissions: list[str], organization_id: uuid.UUID | None = MINE, key: Any = KEY, alg: str = "ES256", **more: Any
) -> str:
    """Return a token of an authorized official of `organization_id`, or of staff where it is None."""
    now = int(machine_time.now().timestamp())
    claims = {
        "iss": ISSUER,
        "aud": "connexion",
        "sub": "DWHITLOCK01",
        "pid": str(PERSON),
        "name": "Dana Whitlock",
        "org": str(organization_id) if organization_id else None,
        "role": "AO" if organization_id else "EVALUATION_ANALYST",
        "kind": "person" if organization_id else "staff",
        "perms": permissions,
        "sid": str(SESSION),
        "jti": uuid.uuid4().hex,
        "auth_time": now,
        "iat": now,
        "exp": now + 300,
    } | more
    header = {"alg": alg, "kid": "access-tests"}
    return jwt.encode(header, claims, key, algorithms=["ES256", "HS256"])


def unsigned(permissions: list[str]) -> str:
    """Return a token with `alg: none`."""
    head = base64.urlsafe_b64encode(json.dumps({"alg": "none", "kid": "access-tests"}).encode()).decode().rstrip("=")
    return f"{head}.{token(permissions=permissions).split('.')[1]}."


def bad_tokens(permissions: list[str]) -> dict[str, str | None]:
    """Return one token of every kind that must be refused; None stands for none at all."""
    past = int(machine_time.now().timestamp()) - 3600
    return {
        "absent": None,
        "expired": token(permissions=permissions, exp=past, iat=past - 300),
        "alg none": unsigned(permissions),
        "signed by another key": token(permissions=permissions, key=FOREIGN),
        "hs256": token(
            permissions=permissions, alg="HS256", key=OctKey.import_key("a secret that is long enough to use")
        ),
        "another audience": token(permissions=permissions, aud="another"),
        "another issuer": token(permissions=permissions, iss="http://elsewhere"),
        "nonsense": "nonsense",
    }


async def publish_key(database: Database) -> None:
    """Let a service know the tests' key, as the event of identity-adapter does."""
    async with database.writing(Fence.system(), Actor.system("access-tests")) as session:
        key = {"kid": "access-tests", "use": "token", "issuer": "identity", "not_before": machine_time.now()}
        await session.execute(insert(signing_key).values(**key, public_jwk=KEY.as_dict(private=False)))
