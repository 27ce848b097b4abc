"""The files that are uploaded here are the small valid PDFs they claim to be."""

import io
import random

import pikepdf

from tests.chaos.documents import pdf


def test_a_pdf_opens_without_repair_and_has_one_page(caplog):
    document = pdf("F1-00001", random.Random(1), size=10_000)
    with pikepdf.open(io.BytesIO(document.content), attempt_recovery=False) as opened:
        assert len(opened.pages) == 1
    assert document.name == "F1-00001.pdf"
    assert len(document.content) > 10_000


def test_no_two_are_the_same_and_the_same_seed_makes_the_same():
    dice, again = random.Random(1), random.Random(1)
    first, second = pdf("a", dice), pdf("a", dice)
    assert first.digest != second.digest
    assert pdf("a", again).digest == first.digest
