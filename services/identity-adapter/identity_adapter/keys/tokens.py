"""Platform tokens: what they say of somebody, signed."""

from datetime import datetime
from uuid import UUID

from chassis.ids import new_id
from chassis.signing import SigningKey
from chassis.tokens import TOKEN_LIFE
from identity_adapter.settings import IdentitySettings

TYPE = "JWT"


class TokenMint:
    """Signs tokens for one issuer and audience."""

    def __init__(self, settings: IdentitySettings) -> None:
        """Take the issuer and the audience from the settings."""
        self._issuer, self._audience = settings.token_issuer, settings.token_audience

    def token(
        self,
        key: SigningKey,
        *,
        user_id: str,
        kind: str,
        name: str,
        permissions: frozenset[str],
        at: datetime,
        until: datetime | None = None,
        role: str = "",
        person_id: UUID | None = None,
        organization_id: UUID | None = None,
        session_id: UUID | None = None,
        ticket_id: UUID | None = None,
        signed_in_at: datetime | None = None,
    ) -> tuple[str, datetime]:
        """Return a token and when it expires: five minutes from `at` (machine time), and never later than `until`."""
        expires = min(at + TOKEN_LIFE, until or at + TOKEN_LIFE)
        claims: dict[str, object] = {
            "iss": self._issuer,
            "aud": self._audience,
            "sub": user_id,
            "kind": kind,
            "name": name,
            "perms": sorted(permissions),
            "jti": str(new_id()),
            "iat": _seconds(at),
            "exp": _seconds(expires),
        }
        if role:
            claims["role"] = role
        if signed_in_at:
            claims["auth_time"] = _seconds(signed_in_at)
        ids = {"pid": person_id, "org": organization_id, "sid": session_id, "tkt": ticket_id}
        claims |= {claim: str(value) for claim, value in ids.items() if value}
        return key.sign(claims, TYPE), expires


def _seconds(at: datetime) -> int:
    return int(at.timestamp())
