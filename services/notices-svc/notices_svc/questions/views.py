"""Questions and answers as everybody may read them: found by words, page by page, version by version."""

from datetime import date
from typing import Literal

from pydantic import BaseModel
from sqlalchemy import ColumnElement, Numeric, cast, func, literal, select, tuple_

from chassis.database import ReadSession
from chassis.errors import NotFound
from chassis.paging import BrokenPageLink, Page
from notices_svc.questions.question import LANGUAGES, Question

Language = Literal["en", "es"]


class QuestionHead(BaseModel):
    """A question in a list."""

    slug: str
    language: Language
    topic: str
    title: str
    summary: str
    version: int
    updated_on: date


class VersionHead(BaseModel):
    """A version of an article, and in a sentence what it changed."""

    version: int
    updated_on: date
    changed: str


class QuestionView(QuestionHead):
    """A question with its answer in Markdown, and all versions, newest first; `is_current`: this is what holds."""

    body: str
    is_current: bool
    history: list[VersionHead]


async def list_questions(
    session: ReadSession, language: Language, *, search: str, topic: str | None, after: str | None, limit: int
) -> Page[QuestionHead]:
    """Return the current articles: those that fit `search` best first, without it in their written order.

    The cursor holds how well the last one fits and its place. Raises `BrokenPageLink`.
    """
    fit = _fit(language, search)
    statement = select(Question, fit.label("fit")).where(Question.is_current, Question.language == language)
    if search:
        statement = statement.where(Question.search.op("@@")(_query(language, search)))
    if topic:
        statement = statement.where(Question.topic == topic)
    if after is not None:
        statement = statement.where(tuple_(-fit, Question.place) > tuple_(*_read(after)))
    rows = (await session.execute(statement.order_by(-fit, Question.place).limit(limit + 1))).all()
    more = f"{rows[limit - 1].fit}~{rows[limit - 1].Question.place}" if len(rows) > limit else None
    return Page(items=[_head(row.Question) for row in rows[:limit]], next=more)


async def read_question(session: ReadSession, slug: str, language: Language, version: int | None) -> QuestionView:
    """Return an article: its current version, the newest where it was taken from the list, or the one named.

    Raises `NotFound`.
    """
    versions = select(Question).where(Question.slug == slug, Question.language == language)
    rows = (await session.scalars(versions.order_by(Question.version.desc()).limit(100))).all()
    current = (row for row in rows if row.is_current)
    newest = next(current, rows[0] if rows else None)
    found = next((row for row in rows if row.version == version), None) if version else newest
    if found is None:
        raise NotFound
    history = [VersionHead.model_validate(row, from_attributes=True) for row in rows]
    return QuestionView(**_head(found).model_dump(), body=found.body, is_current=found.is_current, history=history)


def _query(language: Language, search: str) -> ColumnElement[str]:
    """What is looked for, as people type it: words, "phrases", -without; never a syntax error."""
    return func.websearch_to_tsquery(LANGUAGES[language], search)


def _fit(language: Language, search: str) -> ColumnElement[float]:
    """How well an article fits, 0 where nothing is looked for; rounded, so that a cursor can hold it exactly."""
    if not search:
        return literal(0, Numeric(8, 6))
    return func.round(cast(func.ts_rank(Question.search, _query(language, search)), Numeric(8, 6)), 6)


def _read(after: str) -> tuple[ColumnElement[float], int]:
    try:
        fit, place = after.split("~")
        return literal(-float(fit), Numeric(8, 6)), int(place)
    except ValueError:
        raise BrokenPageLink(field="after") from None


def _head(row: Question) -> QuestionHead:
    return QuestionHead.model_validate(row, from_attributes=True)
