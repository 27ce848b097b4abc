from collections.abc import Mapping
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ForeignKey, Index
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column, relationship

from chassis.calendar import within
from chassis.ids import new_id
from contracts_svc.base import Base
from events.offers import OfferLineAccepted


class LineLocation(Base):
    """A location that may furnish under a line, from and until these days, both inclusive.

    No first day: the line is not part of a signed contract yet. A location that left and came back has two rows.
    """

    __tablename__ = "contract_location"
    __table_args__ = (
        Index("contract_location_line_idx", "line_id"),
        Index("contract_location_ptan_idx", "ptan"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    line_id: Mapped[UUID] = mapped_column(ForeignKey("contract_line.id"))
    contract_id: Mapped[UUID]
    organization_id: Mapped[UUID]
    ptan: Mapped[str]
    npi: Mapped[str | None]
    effective_from: Mapped[date | None]
    effective_to: Mapped[date | None]

    def is_on(self, day: date) -> bool:
        """Whether the location may furnish on a day."""
        return self.effective_from is not None and within(day, self.effective_from, self.effective_to)

    @property
    def stays(self) -> bool:
        """Whether no end is set."""
        return self.effective_to is None


class ContractLine(Base):
    """One competition of a contract: a product category in an area, at the area's single payment amounts."""

    __tablename__ = "contract_line"
    __table_args__ = (
        Index("contract_line_contract_idx", "contract_id"),
        Index("contract_line_competition_idx", "round_code", "category_code", "cba_code"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, comment="the accepted offer line")
    contract_id: Mapped[UUID] = mapped_column(ForeignKey("contract.id"))
    organization_id: Mapped[UUID]
    round_code: Mapped[str]
    category_code: Mapped[str]
    cba_code: Mapped[str]
    label: Mapped[str] = mapped_column(comment="category and area, in words")
    prices: Mapped[list[dict[str, Any]]] = mapped_column(JSONB, comment="hcpcs and amount in cents")
    accepted_at: Mapped[datetime]
    accepted_by: Mapped[UUID] = mapped_column(comment="the person")
    sent: Mapped[bool] = mapped_column(comment="whether it was sent for signature")
    since_version: Mapped[int | None] = mapped_column(comment="the first version it stands in; null: not signed yet")
    left_on: Mapped[date | None] = mapped_column(comment="its last day on this contract; it went to a successor")

    locations: Mapped[list[LineLocation]] = relationship(
        lazy="selectin", order_by=(LineLocation.ptan, LineLocation.id), cascade="all, delete-orphan"
    )

    def __init__(self, told: OfferLineAccepted, contract_id: UUID) -> None:
        self.id, self.contract_id, self.organization_id = told.line_id, contract_id, told.organization_id
        self.round_code, self.category_code, self.cba_code = told.round_code, told.category_code, told.cba_code
        self.label, self.accepted_at, self.accepted_by = told.label, told.accepted_at, told.accepted_by
        self.prices = [{"hcpcs": each.hcpcs, "amount": each.amount} for each in told.prices]
        self.sent, self.since_version, self.left_on = False, None, None
        self.locations = []
        for ptan in dict.fromkeys(told.locations):
            self.put_on(ptan, None, None)

    @property
    def is_contracted(self) -> bool:
        """Whether it is part of the signed contract; also one that went since, up to its last day."""
        return self.since_version is not None

    @property
    def stands(self) -> bool:
        """Whether it is part of the signed contract, and did not go to a successor."""
        return self.is_contracted and self.left_on is None

    @property
    def competition(self) -> tuple[str, str, str]:
        """The round, the product category and the area."""
        return self.round_code, self.category_code, self.cba_code

    def leave(self, last_day: date) -> None:
        """The line goes to a successor: its locations furnish under this contract up to this day."""
        self.left_on = last_day
        for location in self.locations:
            if location.effective_to is None or location.effective_to > last_day:
                location.effective_to = last_day

    def put_on(self, ptan: str, npi: str | None, effective_from: date | None) -> LineLocation:
        """Put a location on the line from a day on."""
        location = LineLocation(
            id=new_id(),
            line_id=self.id,
            contract_id=self.contract_id,
            organization_id=self.organization_id,
            ptan=ptan,
            npi=npi,
            effective_from=effective_from,
            effective_to=None,
        )
        self.locations.append(location)
        return location

    def standing(self, ptan: str) -> LineLocation | None:
        """Return the location with this PTAN for which no end is set; None when there is none."""
        return next((each for each in self.locations if each.ptan == ptan and each.stays), None)

    def send(self, npis: Mapping[str, str]) -> None:
        """The line is sent for signature, with the National Provider Identifiers that are known by now."""
        self.sent = True
        for location in self.locations:
            location.npi = npis.get(location.ptan)

    def begin(self, day: date) -> None:
        """The line becomes part of a contract: its locations may furnish from this day on."""
        for location in self.locations:
            location.effective_from = day
