"""Questions and answers for everybody: imported, found by words in two languages, page by page, version by version."""

from dataclasses import replace
from datetime import date

import pytest

from chassis.actor import Actor
from chassis.database import Fence
from chassis.errors import NotFound
from chassis.paging import BrokenPageLink
from notices_svc.questions.articles import Article, ArticleUnreadable, read_article, written_articles
from notices_svc.questions.use_cases import ArticleChangedInPlace, import_articles
from notices_svc.questions.views import list_questions, read_question

SYSTEM = Actor.system("tests")
ONE = Article(
    slug="file-size",
    language="en",
    version=1,
    place=10,
    topic="uploads",
    title="How large may a document be?",
    summary="Under 50 MB.",
    body="Scan it again with fewer dots per inch.",
    updated_on=date(2026, 11, 1),
    changed="First version.",
)
SPANISH = replace(
    ONE,
    language="es",
    title="¿De qué tamaño puede ser un documento?",
    summary="De menos de 50 MB.",
    body="Los documentos se suben como PDF.",
)
MANY = [replace(ONE, slug=f"article-{number}", place=100 + number, title=f"Upload {number}") for number in range(7)]


@pytest.fixture
async def publish(notices):
    async def bring(*articles: Article) -> int:
        async with notices.writing(Fence.system(), SYSTEM) as session:
            return await import_articles(session, articles)

    return bring


async def found(notices, search="", language="en", *, after=None, limit=25, topic=None):
    async with notices.reading(Fence.public()) as session:
        return await list_questions(session, language, search=search, topic=topic, after=after, limit=limit)


def test_every_article_is_written_in_both_languages_at_one_place_and_under_one_topic():
    written = written_articles()
    english, spanish = ({a.slug: a for a in written if a.language == code} for code in ("en", "es"))
    assert english.keys() == spanish.keys()
    assert len(english) >= 12
    for slug, article in english.items():
        assert (article.place, article.topic) == (spanish[slug].place, spanish[slug].topic), slug
    assert len({a.place for a in english.values()}) == len(english)


@pytest.mark.parametrize("text", ["no head", "+++\nplace = 1\n+++\nbody", "+++\nplace = \n+++\nbody"])
def test_an_article_with_a_broken_head_is_named(text: str):
    with pytest.raises(ArticleUnreadable, match="en/broken"):
        read_article("broken", "en", text)


@pytest.mark.database
async def test_everything_that_is_written_can_be_imported_again_and_again(notices, publish):
    assert await publish(*written_articles()) == len(written_articles())
    assert await publish(*written_articles()) == 0


@pytest.mark.database
async def test_words_are_found_in_their_language_whatever_their_ending(notices, publish):
    await publish(ONE, SPANISH)
    assert [each.slug for each in (await found(notices, "scanning documents")).items] == ["file-size"]
    assert [each.title for each in (await found(notices, "documento subir", "es")).items] == [SPANISH.title]
    assert (await found(notices, "balloon")).items == []
    assert (await found(notices, "documento", "en")).items == []


@pytest.mark.database
@pytest.mark.parametrize("typed", ["'", '"', "a & | ! <->", "%_\\", "<script>alert(1)</script>", ":*", "- -", "\u202e"])
async def test_whatever_is_typed_is_looked_for_and_never_an_error(notices, publish, typed):
    await publish(ONE)
    assert (await found(notices, typed)).next is None


@pytest.mark.database
async def test_the_best_fit_comes_first_and_pages_follow_without_a_gap(notices, publish):
    best = replace(ONE, slug="best", place=999, title="Upload upload upload", summary="Upload.", body="Upload")
    await publish(*MANY, best)
    seen, after = [], None
    for _ in range(4):
        page = await found(notices, "uploads", after=after, limit=3)
        seen += [each.slug for each in page.items]
        after = page.next
        if after is None:
            break
    assert seen[0] == "best"
    assert sorted(seen) == sorted([*(each.slug for each in MANY), "best"])
    with pytest.raises(BrokenPageLink):
        await found(notices, "uploads", after="x~y~z")


@pytest.mark.database
async def test_without_words_the_list_is_in_its_written_order_and_may_be_of_one_topic(notices, publish):
    await publish(*MANY, ONE, replace(ONE, slug="other", place=5, topic="other"))
    assert [each.slug for each in (await found(notices, limit=3)).items] == ["other", "file-size", "article-0"]
    assert [each.slug for each in (await found(notices, topic="other")).items] == ["other"]


@pytest.mark.database
async def test_a_new_version_takes_the_place_of_the_old_one_which_stays_readable(notices, publish):
    await publish(ONE)
    newer = replace(ONE, version=2, body="Print it anew.", changed="Says how.", updated_on=date(2026, 11, 20))
    await publish(newer)
    async with notices.reading(Fence.public()) as session:
        now = await read_question(session, "file-size", "en", None)
        then = await read_question(session, "file-size", "en", 1)
        with pytest.raises(NotFound):
            await read_question(session, "file-size", "en", 3)
    assert (now.version, now.body, now.is_current) == (2, "Print it anew.", True)
    assert (then.body, then.is_current) == (ONE.body, False)
    assert [(head.version, head.changed) for head in now.history] == [(2, "Says how."), (1, "First version.")]
    assert len((await found(notices)).items) == 1


@pytest.mark.database
async def test_a_text_that_changed_under_its_version_is_refused(notices, publish):
    await publish(ONE)
    with pytest.raises(ArticleChangedInPlace, match="en/file-size, version 1"):
        await publish(replace(ONE, body="Other words."))


@pytest.mark.database
async def test_an_article_that_was_taken_away_is_no_longer_listed_and_says_so(notices, publish):
    await publish(ONE, *MANY)
    await publish(*MANY)
    assert (await found(notices, "inch")).items == [] or "file-size" not in {
        e.slug for e in (await found(notices)).items
    }
    async with notices.reading(Fence.public()) as session:
        assert not (await read_question(session, "file-size", "en", None)).is_current
