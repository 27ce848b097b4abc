"""Rows of a notice in parts: each row once and in its order, no part beyond what a record takes."""

from hypothesis import given
from hypothesis import strategies as st

from bidding_svc.reviews.parts import ROWS_IN_A_PART, in_parts
from events.notice_fields import (
    Competition,
    DisqualificationFields,
    DisqualificationReason,
    DisqualifiedBid,
)

REASON = DisqualificationReason(reason="bond-missing", label="x" * 60, explanation="x" * 160)


def bid(number):
    competition = Competition(category_code="OTSK", cba_code=f"area-{number}", label=f"Off-the-shelf braces, {number}")
    return DisqualifiedBid(competition=competition, reasons=(REASON,) * 5)


def fields(some):
    return DisqualificationFields(bidder_number="1000234", bids=some)


@given(st.integers(1, 2200))
def test_every_row_stands_in_one_part_in_its_order(count):
    parts = in_parts(range(count), lambda some: some)
    assert [row for part in parts for row in part] == list(range(count))
    assert all(0 < len(part) <= ROWS_IN_A_PART for part in parts)


def test_a_disqualification_in_every_competition_of_a_round_fits_into_records_far_below_their_limit():
    parts = in_parts([bid(number) for number in range(2080)], fields)
    assert sum(len(part.bids) for part in parts) == 2080
    assert max(len(part.model_dump_json()) for part in parts) < 900_000
