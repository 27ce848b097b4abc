"""What one person and one organization may send, so that nobody can fill the disk or lock others out."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from sqlalchemy import ColumnElement, Row, func, select

from chassis.database import Session
from chassis.errors import ConnexionError, NotAllowedNow
from documents_svc.settings import Settings
from documents_svc.slots.slot import Slot
from documents_svc.uploads.upload import Upload, UploadState

DAY = timedelta(days=1)
SOON = timedelta(hours=48)
NEAR_THE_CLOSE = 4
"""How many times the allowances count in the last hours of a slot: the close must never find somebody locked out."""


class TooMuchUnderWay(ConnexionError):
    """You have more under way than one person may."""

    title = "Too much under way"


class PersonSentTooMuch(TooMuchUnderWay):
    """You have sent as much as one person may within 24 hours. Try again later today."""

    title = "Too much within a day"


class OrganizationSentTooMuch(TooMuchUnderWay):
    """Your organization has sent as much as one may within 24 hours. Try again later today."""

    title = "Too much within a day"


class SlotFull(NotAllowedNow):
    """This slot holds as many files as it takes."""


@dataclass(frozen=True)
class Allowance:
    """How many files, and how many bytes, may be begun within 24 hours."""

    files: int
    bytes: int

    def is_spent(self, files: int, size: int, generous: int) -> bool:
        """Whether these many files of this size together are more than the allowance, `generous` times."""
        return files > self.files * generous or size > self.bytes * generous


@dataclass(frozen=True)
class Quotas:
    """How many uploads one person may have open; what a person and an organization may begin within 24 hours."""

    open_uploads: int
    person: Allowance
    organization: Allowance

    @classmethod
    def of(cls, settings: Settings) -> "Quotas":
        """The quotas that these settings give."""
        return cls(
            settings.open_uploads_per_person,
            Allowance(settings.files_per_person_per_day, settings.bytes_per_person_per_day),
            Allowance(settings.files_per_organization_per_day, settings.bytes_per_organization_per_day),
        )


async def require_quota(session: Session, slot: Slot, size: int, quotas: Quotas) -> None:
    """Raise what is exhausted when one more upload of `size` bytes is too much for the person who acts.

    Raises `TooMuchUnderWay`, `PersonSentTooMuch` or `OrganizationSentTooMuch`. What was given up is not counted.
    """
    generous = NEAR_THE_CLOSE if slot.closes_at - session.at < SOON else 1
    spent = await _spent(session, slot)
    if spent.under_way >= quotas.open_uploads * generous:
        raise TooMuchUnderWay(
            f"You have {spent.under_way} uploads under way. Finish or cancel some of them, then begin this one."
        )
    if quotas.person.is_spent(spent.my_files + 1, spent.my_bytes + size, generous):
        raise PersonSentTooMuch
    if quotas.organization.is_spent(spent.files + 1, spent.bytes + size, generous):
        raise OrganizationSentTooMuch


async def _spent(session: Session, slot: Slot) -> Row[Any]:
    ours = Upload.organization_id == slot.organization_id
    mine = Upload.user_id == session.actor.user_id
    under_way = select(func.count()).where(ours, mine, Upload.state == UploadState.UPLOADING)
    size = func.coalesce(Upload.size, Upload.arrived)

    def together(bytes_: ColumnElement[Any]) -> ColumnElement[Any]:
        return func.coalesce(bytes_, 0)

    return (
        await session.execute(
            select(
                under_way.scalar_subquery().label("under_way"),
                func.count().filter(mine).label("my_files"),
                together(func.sum(size).filter(mine)).label("my_bytes"),
                func.count().label("files"),
                together(func.sum(size)).label("bytes"),
            ).where(ours, Upload.started_at > session.at - DAY, Upload.state != UploadState.GIVEN_UP)
        )
    ).one()
