"""What happened for an organization: entries that are written once and never changed."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Index, UniqueConstraint
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from chassis.aggregate import Aggregate
from chassis.ids import new_id
from events.notices import ActivityRecorded
from notices_svc.base import Base

VIEW = "activity.view"


class ActivityEntry(Aggregate, Base):
    """One entry of the recent activity. A fact (`about`, such as `file:<id>`) has at most one entry of each kind."""

    __tablename__ = "activity"
    __table_args__ = (
        UniqueConstraint("about", "kind"),
        Index("activity_mine_idx", "organization_id", "occurred_at", "id"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    organization_id: Mapped[UUID]
    kind: Mapped[str]
    about: Mapped[str]
    label: Mapped[str]
    details: Mapped[dict[str, Any]] = mapped_column(JSONB)
    permission: Mapped[str] = mapped_column(comment="needed to see it")
    occurred_at: Mapped[datetime]

    def __init__(
        self,
        *,
        organization_id: UUID,
        kind: str,
        about: str,
        label: str,
        permission: str,
        occurred_at: datetime,
        details: dict[str, Any],
    ) -> None:
        self.id = new_id()
        self.organization_id, self.kind, self.about, self.label = organization_id, kind, about, label
        self.permission, self.occurred_at, self.details = permission, occurred_at, details
        self.audit("activity.record", after={"kind": kind, "about": about})
        self.say(
            ActivityRecorded(
                activity_id=self.id,
                organization_id=organization_id,
                kind=kind,
                about=about,
                permission=permission,
                occurred_at=occurred_at,
            )
        )
