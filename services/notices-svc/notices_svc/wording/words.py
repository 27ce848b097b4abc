"""The words of a notice: versioned templates, one a type, in plain language.

A version is a folder (`v1`, `v2`, …) and never changes once a notice was issued with it: a new wording is a new folder
that needs to hold only the types that changed. A notice keeps the version it was submitted with. Templates see the
typed fields and dates, nothing else, in Jinja's sandbox; what comes out is an HTML fragment without scripts or styles.
"""

from collections.abc import Callable, Mapping
from datetime import datetime
from functools import cache
from importlib.resources import files
from pathlib import Path
from types import MappingProxyType
from typing import Any

from jinja2 import FileSystemLoader, StrictUndefined, TemplateError
from jinja2.sandbox import ImmutableSandboxedEnvironment
from markupsafe import Markup

from chassis.calendar import write_day, write_moment
from events.notice_fields import NoticeFields

FOLDER = Path(str(files(__package__)))
PARTS = "_parts.html"


class WordsMissing(Exception):
    """The words of a notice cannot be made from its fields."""


@cache
def versions() -> Mapping[str, int]:
    """Return the latest version of the words of each type."""
    latest: dict[str, int] = {}
    for folder in FOLDER.glob("v*"):
        for template in folder.glob("[a-z]*.html"):
            latest[template.stem] = max(int(folder.name[1:]), latest.get(template.stem, 0))
    return MappingProxyType(latest)


def write(content: NoticeFields, version: int, *, issued_at: datetime, due_at: datetime | None) -> str:
    """Return the notice as an HTML fragment, headings from level 2 on.

    Raises `WordsMissing` when there are no such words, or the fields do not fill them.
    """
    try:
        template = _environment(version).get_template(f"{content.notice_type}.html")
        return template.render(fields=content, issued_at=issued_at, due_at=due_at).strip()
    except TemplateError as problem:
        raise WordsMissing(f"{content.notice_type}, version {version}: {problem}") from problem


@cache
def _environment(version: int) -> ImmutableSandboxedEnvironment:
    environment = ImmutableSandboxedEnvironment(
        loader=FileSystemLoader([FOLDER / f"v{each}" for each in range(version, 0, -1)]),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        finalize=_something,
    )
    for name, filter_ in (("money", write_money), ("day", write_day), ("moment", write_moment), ("cited", _cited)):
        environment.filters[name] = _given(filter_)
    return environment


def write_money(cents: int) -> str:
    """Write cents as dollars: "$1,023.45"."""
    return f"${cents // 100:,}.{cents % 100:02d}"


def _given(filter_: Callable[[Any], str]) -> Callable[[Any], str]:
    """Let a filter name what is wrong when it is to write a fact that is not there."""

    def write_given(value: Any) -> str:
        return filter_(_something(value))

    return write_given


def _something(value: Any) -> Any:
    """Refuse to print nothing: an empty place in a letter is a mistake of whoever filled it."""
    if value is None or (value == "" and not isinstance(value, Markup)):  # a macro may well have nothing to say
        raise TemplateError("a field that the words need is empty")
    return value


def _cited(paragraphs: tuple[str, ...]) -> Markup:
    """Write people's own paragraphs, escaped."""
    return Markup("").join(Markup("<p>{}</p>\n").format(paragraph) for paragraph in paragraphs)
