"""Tokens as the identity adapter signs them, and the forgeries a gateway must refuse."""

import base64
import hmac
import json
import time
from typing import Any

from joserfc import jwt
from joserfc.jwk import ECKey

ISSUER = "https://connexion.test"
KID = "signing-key-1"


def new_key(kid: str = KID) -> ECKey:
    """A fresh P-256 key."""
    return ECKey.generate_key("P-256", {"kid": kid, "alg": "ES256", "use": "sig"})


def published(*keys: ECKey) -> dict[str, Any]:
    """The JWKS document for these keys, public parts only."""
    return {"keys": [key.as_dict(private=False) for key in keys]}


def claims(**changes: Any) -> dict[str, Any]:
    """What a token says; a change to None leaves the claim out."""
    now = int(time.time())
    said = {
        "iss": ISSUER, "aud": "connexion", "sub": "AB123456", "org": None, "perms": ["document.view"],
        "sid": "0199-session", "jti": "0199-token", "iat": now, "exp": now + 300,
    }  # fmt: skip
    return {name: value for name, value in (said | changes).items() if value is not None}


def token(key: ECKey, *, kid: str | None = KID, **changes: Any) -> str:
    """A signed token; `changes` replace claims."""
    header = {"alg": "ES256"} | ({"kid": kid} if kid else {})
    return jwt.encode(header, claims(**changes), key)


def unsigned(alg: str = "none") -> str:
    """A token that asks not to be checked."""
    return ".".join([_part({"alg": alg, "typ": "JWT", "kid": KID}), _part(claims()), ""])


def signed_with_the_public_key(key: ECKey) -> str:
    """HS256 with the published key as the secret, in case a verifier lets the token choose the algorithm."""
    content = ".".join([_part({"alg": "HS256", "kid": KID}), _part(claims())])
    return f"{content}.{_base64(hmac.digest(key.as_pem(private=False), content.encode(), 'sha256'))}"


def altered(original: str, **changes: Any) -> str:
    """The token with other claims under the old signature."""
    header, _, signature = original.split(".")
    return ".".join([header, _part(claims(**changes)), signature])


def _part(content: dict[str, Any]) -> str:
    return _base64(json.dumps(content).encode())


def _base64(content: bytes) -> str:
    return base64.urlsafe_b64encode(content).rstrip(b"=").decode()
