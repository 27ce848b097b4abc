"""Notices that two people released where they were asked for: they go out with the awards of their round."""

from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import select

from chassis.database import Session
from chassis.duties import SomebodyElseMust
from chassis.sweeps import each
from events.notice_fields import THE_CALENDAR, NoticeAsked
from notices_svc.batches.use_cases import issue
from notices_svc.mail.use_cases import queue
from notices_svc.notices.kinds import KINDS
from notices_svc.notices.lifecycle import APPROVED, IN_REVIEW
from notices_svc.notices.notice import Notice
from notices_svc.notices.rows import take_parts
from notices_svc.notices.use_cases.drafting import draft
from notices_svc.program.round import terms_of


async def take_released(session: Session, asked: NoticeAsked) -> None:
    """Approve a notice whether it is asked for now or waits since before; one that was issued stays as it is.

    Where its words cannot be written it waits on the desk as a draft, with what is missing. Raises `SomebodyElseMust`
    where one person alone asked for it and released it, or the calendar a notice in which somebody decides something.
    """
    reminds = asked.requested_by == THE_CALENDAR and KINDS[asked.fields.notice_type].by_calendar
    if asked.released_by == asked.requested_by and not reminds:
        raise SomebodyElseMust
    notice = await session.get(Notice, asked.notice_id, with_for_update=True)
    if notice is None or not notice.is_decided:
        await draft(session, asked)
        notice = await session.get_one(Notice, asked.notice_id)
    else:
        await take_parts(session, asked)
    if notice.state is IN_REVIEW:
        notice.approve(session.at)
    if notice.state is APPROVED and notice.batch_id is None:
        notice.release(asked.released_by)


async def issue_released(session: Session, as_of: datetime, limit: int) -> int:
    """Issue what was released with the awards, and tell by e-mail whom it may tell; a sweep. Returns how many."""
    found = await session.scalars(
        select(Notice)
        .where(Notice.state == APPROVED, Notice.released_by.is_not(None))
        .order_by(Notice.id)
        .limit(limit)
        .with_for_update(skip_locked=True)
    )
    by_round: dict[str, list[Notice]] = defaultdict(list)
    for notice in found.all():
        by_round[notice.round_code].append(notice)
    return sum([await _issue(session, code, notices, as_of) for code, notices in by_round.items()])


async def _issue(session: Session, round_code: str, notices: Sequence[Notice], as_of: datetime) -> int:
    terms = await terms_of(session, round_code)
    chosen = [notice.id for notice in notices]
    done = await each(session, notices, lambda notice: issue(session, notice, terms, as_of))
    await session.flush()
    await queue(session, chosen, "issued")
    return done
