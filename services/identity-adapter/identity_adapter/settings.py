"""What identity-adapter must know beside what every service must."""

from datetime import timedelta
from pathlib import Path
from typing import Annotated, Literal

from pydantic import Field, SecretStr, ValidationInfo, field_validator

from chassis.settings import LocalOnly, ServiceSettings, TlsUrl
from identity_adapter.sessions.lengths import SessionLengths

TWO_FACTORS = "urn:okta:loa:2fa:any"


class IdentitySettings(ServiceSettings):
    """Only these differ between the stand-in, IDM, and any other OpenID Connect provider."""

    token_signing_key_file: Path = Field(description="a folder of P-256 keys, for rotation, or one PEM file")
    public_url: TlsUrl = Field(description="where browsers find the gateway, without a slash at the end")
    identity_provider: TlsUrl = Field(description="the issuer, exactly as its discovery document names itself")
    client_id: str
    client_secret: SecretStr | None = None
    client_key_file: Path | None = Field(None, validate_default=True, description="PEM; needed for private_key_jwt")
    client_key_algorithm: Literal["RS256", "PS256", "ES256"] = "RS256"
    client_key_id: str | None = Field(None, description="the key's name at the provider, where it knows several")
    client_authentication: Literal["client_secret_basic", "client_secret_post", "private_key_jwt"] = (
        "client_secret_basic"
    )
    sign_in_scope: str = "openid profile email"
    user_id_claim: str = Field("sub", description="the claim of the ID token that carries the user id")
    required_acr: str | None = Field(
        TWO_FACTORS, description="the assurance to ask for and to insist on; empty where the provider states none"
    )
    official_digest_key_file: Path | None = Field(
        None, validate_default=True, description="the secret that the bridge to the enrolment record has too, 32 bytes"
    )
    session_idle_minutes: int = Field(30, ge=5, le=60, description="a session ends after this long without a renewal")
    session_longest_hours: int = Field(12, ge=1, le=24, description="a session ends after this long in any case")
    demo_people_file: Annotated[Path | None, LocalOnly] = Field(None, description="made-up people for the seed")

    @field_validator("public_url", "identity_provider")
    @classmethod
    def _no_slash_at_the_end(cls, url: str) -> str:
        if url.endswith("/"):
            msg = "must not end with a slash"
            raise ValueError(msg)
        return url

    @field_validator("required_acr")
    @classmethod
    def _empty_asks_for_nothing(cls, acr: str | None) -> str | None:
        return acr or None

    @field_validator("client_authentication")
    @classmethod
    def _with_what_it_needs(cls, method: str, info: ValidationInfo) -> str:
        needed = "client_key_file" if method == "private_key_jwt" else "client_secret"
        if needed in info.data and info.data[needed] is None:
            msg = f"{method} needs CONNEXION_{needed.upper()}"
            raise ValueError(msg)
        return method

    @field_validator("official_digest_key_file")
    @classmethod
    def _secret_outside_the_local_environment(cls, file: Path | None, info: ValidationInfo) -> Path | None:
        if file is None and info.data.get("environment") != "local":
            msg = "is needed in production, where officials are matched with the enrolment record"
            raise ValueError(msg)
        return file

    @property
    def session_lengths(self) -> SessionLengths:
        """How long sessions last."""
        return SessionLengths(timedelta(minutes=self.session_idle_minutes), timedelta(hours=self.session_longest_hours))

    @property
    def secure_cookies(self) -> bool:
        """Whether cookies travel over TLS only: everywhere but on a developer's machine."""
        return self.environment != "local"

    @property
    def callback_url(self) -> str:
        """Where the identity provider sends people back to; registered there."""
        return f"{self.public_url}/api/identity/callback"
