from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bidding_svc.requirements.asked import Asked
from bidding_svc.requirements.lifecycle import LIFECYCLE, UPLOAD, Need
from bidding_svc.requirements.requirement import Requirement, has_cdrd_right
from chassis.errors import NotAllowedNow
from events.documents import DocumentReceived
from events.requirements import (
    FileTaken,
    RequirementClosed,
    RequirementFulfilled,
    RequirementOpened,
    RequirementReceived,
    RequirementReopened,
)

CLOSE = datetime(2026, 12, 20, 1, 59, 59, tzinfo=UTC)
CDRD = CLOSE - timedelta(days=30)
OPENS = CLOSE - timedelta(days=65)


def a_requirement(**more) -> Requirement:
    asked = Asked("business-credit-report", "Business credit report", **more)
    return Requirement(
        organization_id=uuid4(),
        bidder_id=uuid4(),
        round_code="R2028",
        asked=asked,
        opens_at=OPENS,
        due_at=CLOSE,
        cdrd_at=CDRD,
    )


def arrived(requirement: Requirement, at: datetime) -> DocumentReceived:
    return DocumentReceived(
        file_id=uuid4(),
        slot_id=requirement.slot_id,
        slot_subject=f"requirement:{requirement.id}",
        organization_id=requirement.organization_id,
        sha256="0" * 64,
        size=1,
        started_at=at,
        received_at=at,
        verdict="in-time",
        receipt="a.b.c",
    )


def said(requirement: Requirement, kind: type) -> list:
    return [event for event in requirement.__dict__["_recorded"] if isinstance(event, kind)]


def test_a_file_received_before_the_close_meets_the_requirement():
    requirement = a_requirement()
    requirement.receive(arrived(requirement, CLOSE))
    assert (requirement.state, requirement.by_cdrd) == (Need.RECEIVED, False)


def test_a_file_received_on_the_covered_document_review_date_counts_as_by_then():
    requirement = a_requirement()
    requirement.receive(arrived(requirement, CDRD + timedelta(milliseconds=999)))
    assert requirement.by_cdrd
    assert said(requirement, RequirementReceived)[0].by_cdrd


def test_a_file_received_a_second_after_the_close_is_kept_and_does_not_count():
    requirement = a_requirement()
    requirement.receive(arrived(requirement, CLOSE + timedelta(seconds=1)))
    assert requirement.state is Need.REQUIRED
    assert len(requirement.files) == len(said(requirement, FileTaken)) == 1
    assert said(requirement, RequirementReceived) == []


def test_the_last_file_counts_and_an_earlier_one_keeps_the_review_date_right():
    requirement = a_requirement()
    requirement.receive(arrived(requirement, CDRD))
    requirement.receive(arrived(requirement, CLOSE))
    assert (requirement.received_at, requirement.by_cdrd) == (CLOSE, True)


def test_when_the_last_file_is_rejected_the_one_before_counts_again():
    requirement = a_requirement()
    first, second = arrived(requirement, CDRD), arrived(requirement, CLOSE)
    requirement.receive(first)
    requirement.receive(second)
    requirement.file_rejected(second.file_id, CLOSE)
    assert (requirement.state, requirement.received_at) == (Need.RECEIVED, CDRD)


def test_when_every_file_is_rejected_the_requirement_stands_open_again():
    requirement = a_requirement()
    only = arrived(requirement, CDRD)
    requirement.receive(only)
    requirement.file_rejected(only.file_id, CLOSE)
    assert (requirement.state, requirement.received_at, requirement.by_cdrd) == (Need.REQUIRED, None, False)


def test_met_and_reopened_are_said_once_each_and_every_file_in_time_is_said():
    requirement = a_requirement()
    first, second = arrived(requirement, CDRD), arrived(requirement, CLOSE)
    requirement.receive(first)
    requirement.receive(second)
    requirement.file_rejected(first.file_id, CLOSE)
    requirement.file_rejected(second.file_id, CLOSE)
    assert len(said(requirement, RequirementReceived)) == 2
    assert len(said(requirement, RequirementFulfilled)) == len(said(requirement, RequirementReopened)) == 1


def test_a_document_that_only_stands_in_for_another_is_not_asked_for():
    assert said(a_requirement(), RequirementOpened)
    assert said(a_requirement(stands_in_for="other"), RequirementOpened) == []


def test_what_is_missing_once_the_slot_is_settled_depends_on_the_cdrd_right():
    with_right, without_right, stand_in = a_requirement(), a_requirement(), a_requirement(stands_in_for="other")
    with_right.settle(cdrd_right=True, at=CLOSE)
    without_right.settle(cdrd_right=False, at=CLOSE)
    stand_in.settle(cdrd_right=False, at=CLOSE)
    assert with_right.state is Need.MISSING_NOTIFIABLE
    assert without_right.state is Need.MISSING
    assert stand_in.state is Need.REQUIRED
    closed = [said(each, RequirementClosed) for each in (with_right, without_right, stand_in)]
    assert [[told.outcome for told in each] for each in closed] == [["missing"], ["missing"], []]


def test_one_covered_document_by_the_review_date_gives_the_right_to_a_notice():
    met, open_ = a_requirement(), a_requirement()
    assert not has_cdrd_right([met, open_])
    met.receive(arrived(met, CDRD))
    assert has_cdrd_right([met, open_])


def test_uploading_is_offered_only_once_the_slot_is_in_force_and_until_the_close():
    requirement, mine = a_requirement(), frozenset({UPLOAD})
    assert requirement.allowed_actions(mine, CLOSE) == []
    requirement.slot_opened(OPENS, CLOSE, OPENS)
    assert requirement.allowed_actions(mine, CLOSE) == ["upload"]
    assert requirement.allowed_actions(mine, CLOSE + timedelta(seconds=1)) == []
    assert requirement.allowed_actions(mine, OPENS - timedelta(microseconds=1)) == []
    assert requirement.allowed_actions(frozenset(), CLOSE) == []


def test_a_missing_document_stays_missing():
    for verb in LIFECYCLE.verbs:
        with pytest.raises(NotAllowedNow):
            LIFECYCLE.next(Need.MISSING, verb)


@given(st.lists(st.tuples(st.integers(-40 * 86400, 3600), st.booleans()), max_size=6))
def test_a_requirement_is_received_exactly_while_a_file_in_time_is_not_rejected(files):
    requirement = a_requirement()
    for seconds, rejected in files:
        file = arrived(requirement, CLOSE + timedelta(seconds=seconds))
        requirement.receive(file)
        if rejected:
            requirement.file_rejected(file.file_id, CLOSE)
    counts = [seconds for seconds, rejected in files if seconds < 1 and not rejected]
    assert (requirement.state is Need.RECEIVED) == bool(counts)
    assert requirement.by_cdrd == any(seconds < -30 * 86400 + 1 for seconds in counts)


def test_a_file_told_of_again_with_a_better_receipt_is_the_same_file_judged_by_the_later_close():
    requirement = a_requirement()
    late = arrived(requirement, CLOSE + timedelta(seconds=4))
    requirement.receive(late)
    assert requirement.state is Need.REQUIRED
    requirement.slot_opened(OPENS, CLOSE + timedelta(days=2), CLOSE + timedelta(minutes=5))
    requirement.receive(late)
    assert requirement.state is Need.RECEIVED
    assert len(requirement.files) == 1
    assert len(said(requirement, RequirementReceived)) == 1
    assert len(said(requirement, FileTaken)) == 2
