"""The articles as they are written: Markdown files with a head in TOML, `articles/<language>/<slug>.md`.

    +++
    place = 10
    topic = "uploads"
    title = "How large may a file be?"
    summary = "One sentence."
    version = 2
    updated_on = 2026-11-24
    changed = "The limit is named."
    +++
    The answer, in Markdown.

A new text needs a higher version; the one before is kept and stays readable.
"""

import tomllib
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from notices_svc.questions.question import LANGUAGES

ARTICLES = Path(__file__).parent / "articles"
TOPICS = ("registration", "uploads", "notices", "contract-maintenance", "form-c", "other")


class ArticleUnreadable(ValueError):
    """An article's head is missing or not right."""


@dataclass(frozen=True)
class Article:
    """One article as a file has it."""

    slug: str
    language: str
    version: int
    place: int
    topic: str
    title: str
    summary: str
    body: str
    updated_on: date
    changed: str


def read_article(slug: str, language: str, text: str) -> Article:
    """Read an article from the text of its file. Raises `ArticleUnreadable`, naming it."""
    try:
        _, head, body = text.split("+++\n", 2)
        article = Article(slug=slug, language=language, body=body.strip(), **tomllib.loads(head))
    except (ValueError, TypeError) as problem:
        raise ArticleUnreadable(f"{language}/{slug}: {problem}") from problem
    if article.topic not in TOPICS or not isinstance(article.updated_on, date) or article.version < 1:
        raise ArticleUnreadable(f"{language}/{slug}: topic, date or version")
    return article


def written_articles(folder: Path = ARTICLES) -> list[Article]:
    """Return every article there is, in every language."""
    return [
        read_article(path.stem, language, path.read_text("utf-8"))
        for language in LANGUAGES
        for path in sorted((folder / language).glob("*.md"))
    ]
