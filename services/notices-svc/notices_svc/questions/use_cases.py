from collections.abc import Sequence
from dataclasses import asdict
from datetime import datetime
from functools import cache

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert

from chassis.database import Session
from notices_svc.questions.articles import Article, written_articles
from notices_svc.questions.question import Question


class ArticleChangedInPlace(ValueError):
    """An article has another text under a version that was published. Give it the next version."""


@cache
def _written() -> tuple[Article, ...]:
    return tuple(written_articles())


async def import_written(session: Session, _: datetime, __: int) -> int:
    """Bring the articles of this release in; a sweep, so that it needs nobody to remember it."""
    return await import_articles(session, _written())


async def import_articles(session: Session, articles: Sequence[Article]) -> int:
    """Publish the articles, and take from the list what is not among them. Returns how many rows changed.

    Done again it changes nothing. A release that goes back finds the newer versions and shows its own; of two workers
    at once one inserts. Raises `ArticleChangedInPlace`.
    """
    rows = (await session.scalars(select(Question).with_for_update())).all()
    known = {(row.slug, row.language, row.version): row for row in rows}
    told = {(each.slug, each.language, each.version): each for each in articles}
    changed = 0
    for key, row in known.items():
        if row.is_current != (key in told):
            row.is_current = key in told
            changed += 1
    for key, article in told.items():
        found = known.get(key)
        if found is None:
            new = insert(Question).values(**asdict(article), is_current=True)
            await session.execute(new.on_conflict_do_nothing())
            changed += 1
        elif (found.title, found.summary, found.body) != (article.title, article.summary, article.body):
            raise ArticleChangedInPlace(f"{article.language}/{article.slug}, version {article.version}")
    return changed
