"""One request's way through all services, as a waterfall in the terminal: `make trace ID=…`.

`ID` is what an error page calls the reference, what `X-Request-Id`, the access log and an audit row call the trace: 32
hexadecimal digits; a whole `traceparent` will do. Read are the spans that the processes of this machine wrote
(`chassis.span_file`), those of the last minutes to hours by how busy they were.
"""

import json
import re
import sys
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from deploy.local.place import this_place
from deploy.local.trouble import Trouble

BAR = 32
"""Characters of the widest bar."""
MARKS = {"server": "→", "consumer": "⇠", "producer": "⇢", "client": "↗", "internal": "·"}

Span = dict[str, Any]


def trace_id(said: str) -> str:
    """Return the 32 digits in what somebody pasted. Raises Trouble when there are none."""
    found = re.search(r"(?<![0-9a-f])[0-9a-f]{32}(?![0-9a-f])", said.lower().replace("-", " "))
    if not found and re.fullmatch(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", said.lower()):
        return said.lower().replace("-", "")
    if not found:
        msg = "Name a trace: make trace ID=… with the 32 digits that an error page calls the reference."
        raise Trouble(msg)
    return found[0]


def spans_of(trace: str, folder: Path) -> list[Span]:
    """Return the spans of one trace from all files of a folder, in the order in which they began.

    Raises Trouble when there is none.
    """
    found = [json.loads(line) for file in folder.glob("*.jsonl*") for line in _lines_with(trace, file)]
    spans = sorted((span for span in found if span["trace"] == trace), key=lambda span: span["began_ns"])
    if not spans:
        msg = f"No span of {trace} is kept on this machine. It may be too old, or `make run` has not run since."
        raise Trouble(msg)
    return spans


def _lines_with(trace: str, file: Path) -> Iterator[str]:
    with file.open() as lines:
        yield from (line for line in lines if trace in line and line.endswith("\n"))


def waterfall(spans: list[Span]) -> Iterator[str]:
    """Draw spans as lines, each under the one that caused it: process, name, start and length in milliseconds, bar."""
    known = {span["span"] for span in spans}
    caused = defaultdict(list)
    for span in spans:
        caused[span["parent"] if span["parent"] in known else None].append(span)
    began = spans[0]["began_ns"]
    whole = max(span["ended_ns"] for span in spans) - began or 1
    named = max(len(_name(span, depth)) for span, depth in _walk(caused, None, 0))
    for span, depth in _walk(caused, None, 0):
        start, length = span["began_ns"] - began, span["ended_ns"] - span["began_ns"]
        bar = " " * (start * BAR // whole) + "█" * max(1, length * BAR // whole)
        failed = f"  failed: {span['failed']}" if span["failed"] else ""
        yield (
            f"{_name(span, depth):{named}}  {start / 1e6:8.1f} ms  {length / 1e6:8.1f} ms  |{bar[:BAR]:{BAR}}|{failed}"
        )


def _walk(caused: dict[str | None, list[Span]], parent: str | None, depth: int) -> Iterator[tuple[Span, int]]:
    for span in caused[parent]:
        yield span, depth
        yield from _walk(caused, span["span"], depth + 1)


def _name(span: Span, depth: int) -> str:
    process = str(span["process"]).removeprefix("connexion-")
    status = span["attributes"].get("http.response.status_code")
    return f"{'  ' * depth}{MARKS[span['kind']]} {process}  {span['name']}" + (f"  {status}" if status else "")


def main() -> int:
    """Print the trace that the first argument names."""
    folder = this_place().folder / "spans"
    try:
        spans = spans_of(trace_id(sys.argv[1] if len(sys.argv) > 1 else ""), folder)
    except Trouble as trouble:
        print(trouble, file=sys.stderr)
        return 1
    print("\n".join(waterfall(spans)))
    return 0


if __name__ == "__main__":
    sys.exit(main())
