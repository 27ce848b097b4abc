"""Whether everything that was receipted is accounted for. A query over what the slices keep, not a second book.

accepted = taken + waiting + refused: a file with a receipt was taken note of by whoever opened its slot, or waits for
that, or was rejected. What fits nowhere, and what waits longer than it may, is named.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal
from uuid import UUID

from pydantic import BaseModel
from sqlalchemy import text

from chassis.database import ReadSession, Session
from documents_svc.settings import Settings

SETTLED_WITHIN = timedelta(minutes=15)
MOST = 100

Kind = Literal["receipt without file", "file without receipt", "not taken", "not checked", "not settled"]


class Finding(BaseModel):
    """Something that is not as it must be, and since when."""

    kind: Kind
    id: str
    organization_id: UUID
    since: datetime


class Balance(BaseModel):
    """The sums, and up to a hundred findings, oldest first. All is well with no holes and no findings."""

    accepted: int
    taken: int
    waiting: int
    refused: int
    holes: int
    findings: list[Finding]


@dataclass(frozen=True)
class Limits:
    """How long a file may wait to be taken note of, and to be checked, before it shows."""

    taken_within: timedelta
    checked_within: timedelta

    @classmethod
    def of(cls, settings: Settings) -> "Limits":
        """The limits that these settings give."""
        return cls(timedelta(minutes=settings.taken_within_minutes), timedelta(minutes=settings.checked_within_minutes))


async def balance_at(session: ReadSession | Session, at: datetime, within: Limits) -> Balance:
    """Strike the balance, over every organization that the session may see."""
    sums = (await session.execute(_SUMS)).one()
    limits = {
        "taken_before": at - within.taken_within,
        "checked_before": at - within.checked_within,
        "settled_before": at - SETTLED_WITHIN,
        "most": MOST,
    }
    rows = await session.execute(_FINDINGS, limits)
    findings = [Finding(kind=row.kind, id=row.id, organization_id=row.organization_id, since=row.since) for row in rows]
    holes = sums.accepted - sums.taken - sums.waiting - sums.refused
    return Balance(
        accepted=sums.accepted,
        taken=sums.taken,
        waiting=sums.waiting,
        refused=sums.refused,
        holes=holes,
        findings=findings,
    )


_SUMS = text(
    """
    select count(*) as accepted,
           count(*) filter (where file.taken_at is not null) as taken,
           count(*) filter (where file.taken_at is null and file.state <> 'REJECTED') as waiting,
           count(*) filter (where file.taken_at is null and file.state = 'REJECTED') as refused
      from (select distinct file_id from receipt where verdict <> 'refused') as receipted
      left join file on file.id = receipted.file_id
    """
)

_FINDINGS = text(
    """
    select 'receipt without file' as kind, receipt.number as id, receipt.organization_id, receipt.issued_at as since
      from receipt left join file on file.id = receipt.file_id
     where file.id is null
    union all
    select 'file without receipt', file.id::text, file.organization_id, file.received_at
      from file left join receipt on receipt.number = file.receipt_number and receipt.file_id = file.id
     where receipt.number is null
    union all
    select 'not taken', id::text, organization_id, received_at
      from file
     where taken_at is null and verdict <> 'refused' and state <> 'REJECTED' and received_at < :taken_before
    union all
    select 'not checked', id::text, organization_id, received_at
      from file
     where state in ('SCANNING', 'NOT_SCANNED') and received_at < :checked_before
    union all
    select 'not settled', id::text, organization_id, late_until
      from slot
     where state <> 'SETTLED' and late_until < :settled_before
     order by since
     limit :most
    """
)
