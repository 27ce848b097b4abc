"""A breach case: any deviation from a contract, from its suspicion to its end (42 CFR 414.422(g), 414.423)."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ForeignKey, Identity, Index, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from chassis.ids import new_id
from contracts_svc.base import Base
from contracts_svc.breaches.action import BreachAction, Wish
from contracts_svc.breaches.grounds import Ground
from contracts_svc.breaches.hearing_steps import HearingSteps
from contracts_svc.breaches.lifecycle import LIFECYCLE
from contracts_svc.breaches.notice_steps import NoticeSteps
from contracts_svc.breaches.outcome_steps import OutcomeSteps
from contracts_svc.breaches.plan_steps import PlanSteps
from contracts_svc.contracts.contract import Contract


class BreachCase(NoticeSteps, PlanSteps, HearingSteps, OutcomeSteps, Base):
    """One case about one contract. Its supplier knows of it from the first notice on, and never sees the work inside.

    `slot_id` is the upload slot of what the supplier may send now; each step that asks for files has one of its own.
    """

    __tablename__ = "breach_case"
    __table_args__ = (
        Index("breach_case_mine_idx", "organization_id", "id", postgresql_where=text("told_at is not null")),
        Index("breach_case_work_idx", "clock_at", "id"),
        Index("breach_case_state_idx", "state", "clock_at", "id"),
        Index("breach_case_contract_idx", "contract_id", "state"),
        Index("breach_case_acts_idx", "acts_at", postgresql_where=text("acts_at is not null")),
    )

    serial: Mapped[int] = mapped_column(Identity(always=True), unique=True)
    organization_id: Mapped[UUID]
    contract_id: Mapped[UUID] = mapped_column(ForeignKey("contract.id"))
    contract_number: Mapped[str]
    legal_business_name: Mapped[str]
    round_code: Mapped[str]
    ground: Mapped[Ground]
    opened_at: Mapped[datetime]
    slot_id: Mapped[UUID | None]
    slot_label: Mapped[str]
    slot_until: Mapped[datetime | None]

    actions: Mapped[list[BreachAction]] = relationship(
        lazy="selectin", order_by=BreachAction.place, cascade="all, delete-orphan"
    )

    def __init__(self, contract: Contract, ground: Ground, at: datetime) -> None:
        self.id, self.state, self.row_version, self.notices = new_id(), LIFECYCLE.start, 0, 0
        self.organization_id, self.contract_id, self.round_code = (
            contract.organization_id,
            contract.id,
            contract.round_code,
        )
        self.contract_number, self.legal_business_name = contract.number, contract.legal_business_name
        self.ground, self.opened_at, self.changed_at, self.clock_at = ground, at, at, at
        self.deviations, self.suspicions, self.barred_check, self.place, self.slot_label = [], [], "", "", ""
        self.cap_allowed = self.revised = self.revision_missed = self.report_missed = self.proof_missed = False
        self.audit("breach.open", after={"ground": ground.value, "contract": contract.number})

    @property
    def number(self) -> str:
        """What people call it; nobody may read anything into it."""
        return f"B-{self.serial:05d}"

    @property
    def by_id(self) -> Mapping[UUID, BreachAction]:
        """The actions of the latest notice, or of the recommendation before it."""
        return {action.id: action for action in self.actions}

    def suspect(self, suspicion: Mapping[str, Any], at: datetime) -> None:
        """Something more points to it; what was told before changes nothing."""
        if any(each["id"] == suspicion["id"] for each in self.suspicions):
            return
        self.suspicions = [*self.suspicions, dict(suspicion)]
        self.deviations = [*self.deviations, str(suspicion["label"])]
        self.row_version += 1
        self.changed_at = at
        self.audit("breach.suspect", after={"suspicion": suspicion["id"]})

    def name_actions(self, wishes: Sequence[Wish]) -> None:
        """Name the actions that are proposed, in place of those before."""
        self.actions = [BreachAction(self.id, self.organization_id, place, wish) for place, wish in enumerate(wishes)]

    def open_slot(self, label: str, until: datetime) -> None:
        """Another slot of its own takes what the supplier may send now."""
        self.slot_id, self.slot_label, self.slot_until = new_id(), label, until
