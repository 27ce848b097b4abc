"""What a process needs to know before it starts, checked all at once.

Every value comes from the environment, prefix `CONNEXION_`. The default environment is production,
and production refuses everything that exists only for a laptop: demonstration people, an identity
provider or token issuer without TLS, a moved clock, connections without TLS.
"""

import sys
from pathlib import Path
from typing import Annotated, Literal, TypeVar
from urllib.parse import parse_qs, urlsplit

from pydantic import AfterValidator, Field, SecretStr, ValidationError, ValidationInfo, field_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

Environment = Literal["local", "production"]


def only_local(value: object, info: ValidationInfo) -> object:
    """Refuse a value that has no place outside the local environment."""
    if value is not None and info.data.get("environment") != "local":
        msg = "is for the local environment only; remove it, or set CONNEXION_ENVIRONMENT=local"
        raise ValueError(msg)
    return value


def with_tls_in_production(url: str | None, info: ValidationInfo) -> str | None:
    """Refuse an http:// address in production."""
    if url and info.data.get("environment") != "local" and not url.startswith("https://"):
        msg = "must be an https:// address in production"
        raise ValueError(msg)
    return url


LocalOnly = AfterValidator(only_local)
TlsUrl = Annotated[str, AfterValidator(with_tls_in_production)]


class BaseServiceSettings(BaseSettings):
    """What every process has, also one without a database (the portal)."""

    model_config = SettingsConfigDict(env_prefix="CONNEXION_", extra="ignore", frozen=True)

    environment: Environment = "production"
    service_host: str = "127.0.0.1"
    service_port: int = Field(8000, ge=1, le=65535)
    worker_port: int = Field(8100, ge=1, le=65535, description="health and metrics of the worker")
    tls_certificate_file: Path | None = Field(None, description="PEM chain that an edge shows; without it: plain HTTP")
    tls_key_file: Path | None = Field(None, validate_default=True, description="the certificate's key, PEM")
    program_time_file: Annotated[Path | None, LocalOnly] = None
    otlp_endpoint: Annotated[str | None, AfterValidator(with_tls_in_production)] = Field(
        None, description="where spans go; without it nowhere"
    )

    spans_file: Annotated[Path | None, LocalOnly] = Field(
        None, description="a file that spans are written to as well, a line each, for `make trace`"
    )

    @field_validator("tls_key_file")
    @classmethod
    def _certificate_and_key(cls, key: Path | None, info: ValidationInfo) -> Path | None:
        if (key is None) != (info.data.get("tls_certificate_file") is None):
            msg = "goes with CONNEXION_TLS_CERTIFICATE_FILE: give both or neither"
            raise ValueError(msg)
        return key


class BrokerSettings(BaseServiceSettings):
    """What every process that talks to Kafka has."""

    kafka_bootstrap_servers: str = "127.0.0.1:9092"
    kafka_security_protocol: Literal["PLAINTEXT", "SSL", "SASL_SSL"] | None = Field(
        None, validate_default=True, description="default: SSL in production, PLAINTEXT locally"
    )
    kafka_username: str | None = Field(None, description="for SASL_SSL (SCRAM-SHA-512)")
    kafka_password: SecretStr | None = Field(None, validate_default=True, description="for SASL_SSL")
    kafka_fetch_wait_ms: int = Field(
        500, ge=1, description="small only for a broker that does not wake a waiting fetch"
    )

    @field_validator("kafka_security_protocol")
    @classmethod
    def _broker_with_tls(cls, protocol: str | None, info: ValidationInfo) -> str:
        local = info.data.get("environment") == "local"
        if protocol == "PLAINTEXT" and not local:
            msg = "PLAINTEXT is for the local environment only"
            raise ValueError(msg)
        return protocol or ("PLAINTEXT" if local else "SSL")

    @field_validator("kafka_password")
    @classmethod
    def _credentials_for_sasl(cls, password: SecretStr | None, info: ValidationInfo) -> SecretStr | None:
        if info.data.get("kafka_security_protocol") == "SASL_SSL" and not (password and info.data["kafka_username"]):
            msg = "SASL_SSL needs CONNEXION_KAFKA_USERNAME and CONNEXION_KAFKA_PASSWORD"
            raise ValueError(msg)
        return password


class ServiceSettings(BrokerSettings):
    """What every service with a database has; a service adds its own fields in a subclass."""

    database_url: str = Field(description="login role, asyncpg: postgresql+asyncpg://…")
    relay_database_url: str | None = Field(None, description="the same without a pooler between; default: database_url")
    database_pool_size: int = Field(5, ge=1, le=100)
    outbox_keep_days: int = Field(400, ge=1, description="how long events are kept to be said again to a new broker")
    token_issuer: TlsUrl = "https://connexion.example"  # noqa: S105  an address
    token_audience: str = "connexion"  # noqa: S105  a name
    audit_signing_key_file: Path | None = Field(None, description="P-256 PEM; needed by the worker")
    sweep_pace: Annotated[float | None, LocalOnly] = Field(
        None, gt=0, description="how many times as often sweeps run: for a clock that is moved through a round"
    )

    @field_validator("database_url", "relay_database_url")
    @classmethod
    def _database_with_tls(cls, url: str | None, info: ValidationInfo) -> str | None:
        if url is None:
            return None
        parts = urlsplit(url)
        if parts.scheme != "postgresql+asyncpg" or not parts.path.strip("/"):
            msg = "must look like postgresql+asyncpg://user:password@host/database"
            raise ValueError(msg)
        encrypted = parse_qs(parts.query).get("ssl", [""])[0] in {"require", "verify-ca", "verify-full"}
        if info.data.get("environment") != "local" and not encrypted:
            msg = "must ask for TLS in production: add ?ssl=verify-full"
            raise ValueError(msg)
        return url

    @property
    def direct_database_url(self) -> str:
        """Where advisory locks and LISTEN work: never through a pooler."""
        return self.relay_database_url or self.database_url


S = TypeVar("S", bound=BaseServiceSettings)


def load(settings: type[S]) -> S:
    """Read the settings, or print every error in one go and end the process with status 2.

    Values are not printed: they may be secrets.
    """
    try:
        return settings()
    except ValidationError as error:
        print("Cannot start. Mend these settings:", file=sys.stderr)
        for problem in error.errors(include_url=False, include_input=False):
            name = "CONNEXION_" + "_".join(str(part) for part in problem["loc"]).upper()
            print(f"  {name}: {problem['msg'].removeprefix('Value error, ')}", file=sys.stderr)
        raise SystemExit(2) from None
