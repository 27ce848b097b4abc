"""A request to transfer a contract, or a part of it, to a successor (42 CFR 414.422(d); contracts.md 4)."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ForeignKey, Index, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from chassis.aggregate import Aggregate
from chassis.calendar import eastern_day, midnight
from chassis.duties import AnotherPersonThan
from chassis.errors import Conflict, Invalid, NotAllowedNow
from chassis.ids import new_id
from contracts_svc.base import Base
from contracts_svc.contracts.contract import Contract
from contracts_svc.transfers.lifecycle import (
    AWAITING_NOVATION,
    LIFECYCLE,
    NOTIFIED,
    OPEN,
    PACKAGING,
    TransferState,
)
from contracts_svc.transfers.terms import Extent, Side, Terms
from contracts_svc.transfers.wanted import Phase

DECIDER_IS_NOT_RECOMMENDER = AnotherPersonThan(
    "transfer.recommend",
    sentence="You recommended what to decide here. Somebody else must decide it.",
)


class TransferChanged(Conflict):
    """This transfer was changed after you opened it. Read it again before you go on."""


class NotRecommended(NotAllowedNow):
    """A contract administrator recommends what to decide first."""


class NotInEffect(NotAllowedNow):
    """Neither side has told that the change of ownership took effect. Until then the supplier stays the same."""


class TookEffect(NotAllowedNow):
    """It was told already that the change took effect. Its date stands."""


class BeforeThePackage(Invalid):
    """The documents of both sides had to come before the change took effect (TR-2). Choose the actual date."""


class Transfer(Aggregate, Base):
    """One request. It has two parties: `holder_id`, the contract supplier, and `successor_id`.

    Whoever opens it knows the other one only by a PTAN or a contract number; a sweep finds it. `to_bring`: the sweep
    has documents to ask for, or upload slots to move. `lapses_at`: until when what is awaited has to come.
    """

    __tablename__ = "contract_transfer"
    __table_args__ = (
        Index("contract_transfer_holder_idx", "holder_id", "id"),
        Index("contract_transfer_successor_idx", "successor_id", "id"),
        Index("contract_transfer_work_idx", "received_at", "id", postgresql_where=text("received_at is not null")),
        Index("contract_transfer_bring_idx", "id", postgresql_where=text("to_bring")),
        Index("contract_transfer_lapse_idx", "lapses_at", postgresql_where=text("lapses_at is not null")),
        Index(
            "contract_transfer_one_idx",
            "contract_id",
            unique=True,
            postgresql_where=text(
                f"contract_id is not null and state in ({', '.join(repr(each.value) for each in OPEN)})"
            ),
        ),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    holder_id: Mapped[UUID | None] = mapped_column(comment="the contract supplier; null: not found yet")
    successor_id: Mapped[UUID | None] = mapped_column(comment="null: not registered, or not found yet")
    opened_by: Mapped[Side]
    contract_id: Mapped[UUID | None] = mapped_column(ForeignKey("contract.id"))
    contract_number: Mapped[str]
    round_code: Mapped[str]
    serial: Mapped[int] = mapped_column(comment="the number of the contract within the round")
    holder_name: Mapped[str]
    goes: Mapped[list[dict[str, Any]]] = mapped_column(JSONB, comment="the lines that go, each with its words")
    terms: Mapped[dict[str, Any]]
    effective_on: Mapped[date] = mapped_column(comment="planned; once it took effect, the day it did")
    took_effect: Mapped[bool]
    state: Mapped[TransferState]
    row_version: Mapped[int]
    received_at: Mapped[datetime | None]
    holder_package_at: Mapped[datetime | None]
    successor_package_at: Mapped[datetime | None]
    holder_novation_at: Mapped[datetime | None]
    successor_novation_at: Mapped[datetime | None]
    package_due_at: Mapped[datetime | None]
    novation_due_at: Mapped[datetime | None]
    lapses_at: Mapped[datetime | None]
    to_bring: Mapped[bool]
    exchange: Mapped[list[dict[str, Any]]] = mapped_column(JSONB, comment="what was asked and answered, in order")
    finance: Mapped[str | None] = mapped_column(comment="acceptable or unacceptable")
    finance_note: Mapped[str]
    checks: Mapped[dict[str, Any]] = mapped_column(comment="code to yes, no or could-not-check")
    confirmed: Mapped[dict[str, Any]] = mapped_column(comment="code that was confirmed by hand, to how")
    recommendation: Mapped[str | None] = mapped_column(comment="approve, deny or not-required")
    explanation: Mapped[str]
    decided_at: Mapped[datetime | None]
    decided_by: Mapped[str | None]
    completed_on: Mapped[date | None]
    successor_contract_id: Mapped[UUID | None]
    changed_at: Mapped[datetime]

    def __init__(self, opened_by: Side, organization_id: UUID, terms: Terms, at: datetime) -> None:
        self.id, self.opened_by = new_id(), opened_by
        self.holder_id = organization_id if opened_by is Side.HOLDER else None
        self.successor_id = organization_id if opened_by is Side.SUCCESSOR else None
        self.contract_id, self.contract_number, self.round_code, self.serial, self.holder_name = None, "", "", 0, ""
        self.goes = []
        self.state, self.row_version, self.exchange, self.checks, self.confirmed = LIFECYCLE.start, 0, [], {}, {}
        self.took_effect = self.to_bring = False
        self.received_at = self.package_due_at = self.novation_due_at = self.lapses_at = None
        self.holder_package_at = self.successor_package_at = None
        self.holder_novation_at = self.successor_novation_at = None
        self.finance = self.recommendation = self.decided_at = self.decided_by = None
        self.completed_on = self.successor_contract_id = None
        self.finance_note, self.explanation, self.changed_at = "", "", at
        self.write(terms)
        self.audit("transfer.draft", after={"opened_by": opened_by, "extent": terms.extent})

    @property
    def asked(self) -> Terms:
        """What was asked for."""
        return Terms.model_validate(self.terms)

    @property
    def organizations(self) -> tuple[UUID, ...]:
        """The parties that are known, the contract supplier first."""
        return tuple(each for each in (self.holder_id, self.successor_id) if each is not None)

    def organization_of(self, side: Side) -> UUID | None:
        """Return the organization of a side; None while it is not known."""
        return self.holder_id if side is Side.HOLDER else self.successor_id

    def side_of(self, organization_id: UUID | None) -> Side:
        """Return the side an organization is on."""
        return Side.HOLDER if organization_id == self.holder_id else Side.SUCCESSOR

    def write(self, terms: Terms) -> None:
        """Write what is asked for, in a draft."""
        self.terms, self.effective_on = terms.model_dump(mode="json"), terms.effective_on

    def name_contract(self, contract: Contract) -> None:
        """The contract is known by now, and with it its supplier."""
        self.contract_id, self.holder_id, self.holder_name = (
            contract.id,
            contract.organization_id,
            contract.legal_business_name,
        )
        self.contract_number, self.round_code, self.serial = contract.number, contract.round_code, contract.serial
        self.write_lines(contract)

    def write_lines(self, contract: Contract) -> None:
        """Write in words what goes, for those who see nothing else of the contract."""
        chosen = None if self.asked.extent is Extent.FULL else set(self.asked.lines)
        lines = [line for line in contract.lines if line.stands and (chosen is None or line.id in chosen)]
        self.goes = [
            {"line_id": str(line.id), "label": line.label} for line in sorted(lines, key=lambda one: one.label)
        ]

    def find(self, *, package_due: datetime, novation_due: datetime, at: datetime) -> None:
        """A side was found that was not known: its documents can be asked for."""
        self.to_bring, self.package_due_at, self.novation_due_at = True, package_due, novation_due
        self.lapses_at = package_due if self.state is NOTIFIED else self.lapses_at
        self._touch(at)
        self.audit("transfer.find", after={"holder": _text(self.holder_id), "successor": _text(self.successor_id)})

    def submit(self, package_due: datetime, novation_due: datetime | None, at: datetime) -> None:
        """File it: the program is notified. Raises NotAllowedNow unless it is a draft."""
        self._move("submit", at)
        self.novation_due_at = novation_due
        self.received_at, self.package_due_at, self.lapses_at, self.to_bring = at, package_due, package_due, True

    def re_date(
        self, on: date, *, package_due: datetime, novation_due: datetime | None, base: int, at: datetime
    ) -> None:
        """The change takes effect on another day than planned, or took effect on a day that has come.

        Raises `TransferChanged`, `TookEffect`, `BeforeThePackage` where the package came on that day or later,
        NotAllowedNow.
        """
        self.require_row_version(base)
        moved = LIFECYCLE.next(self.state, "re-date")
        if self.took_effect:
            raise TookEffect
        packed = [each for each in (self.holder_package_at, self.successor_package_at) if each is not None]
        if (moved is NOTIFIED and package_due < at) or any(each >= midnight(on) for each in packed):
            raise BeforeThePackage(field="effective_on")
        self._move("re-date", at)
        self.effective_on, self.took_effect = on, on <= eastern_day(at)
        self.to_bring, self.novation_due_at = True, novation_due
        if self.state is NOTIFIED:
            self.package_due_at = self.lapses_at = package_due
        if self.state is AWAITING_NOVATION:
            self.lapses_at = novation_due

    def has_all_of(self, side: Side, phase: Phase, at: datetime) -> None:
        """A side has sent everything of a phase; the second side's completes it."""
        name = f"{side}_{phase}_at"
        setattr(self, name, getattr(self, name) or at)
        self._touch(at)
        self._pack_if_complete(at)
        self._novate_if_signed(at)

    def name_lines(self, lines: Sequence[UUID], base: int, at: datetime) -> None:
        """The contract supplier names what goes, where the successor asked. Raises `TransferChanged`, NotAllowedNow."""
        self.require_row_version(base)
        self._move("name lines", at)
        self.write(self.asked.model_copy(update={"lines": tuple(lines)}))
        self._pack_if_complete(at)

    def lacks(self, side: Side, phase: Phase, at: datetime) -> None:
        """A file of a side was rejected, so that it has not sent everything; while it is awaited, it counts again."""
        awaited = (NOTIFIED,) if phase is Phase.PACKAGE else (*PACKAGING, AWAITING_NOVATION)
        if self.state in awaited:
            setattr(self, f"{side}_{phase}_at", None)
            self._touch(at)

    def ask(self, question: str, answer_due: datetime, base: int, at: datetime) -> None:
        """Ask both sides for more; they may add to their packages. Raises `TransferChanged`, NotAllowedNow."""
        self._say("ask", "question", question, base, at)
        self.recommendation, self.lapses_at, self.to_bring = None, answer_due, True
        self.package_due_at = max(answer_due, self.package_due_at or answer_due)

    def answer(self, words: str, base: int, at: datetime) -> None:
        """A side answers. Raises `TransferChanged`, NotAllowedNow."""
        self._say("answer", "answer", words, base, at)
        self.lapses_at = None

    def take(self, checks: Mapping[str, str], base: int, at: datetime) -> None:
        """Take it in review, with what can be checked. Raises `TransferChanged`, NotAllowedNow."""
        self.require_row_version(base)
        self._move("take", at)
        self.checks = dict(checks)

    def review_finances(self, finding: str, note: str, base: int, at: datetime) -> None:
        """Say whether the finances of the successor are acceptable. Raises `TransferChanged`, NotAllowedNow."""
        self.require_row_version(base)
        self._move("review finances", at)
        self.finance, self.finance_note = finding, note

    def recommend(
        self, what: str, explanation: str, checks: Mapping[str, str], confirmed: Mapping[str, str], at: datetime
    ) -> None:
        """Recommend what to decide. `confirmed`: conditions that could not be checked here, and how they were."""
        self._move("recommend", at)
        self.recommendation, self.explanation, self.checks = what, explanation, dict(checks)
        self.confirmed = {code: how for code, how in confirmed.items() if checks.get(code) == "could-not-check" and how}

    def approve(self, by: str, checks: Mapping[str, str], at: datetime) -> None:
        """CMS approves it on the condition of a novation, which may have come by now.

        Raises `NotRecommended`, NotAllowedNow.
        """
        self._decide("approve", by, at)
        self.checks, self.lapses_at = dict(checks), self.novation_due_at
        self._novate_if_signed(at)

    def decide_against(self, verb: str, by: str, explanation: str, at: datetime) -> None:
        """CMS denies it, or finds that nothing has to be transferred. Raises `NotRecommended`, NotAllowedNow."""
        self._decide(verb, by, at)
        self.explanation, self.lapses_at = explanation, None

    def require_completable(self, at: datetime) -> None:
        """Raise `NotInEffect` or NotAllowedNow unless CMS may sign it now."""
        LIFECYCLE.next(self.state, "complete")
        if not self.took_effect or self.effective_on > eastern_day(at):
            raise NotInEffect

    def complete(self, by: str, successor_contract_id: UUID, at: datetime) -> None:
        """CMS has signed the novation: the successor is responsible from today on."""
        self._decide("complete", by, at)
        self.completed_on, self.successor_contract_id = eastern_day(at), successor_contract_id

    def lapse(self, because: str, at: datetime) -> None:
        """What had to come did not, or the contract has ended: the contract stays as it is."""
        self._move("lapse", at)
        self.explanation, self.lapses_at = because, None

    def withdraw(self, base: int, at: datetime) -> None:
        """A side takes it back. Raises `TransferChanged`, NotAllowedNow once it has an outcome."""
        self.require_row_version(base)
        self._move("withdraw", at)
        self.lapses_at = None

    def require_row_version(self, base: int) -> None:
        """Raise `TransferChanged` when it is not as it was read."""
        if base != self.row_version:
            raise TransferChanged

    def _pack_if_complete(self, at: datetime) -> None:
        named = self.asked.extent is Extent.FULL or self.asked.lines
        if self.state is NOTIFIED and named and self.holder_package_at and self.successor_package_at:
            self._move("package", at)
            self.lapses_at = None

    def _novate_if_signed(self, at: datetime) -> None:
        if self.state is AWAITING_NOVATION and self.holder_novation_at and self.successor_novation_at:
            self._move("novate", at)
            self.lapses_at = None

    def _say(self, verb: str, kind: str, words: str, base: int, at: datetime) -> None:
        self.require_row_version(base)
        self._move(verb, at)
        self.exchange = [*self.exchange, {"kind": kind, "text": words, "at": at.isoformat()}]

    def _decide(self, verb: str, by: str, at: datetime) -> None:
        self._move(verb, at)
        if self.recommendation is None:
            raise NotRecommended
        self.decided_at, self.decided_by = at, by

    def _move(self, verb: str, at: datetime) -> None:
        before, self.state = self.state, LIFECYCLE.next(self.state, verb)
        self._touch(at)
        self.audit(f"transfer.{verb.replace(' ', '-')}", before={"state": before}, after={"state": self.state})

    def _touch(self, at: datetime) -> None:
        self.row_version += 1
        self.changed_at = at


def _text(organization_id: UUID | None) -> str | None:
    return str(organization_id) if organization_id else None
