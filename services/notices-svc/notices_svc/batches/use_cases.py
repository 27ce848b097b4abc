from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import CursorResult, select, update

from chassis.database import Session
from chassis.errors import NotAllowedNow, NotFound
from chassis.sweeps import each
from notices_svc.batches.batch import CHECKING, ISSUING, BatchState, NoticeBatch
from notices_svc.mail.use_cases import queue
from notices_svc.notices.lifecycle import APPROVED
from notices_svc.notices.notice import FieldsMissing, Notice
from notices_svc.notices.telling import ask_for_answer, record
from notices_svc.notices.use_cases.drafting import check
from notices_svc.program.round import Terms, terms_of


class NothingToIssue(NotAllowedNow):
    """No notice of this type and round is approved and waits to be issued."""


async def prepare(session: Session, round_code: str, kind: str, chosen: Sequence[UUID]) -> NoticeBatch:
    """Put the approved notices of a type and round into a batch, or only the chosen ones; they are checked next.

    Raises `NothingToIssue` where there is none, or where a chosen one does not wait.
    """
    batch = NoticeBatch(round_code, kind, session.actor.person_id, session.at)
    session.add(batch)
    await session.flush()
    waiting = update(Notice).where(
        Notice.round_code == round_code, Notice.kind == kind, Notice.state == APPROVED, Notice.batch_id.is_(None)
    )
    if chosen:
        waiting = waiting.where(Notice.id.in_(chosen))
    taken = await session.execute(waiting.values(batch_id=batch.id).execution_options(synchronize_session=False))
    assert isinstance(taken, CursorResult)  # noqa: S101  an UPDATE
    if taken.rowcount == 0 or (chosen and taken.rowcount < len(set(chosen))):
        raise NothingToIssue
    batch.notices = taken.rowcount
    return batch


async def release(session: Session, batch_id: UUID, *, base: int) -> NoticeBatch:
    """Let a checked batch go out. Raises `NotFound`, `BatchChanged`, `NotAllowedNow`."""
    batch = await _batch(session, batch_id)
    batch.release(session.actor.person_id, session.at, base=base)
    return batch


async def cancel(session: Session, batch_id: UUID, *, base: int) -> NoticeBatch:
    """Let the notices of a batch wait for another one. Raises `NotFound`, `BatchChanged`, `NotAllowedNow`."""
    batch = await _batch(session, batch_id)
    batch.cancel(base=base)
    freed = update(Notice).where(Notice.batch_id == batch_id).values(batch_id=None)
    await session.execute(freed.execution_options(synchronize_session=False))
    return batch


async def check_batches(session: Session, as_of: datetime, limit: int) -> int:
    """Check the words of the next notices of a batch; a sweep."""
    batch = await _next(session, CHECKING)
    if batch is None:
        return 0
    terms = await terms_of(session, batch.round_code)
    statement = select(Notice).where(Notice.batch_id == batch.id).order_by(Notice.id).limit(limit)
    if batch.checked_until is not None:
        statement = statement.where(Notice.id > batch.checked_until)
    found = (await session.scalars(statement)).all()
    if not found:
        batch.end_check()
        return 0
    problems = [problem for notice in found for problem in _problems(notice, terms, as_of)]
    batch.note_checked(found[-1].id, len(found), problems)
    if len(found) < limit:
        batch.end_check()
    return len(found)


async def issue_batches(session: Session, as_of: datetime, limit: int) -> int:
    """Issue the next notices of a released batch, each exactly once: what is issued is no longer approved; a sweep."""
    batch = await _next(session, ISSUING)
    if batch is None:
        return 0
    terms = await terms_of(session, batch.round_code)
    found = await _approved(session, batch, limit)
    if not found:
        batch.finish(as_of)
        return 0
    chosen = [notice.id for notice in found]  # one that fails is not to be asked any more

    async def issue_all(notices: Sequence[Notice]) -> None:
        for notice in notices:
            issue(session, notice, terms, as_of)
        await session.flush()

    done = len(found) if await each(session, [found], issue_all) else 0
    if not done:  # one of them could not be: the others go out without it
        found = await _approved(session, batch, limit)
        done = await each(session, found, lambda notice: issue_all([notice]))
    batch.note_issued(done)
    await queue(session, chosen, "issued")
    return done


async def _approved(session: Session, batch: NoticeBatch, limit: int) -> Sequence[Notice]:
    """Return the next notices of a batch that did not go out, locked."""
    found = await session.scalars(
        select(Notice)
        .where(Notice.batch_id == batch.id, Notice.state == APPROVED)
        .order_by(Notice.id)
        .limit(limit)
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    return found.all()


def issue(session: Session, notice: Notice, terms: Terms | None, at: datetime) -> None:
    """Put a notice before its readers: its due date, its To-Do, its entry in the activity."""
    notice.issue(at, terms)
    if notice.wants_answer:
        ask_for_answer(session, notice)
    record(session, notice, "notice-issued", at)


def _problems(notice: Notice, terms: Terms | None, at: datetime) -> list[str]:
    _, missing = check(notice, at)
    try:
        until = notice.due_when_issued(at, terms)
    except FieldsMissing as problem:
        missing = [*missing, problem.detail]
    else:
        if until is not None and until <= at:
            missing = [*missing, "due_at has passed"]
    return [f"{notice.id}: {each_missing}" for each_missing in missing]


async def _next(session: Session, state: BatchState) -> NoticeBatch | None:
    found: NoticeBatch | None = await session.scalar(
        select(NoticeBatch)
        .where(NoticeBatch.state == state)
        .order_by(NoticeBatch.id)
        .limit(1)
        .with_for_update(skip_locked=True)
    )
    return found


async def _batch(session: Session, batch_id: UUID) -> NoticeBatch:
    found = await session.get(NoticeBatch, batch_id, with_for_update=True)
    if found is None:
        raise NotFound
    return found
