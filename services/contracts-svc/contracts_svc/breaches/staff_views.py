"""Breach cases as the CBIC and CMS see them: the work list, and a case with its checks."""

from collections.abc import Iterable
from datetime import datetime
from uuid import UUID

from sqlalchemy import select

from chassis.actor import Actor
from chassis.answers import Answer
from chassis.calendar import eastern_day
from chassis.database import ReadSession, Session
from chassis.duties import AnotherPersonThan
from chassis.errors import NotFound
from chassis.ids import Entity
from chassis.paging import Order, Page, fetch_page
from contracts_svc.breaches.case import BreachCase
from contracts_svc.breaches.duties import (
    DECIDER_IS_NOT_RECOMMENDER,
    HEARING_OFFICER_IS_A_STRANGER,
    ISSUER_IS_NOT_RECOMMENDER,
    PLAN_DECIDER_IS_NOT_RECOMMENDER,
)
from contracts_svc.breaches.lifecycle import CAP_ACTIVE, LIFECYCLE, BreachState
from contracts_svc.breaches.noticing import excluded_anywhere
from contracts_svc.breaches.permissions import HEAR, RESPOND
from contracts_svc.breaches.views import ActionView, CaseSummary, CaseView, action_view, known, papers_of, summary_of
from contracts_svc.contracts.contract import Contract
from contracts_svc.contracts.lifecycle import ContractState


class StaffCaseSummary(CaseSummary):
    """A case in the work list. `clock_at`: until when the next step should be taken, or since when it waits."""

    organization_id: UUID
    legal_business_name: str
    opened_at: datetime
    clock_at: datetime


class StaffActionView(ActionView):
    """An action with what the hearing officer recommended on it."""

    recommended: bool | None
    recommended_because: str


class StaffCaseView(CaseView):
    """A case with the work inside. `excluded`: what the enrolment record says, yes, no or could-not-check."""

    organization_id: UUID
    legal_business_name: str
    opened_at: datetime
    clock_at: datetime
    contract_state: ContractState
    actions: list[StaffActionView]  # type: ignore[assignment]  # what staff see of an action is more, not other
    excluded: Answer
    barred_check: str
    notice_told_at: datetime | None
    revised: bool
    plan_recommendation: str | None
    shared_at: datetime | None


async def list_work(
    session: ReadSession, state: BreachState | None, contract_id: UUID | None, after: str | None, limit: int
) -> Page[StaffCaseSummary]:
    """Return cases by when their next step should be taken; in one state, or of one contract."""
    statement = select(BreachCase)
    if state is not None:
        statement = statement.where(BreachCase.state == state)
    if contract_id is not None:
        statement = statement.where(BreachCase.contract_id == contract_id)
    order: Order = [(BreachCase.clock_at, datetime.fromisoformat), (BreachCase.id, UUID)]
    return await fetch_page(session, statement, order, _summary, after=after, limit=limit, descending=False)


async def read_for_staff(session: ReadSession, actor: Actor, case_id: UUID, at: datetime) -> StaffCaseView:
    """Return a case. Raises `NotFound`."""
    found = await session.get(BreachCase, case_id)
    if found is None:
        raise NotFound
    return await staff_view_of(session, found, actor, at)


async def staff_view_of(session: ReadSession | Session, case: BreachCase, actor: Actor, at: datetime) -> StaffCaseView:
    """Return a case with its checks, its papers and what the reader may do now."""
    contract = await session.get_one(Contract, case.contract_id)
    return StaffCaseView(
        **known(case) | _summary(case).model_dump(),
        actions=[
            StaffActionView(
                **action_view(action).model_dump(),
                recommended=action.recommended,
                recommended_because=action.recommended_because,
            )
            for action in case.actions
        ],
        papers=await papers_of(session, case),
        contract_state=contract.state,
        excluded=await excluded_anywhere(session, contract, eastern_day(at)),
        barred_check=case.barred_check,
        notice_told_at=case.notice_told_at,
        revised=case.revised,
        plan_recommendation=case.plan_recommendation,
        shared_at=case.shared_at,
        allowed_actions=await _allowed(session, case, actor),
    )


async def _allowed(session: ReadSession | Session, case: BreachCase, actor: Actor) -> list[str]:
    """What the reader may do now: not what the same person's earlier acts, or the case's own data, forbid."""
    allowed = LIFECYCLE.allowed(case.state, actor.permissions - {RESPOND})
    about = Entity("breach", case.id)
    two_people: Iterable[tuple[set[str], AnotherPersonThan]] = (
        ({"issue notice", "send back"}, ISSUER_IS_NOT_RECOMMENDER),
        ({"accept plan", "issue subsequent notice"}, PLAN_DECIDER_IS_NOT_RECOMMENDER),
        ({"decide"}, DECIDER_IS_NOT_RECOMMENDER),
    )
    for verbs, rule in two_people:
        if verbs & set(allowed) and await rule.broken_by(actor, session, about):
            allowed = [verb for verb in allowed if verb not in verbs]
    heard = {move.verb for move in LIFECYCLE.moves if move.by == HEAR}
    if heard & set(allowed) and await HEARING_OFFICER_IS_A_STRANGER.broken_by(
        actor, session, about, before=case.hearing_asked_at
    ):
        allowed = [verb for verb in allowed if verb not in heard]
    return [verb for verb in allowed if _possible(case, verb)]


def _possible(case: BreachCase, verb: str) -> bool:
    judged = case.plan_recommendation is not None
    guards = {
        "return plan": not case.revised,
        "accept plan": judged,
        "issue subsequent notice": judged
        if case.state is not CAP_ACTIVE
        else case.reported_at is not None or case.report_missed,
        "verify": case.reported_at is not None,
        "hold": case.shared_at is not None,
        "share evidence": case.shared_at is None,
        "give evidence": case.shared_at is None,
    }
    return guards.get(verb, True)


def _summary(case: BreachCase) -> StaffCaseSummary:
    return StaffCaseSummary(
        **summary_of(case).model_dump(),
        organization_id=case.organization_id,
        legal_business_name=case.legal_business_name,
        opened_at=case.opened_at,
        clock_at=case.clock_at,
    )
