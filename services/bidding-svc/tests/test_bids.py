from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from uuid import uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bidding_svc.form_a.content import Content
from bidding_svc.form_b.bid import Bid, FormANotApproved, FormBChanged, FormBNotReady
from bidding_svc.form_b.content import BidContent
from bidding_svc.form_b.fields import section_for
from bidding_svc.form_b.lifecycle import NEVER_RECEIVED, BidState, FormBState
from bidding_svc.form_b.rules import basis, dollars, problems_of
from bidding_svc.forms.hand import Hand, WouldVoid
from bidding_svc.forms.problem import FormProblem, Weight, has_errors
from bidding_svc.rounds import reference
from bidding_svc.rounds.category import RoundCategory, RoundCba
from bidding_svc.rounds.competition import Competition
from chassis.errors import NotAllowedNow
from events.bidding import BidLapsed, BidReceived, BidSubmitted, BidVoided
from tests.bidding.house import BID_ANSWERS, codes, said

OLD, NEW = reference.load("round-2021").rule_set, reference.load("round-2028").rule_set
CLOSE = datetime(2026, 12, 20, 1, 59, 59, tzinfo=UTC)
HAND = Hand(by="DWHITLOCK01", at=CLOSE - timedelta(days=3), closes_at=CLOSE)
SECTION = section_for(NEW, "OTSK")


def a_competition(category: str = "OTSK", limit: int = 34_800, demand: int = 1_000) -> Competition:
    return Competition(
        round_code="R2028", category_code=category, cba_code="md", bid_limit_cents=limit, demand=demand, made_up=True
    )


def a_bid() -> Bid:
    return Bid(
        organization_id=uuid4(), bidder_id=uuid4(), competition=a_competition(), label="OTS knee braces, MD", at=HAND.at
    )


def a_submitted_bid() -> Bid:
    bid = a_bid()
    bid.edit(SECTION, BID_ANSWERS, HAND)
    bid.certify([], HAND, form_a_approved=True)
    return bid


def test_a_certified_bid_is_submitted_and_tells_neither_amount_nor_capacity():
    bid = a_submitted_bid()
    assert (bid.state, bid.form, bid.certified_by) == (BidState.SUBMITTED, FormBState.CERTIFIED, "DWHITLOCK01")
    assert len(said(bid, BidSubmitted)) == 1
    told = [str(record) for record in bid.__dict__["_recorded"]]
    assert all(BID_ANSWERS["amount"] not in each and "capacity': '" not in each for each in told)


def test_a_bid_is_certified_only_beside_an_approved_form_a_without_errors_and_as_it_was_read():
    bid = a_bid()
    with pytest.raises(NotAllowedNow):
        bid.certify([], HAND, form_a_approved=True)
    bid.edit(SECTION, BID_ANSWERS, HAND)
    with pytest.raises(FormANotApproved):
        bid.certify([], HAND, form_a_approved=False)
    with pytest.raises(FormBNotReady):
        bid.certify([FormProblem(path="bid.amount", code="BID-02", message="Less.")], HAND, form_a_approved=True)
    with pytest.raises(FormBChanged):
        bid.certify([], Hand(HAND.by, HAND.at, CLOSE, base=0), form_a_approved=True)
    bid.certify([FormProblem(path="p", code="BID-07", message="?", weight=w) for w in list(Weight)[1:]], HAND,
                form_a_approved=True)  # fmt: skip
    assert bid.state is BidState.SUBMITTED


def test_a_material_edit_makes_a_submitted_bid_a_draft_and_asks_to_certify_again():
    bid = a_submitted_bid()
    bid.edit(SECTION, {"amount": "19.00"}, HAND)
    assert (bid.state, bid.form, bid.submitted_at) == (BidState.DRAFT, FormBState.IN_PROGRESS, None)
    assert [(each.permission, each.due_at) for each in said(bid, BidVoided)] == [("form_b.certify", CLOSE)]


def test_what_may_not_void_the_certification_is_refused_where_it_would():
    bid = a_submitted_bid()
    with pytest.raises(WouldVoid):
        bid.edit(SECTION, {"amount": "19.00"}, replace(HAND, may_void=False))
    assert (bid.state, bid.sheet.answers["amount"]) == (BidState.SUBMITTED, BID_ANSWERS["amount"])


def test_the_same_answers_again_leave_a_submitted_bid_as_it_is():
    bid = a_submitted_bid()
    assert not bid.edit(SECTION, BID_ANSWERS, HAND)
    assert bid.state is BidState.SUBMITTED


def test_a_plan_for_expansion_may_be_written_without_voiding_the_certification():
    section = section_for(
        OLD.model_copy(update={"bids": OLD.bids.model_copy(update={"form_b_asks": ("expansion_plans",)})})
    )
    bid = a_submitted_bid()
    bid.edit(section, {"expansion_plans": "A second warehouse."}, HAND)
    assert bid.state is BidState.SUBMITTED


def test_at_the_close_a_submitted_bid_is_received_and_a_draft_is_left_incomplete():
    submitted, draft = a_submitted_bid(), a_bid()
    submitted.close(CLOSE)
    draft.close(CLOSE)
    assert (submitted.state, submitted.form_at_close) == (BidState.RECEIVED, "CERTIFIED")
    assert (draft.state, draft.reason, draft.form_at_close) == (BidState.INCOMPLETE, "NOT_CERTIFIED", "EMPTY")
    assert (len(said(submitted, BidReceived)), len(said(draft, BidLapsed))) == (1, 1)


@pytest.mark.parametrize("state", BidState)
def test_what_the_evaluation_makes_of_a_bid_is_told_in_no_list_or_form(state):
    told_as_it_is = {*NEVER_RECEIVED, BidState.DRAFT, BidState.SUBMITTED}
    assert state.as_told is (state if state in told_as_it_is else BidState.RECEIVED)


def test_a_withdrawn_bid_stays_withdrawn():
    bid = a_submitted_bid()
    bid.withdraw(HAND)
    assert bid.state is BidState.WITHDRAWN
    for act in (
        lambda: bid.edit(SECTION, {"amount": "1.00"}, HAND),
        lambda: bid.withdraw(HAND),
        lambda: bid.close(CLOSE),
    ):
        with pytest.raises(NotAllowedNow):
            act()


@given(st.lists(st.sampled_from(["edit", "certify", "withdraw", "close", "remove"]), max_size=10))
def test_bid_and_form_b_never_contradict_each_other(acts):
    bid = a_bid()
    for number, act in enumerate(acts):
        try:
            match act:
                case "edit":
                    bid.edit(SECTION, {"amount": f"{number + 1}.00"}, HAND)
                case "certify":
                    bid.certify([], HAND, form_a_approved=True)
                case "withdraw":
                    bid.withdraw(HAND)
                case "remove":
                    bid.remove(CLOSE)
                case _:
                    bid.close(CLOSE)
        except NotAllowedNow:
            pass
        assert (bid.state is BidState.SUBMITTED) == (bid.form is FormBState.CERTIFIED)
        assert (bid.state not in {BidState.DRAFT, BidState.SUBMITTED}) == (bid.form is FormBState.LOCKED)
        assert (bid.submitted_at is not None) >= (bid.state is BidState.SUBMITTED)


def content(rules=NEW, *, category="OTSK", remote=False, form_a=None, limit=34_800, demand=1_000, state="MD", **values):
    location = {"9000000001": {"products": (category,), "states": ("MD",)}}
    standing = {"amount": 20_00, "new_item_on_basis": True, "capacity": 100, "covers_all_items": True}
    return BidContent(
        values=standing | values,
        unread=(),
        competition=a_competition(category, limit, demand),
        category=RoundCategory(round_code="R", code=category, name="Knee braces", remote_item=remote, removed_on=None),
        cba=RoundCba(round_code="R", code="md", name="Maryland", state=state),
        rules=rules,
        form_a=form_a or Content({}, {}, location, {}, {}, ()),
    )


def test_a_bid_that_keeps_every_rule_has_no_problem():
    assert problems_of(content()) == []


def test_bid_01_an_amount_is_above_zero_and_for_a_new_item_on_its_basis():
    assert codes(problems_of(content(amount=0))) == ["BID-01"]
    assert codes(problems_of(content(new_item_on_basis=False))) == ["BID-01"]


@given(st.integers(1, 10**9), st.integers(1, 10**9))
def test_bid_02_an_amount_is_up_to_the_limit_to_the_cent(amount, limit):
    assert codes(problems_of(content(amount=amount, limit=limit))) == (["BID-02"] if amount > limit else [])


@given(st.integers(0, 10**6), st.integers(1, 10**6))
def test_bid_03_capacity_is_above_zero_and_more_than_the_demand_only_warns(capacity, demand):
    found = problems_of(content(capacity=capacity, demand=demand))
    assert codes(found) == (["BID-03"] if capacity == 0 or capacity > demand else [])
    assert has_errors(found) == (capacity == 0)


def capped(category: str = "OTSK"):
    return NEW.model_copy(update={"bids": NEW.bids.model_copy(update={"capped_rental": (category,)})})


@given(st.integers(0, 10**6), st.integers(1, 1_000))
def test_bid_04_rental_months_in_capped_rental_count_as_a_tenth_in_whole_units(months, capacity):
    found = codes(problems_of(content(capped(), rental_months=months, capacity=capacity)))
    assert ("BID-04" in found) == (capacity != int(Decimal(months) / 10))


def test_bid_04_asks_for_rental_months_in_capped_rental_only():
    assert "BID-04" not in codes(problems_of(content(rental_months=5)))
    assert "rental_months" in {field.name for field in section_for(OLD, "HBED").fields}
    assert "rental_months" not in {field.name for field in section_for(OLD, "OTSK").fields}
    assert (basis(content(capped())), basis(content())) == ("monthly rental", "purchase")


def test_bid_06_some_location_of_form_a_offers_the_category_in_the_area():
    elsewhere = Content({}, {}, {"1": {"products": ("OTSK",), "states": ("VA",)}}, {}, {}, ())
    other = Content({}, {}, {"1": {"products": ("OTSB",), "states": ("MD",)}}, {}, {}, ())
    assert codes(problems_of(content(form_a=elsewhere))) == codes(problems_of(content(form_a=other))) == ["BID-06"]
    assert codes(problems_of(content(form_a=elsewhere, state=None))) == []


@given(st.integers(1, 10**6), st.integers(1, 10**6))
def test_bid_08_limits_remote_items_by_the_average_fee_in_the_place_of_bid_02(amount, limit):
    found = codes(problems_of(content(amount=amount, limit=limit, remote=True)))
    assert found == (["BID-08"] if amount > limit else [])


@given(st.integers(1, 10**5), st.integers(1, 10**5))
def test_bid_09_a_network_bids_for_at_most_its_share_of_the_demand(capacity, demand):
    location = {"1": {"products": ("OTSK",), "states": ("MD",)}}
    network = Content({"bidding_as": "network"}, {}, location, {}, {}, ())
    errors = [each.code for each in problems_of(content(capacity=capacity, demand=demand, form_a=network))
              if each.weight is Weight.ERROR]  # fmt: skip
    assert ("BID-09" in errors) == (Decimal(capacity) > Decimal(demand) * NEW.networks.share)


def test_bid_10_the_amount_accounts_for_all_items():
    assert codes(problems_of(content(covers_all_items=False))) == ["BID-10"]


@given(st.integers(0, 10**12))
def test_an_amount_is_written_in_dollars_and_cents(cents):
    assert Decimal(dollars(cents).replace("$", "").replace(",", "")) * 100 == cents
