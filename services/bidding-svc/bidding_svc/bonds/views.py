from dataclasses import asdict
from datetime import date, datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from pydantic import BaseModel
from sqlalchemy import ColumnElement, func, select

from bidding_svc.bonds.bond import DECIDER_DID_NOT_REPORT, FORFEITER_DID_NOT_NOTIFY, Bar, Bond
from bidding_svc.bonds.checklist import LABELS, Element
from bidding_svc.bonds.consequences import areas_of
from bidding_svc.bonds.lifecycle import DECIDE, HELD, LIFECYCLE, PREPARE, UPLOADED, BondState
from bidding_svc.bonds.paper import Paper
from bidding_svc.requirements.received_file import ReceivedFile
from bidding_svc.reviews.bonds.proposing import ELEMENT
from bidding_svc.reviews.case import Finding, ReviewCase
from bidding_svc.reviews.kinds import WORK, Kind, Outcome
from bidding_svc.reviews.lifecycle import OPEN, CaseState
from chassis import program_time
from chassis.actor import Actor
from chassis.calendar import in_time, latest_missed
from chassis.database import ReadSession, Session
from chassis.errors import NotFound
from chassis.ids import Entity
from chassis.paging import Order, Page, fetch_page


class Clock(StrEnum):
    """What a work list may ask of the return: it is due by a day, warned of, or late."""

    RUNNING = "running"
    WARNED = "warned"
    LATE = "late"


class BondSummary(BaseModel):
    """A bond in a work list. `is_late`: it is held past the last day of its return."""

    id: UUID
    round_code: str
    bidder_number: str
    cba_code: str
    area: str
    amount_cents: int
    state: BondState
    version: int
    opened_at: datetime
    return_due_at: datetime | None
    warned_at: datetime | None
    is_late: bool
    reported_at: datetime | None


class PaperView(BaseModel):
    """What the paper says, as it was keyed in."""

    principal: str
    surety: str
    naic: str
    obligee: str
    conditions_stated: bool | None
    area: str
    bond_number: str
    issued_on: date | None
    amount_cents: int | None
    all_pages: bool | None


class ElementView(BaseModel):
    """An element of the checklist, as the review of the bond stands; `outcome` None: not decided."""

    code: Element
    label: str
    finding_id: UUID
    paper_says: str | int | bool | None
    expected: str | int | None
    proposed: Outcome | None
    outcome: Outcome | None
    overridden_by: str | None
    overridden_because: str | None


class GivenUp(BaseModel):
    """A competition whose declined or lapsed offer forfeits the bond."""

    category_code: str
    cba_code: str
    label: str


class BondView(BondSummary):
    """A bond with its paper, its checklist, its review and what was decided. `may_key_in`: the reader may do so now."""

    files: list[UUID]
    paper: PaperView | None
    checklist: list[ElementView]
    case_id: UUID | None
    case_state: CaseState | None
    case_assignee: str | None
    may_key_in: bool
    late_offers_until: datetime | None
    given_up: list[GivenUp]
    surety_notified_on: date | None
    surety_reference: str | None
    collected_on: date | None
    collection_reference: str | None
    reported_because: str | None
    bar: Bar | None
    referred: bool | None
    decided_at: datetime | None
    decided_by: str | None
    allowed_actions: list[str]


class BondCount(BaseModel):
    """How many bonds of a round are in a state, how many of these were warned of, and how many are late."""

    state: BondState
    bonds: int
    warned: int
    late: int


class Filter(BaseModel):
    """Which bonds a work list shows; what is not named does not matter."""

    round_code: str | None = None
    state: BondState | None = None
    bidder_number: str | None = None
    clock: Clock | None = None
    reported: bool = False

    def conditions(self) -> list[ColumnElement[bool]]:
        """Say it as conditions of a query."""
        wanted = {
            Bond.round_code: self.round_code,
            Bond.state: self.state,
            Bond.bidder_number: self.bidder_number,
        }
        conditions = [column == value for column, value in wanted.items() if value is not None]
        if self.clock is not None:
            conditions += [Bond.state.in_(HELD), _CLOCKS[self.clock]()]
        return [*conditions, Bond.reported_at.is_not(None)] if self.reported else conditions


def _late() -> ColumnElement[bool]:
    return Bond.return_due_at <= latest_missed(program_time.now())


_CLOCKS = {
    Clock.RUNNING: lambda: Bond.return_due_at.is_not(None),
    Clock.WARNED: lambda: Bond.warned_at.is_not(None),
    Clock.LATE: _late,
}
BY_AGE: Order = [(Bond.id, UUID)]


async def list_bonds(session: ReadSession, wanted: Filter, after: str | None, limit: int) -> Page[BondSummary]:
    """Return a page of the work list, in the order in which bonds were opened."""
    statement = select(Bond).where(*wanted.conditions())
    return await fetch_page(session, statement, BY_AGE, summary_of, after=after, limit=limit, descending=False)


async def count_bonds(session: ReadSession, round_code: str) -> list[BondCount]:
    """Return how many bonds of a round are in which state."""
    held = Bond.state.in_(HELD)
    rows = await session.execute(
        select(
            Bond.state,
            func.count().label("bonds"),
            func.count().filter(held, Bond.warned_at.is_not(None)).label("warned"),
            func.count().filter(held, _late()).label("late"),
        )
        .where(Bond.round_code == round_code)
        .group_by(Bond.state)
        .order_by(Bond.state)
    )
    return [BondCount.model_validate(row, from_attributes=True) for row in rows]


async def read_bond(session: ReadSession, actor: Actor, bond_id: UUID) -> BondView:
    """Return a bond as staff see it. Raises `NotFound`."""
    bond = await session.scalar(select(Bond).where(Bond.id == bond_id))
    if bond is None:
        raise NotFound
    return await view_of(session, actor, bond)


async def view_of(session: ReadSession | Session, actor: Actor, bond: Bond) -> BondView:
    """Return a bond as somebody of the staff sees it."""
    case = await session.scalar(
        select(ReviewCase).where(ReviewCase.bidder_id == bond.bidder_id, ReviewCase.kind == Kind.BONDS)
    )
    checklist = await _checklist(session, bond)
    files = await session.scalars(
        select(ReceivedFile.file_id)
        .where(ReceivedFile.requirement_id == bond.requirement_id, ReceivedFile.in_time, ~ReceivedFile.rejected)
        .order_by(ReceivedFile.received_at.desc())
    )
    facts: dict[str, Any] = {
        name: getattr(bond, name)
        for name in BondView.model_fields
        if name in Bond.__table__.columns and name not in {"paper", "given_up"}
    }
    mine = case is not None and case.state is OPEN and case.assignee == actor.user_id
    return BondView(
        **facts,
        is_late=_is_late(bond),
        files=list(files),
        paper=PaperView.model_validate(asdict(Paper.read(bond.paper))) if bond.paper else None,
        checklist=checklist,
        case_id=case.id if case and checklist else None,
        case_state=case.state if case and checklist else None,
        case_assignee=case.assignee if case and checklist else None,
        may_key_in=mine and actor.may(WORK) and bond.state is UPLOADED and bool(checklist),
        given_up=[GivenUp.model_validate(line) for line in bond.given_up],
        allowed_actions=await _allowed(session, actor, bond),
    )


async def _checklist(session: ReadSession | Session, bond: Bond) -> list[ElementView]:
    rows = await session.scalars(
        select(Finding).where(Finding.requirement_id == bond.requirement_id).order_by(Finding.id)
    )
    return [
        ElementView(
            code=(element := Element(line.inputs[ELEMENT])),
            label=LABELS[element],
            finding_id=line.id,
            paper_says=line.inputs.get("paper_says"),
            expected=line.inputs.get("expected"),
            proposed=line.proposed,
            outcome=line.outcome,
            overridden_by=line.overridden_by,
            overridden_because=line.overridden_because,
        )
        for line in rows
        if ELEMENT in line.inputs
    ]


async def _allowed(session: ReadSession | Session, actor: Actor, bond: Bond) -> list[str]:
    reported, notified = bond.reported_at is not None, bond.surety_notified_on is not None
    forbidden = {"report falsification"} if reported else {"dismiss report", "declare falsified"}
    if bond.return_due_at is None or not await _is_free(session, bond):
        forbidden.add("return")
    if not notified:
        forbidden.add("forfeit")
    case = Entity("bond", bond.id)
    if notified and await FORFEITER_DID_NOT_NOTIFY.broken_by(actor, session, case):
        forbidden.add("forfeit")
    if reported and await DECIDER_DID_NOT_REPORT.broken_by(actor, session, case):
        forbidden |= {"dismiss report", "declare falsified"}
    permissions = actor.permissions & {PREPARE, DECIDE}
    return [verb for verb in LIFECYCLE.allowed(bond.state, permissions) if verb not in forbidden]


async def _is_free(session: ReadSession | Session, bond: Bond) -> bool:
    """Whether neither a review nor an offer holds it back from its return."""
    areas, place = await areas_of(session, [bond.bidder_id]), (bond.bidder_id, bond.cba_code)
    return place not in areas.offered and not (bond.state is UPLOADED and place in areas.taking_part)


def _is_late(bond: Bond) -> bool:
    return bond.state in HELD and bond.return_due_at is not None and not in_time(program_time.now(), bond.return_due_at)


def summary_of(bond: Bond) -> BondSummary:
    """Return a bond as a work list shows it."""
    facts = {name: getattr(bond, name) for name in BondSummary.model_fields if name != "is_late"}
    return BondSummary(**facts, is_late=_is_late(bond))
