"""Who signs in during a benchmark."""

from uuid import UUID, uuid4

from joserfc import jwt
from joserfc.jwk import ECKey

from chassis import machine_time

ISSUER = "http://localhost"
KID = "bench"
KEY = ECKey.generate_key("P-256", {"kid": KID})
USER = "DWHITLOCK01"
LONG_ENOUGH = 3 * 3600


def token(organization: UUID, *permissions: str, person: UUID | None = None) -> str:
    """A token as identity-adapter makes them, but one that outlasts the run."""
    now = int(machine_time.now().timestamp())
    told = {
        "iss": ISSUER,
        "aud": "connexion",
        "sub": USER,
        "pid": str(person or uuid4()),
        "name": "Dana Whitlock-Sample",
        "org": str(organization),
        "role": "AO",
        "kind": "person",
        "perms": list(permissions),
        "sid": str(uuid4()),
        "jti": uuid4().hex,
        "auth_time": now,
        "iat": now,
        "exp": now + LONG_ENOUGH,
    }
    return jwt.encode({"alg": "ES256", "kid": KID}, told, KEY, algorithms=["ES256"])
