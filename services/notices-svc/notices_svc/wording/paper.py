"""The same words on paper: the HTML fragment of a notice as an accessible PDF (PDF/UA-1), set by Typst.

What people wrote travels as string literals and never as markup of Typst. PDF/UA refuses letters that the font does
not have: `gaps.UNPRINTABLE` keeps them out of notices from the start.
"""

from datetime import datetime
from html.parser import HTMLParser
from typing import Final

from chassis.calendar import eastern_day, write_day, write_moment

STANDARD: Final = "ua-1"

_PAGE = """\
#set document(title: {title}, author: "Centers for Medicare & Medicaid Services")
#set page(paper: "us-letter", margin: 1in, numbering: "1 of 1")
#set text(lang: "en", region: "us", size: 11pt)
#set par(leading: 0.7em, spacing: 1em)
#set heading(numbering: none)
#show figure.where(kind: table): set figure(supplement: none, numbering: none)
#show figure.where(kind: table): set figure.caption(position: top, separator: none)
#show figure.where(kind: table): set block(breakable: true)
#show table.cell.where(y: 0): strong
#set table(stroke: 0.5pt + luma(120), inset: 5pt, align: left)
#text(9pt)[#{issuer}]
#heading(level: 1, {title})
{facts}
{body}
"""
ISSUER = "DMEPOS Competitive Bidding Program · Connexion"


def print_notice(title: str, html: str, *, issued_at: datetime, due_at: datetime | None) -> bytes:
    """Return the notice as PDF/UA-1. `html` is a fragment of `words.write`. Takes some 50 ms: not in an event loop."""
    facts = [f"Date of this notice: {write_day(eastern_day(issued_at))}"]
    if due_at is not None:
        facts.append(f"Due: {write_moment(due_at)}")
    source = _PAGE.format(
        title=quoted(title),
        issuer=quoted(ISSUER),
        facts="\n\n".join(f"#{quoted(fact)}" for fact in facts),
        body=_Setting(html).text,
    )
    import typst  # with its fonts: only who prints needs it

    printed: bytes = typst.compile(
        source.encode(),
        format="pdf",
        pdf_standards=STANDARD,
        ignore_system_fonts=True,
        timestamp=int(issued_at.timestamp()),
    )
    return printed


def quoted(text: str) -> str:
    """Write a string literal of Typst."""
    escaped = text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", " ").replace("\r", " ")
    return f'"{escaped}"'


_PLAIN = {
    "p": ("\n", "\n"),
    "h2": ("\n#heading(level: 2)[", "]\n"),
    "ul": ("\n#list(", ")\n"),
    "li": ("[", "],"),
    "strong": ("#strong[", "]"),
    "tr": ("", ""),
    "tbody": ("", ""),
    "th": ("[", "],"),
    "td": ("[", "],"),
}
"""How an element begins and ends. Tables, captions and header rows are more than that."""


class _Setting(HTMLParser):
    """Sets the few elements of a notice; any other is a mistake of a template, and raises KeyError."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self._set: list[str] = []  # pieces: a long table has many thousands
        self._columns, self._caption, self._cells_begin = 0, "", 0
        self._in_header = self._in_caption = False
        self.feed(html)

    @property
    def text(self) -> str:
        """All that was set."""
        return "".join(self._set)

    def handle_starttag(self, tag: str, _attrs: list[tuple[str, str | None]]) -> None:
        """Begin an element."""
        match tag:
            case "table":
                self._columns, self._caption, self._cells_begin = 0, "", len(self._set)
            case "caption":
                self._in_caption = True
            case "thead":
                self._in_header = True
                self._set.append("table.header(")
            case _:
                self._columns += self._in_header and tag == "th"
                self._set.append(_PLAIN[tag][0])

    def handle_endtag(self, tag: str) -> None:
        """End an element; at the end of a table its columns and its caption are known."""
        match tag:
            case "table":
                self._set.insert(self._cells_begin, f"\n#figure(table(columns: (1fr,) * {self._columns}, ")
                self._set.append(f"), caption: {quoted(self._caption)})\n")
            case "caption":
                self._in_caption = False
            case "thead":
                self._in_header = False
                self._set.append("),")
            case _:
                self._set.append(_PLAIN[tag][1])

    def handle_data(self, data: str) -> None:
        """Set text; what stands between elements only to be readable is left out."""
        if self._in_caption:
            self._caption += data
        elif data.strip():
            self._set.append(f"#{quoted(data)}")
