"""The tus 1.0 protocol (core, creation, checksum, expiration, termination), as far as it is words in headers."""

import base64
import binascii
from datetime import datetime
from email.utils import format_datetime
from uuid import UUID

from chassis.errors import FieldProblem, Invalid
from chassis.signature import Typed
from documents_svc.uploads.labels import Details
from documents_svc.uploads.sending import Checksum
from documents_svc.uploads.use_cases import Announcement

VERSION = "1.0.0"
EXTENSIONS = "creation,checksum,expiration,termination"
ALGORITHMS = {"sha1": 20, "sha256": 32}
"""Checksum algorithms and the length of their digests; sha1 is the one that tus asks every server to know."""
MEDIA_TYPE = "application/offset+octet-stream"
HEADERS = {"Tus-Resumable": VERSION, "Cache-Control": "no-store"}


class AnotherTusVersion(Invalid):
    """This server speaks tus 1.0.0: send the header Tus-Resumable: 1.0.0."""


class NotTusBytes(Invalid):
    """The body of an upload must be sent as application/offset+octet-stream."""


class BrokenTusHeader(Invalid):
    """A header of the upload protocol is missing or is not what it should be."""


def require_version(given: str | None) -> None:
    """Raise `AnotherTusVersion` unless the sender speaks our version."""
    if given != VERSION:
        raise AnotherTusVersion(field="Tus-Resumable")


def whole_number(given: str | None, header: str) -> int:
    """Read an offset or a length. Raises `BrokenTusHeader`."""
    if given is None or not given.isascii() or not given.isdigit() or len(given) > 15:
        raise BrokenTusHeader(f"The header {header} must hold a whole number of bytes.", field=header)
    return int(given)


def announcement(size: str | None, metadata: str | None) -> Announcement:
    """Read what the creation of an upload announces. Raises `BrokenTusHeader` with the fields at fault."""
    values = _metadata(metadata or "")
    missing = [name for name in ("slot", "filename", "includes", "certified_by", "statement") if not values.get(name)]
    if missing:
        raise Invalid(
            "Something is missing that every upload must say.",
            fields=[FieldProblem(name, "This must be given.") for name in missing],
        )
    try:
        slot_id = UUID(values["slot"])
    except ValueError:
        raise BrokenTusHeader("The slot must be the id of an upload slot.", field="slot") from None
    return Announcement(
        slot_id=slot_id,
        filename=values["filename"],
        details=Details(
            signature=Typed(certified_by=values["certified_by"], statement=values["statement"]),
            nickname=values.get("nickname", ""),
            includes=values.get("includes", ""),
            document=values.get("document", ""),
            cba=values.get("cba", ""),
            replaces=values.get("replaces", ""),
        ),
        size=whole_number(size, "Upload-Length"),
        sha256=values.get("sha256"),
    )


def checksum(given: str | None) -> Checksum | None:
    """Read `Upload-Checksum: <algorithm> <base64>`. Raises `BrokenTusHeader`."""
    if given is None:
        return None
    algorithm, _, encoded = given.partition(" ")
    try:
        digest = base64.b64decode(encoded, validate=True)
    except binascii.Error:
        digest = b""
    if ALGORITHMS.get(algorithm) != len(digest):
        raise BrokenTusHeader("Upload-Checksum must be sha256 or sha1, a blank, and base64.", field="Upload-Checksum")
    return Checksum(algorithm, digest)


def http_date(at: datetime) -> str:
    """Write a moment (UTC) the way HTTP headers do."""
    return format_datetime(at.replace(microsecond=0), usegmt=True)


def _metadata(header: str) -> dict[str, str]:
    values: dict[str, str] = {}
    for pair in filter(None, (part.strip() for part in header.split(","))):
        name, _, encoded = pair.partition(" ")
        try:
            values[name] = base64.b64decode(encoded.strip(), validate=True).decode()
        except (binascii.Error, UnicodeDecodeError):
            raise BrokenTusHeader("Upload-Metadata must hold names and UTF-8 in base64.", field=name) from None
    return values
