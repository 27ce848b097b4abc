from datetime import date
from uuid import UUID, uuid4

import pytest
from sqlalchemy import select, text

from bidding_svc.bidders.bidder import Bidder
from bidding_svc.bidders.use_cases import register_organization
from bidding_svc.requirements import use_cases
from bidding_svc.requirements.requirement import Need, Requirement
from bidding_svc.requirements.views import list_requirements
from bidding_svc.seed import seed
from chassis import program_time
from chassis.actor import Actor
from chassis.database import Database, Fence
from chassis.errors import NotFound
from events.documents import DocumentReceived, SlotOpened, SlotSettled
from events.identity import OrganizationRegistered

pytestmark = pytest.mark.database
FIRST_RUN = date(2026, 11, 24)


async def registered(bidding: Database, organization_id: UUID) -> None:
    event = OrganizationRegistered(
        organization_id=organization_id, legal_business_name="Larkspur Sample Medical, LLC", ptan="9000000001"
    )
    async with bidding.writing(Fence.organization(organization_id), Actor.system("test")) as session:
        await register_organization(session, event)


async def test_an_organization_that_registers_gets_one_number_and_its_requirements(bidding):
    await seed(bidding, FIRST_RUN)
    organization_id = uuid4()
    await registered(bidding, organization_id)
    await registered(bidding, organization_id)
    async with bidding.reading(Fence.organization(organization_id)) as session:
        numbers = (await session.scalars(select(Bidder.number))).all()
        found = (await session.scalars(select(Requirement))).all()
    assert len(numbers) == 1
    assert {(each.document, each.stands_in_for) for each in found} == {
        ("business-credit-report", None),
        ("insufficient-data-report", "business-credit-report"),
        ("personal-credit-report", "business-credit-report"),
    }


async def test_an_organization_that_registered_before_the_round_is_numbered_when_registration_opens(bidding):
    organization_id = uuid4()
    await registered(bidding, organization_id)
    await seed(bidding, FIRST_RUN)
    async with bidding.reading(Fence.organization(organization_id)) as session:
        assert (await session.scalars(select(Bidder.round_code))).all() == ["R2028"]


async def test_an_organization_sees_its_own_requirements_only_also_without_the_query_filter(bidding):
    await seed(bidding, FIRST_RUN)
    mine, other = uuid4(), uuid4()
    await registered(bidding, mine)
    await registered(bidding, other)
    async with bidding.reading(Fence.organization(mine)) as session:
        owners = (await session.scalars(text("select distinct organization_id from requirement"))).all()
        page = await list_requirements(session, Actor("person", "U", organization_id=mine), None, 2)
        rest = await list_requirements(session, Actor("person", "U", organization_id=mine), page.next, 2)
    assert owners == [mine]
    assert (len(page.items), len(rest.items), rest.next) == (2, 1, None)


async def test_a_slot_of_another_organization_is_not_found(bidding):
    await seed(bidding, FIRST_RUN)
    mine, other = uuid4(), uuid4()
    await registered(bidding, mine)
    await registered(bidding, other)
    async with bidding.reading(Fence.organization(other)) as session:
        slot_id = await session.scalar(select(Requirement.slot_id).limit(1))
    with pytest.raises(NotFound):
        async with bidding.writing(Fence.organization(mine), Actor.system("test")) as session:
            await use_cases.note_slot_opened(session, echo(slot_id, other))


async def test_after_the_close_what_is_missing_is_decided_by_the_settled_slot(bidding):
    await seed(bidding, FIRST_RUN)
    mine = uuid4()
    await registered(bidding, mine)
    async with bidding.writing(Fence.organization(mine), Actor.system("test")) as session:
        requirement = await session.scalar(select(Requirement).where(Requirement.document == "business-credit-report"))
        await use_cases.settle(session, settled(requirement))
    assert requirement.state is Need.MISSING


async def test_two_stand_ins_together_meet_the_credit_report_and_losing_one_reopens_it(bidding):
    await seed(bidding, FIRST_RUN)
    mine = uuid4()
    await registered(bidding, mine)
    fence = Fence.organization(mine)

    async def state_of(document):
        async with bidding.reading(fence) as session:
            return await session.scalar(select(Requirement.state).where(Requirement.document == document))

    async with bidding.reading(fence) as session:
        slots = dict((await session.execute(select(Requirement.document, Requirement.slot_id))).all())
    files = [a_file(slots[document], mine) for document in ("insufficient-data-report", "personal-credit-report")]
    for number, file in enumerate(files):
        assert await state_of("business-credit-report") is Need.REQUIRED, number
        async with bidding.writing(fence, Actor.system("test")) as session:
            await use_cases.receive_document(session, file)
    assert await state_of("business-credit-report") is Need.RECEIVED
    async with bidding.writing(fence, Actor.system("test")) as session:
        await use_cases.note_rejection(session, files[0].slot_id, files[0].file_id)
    assert await state_of("business-credit-report") is Need.REQUIRED


def echo(slot_id: UUID, organization_id: UUID) -> SlotOpened:
    at = program_time.now()
    return SlotOpened(
        slot_id=slot_id, slot_subject="requirement:test", organization_id=organization_id, opens_at=at, closes_at=at
    )


def settled(requirement: Requirement) -> SlotSettled:
    return SlotSettled(
        slot_id=requirement.slot_id,
        slot_subject=f"requirement:{requirement.id}",
        organization_id=requirement.organization_id,
        closes_at=requirement.due_at,
        settled_at=requirement.due_at,
        files=(),
    )


def a_file(slot_id, organization_id) -> DocumentReceived:
    at = program_time.now()
    return DocumentReceived(
        file_id=uuid4(),
        slot_id=slot_id,
        slot_subject="requirement:test",
        organization_id=organization_id,
        sha256="0" * 64,
        size=1,
        started_at=at,
        received_at=at,
        verdict="in-time",
        receipt="a.b.c",
    )
