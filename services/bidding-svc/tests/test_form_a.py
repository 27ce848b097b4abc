from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bidding_svc.form_a.content import Content
from bidding_svc.form_a.fields import BUSINESS, DISCLOSURES, LINKS, LOCATIONS, SECTIONS
from bidding_svc.form_a.form_a import FormA, FormAChanged, FormANotReady
from bidding_svc.form_a.lifecycle import LIFECYCLE, FormAState
from bidding_svc.form_a.rules import problems_of
from bidding_svc.forms.hand import Hand, WouldVoid
from bidding_svc.forms.problem import FormProblem, Weight
from bidding_svc.rounds import reference
from chassis.errors import NotAllowedNow
from events.bidding import FormAApproved, FormALocked, FormAVoided
from tests.bidding.house import BUSINESS_ANSWERS, codes, said

RULES = reference.load("round-2028").rule_set
CLOSE = datetime(2026, 12, 20, 1, 59, 59, tzinfo=UTC)
AT = CLOSE - timedelta(days=3)


def hand(base: int | None = None, by: str = "DWHITLOCK01", *, may_void: bool = True) -> Hand:
    return Hand(by=by, at=AT, closes_at=CLOSE, base=base, may_void=may_void)


def a_form() -> FormA:
    return FormA(bidder_id=uuid4(), organization_id=uuid4(), round_code="R2028", at=AT)


def an_approved_form() -> FormA:
    form = a_form()
    form.edit(BUSINESS, BUSINESS_ANSWERS, hand())
    form.approve([], hand())
    return form


def test_the_first_edit_begins_the_form_and_the_same_answers_change_nothing():
    form = a_form()
    assert form.edit(BUSINESS, BUSINESS_ANSWERS, hand())
    assert not form.edit(BUSINESS, BUSINESS_ANSWERS, hand())
    assert (form.state, form.version) == (FormAState.IN_PROGRESS, 1)


def test_an_empty_form_cannot_be_approved():
    with pytest.raises(NotAllowedNow):
        a_form().approve([], hand())


def test_a_form_with_an_error_is_not_approved_and_names_it_and_a_warning_does_not_keep_it():
    form = a_form()
    form.edit(BUSINESS, {"bidding_as": "network"}, hand())
    error = FormProblem(path="members", code="NETWORK", message="Name members.")
    warning = FormProblem(path="links", code="BID-05", message="Look.", weight=Weight.WARNING)
    with pytest.raises(FormANotReady) as refused:
        form.approve([error, warning], hand())
    assert [field.path for field in refused.value.fields] == ["members"]
    form.approve([warning], hand())
    assert form.state is FormAState.APPROVED
    assert said(form, FormAApproved)[0].approved_at == AT


def test_what_was_approved_is_what_the_official_read():
    form = a_form()
    form.edit(BUSINESS, BUSINESS_ANSWERS, hand())
    form.edit(DISCLOSURES, {"sanctions": "yes"}, hand())
    with pytest.raises(FormAChanged):
        form.approve([], hand(base=1))
    form.approve([], hand(base=2))


def test_a_material_edit_voids_the_approval_and_asks_for_it_again_until_the_close():
    form = an_approved_form()
    form.edit(BUSINESS, {"specialty_supplier": "yes"}, hand())
    assert (form.state, form.approved_by) == (FormAState.IN_PROGRESS, None)
    voided = said(form, FormAVoided)
    assert [(each.permission, each.due_at) for each in voided] == [("form_a.approve", CLOSE)]
    form.edit(BUSINESS, {"specialty_supplier": "no"}, hand())
    assert len(said(form, FormAVoided)) == 1


def test_a_note_or_the_same_answers_leave_the_approval_standing():
    form = an_approved_form()
    link = form.add_entry(LINKS, "a-link", hand())
    form.approve([], hand())
    form.edit_entry(link, LINKS, {"note": "Call the broker"}, hand())
    form.edit(BUSINESS, BUSINESS_ANSWERS, hand())
    assert form.state is FormAState.APPROVED


def test_adding_and_removing_a_location_voids_the_approval():
    form = an_approved_form()
    location = form.add_entry(LOCATIONS, "9000000002", hand())
    assert form.state is FormAState.IN_PROGRESS
    form.approve([], hand())
    form.remove_entry(location, LOCATIONS, hand())
    assert form.state is FormAState.IN_PROGRESS


def test_what_may_not_void_the_approval_is_refused_where_it_would_and_changes_nothing():
    form = an_approved_form()
    link = form.add_entry(LINKS, "a-link", hand())
    form.approve([], hand())
    version, careful = form.version, hand(may_void=False)
    for change in (
        lambda: form.edit(BUSINESS, {"specialty_supplier": "yes"}, careful),
        lambda: form.add_entry(LOCATIONS, "9000000002", careful),
        lambda: form.remove_entry(link, LINKS, careful),
    ):
        with pytest.raises(WouldVoid):
            change()
    assert (form.state, form.version) == (FormAState.APPROVED, version)
    form.edit_entry(link, LINKS, {"note": "Call the broker"}, careful)
    assert (form.state, form.version) == (FormAState.APPROVED, version + 1)


def test_people_in_different_sections_do_not_disturb_each_other():
    form = a_form()
    form.edit(BUSINESS, {"bidding_as": "network"}, hand(base=0))
    form.edit(DISCLOSURES, {"sanctions": "no"}, hand(base=0))
    assert form.version == 2


def test_at_the_close_the_form_keeps_how_it_stood():
    approved, begun, empty = an_approved_form(), a_form(), a_form()
    begun.edit(BUSINESS, {"bidding_as": "network"}, hand())
    for form in (approved, begun, empty):
        form.lock(CLOSE)
        with pytest.raises(NotAllowedNow):
            form.edit(BUSINESS, {"relation_explanation": "Late."}, hand())
    assert [form.is_approved for form in (approved, begun, empty)] == [True, False, False]
    assert [form.state_at_close for form in (approved, begun, empty)] == ["APPROVED", "IN_PROGRESS", "EMPTY"]
    assert said(approved, FormALocked)[0].approved


@given(st.lists(st.sampled_from(["edit", "note", "approve", "lock"]), max_size=12))
def test_the_form_is_approved_exactly_when_nothing_material_followed_the_approval(acts):
    form, expected, locked = a_form(), FormAState.EMPTY, False
    link = None
    for number, act in enumerate(acts):
        try:
            if act == "edit":
                form.edit(BUSINESS, {"relation_explanation": str(number)}, hand())
                expected = FormAState.IN_PROGRESS
            elif act == "note" and link:
                form.edit_entry(link, LINKS, {"note": str(number)}, hand())
                expected = FormAState.IN_PROGRESS if expected is FormAState.EMPTY else expected
            elif act == "note":
                link = form.add_entry(LINKS, "a-link", hand())
                expected = FormAState.IN_PROGRESS
            elif act == "approve":
                form.approve([], hand())
                expected = FormAState.APPROVED
            else:
                form.lock(CLOSE)
                expected, locked = FormAState.LOCKED, True
        except NotAllowedNow:
            assert locked or (act == "approve" and expected is not FormAState.IN_PROGRESS)
        assert form.state is expected
    assert form.state in LIFECYCLE.states


def content(**more) -> Content:
    business = {"bidding_as": "single-location", "small_supplier": False}
    location = {"9000000001": {"products": ("OTSK",), "states": ("MD",)}}
    given = {"business": business, "disclosures": {}, "locations": location, "links": {}, "members": {}, "unread": ()}
    return Content(**given | more)


def members(count: int, **more) -> dict:
    made = {"gross_receipts": 1_000_00, "cannot_serve_alone": True, "primary": False} | more
    return {f"90000000{number:02}": made | {"primary": number == 0} for number in range(count)}


def network(count: int, **more) -> Content:
    return content(business={"bidding_as": "network"}, members=members(count, **more))


def test_a_single_location_is_one_and_multiple_are_two_or_more():
    one, two = {"1": {}}, {"1": {}, "2": {}}
    assert codes(problems_of(content(locations=two), RULES)) == ["LOCATIONS"]
    assert codes(problems_of(content(locations={}), RULES)) == ["LOCATIONS"]
    multiple = {"bidding_as": "multiple-locations"}
    assert codes(problems_of(content(business=multiple, locations=one), RULES)) == ["LOCATIONS"]
    assert codes(problems_of(content(business=multiple, locations=two), RULES)) == []


@pytest.mark.parametrize(("count", "fits"), [(0, False), (1, False), (2, True), (20, True), (21, False)])
def test_a_network_has_two_to_twenty_members(count, fits):
    assert ("NETWORK" not in codes(problems_of(network(count), RULES))) is fits


def test_only_a_network_has_members_and_one_of_them_is_primary():
    assert codes(problems_of(content(members=members(3)), RULES)) == ["NETWORK"]
    two_primaries = members(2) | {"9000000077": {"primary": True, "cannot_serve_alone": True}}
    assert codes(problems_of(content(business={"bidding_as": "network"}, members=two_primaries), RULES)) == ["NETWORK"]


def test_network_members_are_small_suppliers_that_cannot_serve_alone():
    limit = RULES.small_supplier_revenue
    assert codes(problems_of(network(2, gross_receipts=limit), RULES)) == []
    assert codes(problems_of(network(2, gross_receipts=limit + 1), RULES)) == ["NETWORK"] * 2
    assert codes(problems_of(network(2, cannot_serve_alone=False), RULES)) == ["NETWORK"] * 2


@given(st.integers(0, 10**12))
def test_a_small_supplier_has_receipts_up_to_the_limit_of_the_rule_set(receipts):
    business = {"bidding_as": "single-location", "small_supplier": True, "gross_receipts": receipts}
    found = codes(problems_of(content(business=business), RULES))
    assert ("SMALL-SUPPLIER" in found) == (receipts > 350_000_000)


def test_disclosures_that_are_not_complete_keep_the_form_from_being_approved():
    assert codes(problems_of(content(disclosures={"complete": False}), RULES)) == ["DISCLOSURES"]


def test_fields_of_a_section_have_one_name_each_and_conditions_name_earlier_fields():
    for section in SECTIONS:
        names = [field.name for field in section.fields]
        assert len(names) == len(set(names))
        for place, field in enumerate(section.fields):
            if not isinstance(field.needed, bool):
                earlier = next(each for each in section.fields[:place] if each.name == field.needed.field)
                known = {option.code for option in earlier.options} or {"yes", "no"}
                assert set(field.needed.among) <= known
