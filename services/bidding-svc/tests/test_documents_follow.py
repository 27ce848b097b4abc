"""Requirements follow Form A and the bids; CBIC waives what does not apply."""

from uuid import uuid4

import pytest
from sqlalchemy import select

from bidding_svc.requirements.asked import BOND
from bidding_svc.requirements.lifecycle import Need
from bidding_svc.requirements.requirement import LetterNotOnFile, ReasonMissing, Requirement
from bidding_svc.requirements.use_cases import receive_document, settle, waive
from bidding_svc.rounds import reference
from bidding_svc.rounds.round import Round
from bidding_svc.rounds.rule_sets import RuleSetRecord
from bidding_svc.status.views import read_status
from chassis import program_time
from chassis.actor import Actor
from chassis.database import Fence
from chassis.errors import NotAllowedNow, NotFound
from chassis.tables import outbox
from events.documents import DocumentReceived, SlotSettled
from events.requirements import RequirementDropped, RequirementFulfilled, RequirementReopened, SlotRequested
from tests.bidding.house import ROUND, open_house

pytestmark = pytest.mark.database
CLERK = Actor("staff", "TBOONE07")
SYSTEM = Actor.system("test")


@pytest.fixture
async def house(bidding):
    return await open_house(bidding)


@pytest.fixture
async def old_house(bidding):
    """A bidder in a round that asks what Round 2021 asked: the open window of Round 2028, by the older rule set."""
    await open_house(bidding, ptan="9000000099", name="Before Sample, LLC")
    async with bidding.writing(Fence.system(), SYSTEM) as session:
        asked = reference.load("round-2021").rule_set
        here = reference.load("round-2028").rule_set.bids
        rules = RuleSetRecord("as in 2021", asked.model_copy(update={"bids": here}))
        session.add(rules)
        (await session.get_one(Round, ROUND)).rule_set = rules
    return await open_house(bidding)


async def requirements(house, **where) -> dict:
    async with house.reading() as session:
        found = await session.scalars(select(Requirement).filter_by(**where).order_by(Requirement.id))
        return {(each.document, each.member or each.cba_code): each for each in found}


async def said(house, kind) -> list:
    async with house.database.reading(Fence.system()) as session:
        rows = await session.execute(select(outbox.c.type, outbox.c.body).order_by(outbox.c.id))
        return [kind.model_validate_json(row.body) for row in rows if row.type == kind.TYPE]


async def receive(house, requirement) -> DocumentReceived:
    now = program_time.now()
    received = DocumentReceived(
        file_id=uuid4(),
        slot_id=requirement.slot_id,
        slot_subject=f"requirement:{requirement.id}",
        organization_id=house.organization_id,
        sha256="0" * 64,
        size=1,
        started_at=now,
        received_at=now,
        verdict="in-time",
        receipt="a.b.c",
    )
    async with house.database.writing(Fence.organization(house.organization_id), SYSTEM) as session:
        await receive_document(session, received)
    return received


async def waived(house, requirement_id, letter_id, reason="A county hospital."):
    async with house.database.writing(Fence.staff(), CLERK) as session:
        return await waive(session, requirement_id, reason, letter_id)


async def test_a_government_entity_is_asked_for_its_letter_and_not_for_a_tax_return(old_house):
    house = old_house
    await house.edit("business", {"business_type": "c-corporation"})
    taxes = (await requirements(house))["tax-return-extract", None]
    assert (taxes.state, "Form 1120" in taxes.hint) == (Need.REQUIRED, True)
    await house.edit("business", {"business_type": "government"})
    found = await requirements(house)
    taxes, letter = found["tax-return-extract", None], found["irs-letter", None]
    assert (taxes.state, taxes.needed, letter.state, letter.needed) == (Need.NOT_ASKED, False, Need.REQUIRED, True)
    await house.edit("business", {"business_type": "trust"})
    found = await requirements(house)
    taxes, letter = found["tax-return-extract", None], found["irs-letter", None]
    assert (taxes.state, letter.state) == (Need.REQUIRED, Need.NOT_ASKED)
    assert [event.document for event in await said(house, RequirementDropped)] == ["tax-return-extract", "irs-letter"]
    assert [event.document for event in await said(house, RequirementReopened)] == ["tax-return-extract"]


async def test_uploads_are_withheld_with_a_reason_while_the_forms_do_not_call_for_a_document(old_house):
    await old_house.edit("business", {"business_type": "government"})
    await old_house.edit("business", {"business_type": "trust"})
    asked = [event.withheld_because for event in await said(old_house, SlotRequested) if event.document == "irs-letter"]
    assert asked == [None, "Your Form A, as it stands, does not call for this document."]


async def test_what_was_received_stays_received_and_counts_when_it_is_asked_for_again(old_house):
    house = old_house
    await house.edit("business", {"business_type": "government"})
    await receive(house, (await requirements(house))["irs-letter", None])
    await house.edit("business", {"business_type": "trust"})
    assert (await requirements(house))["irs-letter", None].state is Need.RECEIVED
    await house.edit("business", {"business_type": "government"})
    assert (await requirements(house))["irs-letter", None].state is Need.RECEIVED
    assert len(await said(house, RequirementFulfilled)) == 1


async def test_each_member_of_a_network_has_requirements_of_its_own_until_it_leaves(house):
    await house.edit("business", {"bidding_as": "network"})
    for ptan in ("9000000011", "9000000012"):
        await house.edit_entry("members", ptan, {"name": f"Member {ptan}"})
    found = await requirements(house)
    assert found["business-credit-report", "9000000011"].label == "Business credit report: Member 9000000011"
    assert found["network-agreement", None].covered is False
    await house.edit("business", {"bidding_as": "single-location"})
    states = {key: each.state for key, each in (await requirements(house)).items()}
    assert states["network-agreement", None] is states["network-certification", "9000000012"] is Need.NOT_ASKED
    assert states["business-credit-report", None] is Need.REQUIRED


async def test_a_members_stand_ins_meet_the_members_requirement_and_nobody_elses(house):
    await house.edit("business", {"bidding_as": "network"})
    await house.edit_entry("members", "9000000011", {"name": "One"})
    found = await requirements(house)
    for document in ("insufficient-data-report", "personal-credit-report"):
        await receive(house, found[document, "9000000011"])
    states = {key: each.state for key, each in (await requirements(house)).items()}
    assert states["business-credit-report", "9000000011"] is Need.RECEIVED
    assert states["business-credit-report", None] is Need.REQUIRED


async def test_a_bond_is_asked_for_while_a_bid_stands_in_the_area(house):
    assert (BOND, "nationwide") not in await requirements(house)
    first, second = await house.begin_bid("OTSK"), await house.begin_bid("OTSB")
    bond = (await requirements(house))[BOND, "nationwide"]
    assert (bond.state, bond.covered, bond.label) == (Need.REQUIRED, False, "Bid surety bond: Nationwide")
    assert "$100,000.00" in bond.hint
    await house.withdraw(first)
    assert (await requirements(house))[BOND, "nationwide"].state is Need.REQUIRED
    await house.withdraw(second)
    assert (await requirements(house))[BOND, "nationwide"].state is Need.NOT_ASKED
    await house.begin_bid("OTSB")
    assert (await requirements(house))[BOND, "nationwide"].state is Need.REQUIRED
    slots = [event for event in await said(house, SlotRequested) if event.document == BOND]
    assert {event.cba_code for event in slots} == {"nationwide"}
    assert [event.withheld_because for event in slots] == [None, "Your organization has no bid in this area.", None]


async def test_a_missing_bond_is_missing_also_for_a_bidder_with_the_cdrd_right(house):
    await house.begin_bid()
    found = await requirements(house)
    await receive(house, found["business-credit-report", None])
    bond = found[BOND, "nationwide"]
    settled = SlotSettled(
        slot_id=bond.slot_id, slot_subject=f"requirement:{bond.id}", organization_id=house.organization_id,
        closes_at=bond.due_at, settled_at=bond.due_at, files=(),
    )  # fmt: skip
    async with house.database.writing(Fence.organization(house.organization_id), SYSTEM) as session:
        await session.get_one(Requirement, found["business-credit-report", None].id)
        await settle(session, settled)
    assert (await requirements(house))[BOND, "nationwide"].state is Need.MISSING


async def test_cbic_waives_a_document_by_a_letter_on_file_and_the_reason_stays_with_it(old_house):
    house = old_house
    await house.edit("business", {"business_type": "government"})
    found = await requirements(house)
    letter = await receive(house, found["irs-letter", None])
    balance = found["balance-sheet", None]
    with pytest.raises(ReasonMissing):
        await waived(house, balance.id, letter.file_id, reason=" ")
    with pytest.raises(LetterNotOnFile):
        await waived(house, balance.id, uuid4())
    await waived(house, balance.id, letter.file_id)
    stands = (await requirements(house))["balance-sheet", None]
    assert (stands.state, stands.needed) == (Need.NOT_APPLICABLE, False)
    assert (stands.waived_by, stands.waived_because) == ("TBOONE07", "A county hospital.")
    for again in (balance.id, found["irs-letter", None].id):
        with pytest.raises(NotAllowedNow):
            await waived(house, again, letter.file_id)
    with pytest.raises(NotFound):
        await waived(house, uuid4(), letter.file_id)


async def test_a_waived_document_stays_waived_whatever_form_a_says_later(old_house):
    house = old_house
    await house.edit("business", {"business_type": "government"})
    letter = await receive(house, (await requirements(house))["irs-letter", None])
    await waived(house, (await requirements(house))["tax-return-extract", None].id, letter.file_id)
    await house.edit("business", {"business_type": "trust"})
    assert (await requirements(house))["tax-return-extract", None].state is Need.NOT_APPLICABLE


async def test_another_organizations_letter_waives_nothing(old_house, bidding):
    other = await open_house(bidding, ptan="9000000077", name="Other Sample, LLC")
    letter = await receive(other, next(iter((await requirements(other)).values())))
    balance = (await requirements(old_house))["balance-sheet", None]
    with pytest.raises(LetterNotOnFile):
        await waived(old_house, balance.id, letter.file_id)


async def test_the_status_tells_what_is_asked_and_whether_a_notice_would_tell_what_is_missing(house):
    await house.begin_bid()
    async with house.reading() as session:
        status = await read_status(session, Actor("person", "D", organization_id=house.organization_id), ROUND)
    assert "Upload: Bid surety bond: Nationwide." in status.still_missing
    bond = status.documents[-1]
    assert (bond.cba_code, bond.covered, bond.needed, status.cdrd_right) == ("nationwide", False, True, False)
