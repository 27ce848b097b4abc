"""What the evaluation decides about a bid after the close (domain/lifecycle.md 4.3)."""

from abc import abstractmethod
from collections.abc import Collection
from datetime import datetime
from typing import TYPE_CHECKING, Any

from sqlalchemy.orm import Mapped

from bidding_svc.disqualification.reason import Reason
from bidding_svc.form_b.lifecycle import BID_LIFECYCLE, BidState
from chassis.aggregate import Aggregate
from events.bidding import BidCleared, BidDisqualified


class Judged(Aggregate):
    """The side of a `Bid` that is judged. Nothing of it lets the bids of the competition be compared anew."""

    if TYPE_CHECKING:
        state: Mapped[BidState]
        reasons: Mapped[list[str]]
        told_at: Mapped[datetime | None]
        changed_at: Mapped[datetime]

    def may(self, verb: str) -> bool:
        """Whether the evaluation can still do this with the bid: it may have been decided otherwise meanwhile."""
        return BID_LIFECYCLE.can(self.state, verb)

    def disqualify(self, reasons: Collection[Reason], at: datetime) -> None:
        """Take it out of the evaluation, for every reason found. Raises `NotAllowedNow` where it is out already."""
        self._judge("disqualify", at, reasons=reasons)
        self.reasons = [reason.value for reason in reasons]
        told = tuple(reason.code for reason in reasons)
        self.say(BidDisqualified(**self._about(), reasons=told, disqualified_at=at))

    def ask_to_substantiate(self, at: datetime) -> None:
        """The bidder was asked how the amount was built."""
        self._judge("ask to substantiate", at)

    def accept_amount(self, at: datetime) -> None:
        """The amount is a bona fide one: the bid goes on as it was received."""
        self._judge("accept amount", at)

    def ask_for_proof(self, at: datetime) -> None:
        """The bidder was told which requirements are not verified."""
        self._judge("ask for proof", at)

    def clear(self, at: datetime) -> None:
        """Every eligibility requirement was met by the close."""
        self._judge("clear", at)
        self.say(BidCleared(**self._about(), cleared_at=at))

    def win(self, at: datetime) -> None:
        """It is in the winning range of its competition."""
        self._judge("select", at)

    def leave_out(self, at: datetime) -> None:
        """Its amount is above the pivotal bid: it stays on the list for later demand."""
        self._judge("leave out", at)

    def add_to_winners(self, at: datetime) -> None:
        """It is added above the pivotal bid; payment amounts are not made of it."""
        self._judge("add", at)

    def offer(self, at: datetime) -> None:
        """A contract is offered for it."""
        self._judge("offer", at)

    def decide_offer(self, at: datetime, *, accepted: bool) -> None:
        """What its bidder decided about the offer is final; one that lapsed is declined."""
        self._judge("accept" if accepted else "decline", at)

    def reinstate(self, at: datetime) -> None:
        """An inquiry was upheld: the bid takes part again. 42 CFR 414.414; the payment amounts stay as they are."""
        self._judge("reinstate", at)
        self.reasons, self.told_at = [], None
        self.say(BidCleared(**self._about(), cleared_at=at))

    def _judge(self, verb: str, at: datetime, *, reasons: Collection[Reason] = ()) -> None:
        before, self.state = self.state, BID_LIFECYCLE.next(self.state, verb)
        self.changed_at = at
        after = {"state": self.state} | ({"reasons": [each.value for each in reasons]} if reasons else {})
        self.audit(f"bid.{verb.replace(' ', '-')}", before={"state": before}, after=after)

    @abstractmethod
    def _about(self) -> dict[str, Any]:
        """Return what every event says of the bid."""
