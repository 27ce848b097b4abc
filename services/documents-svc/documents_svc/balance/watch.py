"""The balance as operators' metrics: `deploy/telemetry/alerts.yaml` raises the alarm, nobody has to ask."""

from datetime import datetime
from typing import get_args

from sqlalchemy import func, select

from chassis import metrics
from chassis.database import Session
from documents_svc.balance.balance import Kind, Limits, balance_at
from documents_svc.files.uploaded_file import FileState, UploadedFile
from documents_svc.resources import opened_resources


async def watch_balance(session: Session, as_of: datetime, _limit: int) -> int:
    """Strike the balance and tell it in metrics; moves nothing."""
    balance = await balance_at(session, as_of, Limits.of(opened_resources().settings))
    metrics.BALANCE_HOLES.set(balance.holes)
    for kind in get_args(Kind):
        metrics.BALANCE_FINDINGS.labels(kind=kind).set(sum(finding.kind == kind for finding in balance.findings))
    waiting = select(func.count()).where(UploadedFile.state == FileState.SCANNING)
    metrics.SCANS_WAITING.set(await session.scalar(waiting) or 0)
    return 0
