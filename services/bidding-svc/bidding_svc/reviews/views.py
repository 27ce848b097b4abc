from collections.abc import Callable
from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from pydantic import BaseModel
from sqlalchemy import ColumnElement, func, select

from bidding_svc.disqualification.reason import Reason
from bidding_svc.reviews.case import APPROVER_IS_NOT_ANALYST, Finding, ReviewCase
from bidding_svc.reviews.kinds import APPROVE, RULES, Kind, Outcome, kinds_seen_with
from bidding_svc.reviews.lifecycle import LIFECYCLE, CaseState
from chassis.actor import Actor
from chassis.database import ReadSession, Session
from chassis.errors import NotFound
from chassis.ids import Entity
from chassis.paging import Order, Page, fetch_page

MINE, NOBODYS = "me", "nobody"


class Sort(StrEnum):
    """How a work list is ordered: by the date to work towards, the most urgent first, or as they were opened."""

    DUE = "due"
    URGENT = "urgent"
    OPENED = "opened"


ORDERS: dict[Sort, Order] = {
    Sort.DUE: [(ReviewCase.due_at, datetime.fromisoformat), (ReviewCase.id, UUID)],
    Sort.URGENT: [(ReviewCase.priority, int), (ReviewCase.due_at, datetime.fromisoformat), (ReviewCase.id, UUID)],
    Sort.OPENED: [(ReviewCase.id, UUID)],
}


class CaseSummary(BaseModel):
    """A case in a work list. `priority` 1 is most urgent; `assignee` is a user id."""

    id: UUID
    kind: Kind
    round_code: str
    bidder_number: str
    state: CaseState
    version: int
    priority: int
    due_at: datetime
    assignee: str | None
    opened_at: datetime


class CaseView(CaseSummary):
    """A case. `outcomes` and `reasons` are what its lines may come to now; `lines` counts them by outcome so far.

    `answer_due_at` is until when the bidder may answer the notice, where one was issued.
    """

    label: str
    outcomes: list[Outcome]
    reasons: list[Reason]
    lines: dict[str, int]
    recommended_by: str | None
    recommended_at: datetime | None
    note: str | None
    returned_because: str | None
    decided_by: str | None
    decided_at: datetime | None
    notice_id: UUID | None
    slot_id: UUID | None
    answer_due_at: datetime | None
    answered_at: datetime | None
    asked: bool
    allowed_actions: list[str]


class FindingView(BaseModel):
    """One line of a case: what was proposed, from which inputs, and what it stands at. None: not decided."""

    id: UUID
    bid_id: UUID | None
    requirement_id: UUID | None
    label: str
    inputs: dict[str, Any]
    proposed: Outcome | None
    proposed_reasons: list[Reason]
    outcome: Outcome | None
    reasons: list[Reason]
    overridden_by: str | None
    overridden_because: str | None


class CaseCount(BaseModel):
    """How many cases of a kind are in a state, and how many of these nobody works on."""

    kind: Kind
    state: CaseState
    cases: int
    unassigned: int


class Filter(BaseModel):
    """Which cases a work list shows; what is not named does not matter."""

    round_code: str | None = None
    kind: Kind | None = None
    state: CaseState | None = None
    assignee: str | None = None
    bidder_number: str | None = None

    def conditions(self, actor: Actor) -> list[ColumnElement[bool]]:
        """Say it as conditions of a query; nobody finds a kind of case they may not see."""
        assignee = actor.user_id if self.assignee == MINE else self.assignee
        wanted = {
            ReviewCase.round_code: self.round_code,
            ReviewCase.kind: self.kind,
            ReviewCase.state: self.state,
            ReviewCase.bidder_number: self.bidder_number,
            ReviewCase.assignee: None if self.assignee == NOBODYS else assignee,
        }
        conditions = [column == value for column, value in wanted.items() if value is not None]
        if self.assignee == NOBODYS:
            conditions.append(ReviewCase.assignee.is_(None))
        return [ReviewCase.kind.in_(kinds_seen_with(actor.permissions)), *conditions]


async def list_cases(
    session: ReadSession, actor: Actor, wanted: Filter, sort: Sort, *, after: str | None, limit: int
) -> Page[CaseSummary]:
    """Return a page of the work list."""
    statement = select(ReviewCase).where(*wanted.conditions(actor))
    summary: Callable[[ReviewCase], CaseSummary] = _summary
    return await fetch_page(session, statement, ORDERS[sort], summary, after=after, limit=limit, descending=False)


async def count_cases(session: ReadSession, actor: Actor, round_code: str) -> list[CaseCount]:
    """Return how many cases of a round are in which state, by kind."""
    unassigned = func.count().filter(ReviewCase.assignee.is_(None))
    counted = select(ReviewCase.kind, ReviewCase.state, func.count().label("cases"), unassigned.label("unassigned"))
    rows = await session.execute(
        counted.where(*Filter(round_code=round_code).conditions(actor))
        .group_by(ReviewCase.kind, ReviewCase.state)
        .order_by(ReviewCase.kind, ReviewCase.state)
    )
    return [CaseCount.model_validate(row, from_attributes=True) for row in rows]


async def read_case(session: ReadSession, actor: Actor, case_id: UUID) -> CaseView:
    """Return a case. Raises `NotFound`, also for a kind the actor may not see."""
    return await view_of(session, actor, await seen(session, actor, case_id))


async def view_of(session: ReadSession | Session, actor: Actor, case: ReviewCase) -> CaseView:
    """Return a case as somebody sees it."""
    rules = RULES[case.kind]
    rows = await session.execute(
        select(Finding.outcome, func.count().label("lines")).where(Finding.case_id == case.id).group_by(Finding.outcome)
    )
    return CaseView(
        **_summary(case).model_dump(),
        label=rules.label,
        outcomes=list(rules.outcomes_now(asked=case.asked)),
        reasons=list(rules.reasons),
        lines={row.outcome or "undecided": row.lines for row in rows},
        recommended_by=case.recommended_by,
        recommended_at=case.recommended_at,
        note=case.note,
        returned_because=case.returned_because,
        decided_by=case.decided_by,
        decided_at=case.decided_at,
        notice_id=case.notice_id,
        slot_id=case.slot_id,
        answer_due_at=case.answer_due_at,
        answered_at=case.answered_at,
        asked=case.asked,
        allowed_actions=await _allowed(session, actor, case),
    )


async def _allowed(session: ReadSession | Session, actor: Actor, case: ReviewCase) -> list[str]:
    forbidden = {"ask the bidder"}  # what an approval comes to, where a line asks
    if case.kind is not Kind.BONDS:
        forbidden.add("key")
    if not RULES[case.kind].work <= actor.permissions:
        forbidden |= {"claim", "release", "override", "key", "recommend"}
    if case.assignee != actor.user_id:
        forbidden |= {"release", "override", "key", "recommend"}
    if case.assignee is not None:
        forbidden.add("claim")
    decides = RULES[case.kind].approve
    permissions = actor.permissions | ({APPROVE} if actor.may(decides) else set())
    if not actor.may(decides):
        forbidden.add("approve")
    if not actor.may(APPROVE):
        forbidden |= {"assign", "return"}
    allowed = [verb for verb in LIFECYCLE.allowed(case.state, permissions) if verb not in forbidden]
    if "approve" in allowed and await APPROVER_IS_NOT_ANALYST.broken_by(actor, session, Entity("review", case.id)):
        allowed.remove("approve")
    return allowed


async def seen(session: ReadSession | Session, actor: Actor, case_id: UUID) -> ReviewCase:
    """Return a case. Raises `NotFound`, also for a kind the actor may not see."""
    seen = kinds_seen_with(actor.permissions)
    case: ReviewCase | None = await session.scalar(
        select(ReviewCase).where(ReviewCase.id == case_id, ReviewCase.kind.in_(seen))
    )
    if case is None:
        raise NotFound
    return case


def _summary(case: ReviewCase) -> CaseSummary:
    return CaseSummary.model_validate(case, from_attributes=True)


def line(finding: Finding) -> FindingView:
    """Return a line of a case as staff see it."""
    return FindingView.model_validate(finding, from_attributes=True)
