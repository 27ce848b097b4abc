"""The end of a case: a decision on each action, its effect, and the proof that beneficiaries were told."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from sqlalchemy.orm import Mapped, mapped_column

from chassis.calendar import eastern_day, midnight
from chassis.errors import Invalid, NotAllowedNow
from chassis.ids import new_id
from contracts_svc.breaches.action import OF_THE_CONTRACT, BreachAction
from contracts_svc.breaches.lifecycle import ACTION_IN_EFFECT
from contracts_svc.breaches.steps import Rules, Steps, once_missed, require_in_time


@dataclass(frozen=True)
class Decided:
    """What is decided, or recommended, about one action."""

    applies: bool
    because: str
    effective_on: date | None = None


class EachAction(Invalid):
    """Say of each action of the notice whether it applies, and why."""


class EffectNeeded(Invalid):
    """Give the day from which the action applies: today or later, and before a suspension ends."""


class NoProofAsked(NotAllowedNow):
    """Nothing is asked about your beneficiaries in this case, or the proof has been sent."""


class OutcomeSteps(Steps):
    """What CMS decides, and what follows from it by the calendar."""

    decide_by: Mapped[datetime | None]
    decided_at: Mapped[datetime | None]
    proof_by: Mapped[datetime | None] = mapped_column(comment="until when beneficiaries are told, and it is proved")
    proved_at: Mapped[datetime | None]
    proof_missed: Mapped[bool]

    notice_id: Mapped[UUID | None]
    effect_on: Mapped[date | None]

    def decide(
        self,
        rules: Rules,
        actions: Mapping[UUID, BreachAction],
        decided: Mapping[UUID, Decided],
        *,
        base: int,
        at: datetime,
    ) -> None:
        """CMS decides each action, finally. Raises `CaseChanged`, `EachAction`, `EffectNeeded`, NotAllowedNow."""
        self.require_row_version(base)
        self._move("decide", at)
        if set(decided) != set(actions):
            raise EachAction(field="actions")
        for action_id, action in actions.items():
            verdict = decided[action_id]
            if verdict.applies and not _sensible(action, verdict.effective_on, eastern_day(at)):
                raise EffectNeeded(field=f"actions.{action.place}.effective_on")
            action.decide(applies=verdict.applies, effective_on=verdict.effective_on, because=verdict.because)
        self.decided_at, self.notice_id = at, new_id()
        applying = [action for action in actions.values() if action.applies]
        if not applying:
            self._move("close", at)
            return
        if any(action.kind in OF_THE_CONTRACT for action in applying):
            self.proof_by = rules.due("BENEFICIARY_NOTICE", eastern_day(at))
        self.watch(actions)

    def begin_effect(self, rules: Rules, actions: Mapping[UUID, BreachAction], at: datetime) -> bool:
        """The first action takes effect: by a decision, or because nobody answered the notice. Returns which.

        True where nobody answered: then every action of the notice applies from that day.
        """
        unanswered = self.decided_at is None
        self._move("take effect", at)
        if unanswered:
            self.notice_id = new_id()
            for action in actions.values():
                action.decide(
                    applies=True, effective_on=self.effect_on, because="No plan and no hearing was asked for."
                )
            if any(action.kind in OF_THE_CONTRACT for action in actions.values()):
                self.proof_by = rules.due("BENEFICIARY_NOTICE", eastern_day(at))
        return unanswered

    def prove(self, base: int, at: datetime) -> None:
        """The supplier proves that its beneficiaries were told. Raises `CaseChanged`, `NoProofAsked`, `TooLate`."""
        self.require_row_version(base)
        if not self.awaits_proof:
            raise NoProofAsked
        require_in_time(at, self.proof_by)
        self.proved_at, self.changed_at = at, at
        self.row_version += 1
        self.audit("breach.prove")

    def miss_proof(self, at: datetime) -> None:
        """No proof came in time, which is a further breach."""
        self.proof_missed = True
        self.row_version += 1
        self.changed_at = at
        self.audit("breach.miss-proof")

    @property
    def awaits_proof(self) -> bool:
        """Whether the supplier is still to prove that beneficiaries were told."""
        return self.proof_by is not None and self.proved_at is None and not self.proof_missed

    def watch(self, actions: Mapping[UUID, BreachAction]) -> None:
        """Set when the calendar looks at the case next: an action that takes effect, or a proof that does not come."""
        waits = [action.acts_at for action in actions.values() if action.acts_at is not None]
        if self.awaits_proof and self.proof_by is not None:
            waits.append(once_missed(self.proof_by))
        self.acts_at = min(waits, default=None)
        if self.awaits_proof and self.proof_by is not None:
            self.clock_at = self.proof_by
        elif self.state is not ACTION_IN_EFFECT and self.acts_at is not None:
            self.clock_at = self.acts_at


def _sensible(action: BreachAction, effective_on: date | None, today: date) -> bool:
    if effective_on is None or effective_on < today:
        return False
    return action.until is None or midnight(effective_on) <= midnight(action.until)
