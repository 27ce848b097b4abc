"""What the hearing officer does, and what CMS does at a hearing: evidence, and longer for the recommendation."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Literal
from uuid import UUID

from chassis.calendar import eastern_day
from chassis.database import Session
from chassis.ids import Entity
from contracts_svc.breaches import telling
from contracts_svc.breaches.case import BreachCase
from contracts_svc.breaches.duties import HEARING_OFFICER_IS_A_STRANGER
from contracts_svc.breaches.loading import load, rules_for
from contracts_svc.breaches.outcome_steps import Decided, EachAction
from contracts_svc.breaches.paper import BreachPaper, PaperKind


async def schedule(
    session: Session,
    case_id: UUID,
    base: int,
    *,
    held_at: datetime,
    held_by: Literal["in-person", "telephone"],
    place: str,
) -> BreachCase:
    """Announce the hearing; again where it cannot be held as announced.

    Raises `NotFound`, `CaseChanged`, `StrangerNeeded`, `HeldTooSoon`, NotAllowedNow.
    """
    case = await _load(session, case_id)
    case.schedule(await rules_for(session, case), held_at, held_by, place, base=base, at=session.at)
    if session.actor.person_id is not None and case.share_by is not None:
        telling.hearing_notice(case, eastern_day(case.share_by), by=session.actor.person_id, at=session.at)
    return case


async def permit_evidence(session: Session, case_id: UUID, base: int, until: date) -> BreachCase:
    """Permit the supplier to add evidence until a day. Raises `NotFound`, `StrangerNeeded`, `PermittedTooEarly`."""
    case = await _load(session, case_id)
    case.permit_evidence(until, base, session.at)
    if case.evidence_until is not None:
        case.open_slot("Further evidence for your hearing", case.evidence_until)
        telling.ask_for_files(case, session.at)
    return case


async def give_evidence(session: Session, case_id: UUID, base: int, words: str) -> BreachCase:
    """Give CMS's evidence, within its days. Raises `NotFound`, `CaseChanged`, `TooLate`, NotAllowedNow."""
    case = await load(session, case_id)
    case.give_evidence(base, session.at)
    _keep(session, case, PaperKind.CMS_EVIDENCE, words)
    return case


async def share_evidence(session: Session, case_id: UUID, base: int) -> BreachCase:
    """Let each side read the other's evidence. Raises `NotFound`, `StrangerNeeded`, `TooLate`, NotAllowedNow."""
    case = await _load(session, case_id)
    case.share_evidence(base, session.at)
    return case


async def hold(session: Session, case_id: UUID, base: int, record: str) -> BreachCase:
    """The hearing was held. Raises `NotFound`, `StrangerNeeded`, `NotTheTimeYet`, `EvidenceNotShared`."""
    case = await _load(session, case_id)
    case.hold(await rules_for(session, case), base, session.at)
    _keep(session, case, PaperKind.REMARK, record)
    return case


async def extend(session: Session, case_id: UUID, base: int, until: date, why: str) -> BreachCase:
    """CMS gives longer for the recommendation. Raises `NotFound`, `CaseChanged`, `NotLater`, NotAllowedNow."""
    case = await load(session, case_id)
    case.extend(until, base, session.at)
    _keep(session, case, PaperKind.REMARK, why)
    return case


async def recommend_to_cms(
    session: Session, case_id: UUID, base: int, words: str, recommended: Mapping[UUID, Decided]
) -> BreachCase:
    """Recommend on each action. Raises `NotFound`, `CaseChanged`, `StrangerNeeded`, `EachAction`, NotAllowedNow."""
    case = await _load(session, case_id)
    if set(recommended) != set(case.by_id):
        raise EachAction(field="actions")
    case.decide_by = case.recommend_to_cms(await rules_for(session, case), session.actor.person_id, base, session.at)
    for action_id, action in case.by_id.items():
        action.recommended, action.recommended_because = recommended[action_id].applies, recommended[action_id].because
    _keep(session, case, PaperKind.HEARING_RECOMMENDATION, words)
    return case


async def _load(session: Session, case_id: UUID) -> BreachCase:
    """The case, for a hearing officer who had no part in it before the hearing was asked for (roles.md 3)."""
    case = await load(session, case_id)
    about = Entity("breach", case.id)
    await HEARING_OFFICER_IS_A_STRANGER.require(session, about, before=case.hearing_asked_at)
    return case


def _keep(session: Session, case: BreachCase, kind: PaperKind, text: str) -> None:
    session.add(BreachPaper(case.id, case.organization_id, kind, text, by=session.actor, at=session.at))
