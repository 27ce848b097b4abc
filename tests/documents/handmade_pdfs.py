"""PDFs made by hand, object by object, as no library would make them."""

import io
import zlib
from collections.abc import Callable

import pikepdf
from pikepdf import Array, Dictionary

MIB = 1024 * 1024


def raw(objects: dict[int, bytes], *, root: int = 1, trailer: bytes = b"", header: bytes = b"%PDF-1.7\n") -> bytes:
    """Write a PDF object by object, as no library would; `objects` are bodies by number, the tables are right."""
    written, starts = bytearray(header), {}
    for number, body in objects.items():
        starts[number] = len(written)
        written += b"%d 0 obj\n%s\nendobj\n" % (number, body)
    table = len(written)
    size = max(objects) + 1
    written += b"xref\n0 %d\n0000000000 65535 f \n" % size
    for number in range(1, size):
        written += b"%010d 00000 n \n" % starts.get(number, 0)
    written += b"trailer\n<</Size %d /Root %d 0 R %s>>\nstartxref\n%d\n%%%%EOF\n" % (size, root, trailer, table)
    return bytes(written)


CATALOG = b"<</Type /Catalog /Pages 2 0 R>>"
PAGES = b"<</Type /Pages /Kids [3 0 R] /Count 1>>"
PAGE = b"<</Type /Page /Parent 2 0 R /MediaBox [0 0 612 792]>>"


def simple(catalog: bytes = CATALOG, pages: bytes = PAGES, page: bytes = PAGE, **more: bytes) -> bytes:
    """A PDF of three objects, one of them made wrong; `more` are further ones, named `_4` and so on."""
    numbered = {int(name.removeprefix("_")): body for name, body in more.items()}
    return raw({1: catalog, 2: pages, 3: page, **numbered})


def built(change: Callable[[pikepdf.Pdf], None], **options: object) -> bytes:
    """A PDF of one page that somebody changed."""
    made = pikepdf.new()
    made.add_blank_page()
    change(made)
    written = io.BytesIO()
    made.save(written, **options)
    return written.getvalue()


def annotated(annotation: Dictionary) -> bytes:
    """A page with one annotation."""

    def change(made: pikepdf.Pdf) -> None:
        made.pages[0].Annots = Array([made.make_indirect(annotation)])

    return built(change)


def opening(**action: object) -> bytes:
    """A PDF that does something when it is opened."""
    return built(lambda made: setattr(made.Root, "OpenAction", Dictionary(**action)))


def of_the_root(**entries: object) -> bytes:
    """A PDF with more in its catalog."""

    def change(made: pikepdf.Pdf) -> None:
        for name, value in entries.items():
            made.Root[f"/{name}"] = value

    return built(change)


def encrypted(**options: object) -> bytes:
    """A PDF with protection of one kind."""
    return built(lambda made: None, encryption=pikepdf.Encryption(**options))


def object_stream(filling: bytes, times: int, thing: bytes = PAGE, catalog: bytes = CATALOG) -> bytes:
    """A thing in an object stream, by default the page, with a list of very much on it: small while it is packed."""
    deflate = zlib.compressobj(1)
    parts = (b"5 0 " + thing.removesuffix(b">>") + b" /List [", *(filling for _ in range(times)), b"]>>")
    packed = b"".join(deflate.compress(part) for part in parts) + deflate.flush()
    head = b"<</Type /ObjStm /N 1 /First 4 /Filter /FlateDecode /Length %d>>" % len(packed)
    bomb = b"%s\nstream\n%s\nendstream" % (head, packed)
    pages = PAGES.replace(b"3 0 R", b"5 0 R") if thing is PAGE else PAGES
    bodies = {1: catalog, 2: pages, 3: PAGE, 4: bomb}
    written, starts = bytearray(b"%PDF-1.7\n"), {}
    for number, body in bodies.items():
        starts[number] = len(written)
        written += b"%d 0 obj\n%s\nendobj\n" % (number, body)
    table = len(written)
    rows = [(0, 0, 255), *((1, starts[number], 0) for number in (1, 2, 3, 4)), (2, 4, 0), (1, table, 0)]
    entries = b"".join(bytes([kind]) + where.to_bytes(4, "big") + bytes([last]) for kind, where, last in rows)
    told = b"<</Type /XRef /Size 7 /W [1 4 1] /Root 1 0 R /Length %d>>" % len(entries)
    written += b"6 0 obj\n%s\nstream\n%s\nendstream\nendobj\nstartxref\n%d\n%%%%EOF\n" % (told, entries, table)
    return bytes(written)


def page_tree_that_doubles(depth: int) -> bytes:
    """Each node holds the next one ten times: a few KB of file, ten to the power of `depth` pages."""
    nodes = {
        number: b"<</Type /Pages /Count 1 /Kids [%s]>>" % (b"%d 0 R " % (number + 1) * 10)
        for number in range(2, 2 + depth)
    }
    return raw({1: CATALOG, **nodes, 2 + depth: PAGE})


def content_that_unpacks_to(mebibytes: int) -> bytes:
    """A page whose content is small in the file and very large when it is drawn."""
    deflate = zlib.compressobj(1)
    packed = b"".join(deflate.compress(b" " * MIB) for _ in range(mebibytes)) + deflate.flush()
    stream = b"<</Filter /FlateDecode /Length %d>>\nstream\n%s\nendstream" % (len(packed), packed)
    return simple(page=PAGE.replace(b">>", b" /Contents 4 0 R>>"), _4=stream)


def without_its_end(content: bytes, mark: bytes) -> bytes:
    """The file up to the last place where `mark` stands, with an end that only looks like one."""
    return content[: content.rindex(mark)] + b"%%EOF\n"
