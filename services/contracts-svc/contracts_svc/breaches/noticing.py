"""What CMS issues: the notice of breach and a subsequent one; and the news that a notice has gone out."""

from collections.abc import Sequence
from datetime import date
from uuid import UUID

from sqlalchemy import select

from chassis.answers import Answer
from chassis.calendar import eastern_day
from chassis.database import ReadSession, Session
from chassis.errors import Invalid, NotAllowedNow
from chassis.ids import Entity
from contracts_svc.breaches import telling
from contracts_svc.breaches.action import Wish
from contracts_svc.breaches.case import BreachCase
from contracts_svc.breaches.duties import ISSUER_IS_NOT_RECOMMENDER, PLAN_DECIDER_IS_NOT_RECOMMENDER
from contracts_svc.breaches.lifecycle import NOTICED
from contracts_svc.breaches.loading import load, rules_for
from contracts_svc.breaches.opening import ActionsNeeded
from contracts_svc.breaches.paper import BreachPaper, PaperKind
from contracts_svc.breaches.permissions import VIEW
from contracts_svc.contracts.contract import Contract
from contracts_svc.contracts.use_cases import load as load_contract
from contracts_svc.enrolment.location import EnrolledLocation
from events.notices import NoticeIssued


class PlanBarred(NotAllowedNow):
    """A location of this contract is excluded from federal health care programs: no plan can be allowed."""


class BarredCheckNeeded(Invalid):
    """Say how it was checked that the supplier is not excluded, debarred or convicted of a health care crime."""


async def issue_notice(
    session: Session, case_id: UUID, base: int, *, cap_allowed: bool, barred_check: str, effective_on: date | None
) -> BreachCase:
    """Issue the notice of breach that somebody else recommended.

    A plan is never allowed to a supplier that is excluded, debarred or convicted of a health care crime (contracts.md
    7): the enrolment record bars it, the rest is checked by hand, and how is kept. Raises `NotFound`, `CaseChanged`,
    `SomebodyElseMust`, `PlanBarred`, `BarredCheckNeeded`, `EffectTooEarly`, NotAllowedNow.
    """
    case = await load(session, case_id)
    await ISSUER_IS_NOT_RECOMMENDER.require(session, Entity("breach", case.id))
    await _require_plan_possible(session, case, cap_allowed=cap_allowed, barred_check=barred_check)
    await _issue(session, case, base, cap_allowed=cap_allowed, barred_check=barred_check, effective_on=effective_on)
    return case


async def issue_subsequent(
    session: Session,
    case_id: UUID,
    base: int,
    *,
    because: str,
    actions: Sequence[Wish],
    cap_allowed: bool,
    barred_check: str,
    effective_on: date | None,
) -> BreachCase:
    """Issue a subsequent notice: the plan was not accepted, or was not carried out. Another plan only if CMS wants.

    Raises what `issue_notice` raises, `ActionsNeeded`, `NotRecommendedYet`, `StillInTime`.
    """
    if not actions:
        raise ActionsNeeded(field="actions")
    case = await load(session, case_id)
    await PLAN_DECIDER_IS_NOT_RECOMMENDER.require(session, Entity("breach", case.id))
    case.require_failed()
    await _require_plan_possible(session, case, cap_allowed=cap_allowed, barred_check=barred_check)
    case.name_actions(actions)
    await _issue(
        session,
        case,
        base,
        cap_allowed=cap_allowed,
        barred_check=barred_check,
        effective_on=effective_on,
        failed_because=because,
    )
    session.add(
        BreachPaper(case.id, case.organization_id, PaperKind.PLAN_RETURNED, because, by=session.actor, at=session.at)
    )
    return case


async def note_issued(session: Session, told: NoticeIssued) -> None:
    """A notice of a case has gone out: its clocks run from the date on it, and files may be sent until then.

    News of a notice that is not the latest of its case, or told again, changes nothing.
    """
    case = await session.scalar(select(BreachCase).where(BreachCase.id == told.about.id).with_for_update(of=BreachCase))
    if case is None or case.notice_id != told.notice_id or case.state not in NOTICED or case.notice_told_at is not None:
        return
    case.note_issued(told.issued_at, await rules_for(session, case))
    if case.hearing_by is not None:
        case.open_slot(
            "Files for your answer to the breach notice", max(case.hearing_by, case.plan_by or case.hearing_by)
        )
        telling.ask_for_files(case, session.at)
    contract = await session.get_one(Contract, case.contract_id)
    contract.note("breach-notice-issued", "A notice of breach was issued", VIEW, told.issued_at, case=case.number)


async def excluded_anywhere(session: Session | ReadSession, contract: Contract, day: date) -> Answer:
    """Whether the enrolment record says of any location of a contract that it is excluded; unknown is never no."""
    ptans = {location.ptan for line in contract.lines for location in line.locations}
    found = await session.scalars(select(EnrolledLocation).where(EnrolledLocation.ptan.in_(ptans)))
    answers = {location.ptan: location.excluded_on(day) for location in found}
    if Answer.YES in answers.values():
        return Answer.YES
    known = set(answers) == ptans and Answer.COULD_NOT_CHECK not in answers.values()
    return Answer.NO if known else Answer.COULD_NOT_CHECK


async def _require_plan_possible(session: Session, case: BreachCase, *, cap_allowed: bool, barred_check: str) -> None:
    if not cap_allowed:
        return
    contract = await load_contract(session, case.contract_id)
    if await excluded_anywhere(session, contract, eastern_day(session.at)) is Answer.YES:
        raise PlanBarred
    if not barred_check.strip():
        raise BarredCheckNeeded(field="barred_check")


async def _issue(
    session: Session,
    case: BreachCase,
    base: int,
    *,
    cap_allowed: bool,
    barred_check: str,
    effective_on: date | None,
    failed_because: str = "",
) -> None:
    rules = await rules_for(session, case)
    case.issue(
        rules,
        cap_allowed=cap_allowed,
        barred_check=barred_check,
        named_on=effective_on,
        base=base,
        at=session.at,
    )
    if session.actor.person_id is not None:
        telling.breach_notice(case, failed_because=failed_because, by=session.actor.person_id, at=session.at)
