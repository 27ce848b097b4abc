"""The fields of a notice: one part for each type, and small enough to travel."""

from datetime import UTC, datetime
from typing import get_args

import pytest
from pydantic import TypeAdapter, ValidationError

from events.notice_fields import MOST_ROWS, Competition, NoticeFields, PbeCheck, PbeFields, PbeFinding, PbeRow

# domain/lifecycle.md 4.5
TYPES = [
    "CDRD",
    "BFB",
    "PBE",
    "DISQUALIFICATION",
    "INQUIRY_RESULT",
    "OFFER",
    "BOND_RETURN",
    "BOND_FORFEITURE",
    "CONTRACT_SIGNED",
    "FORM_C_DUE",
    "FORM_C_MISSING",
    "LOCATION_RESULT",
    "TRANSFER_RESULT",
    "SUBCONTRACT_RESULT",
    "BREACH",
    "BREACH_SUBSEQUENT",
    "CAP_RESULT",
    "HEARING_SCHEDULE",
    "FINAL_DETERMINATION",
    "GENERAL",
]
ANY_FIELDS = TypeAdapter(NoticeFields)
CODES = ("bid-complete", "bond-present", "ptan-active", "accredited", "licensed", "common-ownership", "preclusion")


def test_every_notice_type_of_the_program_has_its_fields():
    parts = get_args(get_args(NoticeFields)[0])
    told = {part.model_fields["notice_type"].default for part in parts}
    assert told == {name.lower().replace("_", "-") for name in TYPES}


def test_fields_are_read_back_as_the_part_of_their_type_and_an_unknown_type_is_refused():
    general = ANY_FIELDS.validate_python(
        {"notice_type": "general", "heading": "Office closed", "paragraphs": ["On Monday."]}
    )
    assert ANY_FIELDS.validate_json(ANY_FIELDS.dump_json(general)) == general
    with pytest.raises(ValidationError):
        ANY_FIELDS.validate_python({"notice_type": "invitation", "heading": "", "paragraphs": []})


def test_the_longest_table_of_a_bid_evaluation_stays_below_a_mebibyte():
    row = PbeRow(
        competition=Competition(
            category_code="OTSK",
            cba_code="baltimore-columbia-towson-md",
            label="Off-the-shelf knee braces, Baltimore-Columbia-Towson, MD",
        ),
        ptan="1234567890",
        met=CODES,
        not_verified=(PbeFinding(check="licensed", explanation="No licence of the state " + "was found. " * 15),),
    )
    longest = PbeFields(
        bidder_number="1000234",
        closed_at=datetime(2019, 9, 19, 0, 59, 59, tzinfo=UTC),
        checks=tuple(PbeCheck(check=code, label=code) for code in CODES),
        rows=(row,) * MOST_ROWS,
    )
    assert len(longest.model_dump_json()) < 1024 * 1024
    with pytest.raises(ValidationError):
        PbeFields.model_validate(longest.model_dump() | {"rows": [row.model_dump()] * (MOST_ROWS + 1)})
