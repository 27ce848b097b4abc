"""The mirror of one location's enrolment record: what the record says, and what follows from it as of a day."""

from datetime import date, datetime
from typing import Any, Literal
from uuid import UUID

from sqlalchemy import ForeignKey
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column, relationship

from chassis.aggregate import Aggregate
from chassis.calendar import within
from chassis.ids import new_id
from events.enrolment import EnrolmentState, Official, RecordReported, StatusPeriod
from identity_adapter.base import Base
from identity_adapter.enrolment.record import check, content_of

PRIVATE = frozenset({"tin", "officials"})
"""What no snapshot says, and of what the audit trail tells that it changed and no more."""
UNTOLD = "(not told)"

Status = Literal["active", "inactive", "unknown"]
Parts = Mapped[list[dict[str, Any]]]


class EnrolmentOfficial(Base):
    """An official whom the record of a location names; who it is can be matched (`officials.py`), not read."""

    __tablename__ = "enrolment_official"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    ptan: Mapped[str] = mapped_column(ForeignKey("enrolment.ptan"), index=True)
    kind: Mapped[str] = mapped_column(comment="AO or DO")
    given_name: Mapped[str]
    family_name: Mapped[str]
    digest: Mapped[str]
    valid_from: Mapped[date | None]
    valid_to: Mapped[date | None]

    def __init__(self, official: Official) -> None:
        self.id, self.kind, self.digest = new_id(), official.kind, official.digest
        self.given_name, self.family_name = official.given_name, official.family_name
        self.valid_from, self.valid_to = official.valid_from, official.valid_to

    def as_reported(self) -> dict[str, Any]:
        """Return the official as a report has it, as JSON."""
        return Official.model_validate(self, from_attributes=True).model_dump(mode="json")


class Enrolment(Aggregate, Base):
    """A location (PTAN) as the enrolment record has it."""

    __tablename__ = "enrolment"

    ptan: Mapped[str] = mapped_column(primary_key=True)
    organization_id: Mapped[UUID | None] = mapped_column(ForeignKey("organization.id"), index=True)
    version: Mapped[int] = mapped_column(comment="counts the snapshots that were said")
    npi: Mapped[str]
    tin: Mapped[str] = mapped_column(index=True, comment="said to nobody: in no snapshot, log or audit row")
    legal_business_name: Mapped[str]
    location: Mapped[dict[str, Any]]
    ownership_group: Mapped[str | None]
    status_periods: Parts = mapped_column(JSONB)
    licences: Parts = mapped_column(JSONB)
    accreditations: Parts = mapped_column(JSONB)
    exclusions: Parts = mapped_column(JSONB)
    reported_at: Mapped[datetime] = mapped_column(comment="when the record was last seen to stand like this")

    officials: Mapped[list[EnrolmentOfficial]] = relationship(
        lazy="selectin", order_by=EnrolmentOfficial.id, cascade="all, delete-orphan"
    )

    def __init__(self, record: RecordReported) -> None:
        self.ptan, self.version, self.organization_id, self.reported_at = record.ptan, 0, None, record.reported_at
        check(record)
        self._take(content_of(record))
        self.audit("enrolment.add", after={"npi": record.npi, "legal_business_name": record.legal_business_name})

    @property
    def id(self) -> str:
        """What the audit trail knows it by."""
        return self.ptan

    def report(self, record: RecordReported) -> bool:
        """Take over what the record says now, and tell whether that is anything new.

        A report older than the last one changes nothing. Raises what `record.check` raises.
        """
        check(record)
        if record.reported_at < self.reported_at:
            return False
        self.reported_at = record.reported_at
        before, after = self._content(), content_of(record)
        changed = {name: after[name] for name in after if before[name] != after[name]}
        if changed:
            self.audit("enrolment.report", before=_told({name: before[name] for name in changed}), after=_told(changed))
            self._take(changed)
        return bool(changed)

    def belong_to(self, organization_id: UUID | None) -> bool:
        """Note whose location this is, and tell whether that is anything new."""
        if self.organization_id == organization_id:
            return False
        before, self.organization_id = self.organization_id, organization_id
        self.audit("enrolment.assign", before={"organization": before}, after={"organization": organization_id})
        return True

    def tell(self) -> None:
        """Say the location as it stands now: once for all that a transaction changed."""
        self.version += 1
        said = {name: value for name, value in self._content().items() if name not in PRIVATE}
        said |= {"ptan": self.ptan, "version": self.version, "organization_id": self.organization_id}
        self.say(EnrolmentState.model_validate(said | {"reported_at": self.reported_at}))

    def status_on(self, day: date) -> Status:
        """Return how the location was enrolled on a day. What is not known is unknown, and never active.

        Days before the first status period are not known to the record; a later day that no period has is inactive.
        """
        periods = [StatusPeriod.model_validate(period) for period in self.status_periods]
        if not any(period.valid_from <= day for period in periods):
            return "unknown"
        period = next((each for each in periods if within(day, each.valid_from, each.valid_to)), None)
        return "inactive" if period is None or period.status == "revoked" else period.status

    def names_authorized_official(self, digest: str, day: date) -> bool:
        """Whether the record names this person as an authorized official on that day.

        A delegated official does not count: they register as end users (`domain/roles.md 2`).
        """
        return any(
            official.kind == "AO" and official.digest == digest and within(day, official.valid_from, official.valid_to)
            for official in self.officials
        )

    def _take(self, content: dict[str, Any]) -> None:
        for name, value in content.items():
            if name == "officials":
                self.officials = [EnrolmentOfficial(Official.model_validate(each)) for each in value]
            else:
                setattr(self, name, value)

    def _content(self) -> dict[str, Any]:
        """What the record says, in the form of `record.content_of`."""
        return {
            "npi": self.npi,
            "tin": self.tin,
            "legal_business_name": self.legal_business_name,
            "location": self.location,
            "ownership_group": self.ownership_group,
            "status_periods": self.status_periods,
            "licences": self.licences,
            "accreditations": self.accreditations,
            "exclusions": self.exclusions,
            "officials": sorted((official.as_reported() for official in self.officials), key=repr),
        }


def _told(content: dict[str, Any]) -> dict[str, Any]:
    return {name: UNTOLD if name in PRIVATE else value for name, value in content.items()}
