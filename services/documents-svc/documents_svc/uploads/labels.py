"""What people write about a file. A file name is only a label here: shown, signed, never used as a path."""

import re
import unicodedata
from collections.abc import Collection
from dataclasses import dataclass, replace
from pathlib import PurePosixPath
from uuid import UUID

from chassis.errors import Invalid
from chassis.signature import Typed

LONGEST_NAME = 255
LONGEST_LINE = 255
ENDINGS = {"application/pdf": ".pdf"}
"""How names of the accepted media types end."""

_SEPARATORS = frozenset("/\\")
_BREAKS = frozenset({"Cc", "Zl", "Zp"})
_TURNS = frozenset("\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")


class FileNameMissing(Invalid):
    """The file has no name. Give it one that ends in .pdf."""


class FileNameWithFolders(Invalid):
    """The file name contains a folder. Send the name of the file alone, without slashes."""


class FileNameWithControls(Invalid):
    """The file name contains a line break or another character that cannot be shown. Rename the file."""


class FileNameTurnsText(Invalid):
    """The file name contains marks that turn the direction of text. Rename the file."""


class FileNameTooLong(Invalid):
    """The file name is longer than 255 characters. Shorten it."""


class NotAnAcceptedType(Invalid):
    """Only PDF files are accepted here; the name must end in .pdf (UPL-01)."""


class TextTooLong(Invalid):
    """This text is longer than 255 characters. Shorten it."""


class TextWithControls(Invalid):
    """This text contains characters that cannot be shown."""


class NotADigest(Invalid):
    """A SHA-256 has 64 hexadecimal digits."""


class DescriptionMissing(Invalid):
    """Say what this document includes."""


class NotAFileId(Invalid):
    """Name the file that this one replaces by its id."""


@dataclass(frozen=True)
class Details:
    """What a sender says about a file beside its name: as given, or checked by `checked`.

    `document` ("I am uploading") and `cba` are codes; `replaces` is the id of the file this one is a new version of.
    """

    signature: Typed
    nickname: str = ""
    includes: str = ""
    document: str = ""
    cba: str = ""
    replaces: str = ""


def file_name(given: str, accepted_types: Collection[str]) -> str:
    """Return the file name as a label. Raises the rule it breaks, with the field named."""
    name = unicodedata.normalize("NFC", given).strip(" ")
    if not name.strip("."):
        raise FileNameMissing(field="filename")
    if _SEPARATORS & set(name):
        raise FileNameWithFolders(field="filename")
    if _has_controls(name):
        raise FileNameWithControls(field="filename")
    if _TURNS & set(name):
        raise FileNameTurnsText(field="filename")
    if len(name) > LONGEST_NAME:
        raise FileNameTooLong(field="filename")
    endings = {ENDINGS[kind] for kind in accepted_types if kind in ENDINGS}
    if endings and PurePosixPath(name).suffix.lower() not in endings:
        raise NotAnAcceptedType(field="filename")
    return name


def sha256(given: str | None) -> str | None:
    """Return the digest the sender announced, in lower case. Raises `NotADigest`."""
    if given is None:
        return None
    digest = given.strip().lower()
    if not re.fullmatch(r"[0-9a-f]{64}", digest):
        raise NotADigest(field="sha256")
    return digest


def checked(given: Details) -> Details:
    """Return the details as they may be kept; what was typed as a signature is checked elsewhere.

    Raises `DescriptionMissing`, `TextTooLong`, `TextWithControls` or `NotAFileId`, with the field named.
    """
    includes = _line(given.includes, "includes")
    if not includes:
        raise DescriptionMissing(field="includes")
    file_id(given.replaces)
    return replace(
        given,
        nickname=_line(given.nickname, "nickname"),
        includes=includes,
        document=_line(given.document, "document"),
        cba=_line(given.cba, "cba"),
    )


def file_id(given: str) -> UUID | None:
    """Read the id of the file that is replaced; None where none is. Raises `NotAFileId`."""
    try:
        return UUID(given.strip()) if given.strip() else None
    except ValueError:
        raise NotAFileId(field="replaces") from None


def _line(given: str, field: str) -> str:
    """One line of free text, trimmed."""
    text = unicodedata.normalize("NFC", given).strip()
    if len(text) > LONGEST_LINE:
        raise TextTooLong(field=field)
    if _has_controls(text):
        raise TextWithControls(field=field)
    return text


def _has_controls(text: str) -> bool:
    return any(unicodedata.category(character) in _BREAKS for character in text)
