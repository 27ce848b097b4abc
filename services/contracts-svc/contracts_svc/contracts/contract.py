"""A contract: the legal thing between CMS and one bidder of a round, with a line for each competition it won.

It changes in versions. What was signed or approved as one version never changes; the contract itself is the latest.
"""

from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import BigInteger, Identity, Index, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, WriteOnlyMapped, mapped_column, relationship

from chassis.aggregate import Aggregate
from chassis.calendar import eastern_day, midnight
from chassis.duties import AnotherPersonThan
from chassis.errors import Conflict, NotAllowedNow
from chassis.ids import new_id
from contracts_svc.base import Base
from contracts_svc.contracts.content import content_of, snapshot_by, snapshot_of
from contracts_svc.contracts.entry import ContractEntry
from contracts_svc.contracts.lifecycle import (
    ACTIVE,
    ASSEMBLING,
    BEFORE_SIGNATURE,
    EXECUTED,
    LIFECYCLE,
    PENDING_CMS,
    SUSPENDED,
    ContractState,
)
from contracts_svc.contracts.line import ContractLine
from contracts_svc.contracts.permissions import VIEW
from contracts_svc.contracts.succession import Succession
from contracts_svc.contracts.version import ContractVersion
from events.contracts import ContractExecuted
from events.offers import OfferLineAccepted

SIGNER_IS_NOT_SENDER = AnotherPersonThan(
    "contract.send-for-signature",
    "contract.send-extension",
    sentence="You sent this contract for signature. Another contracting officer must sign it.",
)


LABELS = {
    ContractState.EXECUTED: "CMS signed the contract",
    ContractState.ACTIVE: "The contract is active",
    ContractState.SUSPENDED: "The contract is suspended",
    ContractState.TERMINATED: "The contract is terminated",
    ContractState.TRANSFERRED: "The contract was transferred",
    ContractState.EXPIRED: "The contract has expired",
}
"""How the history of a contract tells its states."""


class NothingToSign(NotAllowedNow):
    """Nothing of this contract waits for a signature. Load the page again to see how it stands now."""


class NothingToSend(NotAllowedNow):
    """Every accepted line of this contract was sent for signature already."""


class ContractChanged(Conflict):
    """This contract was changed after you opened it. Read it again before you decide."""


class BeingSealed(NotAllowedNow):
    """CMS has just signed this contract, and its sealed copy is being made. Try again once it is there."""


class Contract(Aggregate, Base):
    """One contract of a bidder in a round. Days are Eastern days; the period includes both its ends."""

    __tablename__ = "contract"
    __table_args__ = (
        Index("contract_mine_idx", "organization_id", "id"),
        Index("contract_state_idx", "state", "id"),
        Index("contract_queue_idx", "id", postgresql_where=text("awaiting_signature")),
        Index("contract_moves_idx", "moves_at", postgresql_where=text("moves_at is not null")),
        Index("contract_said_again_idx", "say_again_at", postgresql_where=text("say_again_at is not null")),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    serial: Mapped[int] = mapped_column(BigInteger, Identity(always=True), unique=True)
    organization_id: Mapped[UUID]
    bidder_id: Mapped[UUID] = mapped_column(unique=True, comment="one contract per bidder and round")
    succeeds: Mapped[UUID | None] = mapped_column(comment="the contract it came from")
    bidder_number: Mapped[str]
    legal_business_name: Mapped[str]
    named_at: Mapped[datetime] = mapped_column(comment="when the line was accepted that told parties and period")
    round_code: Mapped[str]
    starts_on: Mapped[date]
    ends_on: Mapped[date]
    state: Mapped[ContractState]
    row_version: Mapped[int]
    version: Mapped[int] = mapped_column(comment="the version in force; 0 before the first is")
    revision: Mapped[int] = mapped_column(comment="counts the changes of the public snapshot")
    statuses: Mapped[list[dict[str, Any]]] = mapped_column(JSONB, comment="state since a day, in order")
    awaiting_signature: Mapped[bool]
    being_sealed: Mapped[bool] = mapped_column(comment="signed, and not in force until it is sealed")
    sent_at: Mapped[datetime | None]
    sent_by: Mapped[str | None] = mapped_column(comment="the user id of who sent it for signature last")
    signed_at: Mapped[datetime | None]
    signed_by: Mapped[str | None]
    suspended_until: Mapped[date | None]
    cause: Mapped[str | None] = mapped_column(comment="why it was suspended or ended early")
    moves_at: Mapped[datetime | None] = mapped_column(comment="when the calendar moves it next")
    say_again_at: Mapped[datetime | None] = mapped_column(comment="when its snapshot is said again")
    changed_at: Mapped[datetime]
    told_at: Mapped[datetime | None] = mapped_column(comment="when the public snapshot changed last")

    entries: WriteOnlyMapped[ContractEntry] = relationship()
    lines: Mapped[list[ContractLine]] = relationship(
        lazy="selectin", order_by=ContractLine.id, cascade="all, delete-orphan"
    )

    def __init__(self, told: OfferLineAccepted | Succession) -> None:
        self.id, self.state = new_id(), LIFECYCLE.start
        self.succeeds = told.succeeds if isinstance(told, Succession) else None
        self.organization_id, self.bidder_id, self.round_code = told.organization_id, told.bidder_id, told.round_code
        self.row_version = self.version = self.revision = 0
        self.statuses, self.lines = [], []
        self.awaiting_signature = self.being_sealed = False
        self.sent_at = self.signed_at = self.moves_at = self.say_again_at = self.told_at = None
        self.sent_by = self.signed_by = self.suspended_until = self.cause = None
        self._take_parties(told)
        self.changed_at = told.accepted_at
        self.audit("contract.assemble", after={"bidder": told.bidder_number, "round": told.round_code})

    @property
    def number(self) -> str:
        """The contract number; nobody may read anything into it (contracts.md 1)."""
        return f"{self.round_code}-{self.serial:06d}"

    def line(self, line_id: UUID) -> ContractLine | None:
        """Return one of its lines that stands on the signed contract; None when there is no such line."""
        return next((each for each in self.lines if each.id == line_id and each.stands), None)

    def take_line(self, told: OfferLineAccepted) -> None:
        """Take an accepted line, in whatever order lines come; one that is there already changes nothing.

        After the contract was sent for signature a further line waits, to be sent as its extension (lifecycle.md 4.6).
        """
        if any(line.id == told.line_id for line in self.lines):
            return
        self.lines.append(ContractLine(told, self.id))
        if self.state is ASSEMBLING and told.accepted_at > self.named_at:
            self._take_parties(told)
        self._touch(told.accepted_at)
        self.audit("contract.take-line", after={"line": str(told.line_id), "label": told.label})

    def give_back_line(self, line_id: UUID, at: datetime) -> None:
        """CMS took an offer back before it signed: its line goes, and what was sent with it is to be sent again.

        One that is not there any more changes nothing. Where CMS signed while the rescission was on its way, the
        signature wins: both have signed, and what both have signed is ended by a breach case or by its date, not by
        an offer that is no offer any more. bidding-svc hears of the signature and shows the line as contracted. Nothing
        is parked: both sides come to the same whichever they hear first (domain/lifecycle.md 4.6).
        """
        line = next((each for each in self.lines if each.id == line_id), None)
        if line is None:
            return
        if line.is_contracted or (line.sent and self.being_sealed):
            self.audit("contract.keep-signed-line", after={"line": str(line_id), "label": line.label})
            return
        if line.sent:
            if self.state is PENDING_CMS:
                self._move("take back", at)
            self.awaiting_signature = False
            for each in self.lines:
                each.sent = each.is_contracted
        self.lines.remove(line)
        self._touch(at)
        self.audit("contract.give-back-line", after={"line": str(line_id), "label": line.label})

    def send(self, base: int, by: str, at: datetime, npis: Mapping[str, str]) -> None:
        """Send what was accepted for CMS's signature: the contract, or its extension by further lines.

        `npis` are the National Provider Identifiers of its locations, as far as they are known. Raises
        `ContractChanged`, `NothingToSend`, and NotAllowedNow where the state has no such act.
        """
        self.require_row_version(base)
        waiting = [line for line in self.lines if not line.sent]
        self._move("send for signature" if self.state is ASSEMBLING else "send extension", at)
        if not waiting or self.awaiting_signature or self.being_sealed:
            raise NothingToSend
        for line in waiting:
            line.send(npis)
        self.awaiting_signature, self.sent_at, self.sent_by = True, at, by

    def to_sign(self, at: datetime) -> dict[str, Any]:
        """Return the content that a signature at this moment is for: every line that was sent.

        A line's locations may furnish from the start of the period, or from the signature where that is later.
        """
        day = max(self.starts_on, eastern_day(at))
        return content_of(
            self, [line for line in self.lines if line.sent], version=self.version + 1, new_lines_from=day
        )

    def sign(self, base: int, by: str, at: datetime) -> ContractVersion:
        """Sign what waits for a signature, as a new version that is in force once it is sealed.

        Raises `ContractChanged`, and `NothingToSign` when somebody else has signed it meanwhile.
        """
        self.require_row_version(base)
        if not self.awaiting_signature:
            raise NothingToSign
        reason = "signed" if self.state is PENDING_CMS else "extended"
        made = self._version(reason, self.to_sign(at), by, at)
        self._move("sign" if self.state is PENDING_CMS else "sign extension", at)
        self.awaiting_signature, self.being_sealed, self.signed_at, self.signed_by = False, True, at, by
        return made

    def first_day(self, made: ContractVersion) -> date:
        """Return the day from which locations may furnish under the lines that a version was signed for."""
        return max(self.starts_on, eastern_day(made.signed_at))

    def put_in_force(self, made: ContractVersion, begun: Sequence[UUID], at: datetime) -> None:
        """The signed version is sealed: the contract is executed, or extended by the lines (ids) that begin with it.

        What the snapshot tells of the lines is what was signed: nothing can have changed since (`BeingSealed`).
        """
        self.version, made.in_force_at, self.being_sealed = made.number, at, False
        self._move("execute" if self.state is PENDING_CMS else "extend", at)
        self.say(
            ContractExecuted(
                contract_id=self.id,
                organization_id=self.organization_id,
                round_code=self.round_code,
                contract_number=self.number,
                version=made.number,
                line_ids=tuple(sorted(begun)),
                starts_on=self.starts_on,
                ends_on=self.ends_on,
                executed_at=at,
            )
        )
        self._tell(at, made.content)

    def require_changeable(self) -> None:
        """Raise NotAllowedNow unless its content may change now: it runs, and no signed version waits to be sealed."""
        LIFECYCLE.next(self.state, "change")
        if self.being_sealed:
            raise BeingSealed

    def change(self, reason: str, by: str, at: datetime) -> ContractVersion:
        """Make what was changed on its lines a new version, in force at once. Raises NotAllowedNow, `BeingSealed`."""
        self.require_changeable()
        contracted = [line for line in self.lines if line.is_contracted]
        made = self._version(reason, content_of(self, contracted, version=self.version + 1), by, at)
        self.version, made.in_force_at = made.number, at
        self._move("change", at)
        self._tell(at)
        return made

    def move_by_calendar(self) -> None:
        """Start, end a suspension, or expire, as of the moment that was due."""
        if self.moves_at is None:
            return
        at = self.moves_at
        if self.state is EXECUTED:
            self._move("start", at)
        elif at >= self._end:
            self._move("expire", at)
        else:
            self._move("end suspension", at)
            self.suspended_until = self.cause = None
        self._tell(at)

    def suspend(self, until: date, cause: str, at: datetime) -> None:
        """Suspend the contract from now on until a day, inclusive. Raises NotAllowedNow unless it is active."""
        self.suspended_until, self.cause = until, cause
        self._move("suspend", at)
        self._tell(at)

    def terminate(self, cause: str, at: datetime) -> None:
        """End the contract early, for good. Raises NotAllowedNow unless it is active or suspended."""
        self.cause = cause
        self._move("terminate", at)
        self._tell(at)

    def transfer(self, at: datetime) -> None:
        """The whole contract has gone to a successor. Raises NotAllowedNow unless it is active."""
        self._move("transfer", at)
        self._tell(at)

    def succeed_to(self, told: OfferLineAccepted, npis: Mapping[str, str], day: date) -> ContractLine:
        """Take a line of another supplier's contract, from a day on; it stands in the version that is made next."""
        line = ContractLine(told, self.id)
        line.send(npis)
        line.begin(day)
        line.since_version = self.version + 1
        self.lines.append(line)
        return line

    def succeed(self, by: str, at: datetime) -> ContractVersion:
        """The contract of a successor is in force with the lines that came to it, as its first version."""
        made = self._version("signed", content_of(self, self.lines, version=1), by, at)
        self.version, made.in_force_at, self.signed_at, self.signed_by = made.number, at, at, by
        self._move("succeed", at)
        self._tell(at)
        return made

    def say_again(self) -> None:
        """Say the snapshot once more, unchanged, and note when to do so next."""
        if self.say_again_at is not None:
            self.say_again_at = midnight(eastern_day(self.say_again_at) + timedelta(days=1))
        self.say(snapshot_of(self))

    def note(self, kind: str, label: str, permission: str, at: datetime, **details: Any) -> None:
        """Note what happened under the contract, for the maintenance summary and the recent activity."""
        entry = ContractEntry(
            self.id, self.organization_id, kind, label=label, permission=permission, occurred_at=at, details=details
        )
        self.entries.add(entry)

    def require_row_version(self, base: int) -> None:
        """Raise `ContractChanged` when a decision was made from another state of the contract than it has now."""
        if base != self.row_version:
            raise ContractChanged

    @property
    def _end(self) -> datetime:
        return midnight(self.ends_on + timedelta(days=1))

    def _take_parties(self, told: OfferLineAccepted | Succession) -> None:
        self.bidder_number, self.legal_business_name = told.bidder_number, told.legal_business_name
        self.starts_on, self.ends_on = told.period_starts_on, told.period_ends_on
        self.named_at = told.accepted_at

    def _version(self, reason: str, content: Mapping[str, Any], by: str, at: datetime) -> ContractVersion:
        made = ContractVersion(self.id, self.organization_id, self.version + 1, reason, content)
        made.signed_by, made.signed_at = by, at
        return made

    def _move(self, verb: str, at: datetime) -> None:
        before, self.state = self.state, LIFECYCLE.next(self.state, verb)
        if self.state is not before and self.state not in BEFORE_SIGNATURE:
            self.statuses = [*self.statuses, {"state": self.state.value, "since": eastern_day(at).isoformat()}]
            self.note(self.state.value.lower(), LABELS[self.state], VIEW, at)
        self.moves_at = self._next_move(at)
        self._touch(at)
        self.audit(
            f"contract.{verb.replace(' ', '-')}",
            before={"state": before},
            after={"state": self.state, "version": self.version},
        )

    def _next_move(self, at: datetime) -> datetime | None:
        if self.state is EXECUTED:
            return max(midnight(self.starts_on), at)
        if self.state is SUSPENDED and self.suspended_until is not None:
            return min(midnight(self.suspended_until + timedelta(days=1)), self._end)
        return self._end if self.state is ACTIVE else None

    def _touch(self, at: datetime) -> None:
        self.row_version += 1
        self.changed_at = max(self.changed_at, at)

    def _tell(self, at: datetime, content: Mapping[str, Any] | None = None) -> None:
        """The public snapshot has changed: say it, by what a version says where that is given."""
        self.revision += 1
        self.told_at = at
        self.say_again_at = self.say_again_at or midnight(eastern_day(at) + timedelta(days=1))
        self.say(snapshot_of(self) if content is None else snapshot_by(self, content))
