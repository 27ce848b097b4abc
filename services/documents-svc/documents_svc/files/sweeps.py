from datetime import datetime

from chassis.database import Session
from documents_svc.resources import opened_resources


async def start_due_checks(session: Session, as_of: datetime, limit: int) -> int:
    """Start the checks of files that wait for one, as many as this worker has room for."""
    return await opened_resources().verification.start_due(session, as_of, limit)
