from datetime import datetime

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from bidding_svc.base import Base


class PaymentAmount(Base):
    """A single payment amount as it was published: one for all contract suppliers, for the whole period. Cents."""

    __tablename__ = "payment_amount"

    round_code: Mapped[str] = mapped_column(ForeignKey("round.code"), primary_key=True)
    category_code: Mapped[str] = mapped_column(primary_key=True)
    cba_code: Mapped[str] = mapped_column(primary_key=True)
    item: Mapped[str] = mapped_column(primary_key=True)
    amount_cents: Mapped[int]
    published_at: Mapped[datetime]


class ContractSupplier(Base):
    """A contract supplier of a competition as it was announced to the public."""

    __tablename__ = "contract_supplier"

    round_code: Mapped[str] = mapped_column(ForeignKey("round.code"), primary_key=True)
    category_code: Mapped[str] = mapped_column(primary_key=True)
    cba_code: Mapped[str] = mapped_column(primary_key=True)
    bidder_number: Mapped[str] = mapped_column(primary_key=True)
    legal_business_name: Mapped[str]
    announced_at: Mapped[datetime]
