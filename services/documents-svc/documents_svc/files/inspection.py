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

UNSHOWABLE = Rejection(
    "UPL-03", "A page of the PDF has no size, or one that no reader shows. Print it to a new PDF and upload that."
)

MOST_PAGES = 10_000
"""More pages, or so many claimed, are no document but an attack on whoever opens it."""
OUT_OF_MEMORY = "bad_alloc"
"""What qpdf's warning says of an object that it dropped because it met the limit of memory."""
LONGEST_SIDE = 14_400
"""Points: the longest side of a page that readers have to show (ISO 32000-1, annex C.2)."""

_ACTIONS = b"JavaScript|Launch|SubmitForm|ImportData|GoToR|GoToE|RichMediaExecute"
_ACTIVE = re.compile(
    rb'"/(JS|JavaScript|EF|EmbeddedFiles|RichMediaContent|XFA|Collection)":'
    rb'|"/S": "/(' + _ACTIONS + rb')"'
    rb'|"/Subtype": "/(FileAttachment|RichMedia|Movie|3D)"'
    rb'|"/Type": "/EmbeddedFile"'
    rb'|"/URI": "u:\s*(?i:javascript|file|data|vbscript):'
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
    if b"%%EOF" not in tail or b"startxref" not in tail:
        return CUT_SHORT
    if zipfile.is_zipfile(path):
        return TWO_IN_ONE
    try:
        with pikepdf.open(path) as pdf:
            return _inspect_structure(pdf)
    except pikepdf.PasswordError:
        return PROTECTED
    except (pikepdf.PdfError, ValueError, KeyError, TypeError, IndexError, AttributeError, ArithmeticError):
        return DOES_NOT_OPEN


def _inspect_structure(pdf: pikepdf.Pdf) -> Rejection | None:
    """What is wrong inside. Where memory ran out, qpdf goes on as if an object were not there: nothing is known."""
    fault = _first_fault(pdf)
    return TOO_HEAVY if any(OUT_OF_MEMORY in warning for warning in pdf.get_warnings()) else fault


def _first_fault(pdf: pikepdf.Pdf) -> Rejection | None:
    if pdf.is_encrypted:
        return PROTECTED
    if len(pdf.pages) < 1:
        return NO_PAGES
    if not 0 <= int(pdf.Root.Pages.Count) <= MOST_PAGES or len(pdf.pages) > MOST_PAGES:
        return TOO_HEAVY
    if not all(_is_showable(page) for page in pdf.pages):
        return UNSHOWABLE
    if any(_ACTIVE.search(thing.to_json(dereference=True, schema_version=2)) for thing in pdf.objects):
        return ACTIVE
    return None


def _is_showable(page: pikepdf.Page) -> bool:
    """Whether a page has an area, its own or an inherited one, that a reader can show."""
    box = page.mediabox
    left, bottom, right, top = (float(side) for side in box.as_list())
    return 0 < abs(right - left) <= LONGEST_SIDE and 0 < abs(top - bottom) <= LONGEST_SIDE
