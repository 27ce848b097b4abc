"""The status of a contract in the words that a supplier reads (contracts.md 8)."""

from datetime import date

from pydantic import BaseModel

from contracts_svc.contracts.contract import Contract
from contracts_svc.contracts.lifecycle import (
    ACTIVE,
    EXECUTED,
    EXPIRED,
    SUSPENDED,
    TERMINATED,
    TRANSFERRED,
    ContractState,
)

_ENDED = {TERMINATED: "Terminated", TRANSFERRED: "Transferred", EXPIRED: "Expired"}


class ShownStatus(BaseModel):
    """A status in words, with the day it speaks of where there is one."""

    words: str
    day: date | None = None


def shown_to_supplier(contract: Contract, *, change_open: bool, notice_issued: bool = False) -> ShownStatus:
    """Return how a contract's supplier sees its status. A contract that is not executed is never shown as signed.

    `change_open`: a change is open, and `notice_issued`: a notice of breach is, that the reader may know of.
    """
    state = contract.state
    if state is EXECUTED:
        return ShownStatus(words="Signed, starts on", day=contract.starts_on)
    if state is ACTIVE:
        open_now = [
            words for words, known in (("change pending", change_open), ("notice issued", notice_issued)) if known
        ]
        return ShownStatus(words=" - ".join(["Active", ", ".join(open_now)]) if open_now else "Active")
    if state is SUSPENDED:
        return ShownStatus(words="Suspended until", day=contract.suspended_until)
    if state in _ENDED:
        return ShownStatus(words=_ENDED[state], day=since(contract, state))
    return ShownStatus(words="Awaiting CMS signature")


def since(contract: Contract, state: ContractState) -> date | None:
    """Return the day from which a contract last had a state; None when it never had."""
    days = [each["since"] for each in contract.statuses if each["state"] == state.value]
    return date.fromisoformat(days[-1]) if days else None


def state_on(contract: Contract, day: date) -> ContractState | None:
    """Return the state a contract had on a day; None before it was signed."""
    had = [each["state"] for each in contract.statuses if date.fromisoformat(each["since"]) <= day]
    return ContractState(had[-1]) if had else None
