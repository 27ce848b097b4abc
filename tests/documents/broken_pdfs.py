"""Every broken and every hostile PDF we could think of, each with what the inspection has to say of it."""

import re
from collections.abc import Callable
from dataclasses import dataclass

from pikepdf import Array, Dictionary, Name, String

from tests.documents import pdfs
from tests.documents.handmade_pdfs import (
    CATALOG,
    MIB,
    PAGE,
    PAGES,
    annotated,
    content_that_unpacks_to,
    encrypted,
    object_stream,
    of_the_root,
    opening,
    page_tree_that_doubles,
    raw,
    simple,
    without_its_end,
)

PNG = b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR" + bytes(300)
GIF = b"GIF89a\x01\x00\x01\x00\x80\x00\x00" + bytes(20)
ALERT = "app.alert(1)"


@dataclass(frozen=True)
class Broken:
    """A file, and the code it is rejected with; None where it has to pass."""

    make: Callable[[], bytes]
    code: str | None


NOT_A_PDF = {
    "empty": Broken(lambda: b"", "UPL-01"),
    "one byte": Broken(lambda: b"%", "UPL-01"),
    "the header and nothing else": Broken(lambda: b"%PDF-1.7\n", "UPL-01"),
    "PNG renamed": Broken(lambda: PNG, "UPL-01"),
    "program renamed": Broken(lambda: pdfs.EXE, "UPL-01"),
    "HTML renamed": Broken(pdfs.html, "UPL-01"),
    "PostScript": Broken(lambda: b"%!PS-Adobe-3.0\n%%Pages: 1\nshowpage\n%%EOF\n", "UPL-01"),
    "form data alone (FDF)": Broken(
        lambda: b"%FDF-1.2\n1 0 obj<</FDF<<>>>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF", "UPL-01"
    ),
    "text in UTF-16": Broken(lambda: pdfs.pdf()[:200].decode("latin-1").encode("utf-16"), "UPL-01"),
    "byte order mark before the header": Broken(lambda: b"\xef\xbb\xbf" + pdfs.pdf(), "UPL-01"),
    "header a hundred bytes in": Broken(lambda: b"x" * 100 + pdfs.pdf(), "UPL-01"),
    "header two thousand bytes in": Broken(lambda: b"\n" * 2000 + pdfs.pdf(), "UPL-01"),
    "program and PDF in one": Broken(lambda: pdfs.EXE + pdfs.pdf(), "UPL-01"),
    "image and PDF in one": Broken(lambda: GIF + pdfs.pdf(), "UPL-01"),
    "archive before the PDF": Broken(lambda: pdfs.with_archive_behind()[-400:] + pdfs.pdf(), "UPL-01"),
    "cut in the middle": Broken(pdfs.cut_short, "UPL-01"),
    "cut in the last line": Broken(lambda: pdfs.pdf()[:-4], "UPL-01"),
    "long rubbish behind the end": Broken(lambda: pdfs.pdf() + bytes(5000), "UPL-01"),
    "cross-reference table and trailer missing": Broken(lambda: without_its_end(simple(), b"xref\n0"), "UPL-01"),
    "nothing but zeros behind the header": Broken(lambda: b"%PDF-1.7\n" + bytes(9000), "UPL-01"),
}

DOES_NOT_OPEN = {
    "zero pages": Broken(pdfs.without_pages, "UPL-03"),
    "broken inside": Broken(pdfs.with_broken_inside, "UPL-03"),
    "no catalog": Broken(lambda: raw({1: b"null", 2: PAGES, 3: PAGE}), "UPL-03"),
    "catalog that is no dictionary": Broken(lambda: simple(catalog=b"[1 2 3]"), "UPL-03"),
    "catalog without pages": Broken(lambda: simple(catalog=b"<</Type /Catalog>>"), "UPL-03"),
    "pages that are a number": Broken(lambda: simple(pages=b"42"), "UPL-03"),
    "kids that are no list": Broken(lambda: simple(pages=b"<</Type /Pages /Kids 7 /Count 1>>"), "UPL-03"),
    "page tree in a circle": Broken(lambda: simple(pages=b"<</Type /Pages /Kids [2 0 R] /Count 1>>"), "UPL-03"),
    "page tree in a wide circle": Broken(
        lambda: simple(page=b"<</Type /Pages /Kids [2 0 R] /Count 1 /Parent 2 0 R>>"), "UPL-03"
    ),
    "a million pages claimed": Broken(lambda: simple(pages=b"<</Type /Pages /Kids [3 0 R] /Count 1000000>>"), "UPL-03"),
    "less than no pages claimed": Broken(lambda: simple(pages=b"<</Type /Pages /Kids [3 0 R] /Count -1>>"), "UPL-03"),
    "page larger than any reader shows": Broken(
        lambda: simple(page=PAGE.replace(b"612 792", b"1000000000 1000000000")), "UPL-03"
    ),
    "page without an area": Broken(lambda: simple(page=PAGE.replace(b"[0 0 612 792]", b"[0 0 0 0]")), "UPL-03"),
    "encrypted, password to open": Broken(lambda: encrypted(owner="o", user="u"), "UPL-03"),
    "encrypted, password of the owner only": Broken(lambda: encrypted(owner="o", user=""), "UPL-03"),
    "encrypted the old way (RC4)": Broken(
        lambda: encrypted(owner="o", user="", R=3, aes=False, metadata=False), "UPL-03"
    ),
    "encrypted by a certificate": Broken(
        lambda: raw(
            {1: CATALOG, 2: PAGES, 3: PAGE, 4: b"<</Filter /Adobe.PubSec /SubFilter /adbe.pkcs7.s5 /V 4>>"},
            trailer=b"/Encrypt 4 0 R",
        ),
        "UPL-03",
    ),
    "protection that is no dictionary": Broken(
        lambda: raw({1: CATALOG, 2: PAGES, 3: PAGE}, trailer=b"/Encrypt (none)"), "UPL-03"
    ),
    "lists a hundred thousand deep": Broken(
        lambda: simple(page=PAGE.replace(b">>", b" /Deep " + b"[" * 100_000 + b"]" * 100_000 + b">>")), "UPL-03"
    ),
}

ACTS = {
    "script when it opens": Broken(lambda: opening(S=Name.JavaScript, JS=String(ALERT)), "UPL-04"),
    "script by name": Broken(
        lambda: of_the_root(
            Names=Dictionary(
                JavaScript=Dictionary(Names=Array([String("x"), Dictionary(S=Name.JavaScript, JS=String(ALERT))]))
            )
        ),
        "UPL-04",
    ),
    "script behind a link": Broken(
        lambda: annotated(Dictionary(Subtype=Name.Link, A=Dictionary(S=Name.JavaScript, JS=String(ALERT)))), "UPL-04"
    ),
    "script behind a link that goes on": Broken(
        lambda: annotated(
            Dictionary(
                Subtype=Name.Link,
                A=Dictionary(S=Name.URI, URI=String("https://example.org"), Next=Dictionary(S=Name.JavaScript)),
            )
        ),
        "UPL-04",
    ),
    "script when a page is shown": Broken(pdfs.with_hidden_script, "UPL-04"),
    "script when it is printed": Broken(
        lambda: of_the_root(AA=Dictionary(WP=Dictionary(S=Name.JavaScript, JS=String(ALERT)))), "UPL-04"
    ),
    "script spelled with escapes": Broken(
        lambda: simple(catalog=CATALOG.replace(b">>", b" /OpenAction <</S /J#61vaScript /J#53 (x)>>>>")), "UPL-04"
    ),
    "script in a field": Broken(
        lambda: of_the_root(
            AcroForm=Dictionary(Fields=Array([Dictionary(FT=Name.Tx, AA=Dictionary(K=Dictionary(S=Name.JavaScript)))]))
        ),
        "UPL-04",
    ),
    "script in a link's address": Broken(
        lambda: annotated(Dictionary(Subtype=Name.Link, A=Dictionary(S=Name.URI, URI=String("JavaScript:alert(1)")))),
        "UPL-04",
    ),
    "link to a file of the reader's machine": Broken(
        lambda: annotated(Dictionary(Subtype=Name.Link, A=Dictionary(S=Name.URI, URI=String("file:///etc/passwd")))),
        "UPL-04",
    ),
    "form that is a program (XFA)": Broken(
        lambda: of_the_root(AcroForm=Dictionary(Fields=Array([]), XFA=String("<xdp:xdp/>"))), "UPL-04"
    ),
    "file attached": Broken(pdfs.with_attachment, "UPL-04"),
    "program attached": Broken(lambda: pdfs.with_attachment(pdfs.EXE, "setup.exe"), "UPL-04"),
    "file pinned to a page": Broken(
        lambda: annotated(Dictionary(Subtype=Name.FileAttachment, FS=Dictionary(F=String("a.txt")))), "UPL-04"
    ),
    "portfolio of files": Broken(lambda: of_the_root(Collection=Dictionary(View=Name.D)), "UPL-04"),
    "program started": Broken(pdfs.with_launch, "UPL-04"),
    "form sent away": Broken(pdfs.with_form_submission, "UPL-04"),
    "data brought in": Broken(lambda: opening(S=Name.ImportData, F=String("x.fdf")), "UPL-04"),
    "other file opened": Broken(pdfs.with_remote_link, "UPL-04"),
    "attached file opened": Broken(lambda: opening(S=Name.GoToE, T=Dictionary(R=Name.C)), "UPL-04"),
    "rich media": Broken(lambda: annotated(Dictionary(Subtype=Name.RichMedia)), "UPL-04"),
    "film": Broken(lambda: annotated(Dictionary(Subtype=Name.Movie)), "UPL-04"),
    "three-dimensional model": Broken(lambda: annotated(Dictionary(Subtype=Name("/3D"))), "UPL-04"),
    "archive behind the PDF": Broken(pdfs.with_archive_behind, "UPL-04"),
}

BOMBS = {
    "object stream that unpacks to more than there is": Broken(lambda: object_stream(b" " * MIB, 1100), "UPL-03"),
    "list of ten million numbers": Broken(lambda: object_stream(b"0 " * (MIB // 2), 20), "UPL-03"),
    "script behind ten million numbers": Broken(
        lambda: object_stream(
            b"0 " * (MIB // 2),
            20,
            b"<</S /JavaScript /JS (app.alert)>>",
            CATALOG.replace(b">>", b" /OpenAction 5 0 R>>"),
        ),
        "UPL-03",
    ),
    "page tree of a hundred million pages": Broken(lambda: page_tree_that_doubles(8), "UPL-03"),
}
"""Files that take everything there is: they have to meet a limit of time or memory, or be seen through before."""

HARMLESS = {
    "plain": Broken(pdfs.pdf, None),
    "words that look like a script": Broken(lambda: pdfs.pdf(note="/JavaScript /JS"), None),
    "link to a page of the web": Broken(
        lambda: annotated(Dictionary(Subtype=Name.Link, A=Dictionary(S=Name.URI, URI=String("https://example.org")))),
        None,
    ),
    "form that was filled in": Broken(
        lambda: of_the_root(
            AcroForm=Dictionary(Fields=Array([Dictionary(FT=Name.Tx, T=String("name"), V=String("Larkspur"))]))
        ),
        None,
    ),
    "metadata that is no UTF-8": Broken(
        lambda: raw(
            {1: CATALOG, 2: PAGES, 3: PAGE, 4: b"<</Title (\xef\xbb\xbf\xff\xfe\x80)>>"}, trailer=b"/Info 4 0 R"
        ),
        None,
    ),
    "cross-reference table that points nowhere": Broken(
        lambda: simple().replace(b"startxref\n", b"startxref\n9"), None
    ),
    "table with wrong places": Broken(lambda: re.sub(rb"\d{10} 00000 n", b"0000000077 00000 n", simple()), None),
    "page measured in words": Broken(lambda: simple(page=PAGE.replace(b"612 792", b"/wide /high")), None),
    "list of ten thousand numbers": Broken(lambda: object_stream(b"0 " * 10_000, 1), None),
    "page without measures": Broken(lambda: simple(page=b"<</Type /Page /Parent 2 0 R>>"), None),
    "short rubbish behind the end": Broken(lambda: pdfs.pdf() + b"\r\n\0\0\0", None),
    "older and newer version in one file": Broken(lambda: pdfs.pdf() + b"\n% saved again\n%%EOF\n", None),
    "content that is a hundred times its file": Broken(lambda: content_that_unpacks_to(64), None),
}
"""What must pass: repaired by every reader, or harmless until somebody draws it."""

ALL = NOT_A_PDF | DOES_NOT_OPEN | ACTS | BOMBS | HARMLESS
