from collections.abc import Sequence
from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import ForeignKey, Index
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from chassis.actor import Actor
from chassis.ids import new_id
from contracts_svc.base import Base


class PaperKind(StrEnum):
    """What was sent in a breach case, or written in it."""

    EVIDENCE_OF_BREACH = "evidence-of-breach"
    PLAN = "plan"
    REVISED_PLAN = "revised-plan"
    PLAN_RETURNED = "plan-returned"
    PLAN_RECOMMENDATION = "plan-recommendation"
    FOLLOW_UP = "follow-up-report"
    HEARING_REQUEST = "hearing-request"
    SUPPLIER_EVIDENCE = "supplier-evidence"
    CMS_EVIDENCE = "cms-evidence"
    HEARING_RECOMMENDATION = "hearing-recommendation"
    BENEFICIARY_PROOF = "beneficiary-proof"
    REMARK = "remark"


INSIDE = (
    PaperKind.EVIDENCE_OF_BREACH,
    PaperKind.PLAN_RECOMMENDATION,
    PaperKind.HEARING_RECOMMENDATION,
    PaperKind.REMARK,
)
"""What the supplier does not see: the work of the CBIC and of CMS. CMS's evidence is seen once it is shared."""


class BreachPaper(Base):
    """Words and files of a breach case, by whom and when: written once, never changed."""

    __tablename__ = "breach_paper"
    __table_args__ = (Index("breach_paper_case_idx", "case_id", "written_at", "id"),)

    id: Mapped[UUID] = mapped_column(primary_key=True)
    case_id: Mapped[UUID] = mapped_column(ForeignKey("breach_case.id"))
    organization_id: Mapped[UUID]
    kind: Mapped[PaperKind]
    text: Mapped[str]
    files: Mapped[list[dict[str, Any]]] = mapped_column(JSONB, comment="as their receipts tell them")
    written_at: Mapped[datetime]
    written_by: Mapped[str]

    def __init__(
        self,
        case_id: UUID,
        organization_id: UUID,
        kind: PaperKind,
        text: str,
        *,
        by: Actor,
        at: datetime,
        files: Sequence[dict[str, Any]] = (),
    ) -> None:
        self.id, self.case_id, self.organization_id, self.kind = new_id(), case_id, organization_id, kind
        self.text, self.files, self.written_at, self.written_by = text, list(files), at, by.user_id
