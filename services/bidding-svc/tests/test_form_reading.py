from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bidding_svc.forms.field import NO, YES, Field, Kind, Option, Section, Source, When
from bidding_svc.forms.reading import UnreadableError, read, read_section
from bidding_svc.forms.sheet import ChangedMeanwhile, NotAField, Sheet


def a_field(kind: Kind, **more) -> Field:
    return Field("field", "Field", kind, **more)


MONEY, UNITS, PERCENT = a_field(Kind.MONEY), a_field(Kind.WHOLE_NUMBER), a_field(Kind.PERCENT)
STATES = a_field(Kind.CHOICES, options=Source.STATES)
CHOICES = {Source.STATES: (Option("MD", "MD"), Option("VA", "VA"), Option("WV", "WV"))}


@given(st.integers(0, 10**10 - 1))
def test_an_amount_is_read_to_the_cent_however_it_is_written(cents):
    dollars, rest = divmod(cents, 100)
    for written in (f"{dollars}.{rest:02}", f"${dollars:,}.{rest:02}", f" {dollars:,}.{rest:02} "):
        assert read(MONEY, written, {}) == cents


@given(st.integers(0, 10**8))
def test_whole_dollars_need_no_cents(dollars):
    assert read(MONEY, str(dollars), {}) == dollars * 100


@pytest.mark.parametrize(
    "written",
    [
        "348.5",
        "348.005",
        "-1.00",
        "1e3",
        "12,34.00",
        "1,23",
        ".50",
        "348.",
        "NaN",
        "٣٤٨.00",
        "9" * 14,
        "1 000.00",
        True,
        348,
    ],
)
def test_an_amount_that_is_not_dollars_and_cents_is_not_read(written):
    with pytest.raises(UnreadableError):
        read(MONEY, written, {})


@given(st.text(max_size=12))
def test_text_that_is_read_as_an_amount_is_one(written):
    try:
        cents = read(MONEY, written, {})
    except UnreadableError:
        return
    plain = written.strip().lstrip("$").strip().replace(",", "")
    assert cents == Decimal(plain) * 100


@given(st.integers(0, 10**12 - 1))
def test_a_whole_number_is_read_as_text_and_as_json(number):
    assert read(UNITS, str(number), {}) == read(UNITS, f"{number:,}", {}) == read(UNITS, number, {}) == number


@pytest.mark.parametrize("written", ["1.5", "-3", "1,2", "ten", "", True, "0x10", "١٢"])
def test_what_is_no_whole_number_is_not_read(written):
    with pytest.raises(UnreadableError):
        read(UNITS, written, {})


@given(st.integers(0, 10000))
def test_a_percentage_is_read_as_an_exact_share(hundredths):
    assert read(PERCENT, f"{hundredths / 100:.2f}%", {}) == Decimal(hundredths) / 10000


@pytest.mark.parametrize("written", ["100.01", "101", "-1", "five", "5.00001"])
def test_a_share_of_more_than_everything_is_not_read(written):
    with pytest.raises(UnreadableError):
        read(PERCENT, written, {})


def test_choices_are_read_once_each_in_the_order_of_the_form_as_list_and_as_text():
    assert read(STATES, ["VA", "MD", "VA"], CHOICES) == read(STATES, "VA, MD", CHOICES) == ("MD", "VA")
    with pytest.raises(UnreadableError, match="ZZ"):
        read(STATES, ["MD", "ZZ"], CHOICES)


def test_a_ptan_has_ten_digits():
    assert read(a_field(Kind.PTAN), " 9000000001 ", {}) == "9000000001"
    for wrong in ("900000001", "90000000012", "900000000A", "٩٠٠٠٠٠٠٠٠١"):
        with pytest.raises(UnreadableError):
            read(a_field(Kind.PTAN), wrong, {})


SECTION = Section(
    "section",
    "Section",
    "",
    "form.edit",
    (
        Field("how", "How", Kind.CHOICE, options=(Option("alone", "Alone"), Option("together", "Together"))),
        Field("why", "Why", Kind.TEXT, needed=When("how", ("together",))),
        Field("note", "Note", Kind.TEXT, needed=False, material=False),
    ),
)


def test_a_field_under_a_condition_is_asked_only_while_the_condition_holds():
    assert read_section(SECTION, {"how": "alone"}, {}) == ({"how": "alone"}, [])
    _, problems = read_section(SECTION, {"how": "together"}, {})
    assert [(each.path, each.code) for each in problems] == [("section.why", "REQUIRED")]
    assert read_section(SECTION, {"how": "alone", "why": "x" * 300}, {})[1] == []


def test_what_cannot_be_read_is_a_problem_at_its_field_and_no_value():
    values, problems = read_section(SECTION, {"how": "sideways"}, {}, "entries.1")
    assert values == {}
    assert [(each.path, each.code) for each in problems] == [("entries.1.how", "UNREADABLE")]


def test_a_yes_or_no_is_read_from_words_and_json():
    field = a_field(Kind.YES_NO)
    assert [read(field, given, {}) for given in ("yes", "No", True, False)] == [True, False, True, False]
    assert (YES.code, NO.code) == ("yes", "no")


def test_a_draft_keeps_what_cannot_be_read_as_it_was_given():
    sheet = Sheet({}).with_answers({"how": " sideways "}, ["how"], version=1, by="DWHITLOCK01")
    assert sheet.answers == {"how": "sideways"}


def test_the_same_answers_differ_in_nothing_and_an_emptied_field_does():
    sheet = Sheet({}).with_answers({"how": "alone"}, ["how"], version=1, by="DWHITLOCK01")
    assert sheet.differing(SECTION, {"how": " alone ", "note": ""}) == []
    assert sheet.differing(SECTION, {"how": None}) == ["how"]


def test_an_unknown_field_is_refused_by_name():
    with pytest.raises(NotAField) as refused:
        Sheet({}).differing(SECTION, {"price": "1.00"})
    assert [field.path for field in refused.value.fields] == ["price"]


def test_a_change_from_an_older_version_is_told_what_was_written_by_whom():
    sheet = Sheet({}).with_answers({"how": "alone"}, ["how"], version=3, by="MREYES22")
    sheet.require_unchanged_since(3)
    sheet.require_unchanged_since(None)
    with pytest.raises(ChangedMeanwhile) as refused:
        sheet.require_unchanged_since(2)
    assert [(field.path, field.message) for field in refused.value.fields] == [("how", "MREYES22 wrote: alone")]
