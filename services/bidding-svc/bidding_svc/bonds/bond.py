"""A bid surety bond: of one bidder for one area, covering every category bid there (42 CFR 414.412(g), (h))."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import ForeignKey, Index, UniqueConstraint, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from bidding_svc.base import Base
from bidding_svc.bidders.bidder import Bidder
from bidding_svc.bonds import telling
from bidding_svc.bonds.checklist import Element, folded
from bidding_svc.bonds.clocks import Clocks
from bidding_svc.bonds.forfeiture import FinalLine
from bidding_svc.bonds.lifecycle import FORFEITURE_PENDING, HELD, LIFECYCLE, BondState
from bidding_svc.bonds.paper import Paper
from bidding_svc.requirements.requirement import Requirement
from bidding_svc.rounds.calendar import require_reason
from chassis.aggregate import Aggregate
from chassis.duties import AnotherPersonThan
from chassis.errors import Conflict, Invalid, NotAllowedNow
from chassis.ids import new_id

FORFEITER_DID_NOT_NOTIFY = AnotherPersonThan(
    "bond.notify-surety", sentence="You notified the surety. Somebody else must decide the forfeiture."
)
DECIDER_DID_NOT_REPORT = AnotherPersonThan(
    "bond.report-falsification", sentence="You reported this bond. Somebody else must decide about it."
)


class Bar(StrEnum):
    """From which rounds the bidder of a falsified bond is barred (42 CFR 414.412(h)(3))."""

    NONE = "none"
    THIS_ROUND = "this-round"
    THIS_AND_NEXT_ROUND = "this-and-next-round"


class BondChanged(Conflict):
    """Somebody changed this bond after you read it. Load it again and look at it as it is now."""


class ReturnNotStarted(NotAllowedNow):
    """Bonds are returned once CMS has announced the contract suppliers of the round, or cancelled it."""


class ReviewUnderWay(NotAllowedNow):
    """This bond is still reviewed: a bid of its area takes part in the evaluation. Decide the review first."""


class OfferWaits(NotAllowedNow):
    """An offer in this area waits for an answer, which may put the bond at risk. Return it once that is final."""


class SuretyNotNotified(NotAllowedNow):
    """CMS notifies the surety before it collects. Record the letter first."""


class NothingReported(NotAllowedNow):
    """Nobody has reported that this bond is falsified."""


class DayInTheFuture(Invalid):
    """This day has not come yet."""


class ReferenceMissing(Invalid):
    """Give the reference, so that the letter or the payment can be found."""


class Bond(Aggregate, Base):
    """The bond that a bidder sent for an area. Money is in cents. What its paper says is null until it is keyed in."""

    __tablename__ = "bond"
    __table_args__ = (
        UniqueConstraint("bidder_id", "cba_code"),
        Index("bond_work_idx", "round_code", "state", "id"),
        Index("bond_return_idx", "round_code", "state", "return_due_at", "id"),
        Index("bond_warn_idx", "warn_at", postgresql_where=text("warned_at is null")),
        Index("bond_number_idx", "surety_naic", "number_folded"),
        Index("bond_reported_idx", "id", postgresql_where=text("reported_at is not null")),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    organization_id: Mapped[UUID] = mapped_column(index=True)
    bidder_id: Mapped[UUID] = mapped_column(ForeignKey("bidder.id"))
    bidder_number: Mapped[str]
    round_code: Mapped[str] = mapped_column(ForeignKey("round.code"))
    cba_code: Mapped[str]
    area: Mapped[str] = mapped_column(comment="the area's name")
    requirement_id: Mapped[UUID] = mapped_column(ForeignKey("requirement.id"), unique=True)
    opened_at: Mapped[datetime]
    amount_cents: Mapped[int] = mapped_column(comment="what the rule set asks for in this area")
    state: Mapped[BondState]
    version: Mapped[int]
    paper: Mapped[dict[str, Any] | None] = mapped_column(JSONB, comment="as keyed in; null: nobody has read it yet")
    surety_naic: Mapped[str | None]
    number_folded: Mapped[str | None] = mapped_column(comment="the bond number, to compare by")
    return_due_at: Mapped[datetime | None] = mapped_column(comment="as told once the suppliers were announced")
    warn_at: Mapped[datetime | None]
    warned_at: Mapped[datetime | None]
    late_offers_until: Mapped[datetime | None] = mapped_column(comment="offers made until then put it at risk")
    given_up: Mapped[list[dict[str, Any]]] = mapped_column(JSONB, comment="the lines that forfeit it")
    surety_notified_on: Mapped[date | None]
    surety_reference: Mapped[str | None]
    collected_on: Mapped[date | None]
    collection_reference: Mapped[str | None]
    reported_at: Mapped[datetime | None] = mapped_column(comment="as falsified, and not decided yet")
    reported_because: Mapped[str | None]
    bar: Mapped[Bar | None]
    referred: Mapped[bool | None] = mapped_column(comment="to the OIG and the Department of Justice")
    decided_at: Mapped[datetime | None] = mapped_column(comment="when it came to the state it is in")
    decided_by: Mapped[str | None]

    def __init__(self, requirement: Requirement, bidder: Bidder, *, area: str, amount_cents: int, at: datetime) -> None:
        self.id, self.state, self.version = new_id(), LIFECYCLE.start, 1
        self.organization_id, self.bidder_id, self.bidder_number = bidder.organization_id, bidder.id, bidder.number
        self.round_code, self.requirement_id, self.area = requirement.round_code, requirement.id, area
        self.cba_code, self.amount_cents, self.opened_at = str(requirement.cba_code), amount_cents, at
        self.paper = self.surety_naic = self.number_folded = None
        self.return_due_at = self.warn_at = self.warned_at = self.late_offers_until = None
        self.given_up = []
        self.surety_notified_on = self.surety_reference = self.collected_on = self.collection_reference = None
        self.reported_at = self.reported_because = self.bar = self.referred = None
        self.decided_at = self.decided_by = None
        self.audit("bond.open", after={"bidder": bidder.number, "cba": self.cba_code, "amount_cents": amount_cents})

    def may(self, verb: str) -> bool:
        """Whether its state allows this; guards are not asked."""
        return LIFECYCLE.can(self.state, verb)

    def require_version(self, base: int) -> None:
        """Raise `BondChanged` when it is not any more as whoever decides has read it."""
        if base != self.version:
            raise BondChanged

    def key_in(self, paper: Paper) -> None:
        """Note what its paper says. Raises `NotAllowedNow` once it was judged."""
        LIFECYCLE.next(self.state, "verify")
        self.paper, self.surety_naic = paper.kept(), paper.naic or None
        self.number_folded = folded(paper.bond_number) or None
        self.version += 1
        self.audit("bond.key-in", after={"elements": sorted(name for name, said in self.paper.items() if said)})

    def verify(self, by: str, at: datetime) -> None:
        """Two people found every element. Raises `NotAllowedNow`."""
        self._move("verify", by, at)
        self.say(telling.verified(self, at))

    def reject(self, elements: Sequence[Element], by: str, at: datetime) -> None:
        """Two people found that elements are lacking. Raises `NotAllowedNow`."""
        self._move("reject", by, at, elements=elements)
        self.say(telling.rejected(self, elements, at))

    def start_clocks(self, clocks: Clocks) -> None:
        """The contract suppliers were announced, or the round was cancelled: told once, never computed again."""
        self.return_due_at, self.warn_at = clocks.return_due_at, clocks.warn_at
        self.late_offers_until = clocks.late_offers_until
        self.audit("bond.start-clocks", after={"return_due_at": clocks.return_due_at, "warn_at": clocks.warn_at})

    def warn(self, at: datetime) -> None:
        """The day of the warning has come, and it was not returned."""
        self.warned_at = at
        self.audit("bond.warn", after={"return_due_at": self.return_due_at})

    def open_forfeiture(self, lines: Sequence[FinalLine], by: str, at: datetime) -> None:
        """An offer that put it at risk was given up. Raises `NotAllowedNow`."""
        self._move("open forfeiture", by, at, lines=[line.line_id for line in lines])
        self.given_up = [
            {"category_code": line.category_code, "cba_code": line.cba_code, "label": line.label} for line in lines
        ]
        self.say(telling.forfeiture_opened(self, at))

    def notify_surety(self, on: date, reference: str, today: date) -> None:
        """Record the letter to the surety. Raises `DayInTheFuture`, `ReferenceMissing`, `NotAllowedNow`."""
        on, reference = _fact(on, reference, today)
        self._act("notify surety", on=on.isoformat(), reference=reference)
        self.surety_notified_on, self.surety_reference = on, reference

    def forfeit(self, collected_on: date, reference: str, by: str, at: datetime, today: date) -> None:
        """CMS has collected by electronic funds transfer.

        Raises `SuretyNotNotified`, `DayInTheFuture`, `ReferenceMissing`, `NotAllowedNow`.
        """
        if self.state is FORFEITURE_PENDING and self.surety_notified_on is None:
            raise SuretyNotNotified
        collected_on, reference = _fact(collected_on, reference, today)
        self._move("forfeit", by, at, collected_on=collected_on.isoformat(), reference=reference)
        self.collected_on, self.collection_reference = collected_on, reference
        self.say(telling.forfeited(self, at))

    def give_back(self, by: str, at: datetime, *, taking_part: bool, offered: bool) -> None:
        """Return the liability. `taking_part`: bids of its area are in the evaluation, so it must have been verified.

        `offered`: an offer of its area waits for an answer. Raises `ReturnNotStarted`, `ReviewUnderWay`, `OfferWaits`,
        `NotAllowedNow`.
        """
        if self.state in HELD and self.return_due_at is None:
            raise ReturnNotStarted
        if self.state is BondState.UPLOADED and taking_part:
            raise ReviewUnderWay
        if self.state in HELD and offered:
            raise OfferWaits
        self._move("return", by, at)
        self.say(telling.returned(self, at))

    def report_falsification(self, because: str, at: datetime) -> None:
        """Say that it is falsified, for CMS to decide. Raises `ReasonMissing`, `NotAllowedNow`."""
        self.reported_because = require_reason(because)
        self.reported_at = at
        self._act("report falsification", reason=self.reported_because)

    def dismiss_report(self, because: str) -> None:
        """CMS does not find it falsified. Raises `NothingReported`, `ReasonMissing`, `NotAllowedNow`."""
        self._require_reported()
        because = require_reason(because)
        self._act("dismiss report", reason=because)
        self.reported_at = self.reported_because = None

    def declare_falsified(self, bar: Bar, because: str, by: str, at: datetime, *, referred: bool) -> None:
        """CMS finds it falsified. Raises `NothingReported`, `ReasonMissing`, `NotAllowedNow`."""
        self._require_reported()
        because = require_reason(because)
        self._move("declare falsified", by, at, because, bar=bar, referred=referred)
        self.bar, self.referred = bar, referred
        self.say(telling.falsified(self, bar, at))

    def _require_reported(self) -> None:
        if self.state is not BondState.FALSIFIED and self.reported_at is None:
            raise NothingReported

    def _move(self, verb: str, by: str, at: datetime, reason: str | None = None, **told: Any) -> None:
        self._act(verb, reason=reason, **told)
        self.decided_by, self.decided_at = by, at

    def _act(self, verb: str, *, reason: str | None = None, **told: Any) -> None:
        was, self.state = self.state, LIFECYCLE.next(self.state, verb)
        self.version += 1
        moved: Mapping[str, Any] = {"state": self.state} if was is not self.state else {}
        self.audit(
            f"bond.{verb.replace(' ', '-')}",
            before={"state": was} if moved else None,
            after={**moved, **told} or None,
            reason=reason,
        )


def _fact(on: date, reference: str, today: date) -> tuple[date, str]:
    """Return what is recorded about the world outside. Raises `DayInTheFuture`, `ReferenceMissing`."""
    if on > today:
        raise DayInTheFuture(field="on")
    if not reference.strip():
        raise ReferenceMissing(field="reference")
    return on, reference.strip()
