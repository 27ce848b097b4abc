"""How we prove to the provider's token endpoint that it is us who ask."""

import base64
from urllib.parse import quote_plus

from joserfc import jwt
from joserfc.jwk import ECKey, RSAKey

from chassis import machine_time
from chassis.ids import new_id
from identity_adapter.settings import IdentitySettings

ASSERTION = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"
ASSERTION_SECONDS = 60


def authenticated(
    settings: IdentitySettings, token_endpoint: str, form: dict[str, str]
) -> tuple[dict[str, str], dict[str, str]]:
    """Return the form and the headers of a token request, with what the settings' method adds.

    RFC 6749, section 2.3.1 (secrets, form-encoded also in Basic); OpenID Connect Core, section 9 (private_key_jwt).
    """
    if settings.client_authentication == "private_key_jwt":
        proof = {"client_assertion_type": ASSERTION, "client_assertion": _assertion(settings, token_endpoint)}
        return {**form, "client_id": settings.client_id, **proof}, {}
    secret = settings.client_secret.get_secret_value() if settings.client_secret else ""
    if settings.client_authentication == "client_secret_post":
        return {**form, "client_id": settings.client_id, "client_secret": secret}, {}
    pair = f"{quote_plus(settings.client_id)}:{quote_plus(secret)}"
    return form, {"Authorization": f"Basic {base64.b64encode(pair.encode()).decode()}"}


def _assertion(settings: IdentitySettings, token_endpoint: str) -> str:
    """Say, signed with our key, that it is us (RFC 7523)."""
    if settings.client_key_file is None:
        raise ValueError("private_key_jwt needs a key")  # the settings refuse this at start
    kind = ECKey if settings.client_key_algorithm == "ES256" else RSAKey
    key = kind.import_key(settings.client_key_file.read_bytes())
    header = {"alg": settings.client_key_algorithm} | (
        {"kid": settings.client_key_id} if settings.client_key_id else {}
    )
    now = int(machine_time.now().timestamp())
    claims = {
        "iss": settings.client_id,
        "sub": settings.client_id,
        "aud": token_endpoint,
        "jti": str(new_id()),
        "iat": now,
        "exp": now + ASSERTION_SECONDS,
    }
    return jwt.encode(header, claims, key, algorithms=[settings.client_key_algorithm])
