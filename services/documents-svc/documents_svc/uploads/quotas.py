"""What one person may have under way, so that nobody can fill the disk or lock others out. Counted by person."""

from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import func, select

from chassis.database import Session
from chassis.errors import ConnexionError, NotAllowedNow
from documents_svc.slots.slot import Slot
from documents_svc.uploads.upload import Upload, UploadState

SOON = timedelta(hours=48)
NEAR_THE_CLOSE = 4
"""How many times the allowance counts in the last hours of a slot: the close must never find somebody locked out."""


class TooMuchUnderWay(ConnexionError):
    """You have more under way than one person may."""

    title = "Too much under way"


class SlotFull(NotAllowedNow):
    """This slot holds as many files as it takes."""


@dataclass(frozen=True)
class Quotas:
    """How many uploads one person may have open, and how many bytes a person may begin to send within 24 hours."""

    open_uploads: int
    bytes_per_day: int


async def require_quota(session: Session, slot: Slot, size: int, quotas: Quotas) -> None:
    """Raise `TooMuchUnderWay` when one more upload of `size` bytes is too much for the person who acts."""
    generous = NEAR_THE_CLOSE if slot.closes_at - session.at < SOON else 1
    mine = (Upload.organization_id == slot.organization_id) & (Upload.user_id == session.actor.user_id)
    under_way = select(func.count()).where(mine, Upload.state == UploadState.UPLOADING)
    sent = select(func.coalesce(func.sum(func.coalesce(Upload.size, Upload.arrived)), 0)).where(
        mine, Upload.started_at > session.at - timedelta(days=1), Upload.state != UploadState.GIVEN_UP
    )
    count, total = (await session.execute(select(under_way.scalar_subquery(), sent.scalar_subquery()))).one()
    if count >= quotas.open_uploads * generous:
        raise TooMuchUnderWay(
            f"You have {count} uploads under way. Finish or cancel some of them, then begin this one."
        )
    if total + size > quotas.bytes_per_day * generous:
        raise TooMuchUnderWay("You have sent as much as one person may within 24 hours. Try again later today.")
