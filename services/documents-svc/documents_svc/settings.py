from pathlib import Path
from typing import Annotated
from urllib.parse import urlsplit

from pydantic import AfterValidator, Field

from chassis.settings import ServiceSettings


def _store_url(url: str) -> str:
    parts = urlsplit(url)
    folder = parts.scheme == "file" and parts.path and not parts.netloc
    bucket = parts.scheme == "s3" and parts.netloc
    if not (folder or bucket):
        msg = "must look like file:///folder or s3://bucket"
        raise ValueError(msg)
    return url


class Settings(ServiceSettings):
    """What documents-svc needs beside its database and the broker."""

    partial_folder: Path = Field(description="where uploads arrive; shared by all edges and workers of the service")
    store_url: Annotated[str, AfterValidator(_store_url)] = Field(description="file:///folder or s3://bucket")
    s3_endpoint: str | None = Field(None, description="for an S3 store that is not AWS")
    s3_region: str = "us-east-1"
    s3_access_key_id: str | None = Field(None, description="default: what the machine's role gives")
    s3_secret_access_key: str | None = None
    receipt_key_folder: Path = Field(description="the key ring that signs receipts (python -m chassis.key_ring)")
    clamd_address: str | None = Field(
        None, description="host:port or unix:/path of clamd; without it files stay NOT_SCANNED"
    )
    open_uploads_per_person: int = Field(20, ge=1)
    files_per_person_per_day: int = Field(1_000, ge=1, description="of 24 hours; four times as many near a close")
    bytes_per_person_per_day: int = Field(5 * 1024**3, ge=1)
    files_per_organization_per_day: int = Field(4_000, ge=1)
    bytes_per_organization_per_day: int = Field(20 * 1024**3, ge=1)
    checked_within_minutes: int = Field(15, ge=1, description="after that an unchecked file shows in the balance")
    taken_within_minutes: int = Field(15, ge=1, description="after that an unanswered file shows in the balance")
