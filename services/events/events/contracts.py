"""What contracts-svc says to everybody: the public snapshot of each contract."""

from datetime import date
from typing import ClassVar, Literal
from uuid import UUID

from events.envelope import Event, Instant, Part
from events.kinds import Ptan, RoundCode

STREAM = "connexion.contracts"
STATE = "connexion.contracts.state"


class ContractLocation(Part):
    """A location that may furnish under a contract line, from and until these days (inclusive)."""

    ptan: Ptan
    effective_from: date
    effective_to: date | None = None


class ContractLine(Part):
    """One competition (competitive bidding area and product category) of a contract."""

    cba: str
    category: str
    locations: tuple[ContractLocation, ...]


class ContractState(Event):
    """A contract stands like this now; the latest snapshot of a contract holds.

    Said by contracts-svc at every change of a contract that was signed. Heard by nobody inside yet, and open to
    downstream systems: it carries nothing that is not public after the award.
    """

    TYPE: ClassVar[str] = "connexion.contracts.contract-state.v1"
    TOPIC: ClassVar[str] = STATE
    KEY: ClassVar[str] = "contract_id"

    contract_id: UUID
    contract_number: str
    organization_id: UUID
    legal_business_name: str
    round_code: RoundCode
    status: Literal["executed", "active", "suspended", "terminated", "transferred", "expired"]
    version: int
    starts_on: date
    ends_on: date
    lines: tuple[ContractLine, ...]
    changed_at: Instant


EVENTS = (ContractState,)
