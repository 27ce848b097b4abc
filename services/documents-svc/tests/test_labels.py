import pytest
from hypothesis import given
from hypothesis import strategies as st

from chassis.errors import Invalid
from chassis.signature import Typed
from documents_svc.uploads import labels
from documents_svc.uploads.labels import Details, checked, file_name

PDF = ["application/pdf"]


@pytest.mark.parametrize(
    ("name", "rule"),
    [
        ("../../x", labels.FileNameWithFolders),
        ("..\\x.pdf", labels.FileNameWithFolders),
        ("a\nb.pdf", labels.FileNameWithControls),
        ("a\r\nSet-Cookie: x.pdf", labels.FileNameWithControls),
        ("a\0.pdf", labels.FileNameWithControls),
        ("a\u2028b.pdf", labels.FileNameWithControls),
        ("invoice\u202efdp.exe", labels.FileNameTurnsText),
        ("é" * 300, labels.FileNameTooLong),
        ("x" * 10_000 + ".pdf", labels.FileNameTooLong),
        ("", labels.FileNameMissing),
        ("..", labels.FileNameMissing),
        ("report.exe", labels.NotAnAcceptedType),
        ("report.pdf.exe", labels.NotAnAcceptedType),
    ],
)
def test_an_odd_file_name_has_its_own_answer_and_names_the_field(name, rule):
    with pytest.raises(rule) as refused:
        file_name(name, PDF)
    assert refused.value.fields[0].path == "filename"
    assert refused.value.detail.endswith((".", ")."))


@pytest.mark.parametrize(
    "name", ["Report.PDF", "Bericht für Müller & Söhne.pdf", "CON.pdf", "résumé 報告.pdf", "%2e%2e.pdf"]
)
def test_an_unusual_but_harmless_name_is_a_label(name):
    assert file_name(name, PDF) == name


@given(st.text(max_size=400))
def test_a_name_that_is_taken_has_no_separator_and_no_control(name):
    try:
        label = file_name(f"{name}.pdf", PDF)
    except Invalid:
        return
    assert not set(label) & set("/\\\0\r\n")
    assert 0 < len(label) <= 255


def test_a_note_is_trimmed_and_has_its_limits():
    typed = Typed(certified_by="dwhitlock01", statement="")
    assert checked(Details(typed, nickname=" ours ", includes="a score")).nickname == "ours"
    with pytest.raises(labels.TextTooLong):
        checked(Details(typed, includes="x" * 256))
    with pytest.raises(labels.TextWithControls):
        checked(Details(typed, nickname="a\nb", includes="a score"))


@pytest.mark.parametrize(
    ("given", "rule", "field"),
    [
        ({"includes": "  "}, labels.DescriptionMissing, "includes"),
        ({"nickname": "x" * 256}, labels.TextTooLong, "nickname"),
        ({"document": "a\nb"}, labels.TextWithControls, "document"),
        ({"cba": "x" * 256}, labels.TextTooLong, "cba"),
        ({"replaces": "the last one"}, labels.NotAFileId, "replaces"),
    ],
)
def test_what_is_wrong_with_a_field_names_it(given, rule, field):
    with pytest.raises(rule) as refused:
        checked(Details(Typed(certified_by="", statement=""), **({"includes": "a score"} | given)))
    assert refused.value.fields[0].path == field
