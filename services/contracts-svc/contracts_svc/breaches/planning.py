"""What the CBIC and CMS do with a corrective action plan: return it once, recommend, accept, verify."""

from typing import Literal
from uuid import UUID

from chassis.database import Session
from chassis.ids import Entity
from contracts_svc.breaches import telling
from contracts_svc.breaches.case import BreachCase
from contracts_svc.breaches.duties import PLAN_DECIDER_IS_NOT_RECOMMENDER
from contracts_svc.breaches.loading import load, rules_for
from contracts_svc.breaches.paper import BreachPaper, PaperKind
from contracts_svc.breaches.permissions import VIEW
from contracts_svc.contracts.contract import Contract


async def return_plan(session: Session, case_id: UUID, base: int, why: str) -> BreachCase:
    """Return a plan to be revised, once. Raises `NotFound`, `CaseChanged`, `RevisedAlready`, NotAllowedNow."""
    case = await load(session, case_id)
    case.return_plan(await rules_for(session, case), base, session.at)
    _keep(session, case, PaperKind.PLAN_RETURNED, why)
    if case.revise_by is not None and session.actor.person_id is not None:
        case.open_slot("Files for your revised corrective action plan", case.revise_by)
        telling.ask_for_files(case, session.at)
        telling.plan_result(
            case,
            "revise",
            why,
            requested_by=session.actor.person_id,
            released_by=None,
            due_at=case.revise_by,
            at=session.at,
        )
    return case


async def recommend_plan(
    session: Session, case_id: UUID, base: int, what: Literal["accept", "refuse"], why: str
) -> BreachCase:
    """Recommend to accept a plan or not. Raises `NotFound`, `CaseChanged`, NotAllowedNow."""
    case = await load(session, case_id)
    case.recommend_plan(what, session.actor.person_id, base, session.at)
    _keep(session, case, PaperKind.PLAN_RECOMMENDATION, why)
    return case


async def accept_plan(session: Session, case_id: UUID, base: int, words: str) -> BreachCase:
    """Accept a plan that somebody else recommended on; CMS may accept what was recommended against.

    Raises `NotFound`, `CaseChanged`, `SomebodyElseMust`, `NotRecommendedYet`, NotAllowedNow.
    """
    case = await load(session, case_id)
    await PLAN_DECIDER_IS_NOT_RECOMMENDER.require(session, Entity("breach", case.id))
    case.accept_plan(await rules_for(session, case), base, session.at)
    if case.report_by is not None and case.plan_recommended_by is not None:
        case.open_slot("Files for your follow-up report", case.report_by)
        telling.ask_for_files(case, session.at)
        telling.plan_result(
            case,
            "accepted",
            words,
            requested_by=case.plan_recommended_by,
            released_by=session.actor.person_id,
            due_at=case.report_by,
            at=session.at,
        )
    return case


async def verify(session: Session, case_id: UUID, base: int, words: str) -> BreachCase:
    """The plan is carried out: the breach is cured. Raises `NotFound`, `CaseChanged`, `NotReported`, NotAllowedNow."""
    case = await load(session, case_id)
    case.verify(base, session.at)
    _keep(session, case, PaperKind.REMARK, words)
    contract = await session.get_one(Contract, case.contract_id)
    contract.note("breach-cured", "A breach was put right", VIEW, session.at, case=case.number)
    return case


def _keep(session: Session, case: BreachCase, kind: PaperKind, text: str) -> None:
    session.add(BreachPaper(case.id, case.organization_id, kind, text, by=session.actor, at=session.at))
