"""The financial score summary on paper: an accessible PDF (PDF/UA-1), set by Typst, with the picture of each ratio.

What is told travels as string literals and never as markup of Typst. Bars are decoration: each row says the same.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any, Final

from bidding_svc.scores.reasons import REASONS
from chassis.calendar import eastern_day, write_day

STANDARD: Final = "ua-1"
ISSUER = "DMEPOS Competitive Bidding Program · Connexion"
OUTCOMES = {
    "PASSED": "The minimum is met.",
    "FAILED": "The minimum is not met.",
    "INCOMPLETE": "Incomplete: a required document was not received.",
    "UNDECIDED": "Not decided: no minimum is published.",
}
VERDICTS = {
    "ACCEPTABLE": "Acceptable",
    "UNACCEPTABLE": "Not acceptable",
    "MISSING": "Not received",
    "NOT_APPLICABLE": "Not applicable",
}
STATUSES = {
    "COMPUTED": "Computed",
    "RANKED_LAST": "Ranked behind all others",
    "NOT_COMPUTABLE": "Cannot be computed",
    "NOT_COMPUTABLE_FAVOURABLE": "Cannot be computed, in your favor",
    "ZERO_DOCUMENT": "0 points: a document is not acceptable",
}
BANDS = {"TOP": "top 10 percent", "MIDDLE": "middle", "BOTTOM": "bottom 10 percent"}
_PAGE = """\
#set document(title: {title}, author: "Centers for Medicare & Medicaid Services")
#set page(paper: "us-letter", margin: 0.75in, numbering: "1 of 1")
#set text(lang: "en", region: "us", size: 10pt)
#set table(stroke: 0.5pt + luma(150), inset: 5pt, align: left)
#show figure: set block(breakable: true)
#show figure.where(kind: table): set figure(supplement: none, numbering: none)
#show figure.where(kind: table): set figure.caption(position: top, separator: none)
#show table.cell.where(y: 0): strong
#let bar(own, median, most) = pdf.artifact(box(width: 100pt, height: 9pt, {{
  place(rect(width: most * 10pt, height: 9pt, stroke: 0.5pt + luma(120), fill: luma(235)))
  place(rect(width: own * 10pt, height: 9pt, fill: rgb("#005ea2")))
  if median != none {{ place(dx: median * 10pt, line(angle: 90deg, length: 9pt, stroke: 2pt + black)) }}
}}))
#text(9pt)[#{issuer}]
#heading(level: 1, {title})
{body}
"""


def print_summary(number: str, round_code: str, member: str, told: Mapping[str, Any], released_at: datetime) -> bytes:
    """Return a released summary as PDF/UA-1. Takes some 100 ms: not in an event loop."""
    about = f"Bidder number {number}, Round {round_code[1:]}" + (f", network member {member}" if member else "")
    parts = [
        _says(about),
        _says(f"Released on {write_day(eastern_day(released_at))}"),
        *_result(told),
        *_ratios(told["ratios"], told),
        *_credit(told["credit"], told["method"]),
        *_documents(told["documents"]),
    ]
    body = "\n\n".join(part for part in parts if part)
    source = _PAGE.format(title=quoted("Financial scoring summary"), issuer=quoted(ISSUER), body=body)
    import typst  # with its fonts: only who prints needs it

    printed: bytes = typst.compile(
        source.encode(),
        format="pdf",
        pdf_standards=STANDARD,
        ignore_system_fonts=True,
        timestamp=int(released_at.timestamp()),
    )
    return printed


def quoted(text: object) -> str:
    """Write a string literal of Typst."""
    escaped = str(text).replace("\\", "\\\\").replace('"', '\\"').replace("\n", " ").replace("\r", " ")
    return f'"{escaped}"'


def _says(text: str) -> str:
    return f"#{quoted(text)}"


def _result(told: Mapping[str, Any]) -> list[str]:
    whole = "100" if told["method"] == "ratios_80_credit_20" else "1"
    score = f"Total score: {told['total']} of {whole}" if told["total"] else "Total score: not told"
    minimum = f"Minimum score: {told['minimum']}" if told["minimum"] else ""
    median = f"Median of all bidders: {told['median_total']}" if told["median_total"] else ""
    lines = [score, minimum, OUTCOMES[told["outcome"]], median]
    return ['#heading(level: 2, "Result")', *(f"#strong({quoted(line)})" for line in lines if line)]


def _ratios(lines: Sequence[Mapping[str, Any]], told: Mapping[str, Any]) -> list[str]:
    if not lines:
        return []
    columns = ["Ratio, formula and figures", "Value", "Median", "Points, drawn", "Points"]
    rows = [[_ratio(line), _value(line), _median(line), _bar(line), _points(line)] for line in lines]
    points = told["ratio_points"]
    heading = f"Ratios: {Decimal(points):.2f} of 80 points" if points else "Ratios"
    key = "A bar is your points, its frame the most a ratio can give, and a black line the points of the median bidder."
    widths = "(2.4fr, 1.1fr, 0.9fr, 108pt, 1fr)"
    return [f"#heading(level: 2, {quoted(heading)})", _table("Every ratio", columns, rows, widths), _says(key)]


def _ratio(line: Mapping[str, Any]) -> str:
    figures = "; ".join(f"{_words(name)} ${Decimal(value):,}" for name, value in line["figures"].items())
    return f"[#strong({quoted(line['name'])}) \\ #{quoted(line['formula'])} \\ #{quoted(figures)}]"


def _value(line: Mapping[str, Any]) -> str:
    if line["status"] != "COMPUTED":
        return quoted(STATUSES[line["status"]])
    return quoted(f"{Decimal(line['value']):,} ({line['better']} is better)")


def _median(line: Mapping[str, Any]) -> str:
    return quoted(f"{Decimal(line['median']):,}" if line["median"] else "Not told")


def _bar(line: Mapping[str, Any]) -> str:
    if line["points"] is None:
        return quoted("Not drawn")
    return f"bar({line['points']}, {line['median_points'] or 'none'}, {line['maximum']})"


def _points(line: Mapping[str, Any]) -> str:
    if line["points"] is None:
        return quoted("Not told")
    band = f", {BANDS[line['band']]}" if line["band"] else ""
    return quoted(f"{Decimal(line['points']):.2f} of {line['maximum']}{band}")


def _credit(credit: Mapping[str, Any], method: str) -> list[str]:
    kind = "A personal report: its score is not shown here." if credit["personal"] else f"Score: {credit['score']}"
    scale = f"Scale: {credit['low']} to {credit['high']}, {credit['better']} is better" if credit["low"] else ""
    points = ""
    if credit["points"] is not None:
        points = f"Points: {credit['points']} of {credit['maximum']}" if method == "ratios_80_credit_20" else ""
    lines = [f"Agency: {credit['agency'] or 'none'}", kind, scale, points]
    return ['#heading(level: 2, "Credit report")', *(_says(line) for line in lines if line)]


def _documents(documents: Mapping[str, Mapping[str, Any]]) -> list[str]:
    rows = [
        [quoted(_words(code)), quoted(VERDICTS[each["verdict"]]), quoted(_reasons(code, each["reasons"]))]
        for code, each in documents.items()
    ]
    table = _table("Documents behind the score", ["Document", "Result", "Reasons"], rows, "(1fr, 1fr, 2fr)")
    return ['#heading(level: 2, "Documents")', table] if rows else []


def _reasons(document: str, codes: Sequence[str]) -> str:
    known = REASONS.get(document, {})
    return " ".join(f"{code}: {known.get(code, '')}" for code in codes) or "None"


def _table(caption: str, columns: Sequence[str], rows: Sequence[Sequence[str]], widths: str) -> str:
    header = ", ".join(quoted(column) for column in columns)
    cells = ", ".join(cell for row in rows for cell in row)
    return f"#figure(table(columns: {widths}, table.header({header}), {cells}), caption: {quoted(caption)})"


def _words(code: str) -> str:
    return code.replace("_", " ").replace("-", " ").capitalize()
