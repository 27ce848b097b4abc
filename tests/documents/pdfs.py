"""Made-up files: good PDFs, and PDFs that must not pass."""

import io
import random
import zipfile

import pikepdf
from pikepdf import Array, Dictionary, Name, String

from deploy.local.clamd import EICAR

EXE = b"MZ\x90\x00\x03\x00\x00\x00\x04\x00\x00\x00\xff\xff\x00\x00" + bytes(2000)


def pdf(pages: int = 1, *, note: str = "", filling: int = 0) -> bytes:
    """A plain PDF that opens; `filling` bytes that do not compress make it larger, `note` makes it another one."""
    made = pikepdf.new()
    for _ in range(pages):
        made.add_blank_page()
    made.docinfo["/Title"] = note
    if filling:
        made.Root.Filling = pikepdf.Stream(made, random.Random(filling).randbytes(filling))
    return _written(made)


def encrypted(password: str = "secret") -> bytes:
    made = pikepdf.new()
    made.add_blank_page()
    return _written(made, encryption=pikepdf.Encryption(owner="owner", user=password))


def without_pages() -> bytes:
    return _written(pikepdf.new())


def with_script() -> bytes:
    return _opening_with(Dictionary(S=Name.JavaScript, JS=String("app.alert(1)")))


def with_hidden_script() -> bytes:
    """The script's kind stands in an object of its own, and the object in a compressed stream."""
    made = pikepdf.new()
    made.add_blank_page()
    kind = made.make_indirect(Name.JavaScript)
    made.pages[0].AA = Dictionary(O=made.make_indirect(Dictionary(S=kind, Next=Array([Dictionary(S=kind)]))))
    return _written(made, object_stream_mode=pikepdf.ObjectStreamMode.generate)


def with_launch() -> bytes:
    return _opening_with(Dictionary(S=Name.Launch, F=String("cmd.exe")))


def with_form_submission() -> bytes:
    return _opening_with(Dictionary(S=Name.SubmitForm, F=String("http://example.org")))


def with_remote_link() -> bytes:
    return _opening_with(Dictionary(S=Name.GoToR, F=String("\\\\server\\share\\other.pdf")))


def with_attachment(content: bytes = b"hello", name: str = "notes.txt") -> bytes:
    made = pikepdf.new()
    made.add_blank_page()
    made.attachments[name] = content
    return _written(made)


def with_archive_behind() -> bytes:
    """A PDF to one reader, a ZIP archive to another."""
    archive = io.BytesIO(pdf())
    with zipfile.ZipFile(archive, "a") as both:
        both.writestr("setup.exe", EXE)
        both.comment = b"startxref\n0\n%%EOF"
    return archive.getvalue()


def with_malware() -> bytes:
    """A PDF that opens, with what every scanner reports behind its end."""
    return pdf() + b"\n%" + EICAR + b"\n%%EOF"


def cut_short() -> bytes:
    return pdf(filling=5000)[:-1500]


def with_broken_inside() -> bytes:
    return b"%PDF-1.7\n" + b"this is no object at all\n" * 50 + b"\nstartxref\n9\n%%EOF"


def html() -> bytes:
    return b"<html><script>alert(1)</script></html>%PDF-1.4\n%%EOF"


def _opening_with(action: Dictionary) -> bytes:
    made = pikepdf.new()
    made.add_blank_page()
    made.Root.OpenAction = action
    return _written(made)


def _written(made: pikepdf.Pdf, **options) -> bytes:
    written = io.BytesIO()
    made.save(written, **options)
    return written.getvalue()
