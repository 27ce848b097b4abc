from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ForeignKey, Index
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from chassis.ids import new_id
from contracts_svc.base import Base
from contracts_svc.contracts.version import digest_of
from contracts_svc.form_c.report import FormCReport


class CertifiedReport(Base):
    """A report as it was certified, each time; that never changes. The next period is prefilled from the last one."""

    __tablename__ = "form_c_certification"
    __table_args__ = (
        Index("form_c_certification_report_idx", "report_id", "number", unique=True),
        Index("form_c_certification_line_idx", "line_id", "starts_on", "number"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    report_id: Mapped[UUID] = mapped_column(ForeignKey("form_c_report.id"))
    organization_id: Mapped[UUID]
    line_id: Mapped[UUID]
    starts_on: Mapped[date]
    number: Mapped[int]
    content: Mapped[dict[str, Any]] = mapped_column(JSONB)
    content_sha256: Mapped[str]
    late: Mapped[bool]
    certified_by: Mapped[str] = mapped_column(comment="the user id")
    certified_at: Mapped[datetime]

    def __init__(self, report: FormCReport, by: str, at: datetime) -> None:
        self.id, self.report_id, self.organization_id = new_id(), report.id, report.organization_id
        self.line_id, self.starts_on, self.number = report.line_id, report.starts_on, report.certified
        self.content, self.late = report.content, report.missed
        self.content_sha256 = digest_of(
            {"report": str(report.id), "starts_on": report.starts_on.isoformat(), **report.content}
        )
        self.certified_by, self.certified_at = by, at
