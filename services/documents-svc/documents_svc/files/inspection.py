"""What is looked at inside a file. Runs in a process of its own, with limits (`inspection_process`)."""

import re
import zipfile
from collections.abc import Collection
from pathlib import Path

import magic
import pikepdf

from documents_svc.files.rejection import Rejection

PDF = "application/pdf"
HEAD, TAIL = 2048, 1024

NOT_THE_TYPE = Rejection("UPL-01", "This is not a PDF file. Save or print the document as a PDF and upload that.")
CUT_SHORT = Rejection("UPL-01", "The end of the PDF is missing. Make the file anew and upload it again.")
TWO_IN_ONE = Rejection("UPL-04", "The file is also an archive. Save or print the document as a plain PDF.")
PROTECTED = Rejection("UPL-03", "The file is protected (encrypted). Remove the protection and upload it again.")
DOES_NOT_OPEN = Rejection("UPL-03", "The file does not open as a PDF. Make it anew and upload it again.")
NO_PAGES = Rejection("UPL-03", "The PDF has no pages. Make it anew and upload it again.")
TOO_HEAVY = Rejection("UPL-03", "The PDF takes too much to open. Print it to a new PDF and upload that.")
ACTIVE = Rejection(
    "UPL-04", "The PDF holds a script, an action or an attached file. Print it to a new PDF and upload that."
)

_ACTIONS = b"JavaScript|Launch|SubmitForm|ImportData|GoToR|GoToE|RichMediaExecute"
_ACTIVE = re.compile(
    rb'"/(JS|JavaScript|EF|EmbeddedFiles|RichMediaContent)":'
    rb'|"/S": "/(' + _ACTIONS + rb')"'
    rb'|"/Subtype": "/(FileAttachment|RichMedia|Movie)"'
    rb'|"/Type": "/EmbeddedFile"'
    rb'|^"/(' + _ACTIONS + rb')"$'
)
"""Keys and values, in qpdf's JSON, of what acts or carries along. Text there begins with `u:` or `b:`, names do not."""


def inspect(path: Path, media_types: Collection[str]) -> Rejection | None:
    """Return why a file cannot be accepted, or None. `media_types` are those its slot takes."""
    with path.open("rb") as file:
        head = file.read(HEAD)
        file.seek(max(0, path.stat().st_size - TAIL))
        tail = file.read()
    kind = magic.from_buffer(head, mime=True)
    if kind not in media_types:
        return NOT_THE_TYPE
    return _inspect_pdf(path, head, tail) if kind == PDF else None


def _inspect_pdf(path: Path, head: bytes, tail: bytes) -> Rejection | None:
    if not head.startswith(b"%PDF-"):
        return NOT_THE_TYPE
    if b"%%EOF" not in tail:
        return CUT_SHORT
    if zipfile.is_zipfile(path):
        return TWO_IN_ONE
    try:
        with pikepdf.open(path) as pdf:
            return _inspect_structure(pdf)
    except pikepdf.PasswordError:
        return PROTECTED
    except (pikepdf.PdfError, ValueError, KeyError, TypeError, IndexError):
        return DOES_NOT_OPEN


def _inspect_structure(pdf: pikepdf.Pdf) -> Rejection | None:
    if pdf.is_encrypted:
        return PROTECTED
    if len(pdf.pages) < 1:
        return NO_PAGES
    if any(_ACTIVE.search(thing.to_json(dereference=True, schema_version=2)) for thing in pdf.objects):
        return ACTIVE
    return None
