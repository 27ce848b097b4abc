"""What a notice lacks to be told: fields that are empty, and facts that do not hold together. Each is named by path."""

import re
from collections.abc import Iterator
from typing import Any

from events.envelope import Part
from events.notice_fields import CdrdFields, LocationResultFields, NoticeFields, PbeFields

_LATIN = r"\n\u0020-\u007e\u00a0-\u00ac\u00ae-\u017f"
_MARKS = r"\u2013\u2014\u2018-\u201d\u2020-\u2022\u2026\u2030\u20ac\u2122\u2212"
UNPRINTABLE = re.compile(f"[^{_LATIN}{_MARKS}]")
"""What is no Latin letter of Western or Central Europe and no usual mark: the font of the paper lacks it."""


def gaps(content: NoticeFields) -> list[str]:
    """Return the paths of what is missing, such as `bids.3.question`. Empty: the words can be made, and printed."""
    return [*_blank(content), *_unexplained(content), *_unprintable(content.model_dump(mode="json"))]


def _blank(part: Part, prefix: str = "") -> Iterator[str]:
    """Yield each text that the type demands and that holds nothing but spaces."""
    for name, field in type(part).model_fields.items():
        value, path = getattr(part, name), f"{prefix}{name}"
        if isinstance(value, str) and field.is_required() and not value.strip():
            yield path
        elif isinstance(value, Part):
            yield from _blank(value, f"{path}.")
        elif isinstance(value, tuple):
            for place, item in enumerate(value):
                if isinstance(item, Part):
                    yield from _blank(item, f"{path}.{place}.")
                elif isinstance(item, str) and not item.strip():
                    yield f"{path}.{place}"


def _unprintable(value: Any, path: str = "") -> Iterator[str]:
    """Yield each text with a letter that no font of ours has: on paper its place would be empty."""
    if isinstance(value, str) and (found := UNPRINTABLE.search(value)):
        yield f"{path}: U+{ord(found[0]):04X} cannot be printed"
    elif isinstance(value, dict):
        for name, inner in value.items():
            yield from _unprintable(inner, f"{path}.{name}".lstrip("."))
    elif isinstance(value, list):
        for place, inner in enumerate(value):
            yield from _unprintable(inner, f"{path}.{place}")


def _unexplained(content: NoticeFields) -> Iterator[str]:
    """Yield what is there and yet says nothing: a check without words, a list of missing documents with none."""
    match content:
        case CdrdFields() if all(document.received for document in content.documents):
            yield "documents"
        case PbeFields():
            known = {check.check for check in content.checks}
            for place, row in enumerate(content.rows):
                named = {*row.met, *(finding.check for finding in row.not_verified)}
                if not named or named - known:
                    yield f"rows.{place}.checks"
        case LocationResultFields():
            for place, location in enumerate(content.rows):
                if location.approved and location.effective_on is None:
                    yield f"rows.{place}.effective_on"
                if not location.approved and not location.explanation.strip():
                    yield f"rows.{place}.explanation"
        case _:
            return
