"""Whether every notice and every answer is accounted for. A query over what the slices keep, not a second book.

asked = issued + waiting: a notice that was asked for went out, or waits, and is named when it waits too long. What went
out was said once, and so was every answer.
"""

from datetime import datetime, timedelta
from typing import Literal
from uuid import UUID

from pydantic import BaseModel
from sqlalchemy import text

from chassis.database import ReadSession, Session

RELEASED_WITHIN = timedelta(days=5)
"""From the request to the release by a second person."""
ISSUED_WITHIN = timedelta(minutes=15)
"""From the release of a batch to its last notice."""
MOST = 100

Kind = Literal[
    "issued and not said",
    "issued and said twice",
    "answered and not said",
    "answered and said twice",
    "to do and not there",
    "not released",
    "not issued",
]


class Finding(BaseModel):
    """Something that is not as it must be, and since when. `id` is the notice's, or the answer's."""

    kind: Kind
    id: UUID
    organization_id: UUID
    since: datetime


class Balance(BaseModel):
    """The sums, and up to a hundred findings, oldest first. All is well with no holes and no findings."""

    asked: int
    issued: int
    waiting: int
    answers: int
    holes: int
    findings: list[Finding]


async def balance_at(session: ReadSession | Session, at: datetime, *, said_since: datetime) -> Balance:
    """Strike the balance; the session stands behind the system's fence, for what was said stands nowhere else.

    What was said before `said_since` may be purged from the outbox, and is not looked for.
    """
    sums = (await session.execute(_SUMS)).one()
    limits = {
        "said_since": said_since,
        "asked_before": at - RELEASED_WITHIN,
        "released_before": at - ISSUED_WITHIN,
        "most": MOST,
    }
    rows = await session.execute(_FINDINGS, limits)
    findings = [Finding(kind=row.kind, id=row.id, organization_id=row.organization_id, since=row.since) for row in rows]
    return Balance(
        asked=sums.asked,
        issued=sums.issued,
        waiting=sums.waiting,
        answers=sums.answers,
        holes=sums.asked - sums.issued - sums.waiting,
        findings=findings,
    )


_SUMS = text(
    """
    select count(*) as asked,
           count(*) filter (where issued_at is not null) as issued,
           count(*) filter (where issued_at is null and state in ('DRAFT', 'IN_REVIEW', 'APPROVED')) as waiting,
           (select count(*) from response) as answers
      from notice
    """
)

_FINDINGS = text(
    """
    with said_issued as (
        select key as id, count(*) as times from outbox
         where type = 'connexion.notices.notice-issued.v1' group by key
    ), said_answer as (
        select body::jsonb ->> 'response_id' as id, count(*) as times from outbox
         where type = 'connexion.notices.notice-responded.v1' group by 1
    )
    select case when said_issued.id is null then 'issued and not said' else 'issued and said twice' end as kind,
           notice.id, notice.organization_id, notice.issued_at as since
      from notice left join said_issued on said_issued.id = notice.id::text
     where notice.issued_at > :said_since and coalesce(said_issued.times, 0) <> 1
    union all
    select case when said_answer.id is null then 'answered and not said' else 'answered and said twice' end,
           response.id, response.organization_id, response.responded_at
      from response left join said_answer on said_answer.id = response.id::text
     where response.responded_at > :said_since and coalesce(said_answer.times, 0) <> 1
    union all
    select 'to do and not there', notice.id, notice.organization_id, notice.issued_at
      from notice left join todo on todo.about = 'notice:' || notice.id and todo.kind = 'answer-notice'
     where notice.remind_at is not null and todo.id is null
    union all
    select 'not released', id, organization_id, drafted_at
      from notice
     where state in ('DRAFT', 'IN_REVIEW') and drafted_at < :asked_before
    union all
    select 'not issued', notice.id, notice.organization_id, notice_batch.released_at
      from notice join notice_batch on notice_batch.id = notice.batch_id
     where notice.state = 'APPROVED' and notice_batch.state in ('ISSUING', 'ISSUED')
       and notice_batch.released_at < :released_before
     order by since
     limit :most
    """
)
