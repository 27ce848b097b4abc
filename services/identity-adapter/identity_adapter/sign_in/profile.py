"""What the identity provider tells of a person beside the user id (OpenID Connect Core 1.0, section 5.1)."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Profile:
    """A name and an e-mail address; empty where the provider does not tell."""

    given_name: str = ""
    family_name: str = ""
    email: str = ""

    @property
    def is_complete(self) -> bool:
        """Whether there is a whole name and an address."""
        return bool(self.given_name and self.family_name and self.email)

    @staticmethod
    def of(claims: Mapping[str, Any]) -> "Profile":
        """Read the standard claims."""
        told = (claims.get(name) for name in ("given_name", "family_name", "email"))
        return Profile(*(value.strip() if isinstance(value, str) else "" for value in told))
