"""A product that is not in the coding contractor's list: the CBIC screens how it is coded (contracts.md 6)."""

from datetime import datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import ForeignKey, Index, text
from sqlalchemy.orm import Mapped, mapped_column

from chassis.aggregate import Aggregate
from chassis.ids import new_id
from chassis.lifecycle import Lifecycle, Move
from contracts_svc.base import Base
from contracts_svc.form_c.content import Product
from contracts_svc.form_c.lifecycle import FOLLOW_UP
from contracts_svc.form_c.report import FormCReport


class Screening(StrEnum):
    """Where an added product stands."""

    PENDING = "PENDING"
    CODED = "CODED"
    WRONG = "WRONG"
    WITHDRAWN = "WITHDRAWN"


PENDING, CODED, WRONG, WITHDRAWN = Screening

LIFECYCLE = Lifecycle(
    "added product",
    start=PENDING,
    ends=set(),
    moves=[
        Move(PENDING, "pass", CODED, by=FOLLOW_UP, guard="coded correctly", effects="also where others added it"),
        Move(PENDING, "know", CODED, guard="the same product was screened before"),
        Move(PENDING, "fail", WRONG, by=FOLLOW_UP, guard="coded wrongly", effects="also where others added it"),
        Move((PENDING, CODED, WRONG), "withdraw", WITHDRAWN, guard="the report names it no more"),
        Move(WITHDRAWN, "add again", PENDING, guard="the report names it again"),
    ],
)


class AddedProduct(Aggregate, Base):
    """A product that one report added to an item."""

    __tablename__ = "form_c_added_product"
    __table_args__ = (
        Index("form_c_added_product_report_idx", "report_id", "hcpcs", "key", unique=True),
        Index("form_c_added_product_same_idx", "hcpcs", "key", "state"),
        Index("form_c_added_product_queue_idx", "added_at", "id", postgresql_where=text("state = 'PENDING'")),
        Index("form_c_added_product_mine_idx", "organization_id", "state"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    report_id: Mapped[UUID] = mapped_column(ForeignKey("form_c_report.id"))
    organization_id: Mapped[UUID]
    hcpcs: Mapped[str]
    manufacturer: Mapped[str]
    model_name: Mapped[str]
    model_number: Mapped[str]
    key: Mapped[str] = mapped_column(comment="the product without case, spaces and width")
    label: Mapped[str] = mapped_column(comment="category and area, in words")
    state: Mapped[Screening]
    row_version: Mapped[int]
    remark: Mapped[str]
    added_at: Mapped[datetime]
    screened_at: Mapped[datetime | None]
    screened_by: Mapped[str | None]

    def __init__(self, report: FormCReport, product: Product, at: datetime) -> None:
        self.id, self.report_id, self.organization_id = new_id(), report.id, report.organization_id
        self.hcpcs, self.manufacturer = product.hcpcs, product.manufacturer
        self.model_name, self.model_number, self.key = product.model_name, product.model_number, product.key
        self.label, self.state, self.row_version, self.remark, self.added_at = report.label, LIFECYCLE.start, 0, "", at
        self.screened_at = self.screened_by = None

    def move(self, verb: str) -> None:
        """Go on in its lifecycle. Raises NotAllowedNow."""
        before, self.state = self.state, LIFECYCLE.next(self.state, verb)
        self.row_version += 1
        self.audit(f"added-product.{verb.replace(' ', '-')}", before={"state": before}, after={"state": self.state})

    def screen(self, verb: str, remark: str, by: str, at: datetime) -> None:
        """Say whether it is coded correctly (“pass”) or not (“fail”), with a remark. Raises NotAllowedNow."""
        self.move(verb)
        self.remark, self.screened_by, self.screened_at = remark, by, at
