"""The balance, and how e-mail goes out, as operators' metrics: `deploy/telemetry/alerts.yaml` raises the alarm."""

from datetime import datetime, timedelta
from typing import get_args

from sqlalchemy import func, select

from chassis import machine_time, metrics
from chassis.database import Session
from notices_svc.balance.balance import Kind, balance_at
from notices_svc.mail.pointer import TROUBLED, WAITING, Pointer

LOOKED_BACK = timedelta(days=1)
"""How far what was said is looked for, every time; `python -m notices_svc.balance` looks as far as the outbox goes."""


async def watch_balance(session: Session, as_of: datetime, _limit: int) -> int:
    """Strike the balance and tell it in metrics, with what waits for the mail server; moves nothing."""
    balance = await balance_at(session, as_of, said_since=as_of - LOOKED_BACK)
    metrics.BALANCE_HOLES.set(balance.holes)
    for kind in get_args(Kind):
        metrics.BALANCE_FINDINGS.labels(kind=kind).set(sum(finding.kind == kind for finding in balance.findings))
    oldest = await session.scalar(select(func.min(Pointer.queued_at)).where(Pointer.state == WAITING))
    waits = (machine_time.now() - oldest).total_seconds() if oldest else 0.0
    metrics.MAIL_OLDEST_WAITING.set(max(waits, 0.0))
    troubled = select(func.count()).where(Pointer.state.in_(TROUBLED))
    metrics.MAIL_TROUBLES.set(await session.scalar(troubled) or 0)
    return 0
