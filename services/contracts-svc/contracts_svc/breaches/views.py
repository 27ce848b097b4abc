"""Breach cases as their supplier sees them: from the first notice on, without the work inside (contracts.md 7)."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

from pydantic import BaseModel
from sqlalchemy import select

from chassis import program_time
from chassis.actor import Actor
from chassis.calendar import in_time
from chassis.database import ReadSession, Session
from chassis.errors import NotFound
from chassis.paging import Page, fetch_page
from chassis.signature import StatementView
from contracts_svc.breaches.action import BreachAction, Kind
from contracts_svc.breaches.case import BreachCase
from contracts_svc.breaches.dates import CaseDate, dates_of, running_for_supplier
from contracts_svc.breaches.grounds import Ground
from contracts_svc.breaches.lifecycle import LIFECYCLE, NOTICED, BreachState
from contracts_svc.breaches.paper import INSIDE, BreachPaper, PaperKind
from contracts_svc.breaches.permissions import RESPOND
from contracts_svc.breaches.statement import HEARING_CERTIFICATION, PLAN_CERTIFICATION


class ActionView(BaseModel):
    """An action of the notice, and what became of it. `applies` is null until CMS has decided, or it is in effect."""

    id: UUID
    kind: Kind
    label: str
    applies: bool | None
    because: str
    effective_on: date | None
    outcome: str


class FileView(BaseModel):
    """A file that was sent in a case."""

    file_id: UUID
    size: int
    received_at: datetime


class PaperView(BaseModel):
    """What was sent or written in a case at once."""

    id: UUID
    kind: PaperKind
    text: str
    files: list[FileView]
    written_at: datetime
    written_by: str


class CaseSummary(BaseModel):
    """A case in a list. `clock`: by when the supplier has to act now; null when it is somebody else's turn."""

    id: UUID
    number: str
    contract_id: UUID
    contract_number: str
    ground: Ground
    state: BreachState
    row_version: int
    noticed_on: date | None
    changed_at: datetime
    clock: CaseDate | None


class CaseView(CaseSummary):
    """A case as its supplier sees it. `slot_id`: where files for the next step are uploaded."""

    deviations: list[str]
    actions: list[ActionView]
    cap_allowed: bool
    finish_on: date | None
    revision_missed: bool
    reported_at: datetime | None
    report_missed: bool
    held_by: str | None
    place: str
    decided_at: datetime | None
    proved_at: datetime | None
    proof_missed: bool
    slot_id: UUID | None
    dates: list[CaseDate]
    papers: list[PaperView]
    plan_statement: StatementView
    hearing_statement: StatementView
    allowed_actions: list[str]


async def list_mine(session: ReadSession, actor: Actor, after: str | None, limit: int) -> Page[CaseSummary]:
    """Return the cases that the actor's organization knows of, latest first."""
    mine = select(BreachCase).where(
        BreachCase.organization_id == actor.organization_id, BreachCase.told_at.is_not(None)
    )
    return await fetch_page(session, mine, [(BreachCase.id, UUID)], summary_of, after=after, limit=limit)


async def read_mine(session: ReadSession, actor: Actor, case_id: UUID) -> CaseView:
    """Return a case that the actor's organization knows of. Raises `NotFound`."""
    mine = (BreachCase.organization_id == actor.organization_id, BreachCase.told_at.is_not(None))
    found = await session.scalar(select(BreachCase).where(BreachCase.id == case_id, *mine))
    if found is None:
        raise NotFound
    return await view_of(session, found, actor)


async def view_of(session: ReadSession | Session, case: BreachCase, actor: Actor) -> CaseView:
    """Return a case with what its supplier may read and do now."""
    hidden = [*INSIDE, *([] if case.shared_at else [PaperKind.CMS_EVIDENCE])]
    papers = await papers_of(session, case, hidden)
    return CaseView(
        **known(case),
        actions=[action_view(action) for action in case.actions],
        papers=papers,
        allowed_actions=allowed_to_supplier(case, actor, program_time.now()),
    )


def known(case: BreachCase) -> dict[str, Any]:
    """What both sides read of a case."""
    return {
        **summary_of(case).model_dump(),
        **{
            name: getattr(case, name)
            for name in (
                "deviations",
                "cap_allowed",
                "finish_on",
                "revision_missed",
                "reported_at",
                "report_missed",
                "held_by",
                "place",
                "decided_at",
                "proved_at",
                "proof_missed",
                "slot_id",
            )
        },
        "dates": dates_of(case),
        "plan_statement": PLAN_CERTIFICATION.view,
        "hearing_statement": HEARING_CERTIFICATION.view,
    }


def allowed_to_supplier(case: BreachCase, actor: Actor, at: datetime) -> list[str]:
    """Return what the actor may do with a case now, by its state, its clocks and what CMS allowed."""
    limits: dict[str, datetime | None] = {
        "submit plan": case.plan_by if case.cap_allowed else None,
        "resubmit plan": case.revise_by,
        "report": case.report_by if case.reported_at is None else None,
        "request hearing": case.hearing_by,
        "add evidence": case.evidence_until,
    }
    told = case.state not in NOTICED or case.notice_told_at is not None
    allowed = [verb for verb in LIFECYCLE.allowed(case.state, actor.permissions) if verb in limits and told]
    if case.awaits_proof and actor.may(RESPOND):
        allowed.append("prove")
        limits["prove"] = case.proof_by
    return [verb for verb in allowed if (until := limits[verb]) is not None and in_time(at, until)]


async def papers_of(
    session: ReadSession | Session, case: BreachCase, hidden: list[PaperKind] | None = None
) -> list[PaperView]:
    """Return what was sent and written in a case, in order; a case has a handful."""
    papers = select(BreachPaper).where(BreachPaper.case_id == case.id, BreachPaper.kind.not_in(hidden or []))
    found = await session.scalars(papers.order_by(BreachPaper.written_at, BreachPaper.id).limit(500))
    return [
        PaperView(
            id=paper.id,
            kind=paper.kind,
            text=paper.text,
            files=[FileView.model_validate(file) for file in paper.files],
            written_at=paper.written_at,
            written_by=paper.written_by,
        )
        for paper in found
    ]


def action_view(action: BreachAction) -> ActionView:
    """Return an action as both sides read it."""
    return ActionView(
        id=action.id,
        kind=action.kind,
        label=action.label,
        applies=action.applies,
        because=action.decided_because,
        effective_on=action.effective_on,
        outcome=action.outcome,
    )


def summary_of(case: BreachCase) -> CaseSummary:
    """Return a case as it stands in a list."""
    return CaseSummary(
        id=case.id,
        number=case.number,
        contract_id=case.contract_id,
        contract_number=case.contract_number,
        ground=case.ground,
        state=case.state,
        row_version=case.row_version,
        noticed_on=case.noticed_on,
        changed_at=case.changed_at,
        clock=running_for_supplier(case),
    )
