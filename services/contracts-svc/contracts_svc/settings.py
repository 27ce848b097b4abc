from pathlib import Path
from typing import Annotated
from urllib.parse import urlsplit

from pydantic import AfterValidator, Field, SecretStr, ValidationInfo, field_validator

from chassis.settings import ServiceSettings, with_tls_in_production
from contracts_svc.sealing.sample_key import is_sample


def _store_url(url: str | None) -> str | None:
    if url is None:
        return None
    parts = urlsplit(url)
    folder = parts.scheme == "file" and parts.path and not parts.netloc
    if not (folder or (parts.scheme == "s3" and parts.netloc)):
        msg = "must look like file:///folder or s3://bucket"
        raise ValueError(msg)
    return url


class Settings(ServiceSettings):
    """What contracts-svc needs beside its database and the broker: where sealed contracts stay, and what seals them.

    Without a key signed contracts wait to be sealed, and none is shown as signed.
    """

    contract_store_url: Annotated[str | None, AfterValidator(_store_url)] = Field(
        None, description="file:///folder or s3://bucket; sealed contracts stay there"
    )
    s3_endpoint: str | None = Field(None, description="for an S3 store that is not AWS")
    s3_region: str = "us-east-1"
    s3_access_key_id: str | None = Field(None, description="default: what the machine's role gives")
    s3_secret_access_key: SecretStr | None = None
    seal_certificate_file: Path | None = Field(None, description="PEM: the sealing certificate, then its issuers")
    seal_key_file: Path | None = Field(None, description="PEM of the sealing key, where it is a file")
    seal_pkcs11_module: Path | None = Field(None, description="the library of the token that holds the sealing key")
    seal_pkcs11_token: str | None = Field(None, description="label of the token")
    seal_pkcs11_key: str | None = Field(None, description="label of the key on the token")
    seal_pkcs11_pin: SecretStr | None = None
    timestamp_url: Annotated[str | None, AfterValidator(with_tls_in_production)] = Field(
        None, description="time-stamp authority (RFC 3161); with it seals are PAdES B-LTA, without it B-B"
    )
    timestamp_chain_file: Path | None = Field(
        None, description="PEM: issuers of the authority's certificate, where it has others than the seal's"
    )

    @field_validator("seal_certificate_file")
    @classmethod
    def _no_sample_in_production(cls, chain: Path | None, info: ValidationInfo) -> Path | None:
        if chain is None or info.data.get("environment") == "local":
            return chain
        try:
            sample = is_sample(chain)
        except OSError as trouble:
            msg = f"cannot be read: {trouble}"
            raise ValueError(msg) from trouble
        if sample:
            msg = "is the sample for local platforms, which nobody trusts; production needs one of an authority"
            raise ValueError(msg)
        return chain

    @field_validator("timestamp_url")
    @classmethod
    def _timestamp_with_certificate(cls, url: str | None, info: ValidationInfo) -> str | None:
        if url and not info.data.get("seal_certificate_file"):
            msg = "goes with CONNEXION_SEAL_CERTIFICATE_FILE"
            raise ValueError(msg)
        return url

    @property
    def seals(self) -> bool:
        """Whether everything that sealing needs is named."""
        held = self.seal_key_file or (self.seal_pkcs11_module and self.seal_pkcs11_token and self.seal_pkcs11_key)
        return bool(self.contract_store_url and self.seal_certificate_file and held)
