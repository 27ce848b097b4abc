from datetime import timedelta
from typing import Annotated

from fastapi import Path, Query

from chassis.door import PUBLIC, ReadingSession, SliceRouter
from chassis.paging import After, Limit, Page
from notices_svc.questions import views

FRESH = timedelta(minutes=1)
Slug = Annotated[str, Path(pattern=r"^[a-z0-9-]{1,80}$")]

router = SliceRouter(prefix="/api/notices/questions", tags=["questions and answers"])


@router.get("", permission=PUBLIC, cached_for=FRESH)
async def list_questions(
    session: ReadingSession,
    *,
    language: views.Language = "en",
    search: Annotated[str, Query(max_length=200)] = "",
    topic: Annotated[str | None, Query(max_length=40)] = None,
    after: After = None,
    limit: Limit = 25,
) -> Page[views.QuestionHead]:
    """List questions in a language: all of them, those of a topic, or those that fit what is looked for."""
    return await views.list_questions(session, language, search=search.strip(), topic=topic, after=after, limit=limit)


@router.get("/{slug}", permission=PUBLIC, cached_for=FRESH)
async def read_question(
    slug: Slug,
    session: ReadingSession,
    *,
    language: views.Language = "en",
    version: Annotated[int | None, Query(ge=1, le=9999)] = None,
) -> views.QuestionView:
    """Read a question with its answer: as it stands now, or as it stood in a version."""
    return await views.read_question(session, slug, language, version)
