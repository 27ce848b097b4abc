"""Bid surety bonds: what a bidder reads of its own, and the pages on which staff key in, return, forfeit and decide."""

import httpx
import pytest
from fake_gateway import FakeGateway
from fake_gateway.bonds import BOND_PERMISSIONS


@pytest.fixture
async def staff(person: httpx.AsyncClient, gateway: FakeGateway) -> httpx.AsyncClient:
    gateway.user_id, gateway.name = "theo.hartley", "Theo Hartley"
    gateway.become("staff", "CONTRACTING_OFFICER", BOND_PERMISSIONS)
    person.cookies.set("cx_token", gateway.token())
    return person


def form(**other: object) -> dict[str, object]:
    return {"version": "3", "idempotency_key": "key-1", **other}


async def test_a_bidder_reads_where_each_bond_stands_and_what_happens_next(
    person: httpx.AsyncClient, gateway: FakeGateway
):
    assert "No bond is held yet" in (await person.get("/bonds")).text
    due, label = gateway.due_in(90), "OTS knee braces, Dallas, TX"
    gateway.own_bonds = [
        gateway.own_bond(),
        gateway.own_bond(area="Dallas, TX", return_due_at=due),
        gateway.own_bond(state="forfeiture-pending", since=due, given_up=[label]),
    ]
    page = (await person.get("/bonds")).text
    assert "CMS holds it until the contract suppliers are announced." in page
    assert "CMS returns the liability by" in page
    assert f"Not accepted: {label}" in page
    assert "$100,000.00" in page


async def test_the_work_list_keeps_what_was_chosen_and_says_when_something_comes(
    staff: httpx.AsyncClient, gateway: FakeGateway
):
    assert "Bonds are opened by themselves" in (await staff.get("/staff/bonds")).text
    gateway.bonds = [gateway.bond(), gateway.bond(state="VERIFIED", area="Dallas, TX")]
    page = (await staff.get("/staff/bonds?state=VERIFIED&clock=running")).text
    assert "Dallas, TX" in page
    assert "Nationwide" not in page
    assert '<option value="running" selected>' in page


async def test_chosen_bonds_are_returned_together_as_they_were_shown(staff: httpx.AsyncClient, gateway: FakeGateway):
    held = {"state": "VERIFIED", "return_due_at": gateway.due_in(90)}
    gateway.bonds = [gateway.bond(**held), gateway.bond(**held)]
    chosen = [f"{bond['id']}:3" for bond in gateway.bonds]
    nothing = await staff.post("/staff/bonds/returns", data={"idempotency_key": "k"})
    assert nothing.status_code == 422
    assert "Choose the bonds to return." in nothing.text
    stale = await staff.post("/staff/bonds/returns", data={"idempotency_key": "k", "bonds": [chosen[0][:-1] + "2"]})
    assert stale.status_code == 409
    done = await staff.post("/staff/bonds/returns?clock=warned", data={"idempotency_key": "k", "bonds": chosen})
    assert done.headers["location"] == "/staff/bonds?clock=warned&done=2"
    assert [each["version"] for each in gateway.bond_acts[-1]["bonds"]] == [3, 3]


async def test_nobody_without_the_permission_is_offered_to_return(staff: httpx.AsyncClient, gateway: FakeGateway):
    gateway.become("staff", "AUDITOR", ("staff.bond.view", "round.view"))
    staff.cookies.set("cx_token", gateway.token())
    gateway.bonds = [gateway.bond(state="VERIFIED", return_due_at=gateway.due_in(90))]
    assert "Return the chosen bonds" not in (await staff.get("/staff/bonds")).text


async def test_a_paper_is_keyed_in_and_comes_back_as_it_was_typed_when_it_is_refused(
    staff: httpx.AsyncClient, gateway: FakeGateway
):
    gateway.bonds = [gateway.bond(may_key_in=True)]
    path = f"/staff/bonds/{gateway.bonds[0]['id']}"
    typed = form(principal="Larkspur Sample Medical", amount_cents="a lot", conditions_stated="yes", issued_on="")
    refused = await staff.post(f"{path}/paper", data=typed)
    assert refused.status_code == 422
    assert "Write the amount in dollars" in refused.text
    assert 'value="a lot"' in refused.text
    taken = await staff.post(f"{path}/paper", data=typed | {"amount_cents": "$100,000.00"})
    assert taken.headers["location"] == f"{path}?done=paper#checklist-h"
    told = gateway.bond_acts[-1]
    assert (told["amount_cents"], told["issued_on"], told["conditions_stated"], told["all_pages"]) == (
        10_000_000,
        None,
        True,
        None,
    )
    assert gateway.headers_seen[-1]["if-match"] == '"3"'


async def test_days_are_written_as_the_days_they_are(staff: httpx.AsyncClient, gateway: FakeGateway):
    gateway.bonds = [gateway.bond(surety_notified_on="2026-11-20", surety_reference="L-1", collected_on="2026-12-01")]
    page = (await staff.get(f"/staff/bonds/{gateway.bonds[0]['id']}")).text
    for day in ("November 20, 2026", "December 1, 2026", "August 14, 2026", "By August 20, 2026"):
        assert day in page


async def test_a_forfeiture_is_prepared_and_decided_with_day_and_reference(
    staff: httpx.AsyncClient, gateway: FakeGateway
):
    gateway.bonds = [gateway.bond(state="FORFEITURE_PENDING", allowed_actions=["notify surety", "forfeit"])]
    path = f"/staff/bonds/{gateway.bonds[0]['id']}"
    refused = await staff.post(f"{path}/surety-notice", data=form(on="2026-11-20", reference=" "))
    assert "Give the reference." in refused.text
    assert "Choose the day." in (await staff.post(f"{path}/forfeiture", data=form(reference="E-1"))).text
    done = await staff.post(f"{path}/forfeiture", data=form(on="2026-11-20", reference="E-1"))
    assert done.headers["location"] == f"{path}?done=forfeiture"
    assert gateway.bond_acts == [{"act": "forfeiture", "on": "2026-11-20", "reference": "E-1"}]


async def test_a_report_is_decided_with_bar_and_referral(staff: httpx.AsyncClient, gateway: FakeGateway):
    gateway.bonds = [gateway.bond(allowed_actions=["declare falsified"], reported_because="No such surety.")]
    path = f"/staff/bonds/{gateway.bonds[0]['id']}"
    typed = form(because="It confirmed so.", referred="yes")
    assert "Choose from which rounds" in (await staff.post(f"{path}/falsification", data=typed)).text
    await staff.post(f"{path}/falsification", data=typed | {"bar": "this-round"})
    assert gateway.bond_acts[-1] == {
        "act": "falsification",
        "bar": "this-round",
        "because": "It confirmed so.",
        "referred": True,
    }


async def test_one_bond_is_returned_from_its_page_and_an_unknown_act_is_not_found(
    staff: httpx.AsyncClient, gateway: FakeGateway
):
    gateway.bonds = [gateway.bond(state="VERIFIED", allowed_actions=["return"])]
    path = f"/staff/bonds/{gateway.bonds[0]['id']}"
    assert "Return the liability" in (await staff.get(path)).text
    done = await staff.post(f"{path}/return", data=form())
    assert done.headers["location"] == f"{path}?done=return"
    assert (await staff.post(f"{path}/erasure", data=form())).status_code == 404


async def test_the_list_of_sureties_is_brought_in_and_each_refused_row_is_told(
    staff: httpx.AsyncClient, gateway: FakeGateway
):
    gateway.become("staff", "SYSTEM_ADMINISTRATOR", ("staff.reference.manage", "round.view"))
    staff.cookies.set("cx_token", gateway.token())
    nothing = await staff.post("/staff/sureties")
    assert nothing.status_code == 422
    assert '<a href="#file">Choose a file.</a>' in nothing.text
    page = await staff.post("/staff/sureties", files={"file": ("list.csv", b"naic,name,certified\n")})
    assert gateway.surety_files == ["naic,name,certified\n"]
    assert "Write the number of the NAIC in five digits." in page.text
