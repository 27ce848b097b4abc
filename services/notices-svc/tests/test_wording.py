"""The words of every notice type: complete, plain, safe, and never with a hole where a fact should stand."""

import io
from datetime import timedelta
from html.parser import HTMLParser

import pikepdf
import pytest
from hypothesis import given
from hypothesis import strategies as st

from events.notice_fields import CdrdFields, GeneralFields, PbeCheck, ReviewedDocument
from notices_svc.notices.kinds import KINDS, Answer
from notices_svc.wording.gaps import UNPRINTABLE, gaps
from notices_svc.wording.paper import print_notice
from notices_svc.wording.words import WordsMissing, versions, write, write_money
from tests.notices.house import DUE, ISSUED
from tests.notices.words import EXAMPLES

every_type = pytest.mark.parametrize("content", EXAMPLES.values(), ids=EXAMPLES.keys())
DUE_IN_WORDS = "Monday, December 2, 2019, 8:59:59 p.m. EST"


def written(content, due_at=DUE):
    return write(content, versions()[content.notice_type], issued_at=ISSUED, due_at=due_at)


class Fragment(HTMLParser):
    """Tags that are open, and what the fragment is made of."""

    def __init__(self, html):
        super().__init__()
        self.open, self.tags, self.headers = [], set(), []
        self.feed(html)

    def handle_starttag(self, tag, attrs):
        self.open.append(tag)
        self.tags.add(tag)
        if tag == "th":
            self.headers.append(dict(attrs).get("scope"))

    def handle_endtag(self, tag):
        assert self.open.pop() == tag


def test_every_type_has_its_line_its_words_and_an_example():
    assert set(KINDS) == set(versions()) == set(EXAMPLES)


@every_type
def test_the_words_of_a_type_are_whole_and_made_of_plain_parts(content):
    assert gaps(content) == []
    html = written(content)
    fragment = Fragment(html)
    assert fragment.open == []
    assert fragment.tags <= {"p", "h2", "ul", "li", "table", "caption", "thead", "tbody", "tr", "th", "td", "strong"}
    assert set(fragment.headers) <= {"col", "row"}
    assert ("table" in fragment.tags) == ("caption" in fragment.tags)
    assert "None" not in html.replace("None needed", "").replace("None arrived", "")


@every_type
def test_a_type_that_wants_an_answer_by_the_catalogue_says_until_when_in_words(content):
    if KINDS[content.notice_type].deadline is not None:
        assert DUE_IN_WORDS in written(content)


def test_what_people_wrote_is_shown_as_they_wrote_it_and_never_as_markup():
    html = written(EXAMPLES["general"], None)
    assert "Use chat &amp; &lt;e-mail&gt;." in html


def test_the_findings_list_only_what_is_missing_as_what_may_be_sent():
    content = CdrdFields(
        bidder_number="1000234",
        documents=(
            ReviewedDocument(document="income-statement", label="Income statement", received=True),
            ReviewedDocument(document="balance-sheet", label="Balance sheet", received=False),
        ),
    )
    sendable = written(content).split("What you may send")[1].split("</ul>")[0]
    assert ("Balance sheet" in sendable, "Income statement" in sendable) == (True, False)


def test_amounts_are_dollars_with_cents():
    assert [write_money(cents) for cents in (0, 5, 102_345, 5_000_000)] == ["$0.00", "$0.05", "$1,023.45", "$50,000.00"]
    assert "$1,023.45" in written(EXAMPLES["bfb"])


@pytest.mark.parametrize(
    ("content", "missing"),
    [
        (GeneralFields(heading=" ", paragraphs=("a", "")), ["heading", "paragraphs.1"]),
        (
            EXAMPLES["cdrd"].model_copy(
                update={"documents": (ReviewedDocument(document="a", label="A", received=True),)}
            ),
            ["documents"],
        ),
        (EXAMPLES["pbe"].model_copy(update={"checks": (PbeCheck(check="a", label="A"),)}), ["rows.0.checks"]),
    ],
    ids=["empty words", "nothing is missing", "a check without words"],
)
def test_what_is_missing_is_named_by_its_path(content, missing):
    assert gaps(content) == missing


def test_words_without_the_date_they_tell_are_not_made():
    with pytest.raises(WordsMissing):
        written(EXAMPLES["cdrd"], due_at=None)


def test_a_deadline_that_lies_before_the_issue_is_no_mistake_of_the_words():
    assert written(EXAMPLES["form-c-missing"], due_at=ISSUED - timedelta(days=1))


def test_where_a_notice_is_answered_here_its_type_names_who_may():
    for kind in KINDS.values():
        assert (kind.answer is Answer.NONE) == (kind.respond is None)
        assert (kind.answer is Answer.NONE) == (kind.to_do == "")


@every_type
def test_a_type_is_printed_as_accessible_pdf_with_its_title_and_language(content):
    pdf = print_notice(KINDS[content.notice_type].title, written(content), issued_at=ISSUED, due_at=DUE)
    with pikepdf.open(io.BytesIO(pdf)) as opened:
        assert opened.Root.MarkInfo.Marked
        assert str(opened.Root.Lang) == "en-US"
        assert opened.open_metadata()["pdfuaid:part"] == "1"
        assert opened.open_metadata()["dc:title"] == KINDS[content.notice_type].title


def test_what_people_wrote_is_never_markup_on_paper_either():
    nasty = 'He said "no" \\ #panic("x") ] $x$ @ref <b> *bold*'
    content = GeneralFields(heading=nasty, paragraphs=(nasty, "#", "\\"))
    assert print_notice(nasty, written(content, None), issued_at=ISSUED, due_at=None).startswith(b"%PDF-")


def test_every_letter_that_may_stand_in_a_notice_can_be_printed():
    letters = "".join(chr(code) for code in range(0x20, 0x3000) if not UNPRINTABLE.search(chr(code)))
    content = GeneralFields(heading="Letters", paragraphs=tuple(letters))
    assert len(letters) > 300
    assert print_notice("Letters", written(content, None), issued_at=ISSUED, due_at=None).startswith(b"%PDF-")


@given(st.text(min_size=1, max_size=20).filter(UNPRINTABLE.search))
def test_a_letter_that_cannot_be_printed_keeps_a_notice_from_going_out_and_is_named(words):
    (named,) = [gap for gap in gaps(GeneralFields(heading="Words", paragraphs=("a", words))) if "printed" in gap]
    assert named.startswith("paragraphs.1: U+")
