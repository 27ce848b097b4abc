from enum import StrEnum

from chassis.lifecycle import Lifecycle, Move
from contracts_svc.contracts.permissions import DECIDE, PREPARE


class ContractState(StrEnum):
    """Where a contract stands (domain/lifecycle.md 4.9)."""

    ASSEMBLING = "ASSEMBLING"
    PENDING_CMS = "PENDING_CMS"
    EXECUTED = "EXECUTED"
    ACTIVE = "ACTIVE"
    SUSPENDED = "SUSPENDED"
    TERMINATED = "TERMINATED"
    TRANSFERRED = "TRANSFERRED"
    EXPIRED = "EXPIRED"


ASSEMBLING, PENDING_CMS, EXECUTED, ACTIVE, SUSPENDED, TERMINATED, TRANSFERRED, EXPIRED = ContractState

BEFORE_SIGNATURE = (ASSEMBLING, PENDING_CMS)
RUNNING = (EXECUTED, ACTIVE)
"""States in which the content of a contract may change: by a location, a further line, a transfer."""

LIFECYCLE = Lifecycle(
    "contract",
    start=ASSEMBLING,
    ends={TERMINATED, TRANSFERRED, EXPIRED},
    moves=[
        Move(ASSEMBLING, "send for signature", PENDING_CMS, by=PREPARE, guard="at least one accepted line"),
        Move(PENDING_CMS, "sign", PENDING_CMS, by=DECIDE, guard="somebody else than who sent it"),
        Move(PENDING_CMS, "take back", ASSEMBLING, guard="CMS took an offer back before it signed"),
        Move(PENDING_CMS, "execute", EXECUTED, guard="signed", effects="version 1"),
        Move(EXECUTED, "send extension", EXECUTED, by=PREPARE, guard="a line was accepted later"),
        Move(ACTIVE, "send extension", ACTIVE, by=PREPARE, guard="a line was accepted later"),
        Move(EXECUTED, "sign extension", EXECUTED, by=DECIDE, guard="somebody else than who sent it"),
        Move(ACTIVE, "sign extension", ACTIVE, by=DECIDE, guard="somebody else than who sent it"),
        Move(EXECUTED, "extend", EXECUTED, guard="signed", effects="new version"),
        Move(ACTIVE, "extend", ACTIVE, guard="signed", effects="new version"),
        Move(EXECUTED, "start", ACTIVE, guard="the period starts"),
        Move(
            EXECUTED,
            "change",
            EXECUTED,
            guard="a location is approved, or a line goes or comes by a transfer",
            effects="new version",
        ),
        Move(
            ACTIVE,
            "change",
            ACTIVE,
            guard="a location is approved, or a line goes or comes by a transfer",
            effects="new version",
        ),
        Move(ACTIVE, "suspend", SUSPENDED, guard="outcome of a breach case", effects="beneficiary notice"),
        Move(SUSPENDED, "end suspension", ACTIVE, guard="the suspension is over"),
        Move(
            (ACTIVE, SUSPENDED),
            "terminate",
            TERMINATED,
            guard="outcome of a breach case, or an emergency where the rule set allows it",
            effects="beneficiary notice",
        ),
        Move(ASSEMBLING, "succeed", ACTIVE, guard="another supplier's contract came to it", effects="version 1"),
        Move(ACTIVE, "transfer", TRANSFERRED, guard="novation executed"),
        Move((ACTIVE, SUSPENDED), "expire", EXPIRED, guard="the end date has passed"),
    ],
)
