from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import exists, select

from bidding_svc.disqualification.reason import Reason
from bidding_svc.reviews.case import APPROVER_IS_NOT_ANALYST, DecidedBySomebodyElse, Finding, ReviewCase
from bidding_svc.reviews.findings import findings_of
from bidding_svc.reviews.kinds import APPROVE, RULES, Kind, Outcome, kinds_seen_with
from bidding_svc.reviews.views import FindingView, line, seen
from bidding_svc.reviews.ways import WAYS
from chassis.database import Session
from chassis.errors import NotFound
from chassis.ids import Entity
from chassis.paging import Page, fetch_page


async def read_findings(session: Session, case_id: UUID, after: str | None, limit: int) -> Page[FindingView]:
    """Return the lines of a case, in the order they were found; who reads amounts of bids leaves an audit row.

    Bid amounts are procurement sensitive (domain/bidding.md 6). Raises `NotFound`.
    """
    case = await seen(session, session.actor, case_id)
    if case.kind is Kind.BONA_FIDE:
        session.audit("review.read-amounts", case.id)
    statement = select(Finding).where(Finding.case_id == case.id)
    return await fetch_page(session, statement, [(Finding.id, UUID)], line, after=after, limit=limit, descending=False)


async def claim(session: Session, case_id: UUID, base: int) -> ReviewCase:
    """Take a case to work on it. Raises `NotFound`, `CaseChanged`, `SomebodyElseHasIt`, `NotAllowedNow`."""
    case = await _case_to_work_on(session, case_id, base)
    case.claim(session.actor.user_id)
    return case


async def release(session: Session, case_id: UUID, base: int) -> ReviewCase:
    """Let somebody else work on a case. Raises `NotFound`, `CaseChanged`, `NotInYourHands`, `NotAllowedNow`."""
    case = await _case_to_work_on(session, case_id, base)
    case.release(session.actor.user_id)
    return case


async def assign(session: Session, case_id: UUID, user_id: str | None, priority: int, base: int) -> ReviewCase:
    """Give a case to an analyst, or to nobody. Raises `NotFound`, `CaseChanged`, `NotAllowedNow`."""
    case = await _case(session, case_id, base)
    case.assign(user_id, priority)
    return case


async def override(
    session: Session, case_id: UUID, finding_id: UUID, outcome: Outcome, reasons: Sequence[Reason], *, because: str,
    base: int,
) -> ReviewCase:  # fmt: skip
    """Decide a line of a case otherwise than proposed. Raises `NotFound`, and what `ReviewCase.override` raises."""
    case = await _case_to_work_on(session, case_id, base)
    finding = await session.scalar(select(Finding).where(Finding.id == finding_id, Finding.case_id == case.id))
    if finding is None:
        raise NotFound
    case.override(finding, outcome, reasons, because=because, user_id=session.actor.user_id)
    return case


async def recommend(session: Session, case_id: UUID, note: str, base: int) -> ReviewCase:
    """Put a case before a second person. Raises `NotFound`, and what `ReviewCase.recommend` raises."""
    case = await _case_to_work_on(session, case_id, base)
    undecided = await session.scalar(select(exists().where(Finding.case_id == case.id, Finding.outcome.is_(None))))
    case.recommend(note, undecided=bool(undecided), by=session.actor, at=session.at)
    return case


async def return_it(session: Session, case_id: UUID, because: str, base: int) -> ReviewCase:
    """Give a case back to its analyst. Raises `NotFound`, `CaseChanged`, `ReasonMissing`, `NotAllowedNow`."""
    case = await _case(session, case_id, base)
    case.return_it(because)
    return case


async def approve(session: Session, case_id: UUID, base: int, *, by: str = APPROVE) -> ReviewCase:
    """Decide a case as recommended, and let what follows happen to its bids, in the same transaction.

    Where a line asks, the bidder is asked by a notice first, and nothing is decided yet.

    `by` is the permission it is decided with. Raises `NotFound`, `CaseChanged`, `DecidedBySomebodyElse`,
    `NotAllowedNow`, and `SomebodyElseMust` for who worked on it.
    """
    case = await _case(session, case_id, base)
    if RULES[case.kind].approve != by:
        raise DecidedBySomebodyElse
    await APPROVER_IS_NOT_ANALYST.require(session, Entity("review", case.id))
    findings = await findings_of(session, case)
    way = WAYS[case.kind]
    if way.ask is not None and not case.asked and any(finding.outcome is Outcome.ASK for finding in findings):
        await way.ask(session, case, findings)
        return case
    satisfied = all(finding.outcome is Outcome.PASS for finding in findings)
    case.approve(session.actor.user_id, session.at, satisfied=satisfied)
    await way.decide(session, case, findings)
    return case


async def _case_to_work_on(session: Session, case_id: UUID, base: int) -> ReviewCase:
    """Like `_case`, for who holds what this kind of review asks of its analysts. Raises `NotAllowed` without it."""
    case = await _case(session, case_id, base)
    for permission in RULES[case.kind].work:
        session.actor.require(permission)
    return case


async def _case(session: Session, case_id: UUID, base: int) -> ReviewCase:
    """Return a case the actor may see, locked for this transaction. Raises `NotFound`, `CaseChanged`."""
    kinds = kinds_seen_with(session.actor.permissions)
    case: ReviewCase | None = await session.scalar(
        select(ReviewCase).where(ReviewCase.id == case_id, ReviewCase.kind.in_(kinds)).with_for_update()
    )
    if case is None:
        raise NotFound
    case.require_version(base)
    return case
