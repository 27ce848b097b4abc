"""The routes of compliance analysts, hearing officers and contracting officers: the work list of breach cases."""

from datetime import date
from typing import Annotated, Literal
from uuid import UUID

from fastapi import Query, Response
from pydantic import AwareDatetime, BaseModel, Field, StringConstraints

from chassis import program_time
from chassis.database import Session
from chassis.door import CurrentActor, ReadingSession, SliceRouter, WritingSession
from chassis.paging import After, Limit, Page
from chassis.versions import IfMatch, etag
from contracts_svc.breaches import deciding, hearing, noticing, opening, planning, staff_views
from contracts_svc.breaches.action import Wish
from contracts_svc.breaches.case import BreachCase
from contracts_svc.breaches.grounds import Ground
from contracts_svc.breaches.lifecycle import BreachState
from contracts_svc.breaches.outcome_steps import Decided
from contracts_svc.breaches.permissions import DECIDE, EDIT, HEAR, STAFF_VIEW

router = SliceRouter(prefix="/api/contracts/breach-work", tags=["breaches, inside"])

InState = Annotated[BreachState | None, Query(description="Only cases in this state")]
OfContract = Annotated[UUID | None, Query(description="Only cases about this contract")]
Words = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=20_000)]
Actions = Annotated[list[Wish], Field(min_length=1, max_length=10)]


class NewCase(BaseModel):
    """What monitoring found under a contract."""

    contract_id: UUID
    ground: Ground
    text: Words


class Remark(BaseModel):
    """Words that are kept with the case."""

    text: Words


class Recommendation(BaseModel):
    """What deviates from the contract, the evidence in words, and the actions to take."""

    deviations: Annotated[list[Words], Field(min_length=1, max_length=50)]
    evidence: Words
    actions: Actions


class Notice(BaseModel):
    """How a notice is issued. `barred_check`: how it was checked that a plan is not barred, where one is allowed."""

    cap_allowed: bool
    barred_check: Annotated[str, StringConstraints(strip_whitespace=True, max_length=2000)] = ""
    effective_on: Annotated[date | None, Field(description="Where the notice names a date; otherwise day 45")] = None


class SubsequentNotice(Notice):
    """A notice after a plan that was not accepted, or not carried out."""

    text: Words
    actions: Actions


class PlanRecommendation(Remark):
    """Whether CMS should accept the plan, and why."""

    what: Literal["accept", "refuse"]


class Schedule(BaseModel):
    """When and how the hearing is held."""

    held_at: AwareDatetime
    held_by: Literal["in-person", "telephone"]
    place: Words


class Until(BaseModel):
    """The last day of a period."""

    until: date


class Extension(Until):
    """Longer for a recommendation, and why."""

    text: Words


class Verdict(BaseModel):
    """What is recommended, or decided, about one action."""

    action_id: UUID
    applies: bool
    because: Words
    effective_on: date | None = None


class Verdicts(BaseModel):
    """One verdict for each action of the notice."""

    actions: Annotated[list[Verdict], Field(min_length=1, max_length=10)]

    @property
    def by_action(self) -> dict[UUID, Decided]:
        """The verdicts by their actions."""
        return {each.action_id: Decided(each.applies, each.because, each.effective_on) for each in self.actions}


class HearingRecommendation(Verdicts):
    """What the hearing officer recommends, and the reasoning."""

    text: Words


@router.get("", permission=STAFF_VIEW)
async def list_work(
    session: ReadingSession,
    state: InState = None,
    contract: OfContract = None,
    after: After = None,
    limit: Limit = 25,
) -> Page[staff_views.StaffCaseSummary]:
    """List breach cases by when their next step should be taken."""
    return await staff_views.list_work(session, state, contract, after, limit)


@router.post("", permission=EDIT, status_code=201)
async def open_case(body: NewCase, session: WritingSession) -> staff_views.StaffCaseView:
    """Open a case about a contract."""
    return await _view(session, await opening.open_case(session, body.contract_id, body.ground, body.text))


@router.get("/{case_id}", permission=STAFF_VIEW)
async def read_work(
    case_id: UUID, actor: CurrentActor, session: ReadingSession, response: Response
) -> staff_views.StaffCaseView:
    """Read a case with its checks and papers."""
    view = await staff_views.read_for_staff(session, actor, case_id, program_time.now())
    response.headers["ETag"] = etag(view.row_version)
    return view


@router.post("/{case_id}/recommendation", permission=EDIT)
async def recommend(
    case_id: UUID, body: Recommendation, base: IfMatch, session: WritingSession
) -> staff_views.StaffCaseView:
    """Recommend a notice of breach."""
    what = opening.Recommended(body.deviations, body.evidence, body.actions)
    return await _view(session, await opening.recommend(session, case_id, base, what))


@router.post("/{case_id}/dismissal", permission=EDIT)
async def dismiss(case_id: UUID, body: Remark, base: IfMatch, session: WritingSession) -> staff_views.StaffCaseView:
    """Close a suspicion that was none."""
    return await _view(session, await opening.dismiss(session, case_id, base, body.text))


@router.post("/{case_id}/return", permission=DECIDE)
async def send_back(case_id: UUID, body: Remark, base: IfMatch, session: WritingSession) -> staff_views.StaffCaseView:
    """Send a recommendation back."""
    return await _view(session, await opening.send_back(session, case_id, base, body.text))


@router.post("/{case_id}/notice", permission=DECIDE)
async def issue_notice(
    case_id: UUID, body: Notice, base: IfMatch, session: WritingSession
) -> staff_views.StaffCaseView:
    """Issue the notice of breach that somebody else recommended."""
    return await _view(
        session,
        await noticing.issue_notice(
            session,
            case_id,
            base,
            cap_allowed=body.cap_allowed,
            barred_check=body.barred_check,
            effective_on=body.effective_on,
        ),
    )


@router.post("/{case_id}/subsequent-notice", permission=DECIDE)
async def issue_subsequent(
    case_id: UUID, body: SubsequentNotice, base: IfMatch, session: WritingSession
) -> staff_views.StaffCaseView:
    """Issue a subsequent notice: the plan was not accepted, or not carried out."""
    return await _view(
        session,
        await noticing.issue_subsequent(
            session,
            case_id,
            base,
            because=body.text,
            actions=body.actions,
            cap_allowed=body.cap_allowed,
            barred_check=body.barred_check,
            effective_on=body.effective_on,
        ),
    )


@router.post("/{case_id}/plan-return", permission=EDIT)
async def return_plan(case_id: UUID, body: Remark, base: IfMatch, session: WritingSession) -> staff_views.StaffCaseView:
    """Return a plan to be revised, once."""
    return await _view(session, await planning.return_plan(session, case_id, base, body.text))


@router.post("/{case_id}/plan-recommendation", permission=EDIT)
async def recommend_plan(
    case_id: UUID, body: PlanRecommendation, base: IfMatch, session: WritingSession
) -> staff_views.StaffCaseView:
    """Recommend to accept a plan or not."""
    return await _view(session, await planning.recommend_plan(session, case_id, base, body.what, body.text))


@router.post("/{case_id}/plan-acceptance", permission=DECIDE)
async def accept_plan(case_id: UUID, body: Remark, base: IfMatch, session: WritingSession) -> staff_views.StaffCaseView:
    """Accept a plan that somebody else recommended on."""
    return await _view(session, await planning.accept_plan(session, case_id, base, body.text))


@router.post("/{case_id}/verification", permission=EDIT)
async def verify(case_id: UUID, body: Remark, base: IfMatch, session: WritingSession) -> staff_views.StaffCaseView:
    """Confirm that a plan is carried out: the breach is cured."""
    return await _view(session, await planning.verify(session, case_id, base, body.text))


@router.post("/{case_id}/hearing", permission=HEAR)
async def schedule(case_id: UUID, body: Schedule, base: IfMatch, session: WritingSession) -> staff_views.StaffCaseView:
    """Announce the hearing, or announce it anew."""
    scheduled = await hearing.schedule(
        session, case_id, base, held_at=body.held_at, held_by=body.held_by, place=body.place
    )
    return await _view(session, scheduled)


@router.post("/{case_id}/evidence-permission", permission=HEAR)
async def permit_evidence(
    case_id: UUID, body: Until, base: IfMatch, session: WritingSession
) -> staff_views.StaffCaseView:
    """Permit the supplier to add evidence."""
    return await _view(session, await hearing.permit_evidence(session, case_id, base, body.until))


@router.post("/{case_id}/cms-evidence", permission=EDIT)
async def give_evidence(
    case_id: UUID, body: Remark, base: IfMatch, session: WritingSession
) -> staff_views.StaffCaseView:
    """Give CMS's evidence."""
    return await _view(session, await hearing.give_evidence(session, case_id, base, body.text))


@router.post("/{case_id}/evidence-sharing", permission=HEAR)
async def share_evidence(case_id: UUID, base: IfMatch, session: WritingSession) -> staff_views.StaffCaseView:
    """Let each side read the other's evidence."""
    return await _view(session, await hearing.share_evidence(session, case_id, base))


@router.post("/{case_id}/holding", permission=HEAR)
async def hold(case_id: UUID, body: Remark, base: IfMatch, session: WritingSession) -> staff_views.StaffCaseView:
    """Record that the hearing was held, and close it."""
    return await _view(session, await hearing.hold(session, case_id, base, body.text))


@router.post("/{case_id}/extension", permission=DECIDE)
async def extend(case_id: UUID, body: Extension, base: IfMatch, session: WritingSession) -> staff_views.StaffCaseView:
    """Give the hearing officer longer for the recommendation."""
    return await _view(session, await hearing.extend(session, case_id, base, body.until, body.text))


@router.post("/{case_id}/hearing-recommendation", permission=HEAR)
async def recommend_to_cms(
    case_id: UUID, body: HearingRecommendation, base: IfMatch, session: WritingSession
) -> staff_views.StaffCaseView:
    """Recommend on each action after the hearing."""
    return await _view(session, await hearing.recommend_to_cms(session, case_id, base, body.text, body.by_action))


@router.post("/{case_id}/decision", permission=DECIDE)
async def decide(case_id: UUID, body: Verdicts, base: IfMatch, session: WritingSession) -> staff_views.StaffCaseView:
    """Decide each action, finally."""
    return await _view(session, await deciding.decide(session, case_id, base, body.by_action))


async def _view(session: Session, case: BreachCase) -> staff_views.StaffCaseView:
    await session.flush()
    return await staff_views.staff_view_of(session, case, session.actor, session.at)
