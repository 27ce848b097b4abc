"""What a bidder is asked for, by rule set and business type (domain/documents.md 2, 2.1, 3; 6 for bonds)."""

from uuid import uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bidding_svc.form_a.content import Content
from bidding_svc.form_a.fields import BUSINESS, sections_for
from bidding_svc.requirements.asking import documents_asked
from bidding_svc.requirements.bond import bond_asked, bond_cents
from bidding_svc.requirements.reference import documents
from bidding_svc.rounds import reference
from bidding_svc.rounds.category import RoundCategory, RoundCba
from bidding_svc.rounds.round import Round
from bidding_svc.rounds.rule_sets import RuleSetRecord

OLD, NEW = reference.load("round-2021").rule_set, reference.load("round-2028").rule_set
BUSINESS_TYPES = [option.code for option in BUSINESS.field("business_type").options]


def form_a(members=(), **business) -> Content:
    return Content(business, {}, {}, {}, {ptan: {"name": f"Member {ptan}"} for ptan in members}, ())


def asked(rules=OLD, **told) -> dict:
    return {each.document: each for each in documents_asked(rules, form_a(**told))}


def test_without_a_form_a_the_rule_set_alone_decides():
    assert [each.document for each in documents_asked(OLD)] == [
        "tax-return-extract", "income-statement", "balance-sheet", "statement-of-cash-flows", "credit-report",
    ]  # fmt: skip
    assert [each.stands_in_for for each in documents_asked(NEW)] == [None, *["business-credit-report"] * 2]


@pytest.mark.parametrize(
    ("business_type", "form"),
    [
        ("c-corporation", "Form 1120: pages 1 to 6 for tax year 2018, pages 1 to 5 for 2016 and 2017."),
        ("s-corporation", "Form 1120-S:"),
        ("partnership", "Form 1065:"),
        ("sole-proprietorship", "Form 1040 Schedule C: pages 1 and 2."),
        ("non-profit", "Form 990:"),
        ("trust", "Form 1041."),
    ],
)
def test_the_business_type_names_form_and_pages_of_the_tax_return(business_type, form):
    found = asked(business_type=business_type)
    assert found.keys() == asked().keys()
    assert form in found["tax-return-extract"].hint
    assert found["tax-return-extract"].hint.startswith(asked()["tax-return-extract"].hint)


def test_a_government_entity_sends_the_letter_of_the_irs_in_place_of_a_tax_return():
    found = asked(business_type="government")
    assert "tax-return-extract" not in found
    assert found["irs-letter"].covered
    assert "balance-sheet" in found


def test_a_subsidiary_on_its_parents_return_adds_form_851_and_sends_the_parents_papers():
    found = asked(business_type="c-corporation", tax_return="parent")
    assert {"form-851", "tax-return-extract"} <= found.keys()
    assert "Form 1120" in found["tax-return-extract"].hint
    assert "parent" in found["balance-sheet"].hint


def test_a_start_up_sends_no_extract_and_twelve_months_of_statements():
    found = asked(business_type="partnership", tax_return="not-yet")
    assert "tax-return-extract" not in found
    assert "exactly 12" in found["income-statement"].hint


@pytest.mark.parametrize("business_type", BUSINESS_TYPES)
@pytest.mark.parametrize("tax_return", [None, "own", "parent", "not-yet"])
def test_a_round_that_asks_for_no_tax_return_asks_nobody_for_it_or_for_what_replaces_it(business_type, tax_return):
    assert documents_asked(NEW, form_a(business_type=business_type, tax_return=tax_return)) == documents_asked(NEW)


def test_every_business_type_has_its_line_and_every_line_an_answer_that_can_be_given():
    lines = {(line.field, line.answer) for line in documents().variations}
    assert {answer for field, answer in lines if field == "business_type"} == set(BUSINESS_TYPES)
    for field, answer in lines:
        assert answer in {option.code for option in BUSINESS.field(field).options}


def test_form_a_asks_about_the_tax_return_only_where_the_round_wants_it():
    names = [{field.name for field in sections_for(rules)[0].fields} for rules in (OLD, NEW)]
    assert ["tax_return" in each for each in names] == [True, False]


@given(st.sets(st.from_regex(r"[0-9]{10}", fullmatch=True), max_size=5), st.sampled_from([OLD, NEW]))
def test_a_network_sends_its_contract_and_for_each_member_a_certification_and_its_own_papers(members, rules):
    own = documents_asked(rules, form_a())
    found = documents_asked(rules, form_a(members, bidding_as="network"))
    of_members = [each for each in found if each.member]
    assert {each.member for each in of_members} == members
    assert len(of_members) == len(members) * (1 + len(own))
    assert [each.document for each in found if not each.member] == [
        *(each.document for each in own),
        "network-agreement",
    ]
    assert not any(each.covered for each in found if each.document.startswith("network-"))
    assert len({each.key for each in found}) == len(found)
    assert documents_asked(rules, form_a(members, bidding_as="multiple-locations")) == own


def a_round(rules) -> Round:
    categories = {"OTSB": True, "COMM": False}
    return Round(
        code="R2028",
        rule_set=RuleSetRecord(str(uuid4()), rules),
        categories=[
            RoundCategory(round_code="R", code=code, name=code, remote_item=remote)
            for code, remote in categories.items()
        ],
        cbas=[RoundCba(round_code="R", code="md", name="Baltimore, MD", state="MD")],
    )


def test_a_bond_is_for_the_amount_of_the_rule_set_and_for_more_where_remote_items_are_bid_on():
    assert bond_cents(a_round(OLD), {"OTSB", "COMM"}) == 50_000_00
    assert [bond_cents(a_round(NEW), each) for each in ({"COMM"}, {"OTSB"}, {"OTSB", "COMM"})] == [
        50_000_00, 100_000_00, 100_000_00,
    ]  # fmt: skip
    bond = bond_asked(a_round(NEW), "md", {"COMM"})
    assert (bond.label, bond.covered, bond.cba_code) == ("Bid surety bond: Baltimore, MD", False, "md")
    assert "For $50,000.00," in bond.hint
