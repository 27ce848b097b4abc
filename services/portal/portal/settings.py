from pathlib import Path

from pydantic import Field

from chassis.settings import BaseServiceSettings, TlsUrl


class PortalSettings(BaseServiceSettings):
    """What the portal needs to know. It has no database and no broker."""

    service_port: int = Field(8200, ge=1, le=65535)
    gateway_internal_url: str = Field(description="the gateway's listener for the portal alone: http://127.0.0.1:8081")
    public_url: TlsUrl = Field(description="where browsers find the platform: https://connexion.example")
    identity_provider_url: str | None = Field(
        None, description="origin of the identity provider, which the sign-out form ends at (content security policy)"
    )

    @property
    def is_demonstration(self) -> bool:
        """Whether every page carries the environment tag."""
        return self.environment == "local"

    @property
    def certificate(self) -> tuple[Path, Path] | None:
        """Chain and key that the portal shows, as a server and as the internal listener's client."""
        if self.tls_certificate_file and self.tls_key_file:
            return self.tls_certificate_file, self.tls_key_file
        return None
