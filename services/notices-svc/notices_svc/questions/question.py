from datetime import date

from sqlalchemy import Computed, Index
from sqlalchemy.dialects.postgresql import TSVECTOR
from sqlalchemy.orm import Mapped, mapped_column

from notices_svc.base import Base

LANGUAGES = {"en": "english", "es": "spanish"}
"""The languages of questions and answers, with PostgreSQL's configuration for words in them."""


def search_vector() -> str:
    """Return SQL that makes an article searchable in its own language; its question weighs most."""
    parts = [("title", "A"), ("summary", "B"), ("body", "C")]
    by_language = {
        code: " || ".join(f"setweight(to_tsvector('{words}'::regconfig, {part}), '{weight}')" for part, weight in parts)
        for code, words in LANGUAGES.items()
    }
    return f"case when language = 'es' then {by_language['es']} else {by_language['en']} end"


class Question(Base):
    """One version of a question with its answer, in one language. Of a row only `is_current` ever changes.

    `place` orders the list; `body` is Markdown; `changed` says in a sentence what the version changed.
    """

    __tablename__ = "question"
    __table_args__ = (
        Index("question_search_idx", "search", postgresql_using="gin"),
        Index("question_place_idx", "language", "place", postgresql_where="is_current"),
    )

    slug: Mapped[str] = mapped_column(primary_key=True)
    language: Mapped[str] = mapped_column(primary_key=True)
    version: Mapped[int] = mapped_column(primary_key=True)
    is_current: Mapped[bool]
    place: Mapped[int]
    topic: Mapped[str]
    title: Mapped[str]
    summary: Mapped[str]
    body: Mapped[str]
    updated_on: Mapped[date]
    changed: Mapped[str]
    search: Mapped[str] = mapped_column(TSVECTOR, Computed(search_vector(), persisted=True), deferred=True)
