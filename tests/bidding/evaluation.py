"""A round after its close: bids received, slots settled, and the staff who review them."""

from collections.abc import Awaitable, Callable, Sequence
from contextlib import AbstractAsyncContextManager
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import select, text

from bidding_svc.disqualification.reason import Reason
from bidding_svc.form_a.use_cases import lock_closed_forms
from bidding_svc.form_b.bid import Bid
from bidding_svc.form_b.use_cases import close_bids
from bidding_svc.requirements import use_cases as requirements
from bidding_svc.requirements.requirement import Requirement
from bidding_svc.reviews import answers, use_cases
from bidding_svc.reviews.case import Finding, ReviewCase
from bidding_svc.reviews.kinds import Kind, Outcome
from bidding_svc.rounds.round import Round
from bidding_svc.rounds.use_cases.moving import move_due_rounds
from chassis import program_time
from chassis.actor import Actor
from chassis.database import Database, Fence, Session
from events.documents import DocumentReceived, SlotSettled
from events.envelope import Event
from events.examples import BY_TYPE
from events.notices import NoticeIssued
from identity_adapter.roles.table import role_table
from tests.bidding.house import ROUND, House

SYSTEM = Actor.system("test")
Sweeping = Callable[[Session, datetime, int], Awaitable[int]]


def staff(role: str, user_id: str) -> Actor:
    permissions = role_table().permissions_of(role)
    return Actor("staff", user_id, person_id=uuid4(), role=role, permissions=frozenset(permissions))


ANALYST = staff("EVALUATION_ANALYST", "PANALYST01")
COLLEAGUE = staff("EVALUATION_ANALYST", "QANALYST02")
REVIEWER = staff("QUALITY_REVIEWER", "RREVIEWER01")
OFFICER = staff("CONTRACTING_OFFICER", "COFFICER01")


def acting(database: Database, actor: Actor) -> AbstractAsyncContextManager[Session]:
    return database.writing(Fence.staff(), actor)


def as_system(database: Database) -> AbstractAsyncContextManager[Session]:
    return database.writing(Fence.system(), SYSTEM)


async def send(house: House, document: str) -> UUID:
    """A file for a required document has arrived by the covered document review date."""
    requirement, file_id = await requirement_of(house, document), uuid4()
    at = requirement.cdrd_at
    received = DocumentReceived(
        file_id=file_id,
        slot_id=requirement.slot_id,
        slot_subject=f"requirement:{requirement.id}",
        organization_id=house.organization_id,
        sha256="0" * 64,
        size=1,
        started_at=at,
        received_at=at,
        verdict="in-time",
        receipt="a.b.c",
    )
    async with _worker(house) as session:
        await requirements.receive_document(session, received)
    return file_id


async def settle(house: House) -> None:
    """documents-svc has told the final list of every slot that is needed."""
    async with house.reading() as session:
        found = await session.scalars(select(Requirement).where(Requirement.stands_in_for.is_(None)))
        slots = found.all()
    for requirement in slots:
        await _settle(house, requirement)


async def _settle(house: House, requirement: Requirement) -> None:
    settled = SlotSettled(
        slot_id=requirement.slot_id,
        slot_subject=f"requirement:{requirement.id}",
        organization_id=house.organization_id,
        closes_at=requirement.due_at,
        settled_at=requirement.due_at,
        files=(),
    )
    async with _worker(house) as session:
        await requirements.settle(session, settled)


async def requirement_of(house: House, document: str) -> Requirement:
    async with house.reading() as session:
        return (await session.scalars(select(Requirement).where(Requirement.document == document))).one()


async def close_the_window(database: Database, clock: Callable[[datetime], None]) -> datetime:
    """Let the window close, and what follows from it. Returns the moment after it."""
    async with database.reading(Fence.staff()) as session:
        after = (await session.get_one(Round, ROUND)).closes_at + timedelta(seconds=1)
    clock(after)
    for sweep in (move_due_rounds, lock_closed_forms, close_bids):
        await run(database, sweep)
    return after


async def run(database: Database, sweep: Sweeping, limit: int = 500) -> int:
    async with as_system(database) as session:
        return await sweep(session, session.at, limit)


async def the_case(database: Database, kind: Kind, house: House) -> ReviewCase:
    async with database.reading(Fence.staff()) as session:
        wanted = (ReviewCase.kind == kind, ReviewCase.organization_id == house.organization_id)
        return (await session.scalars(select(ReviewCase).where(*wanted))).one()


async def lines_of(database: Database, case: ReviewCase) -> list[Finding]:
    async with database.reading(Fence.staff()) as session:
        found = await session.scalars(select(Finding).where(Finding.case_id == case.id).order_by(Finding.id))
        return list(found.all())


async def the_bid(database: Database, bid_id: UUID) -> Bid:
    async with database.reading(Fence.staff()) as session:
        return await session.get_one(Bid, bid_id)


async def act(house: House, actor: Actor, verb: Any, case: ReviewCase, *args: Any, **named: Any) -> ReviewCase:
    async with acting(house.database, actor) as session:
        done: ReviewCase = await verb(session, case.id, *args, base=case.version, **named)
    return done


async def approved(house: House, case: ReviewCase) -> ReviewCase:
    """The case as its analyst recommends it, and the reviewer approves."""
    case = await act(house, ANALYST, use_cases.claim, case)
    case = await act(house, ANALYST, use_cases.recommend, case, "As computed.")
    return await act(house, REVIEWER, use_cases.approve, case)


async def decided(house: House, case: ReviewCase, outcome: Outcome, reasons: Sequence[Reason] = ()) -> ReviewCase:
    """The case with its only line decided otherwise."""
    line, *_ = await lines_of(house.database, case)
    case = await act(house, ANALYST, use_cases.override, case, line.id, outcome, reasons, because="I read it.")
    case = await act(house, ANALYST, use_cases.recommend, case, "")
    return await act(house, REVIEWER, use_cases.approve, case)


async def hears(house: House, case: ReviewCase, kind: type[Event], use_case: Any, **facts: Any) -> ReviewCase:
    """What notices-svc tells about the notice of the case."""
    about = {
        "notice_id": case.notice_id,
        "organization_id": house.organization_id,
        "about": {"kind": "review", "id": case.id},
    }
    event = kind.model_validate(BY_TYPE[kind.TYPE].model_dump() | about | facts)
    async with _worker(house) as session:
        await use_case(session, event)
    return await the_case(house.database, case.kind, house)


async def issued(house: House, case: ReviewCase) -> ReviewCase:
    """The notice of the case is issued now, and due in two weeks."""
    now = program_time.now()
    due_at = now + timedelta(days=14)
    return await hears(house, case, NoticeIssued, answers.note_issue, issued_at=now, due_at=due_at)


async def said(house: House, kind: str) -> list[dict[str, Any]]:
    """The events of a kind that bidding-svc said, in order."""
    async with house.database.reading(Fence.system()) as session:
        rows = await session.scalars(
            text("select body::jsonb from outbox where type = :type order by position"),
            {"type": f"connexion.bidding.{kind}.v1"},
        )
        return list(rows)


def _worker(house: House) -> AbstractAsyncContextManager[Session]:
    return house.database.writing(Fence.organization(house.organization_id), SYSTEM)
