"""By which rules one competition is evaluated: its part of the round's rule set (domain/bidding.md 7)."""

from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from math import floor
from typing import Literal

from events.rule_set import ContractCount, MinimumContracts, NonLeadRatio, RuleSet, Selection, SpaMethod


@dataclass(frozen=True)
class Terms:
    """The rules of one competition. `minimum` None: no minimum number of contracts applies."""

    selection: Selection
    max_share: Decimal
    capacity_policy: Literal["as_stated", "history_if_weak"]
    minimum: MinimumContracts | None
    small_supplier_target: Decimal
    spa_method: SpaMethod
    non_lead_ratio: NonLeadRatio

    @classmethod
    def of(cls, rules: RuleSet, *, remote_item: bool) -> "Terms":
        """Return the terms of an ordinary competition of a round, or of one for remote item delivery."""
        remote = rules.remote_item if remote_item else None
        return cls(
            selection=remote.selection if remote else rules.selection,
            max_share=rules.capacity.max_share,
            capacity_policy=rules.capacity.policy,
            minimum=remote.min_contracts if remote else rules.min_contracts,
            small_supplier_target=rules.small_supplier_target,
            spa_method=rules.spa_method,
            non_lead_ratio=remote.non_lead_ratio if remote else rules.non_lead_ratio,
        )


def contract_count(rule: ContractCount, suppliers: int) -> int:
    """Return how many contracts a fixed-count competition gets, rounded half up (domain/bidding.md 4.2).

    `suppliers` had at least the share of the rule in the national allowed services of the lead item.
    """
    return floor(Fraction(rule.multiplier) * suppliers + Fraction(1, 2))
