"""One line of an offer: a contract in one competition, until CMS has signed it (domain/lifecycle.md 4.6)."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ForeignKey, Index
from sqlalchemy.dialects.postgresql import ARRAY, JSONB
from sqlalchemy.orm import Mapped, mapped_column
from sqlalchemy.types import Text

from bidding_svc.base import Base
from bidding_svc.offers.lifecycle import ACCEPTED, DECLINED, GIVEN_UP, LIFECYCLE, OPEN, RESCINDED, LineState
from chassis.actor import Actor
from chassis.aggregate import Aggregate
from chassis.errors import Invalid
from chassis.ids import new_id


class RiskNotAcknowledged(Invalid):
    """Declining this offer forfeits the bid surety bond of the area. Acknowledge the warning, or accept the offer."""


class ReasonMissing(Invalid):
    """Say why the offer is taken back. The bidder and the auditors read it."""


class OfferLine(Aggregate, Base):
    """What is offered for one competition. Amounts are in cents; `prices` is the schedule of payment amounts."""

    __tablename__ = "offer_line"
    __table_args__ = (
        Index("offer_line_offer_idx", "offer_id"),
        Index("offer_line_bid_idx", "bid_id"),
        Index("offer_line_competition_idx", "round_code", "category_code", "cba_code"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    offer_id: Mapped[UUID] = mapped_column(ForeignKey("offer.id"))
    organization_id: Mapped[UUID]
    bidder_id: Mapped[UUID] = mapped_column(ForeignKey("bidder.id"))
    bid_id: Mapped[UUID] = mapped_column(ForeignKey("bid.id"))
    round_code: Mapped[str]
    category_code: Mapped[str]
    cba_code: Mapped[str]
    label: Mapped[str] = mapped_column(comment="category and area, in words")
    state: Mapped[LineState]
    at_or_below_median: Mapped[bool]
    bond_at_risk: Mapped[bool] = mapped_column(comment="declining or letting it lapse forfeits the bond of the area")
    prices: Mapped[list[dict[str, Any]]] = mapped_column(JSONB, comment="hcpcs and amount in cents")
    locations: Mapped[list[str]] = mapped_column(ARRAY(Text), comment="PTANs that may furnish")
    decided_at: Mapped[datetime | None]
    decided_by: Mapped[str | None]
    decided_person: Mapped[UUID | None]
    risk_acknowledged: Mapped[bool]
    final_at: Mapped[datetime | None] = mapped_column(comment="since when nothing changes it but CMS")
    rescinded_because: Mapped[str | None]

    def __init__(
        self,
        about: Mapping[str, Any],
        *,
        at_or_below_median: bool,
        bond_at_risk: bool,
        prices: Sequence[dict[str, Any]],
        locations: Sequence[str],
    ) -> None:
        """`about` names offer, bidder, bid and competition by the columns of this table."""
        self.id, self.state = new_id(), LIFECYCLE.start
        for name, value in about.items():
            setattr(self, name, value)
        self.at_or_below_median, self.bond_at_risk = at_or_below_median, bond_at_risk
        self.prices, self.locations = list(prices), list(locations)
        self.decided_at = self.decided_by = self.decided_person = self.final_at = self.rescinded_because = None
        self.risk_acknowledged = False
        self._move("issue", bond_at_risk=bond_at_risk)

    @property
    def is_final(self) -> bool:
        """Whether its decision counts: submitted, due, or taken back."""
        return self.final_at is not None

    @property
    def given_up(self) -> bool:
        """Whether it was declined or left to lapse."""
        return self.state in GIVEN_UP

    def accept(self, by: Actor, at: datetime) -> None:
        """Accept; the same again changes nothing. Raises `NotAllowedNow`."""
        if self.state is not ACCEPTED:
            self._decide("accept", by, at)

    def decline(self, by: Actor, at: datetime, *, risk_acknowledged: bool) -> None:
        """Decline; the same again changes nothing. Raises `RiskNotAcknowledged`, `NotAllowedNow`."""
        if self.state is DECLINED:
            return
        if self.bond_at_risk and not risk_acknowledged:
            raise RiskNotAcknowledged(field=f"decisions.{self.id}.risk_acknowledged")
        self._decide("decline", by, at)
        self.risk_acknowledged = risk_acknowledged

    def finish(self, at: datetime) -> None:
        """It was submitted, or is due: what was chosen is final, what was not has lapsed."""
        self._move("lapse" if self.state is OPEN else "submit", final_at=at.isoformat())
        self.final_at = at

    def rescind(self, reason: str, at: datetime) -> None:
        """CMS takes it back. Raises `ReasonMissing`, `NotAllowedNow`."""
        if not reason.strip():
            raise ReasonMissing(field="reason")
        self._move("withdraw offer", reason=reason.strip())
        self.rescinded_because, self.final_at = reason.strip(), at

    def go_with_competition(self, reason: str, at: datetime) -> None:
        """Its competition was taken out of the round: there is nothing to be contracted. Raises `NotAllowedNow`."""
        self._move("withdraw with competition", reason=reason)
        self.rescinded_because, self.final_at = reason, at

    def contract(self) -> None:
        """CMS has signed the contract that this line is part of.

        One that was taken back while CMS signed is contracted all the same: a signature that both have given wins over
        a rescission that was on its way. Why it was to be taken back stays in the audit trail.
        """
        if self.state is RESCINDED:
            self._move("sign nevertheless", reason=self.rescinded_because)
            self.rescinded_because = None
        else:
            self._move("contract")

    def _decide(self, verb: str, by: Actor, at: datetime) -> None:
        self._move(verb)
        self.decided_at, self.decided_by, self.decided_person = at, by.user_id, by.person_id
        self.risk_acknowledged = False

    def _move(self, verb: str, reason: str | None = None, **told: Any) -> None:
        before, self.state = self.state, LIFECYCLE.next(self.state, verb)
        action = f"offer_line.{verb.replace(' ', '-')}"
        self.audit(action, before={"state": before}, after={"state": self.state} | told, reason=reason)
