"""A disclosure: one arrangement with one subcontractor, or that there is none (42 CFR 414.422(f); contracts.md 5)."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ForeignKey, Index, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from chassis.aggregate import Aggregate
from chassis.calendar import due_at, in_time
from chassis.errors import Conflict, NotAllowedNow
from chassis.ids import new_id
from contracts_svc.base import Base
from contracts_svc.contracts.contract import Contract
from contracts_svc.subcontracting.lifecycle import LIFECYCLE, DisclosureState
from contracts_svc.subcontracting.terms import Due, Terms


class DisclosureChanged(Conflict):
    """This disclosure was changed after you opened it. Read it again before you go on."""


class ChecksUnmet(NotAllowedNow):
    """The subcontractor is excluded or not accredited, or that could not be checked and nobody confirmed it."""


class NothingToChange(NotAllowedNow):
    """This says that there are no subcontractors. Disclose the arrangement itself."""


class Disclosure(Aggregate, Base):
    """What a contract supplier disclosed. Without `terms` it says that there are no subcontractors.

    `late`: it, or its latest change, came after its date; it is taken all the same.
    """

    __tablename__ = "subcontract_disclosure"
    __table_args__ = (
        Index("subcontract_disclosure_mine_idx", "organization_id", "id"),
        Index("subcontract_disclosure_work_idx", "state", "submitted_at", "id"),
        Index("subcontract_disclosure_contract_idx", "contract_id"),
        Index(
            "subcontract_disclosure_accredited_idx",
            "accredited_until",
            postgresql_where=text("state = 'ACKNOWLEDGED' and accredited_until is not null"),
        ),
        Index("subcontract_disclosure_ptan_idx", "ptan", postgresql_where=text("ptan is not null")),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    organization_id: Mapped[UUID]
    contract_id: Mapped[UUID] = mapped_column(ForeignKey("contract.id"))
    contract_number: Mapped[str]
    legal_business_name: Mapped[str] = mapped_column(comment="the contract supplier")
    round_code: Mapped[str]
    terms: Mapped[dict[str, Any] | None] = mapped_column(
        JSONB(none_as_null=True), comment="null: there are no subcontractors"
    )
    ptan: Mapped[str | None] = mapped_column(comment="the subcontractor, where it is enrolled")
    accredited_until: Mapped[date | None]
    state: Mapped[DisclosureState]
    row_version: Mapped[int]
    due_at: Mapped[datetime] = mapped_column(comment="as told; never changed")
    stricter_at: Mapped[datetime] = mapped_column(comment="the stricter reading of the rule, as a hint")
    submitted_at: Mapped[datetime]
    late: Mapped[bool]
    checks: Mapped[dict[str, Any]] = mapped_column(JSONB, comment="check to yes, no or could-not-check")
    confirmed: Mapped[dict[str, Any]] = mapped_column(JSONB, comment="check that was confirmed by hand, to how")
    exchange: Mapped[list[dict[str, Any]]] = mapped_column(JSONB, comment="what was asked, answered, changed, in order")
    explanation: Mapped[str]
    ended_on: Mapped[date | None]
    changed_at: Mapped[datetime]

    def __init__(self, contract: Contract, terms: Terms | None, due: Due, at: datetime) -> None:
        self.id, self.organization_id, self.contract_id = new_id(), contract.organization_id, contract.id
        self.contract_number, self.round_code = contract.number, contract.round_code
        self.legal_business_name = contract.legal_business_name
        self.state, self.row_version, self.late = LIFECYCLE.start, 0, False
        self.checks, self.confirmed, self.exchange, self.explanation, self.ended_on = {}, {}, [], "", None
        self.due_at, self.stricter_at, self.submitted_at = due_at(due.on), due_at(due.stricter_on), at
        self._write(terms)
        self._move("submit", at)
        self.late = not in_time(at, self.due_at)

    @property
    def content(self) -> dict[str, Any]:
        """What is signed."""
        return {"contract": str(self.contract_id), "terms": self.terms}

    @property
    def subcontractor(self) -> str:
        """The subcontractor in words."""
        return self.terms["legal_business_name"] if self.terms else "No subcontractors"

    def change(self, terms: Terms, due: Due, base: int, at: datetime) -> None:
        """Disclose a change of an arrangement. Raises `DisclosureChanged`, `NothingToChange`, NotAllowedNow."""
        self.require_row_version(base)
        if self.terms is None:
            raise NothingToChange
        self._move("change", at)
        self.exchange = [*self.exchange, {"kind": "change", "before": self.terms, "at": at.isoformat()}]
        self.due_at, self.stricter_at, self.submitted_at = due_at(due.on), due_at(due.stricter_on), at
        self.late, self.checks, self.confirmed = not in_time(at, self.due_at), {}, {}
        self._write(terms)

    def end(self, on: date, base: int, at: datetime) -> None:
        """The supplier ends the arrangement on a day. Raises `DisclosureChanged`, NotAllowedNow."""
        self.require_row_version(base)
        self._move("end", at)
        self.ended_on = on

    def take(self, checks: Mapping[str, str], base: int, at: datetime) -> None:
        """Take it in review, with what the enrolment record says. Raises `DisclosureChanged`, NotAllowedNow."""
        self.require_row_version(base)
        self._move("take", at)
        self.checks = dict(checks)

    def ask(self, question: str, base: int, at: datetime) -> None:
        """Ask the supplier for more. Raises `DisclosureChanged`, NotAllowedNow."""
        self._say("ask", "question", question, base, at)

    def answer(self, words: str, base: int, at: datetime) -> None:
        """The supplier answers. Raises `DisclosureChanged`, NotAllowedNow."""
        self._say("answer", "answer", words, base, at)

    def acknowledge(self, checks: Mapping[str, str], confirmed: Mapping[str, str], base: int, at: datetime) -> None:
        """The program has taken note of it. `confirmed`: checks that could not be made here, and how they were made.

        Raises `DisclosureChanged`, `ChecksUnmet`, NotAllowedNow.
        """
        self.require_row_version(base)
        LIFECYCLE.next(self.state, "acknowledge")
        by_hand = {check: how for check, how in confirmed.items() if checks.get(check) == "could-not-check" and how}
        if any(answer != "yes" and check not in by_hand for check, answer in checks.items()):
            raise ChecksUnmet
        self._move("acknowledge", at)
        self.checks, self.confirmed = dict(checks), by_hand

    def refuse(self, explanation: str, base: int, at: datetime) -> None:
        """The arrangement is not permitted. Raises `DisclosureChanged`, NotAllowedNow."""
        self.require_row_version(base)
        self._move("refuse", at)
        self.explanation = explanation

    def lapse(self, because: str, at: datetime) -> None:
        """It holds no more: the subcontractor is excluded, or not accredited any more."""
        self._move("lapse", at)
        self.explanation = because

    def require_row_version(self, base: int) -> None:
        """Raise `DisclosureChanged` when it is not as it was read."""
        if base != self.row_version:
            raise DisclosureChanged

    def _say(self, verb: str, kind: str, words: str, base: int, at: datetime) -> None:
        self.require_row_version(base)
        self._move(verb, at)
        self.exchange = [*self.exchange, {"kind": kind, "text": words, "at": at.isoformat()}]

    def _write(self, terms: Terms | None) -> None:
        self.terms = terms.model_dump(mode="json") if terms else None
        self.ptan, self.accredited_until = (terms.ptan, terms.accredited_until) if terms else (None, None)

    def _move(self, verb: str, at: datetime) -> None:
        before, self.state = self.state, LIFECYCLE.next(self.state, verb)
        self.row_version += 1
        self.changed_at = at
        self.audit(f"subcontract.{verb}", before={"state": before}, after={"state": self.state})
