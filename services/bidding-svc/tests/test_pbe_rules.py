"""What a bid must have met by the close; what could not be checked is never met."""

from datetime import UTC, date, datetime, timedelta

import pytest

from bidding_svc.enrolment.location import EnrolledLocation
from bidding_svc.form_b.related import Told
from bidding_svc.reviews.pbe.rules import REASONS, Applicant, Check, Location, check
from chassis.answers import Answer
from events.enrolment import Accreditation, Exclusion, Licence, StatusPeriod

YES, NO, COULD_NOT_CHECK = Answer
CLOSED, LONG_AGO = date(2026, 12, 19), date(2020, 1, 1)


def known(ptan: str = "9000000001", **more) -> EnrolledLocation:
    parts = {
        "status_periods": [StatusPeriod(status="active", valid_from=LONG_AGO)],
        "licences": [Licence(state="MD", kind="Agency", valid_from=LONG_AGO)],
        "accreditations": [Accreditation(accreditor="Sample", categories=("OTSK",), valid_from=LONG_AGO)],
        "exclusions": [],
    } | more
    written = {name: [part.model_dump(mode="json") for part in given] for name, given in parts.items()}
    reported = datetime(2026, 1, 1, tzinfo=UTC)
    return EnrolledLocation(
        ptan=ptan, version=1, npi="1", legal_business_name="L", location={}, reported_at=reported, **written
    )


def answers(*locations: Location, rule="each_location", related=None) -> dict[tuple[Check, str | None], Answer]:
    checked = check(Applicant("OTSK", locations, related or {}), CLOSED, rule)
    return {(each.check, each.ptan): each.answer for each in checked}


def at(location: EnrolledLocation | None = None, *, ptan: str = "9000000001", states=("MD",)) -> Location:
    return Location(ptan, states, location)


def test_a_location_that_was_active_accredited_and_licensed_by_the_close_meets_everything():
    assert set(answers(at(known())).values()) == {YES}


@pytest.mark.parametrize(
    ("check_", "lacking"),
    [
        (Check.ACTIVE, {"status_periods": [StatusPeriod(status="inactive", valid_from=LONG_AGO)]}),
        (Check.ACCREDITED, {"accreditations": []}),
        (Check.LICENSED, {"licences": []}),
        (Check.NOT_PRECLUDED, {"exclusions": [Exclusion(valid_from=LONG_AGO)]}),
    ],
)
def test_what_a_location_lacks_is_not_met_and_has_its_reason(check_, lacking):
    found = answers(at(known(**lacking)))
    assert [key[0] for key, answer in found.items() if answer is not YES] == [check_]
    assert found[check_, "9000000001"] is NO
    assert check_ in REASONS


def test_a_licence_from_the_day_after_the_close_comes_too_late_and_one_that_ended_later_still_counts():
    late = Licence(state="MD", kind="Agency", valid_from=CLOSED + timedelta(days=1))
    ended = Licence(state="MD", kind="Agency", valid_from=LONG_AGO, valid_to=CLOSED)
    assert answers(at(known(licences=[late])))[Check.LICENSED, "9000000001"] is NO
    assert answers(at(known(licences=[ended])))[Check.LICENSED, "9000000001"] is YES


def test_of_a_location_nobody_told_of_nothing_could_be_checked():
    found = answers(at(None))
    about_it = [answer for (_, ptan), answer in found.items() if ptan]
    assert set(about_it) == {COULD_NOT_CHECK}


def test_a_bid_without_a_location_is_not_met():
    assert COULD_NOT_CHECK in answers().values()


def test_in_a_round_by_each_location_every_location_holds_every_licence():
    other = at(known("9000000002", licences=[]), ptan="9000000002")
    found = answers(at(known()), other)
    assert (found[Check.LICENSED, "9000000001"], found[Check.LICENSED, "9000000002"]) == (YES, NO)


def test_in_a_collective_round_the_locations_hold_the_licences_together():
    virginia = known("9000000002", licences=[Licence(state="VA", kind="Agency", valid_from=LONG_AGO)])
    both = (at(known(), states=("MD", "VA")), at(virginia, ptan="9000000002", states=("VA",)))
    assert answers(*both, rule="collective")[Check.LICENSED, None] is YES
    assert answers(both[0], rule="collective")[Check.LICENSED, None] is NO
    unknown = at(None, ptan="9000000003", states=("VA",))
    assert answers(both[0], unknown, rule="collective")[Check.LICENSED, None] is COULD_NOT_CHECK


def test_a_tie_both_sides_declare_is_not_met_and_a_one_sided_one_could_not_be_checked():
    for code, check_ in (("BID-05", Check.UNRELATED), ("BID-09", Check.NETWORK)):
        assert answers(at(known()), related={code: Told.BIDDER})[check_, None] is NO
        assert answers(at(known()), related={code: Told.EVALUATION})[check_, None] is COULD_NOT_CHECK
