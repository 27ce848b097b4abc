"""What contracts-svc says of the outcome of breach cases, beside what the contract's own snapshot shows."""

from datetime import date
from typing import ClassVar
from uuid import UUID

from events.contracts import STREAM
from events.envelope import Event, Instant
from events.kinds import RoundCode


class SupplierPrecluded(Event):
    """A contract supplier may not take part in a named round: the outcome of a breach case (42 CFR 414.422(g)).

    Said by contracts-svc once the preclusion is in effect. Heard by bidding-svc, whose preliminary bid evaluation of
    that round finds it. `round_code` is the round of the contract, `precluded_from` the round that is closed to the
    supplier; it may not be known yet.
    """

    TYPE: ClassVar[str] = "connexion.contracts.supplier-precluded.v1"
    TOPIC: ClassVar[str] = STREAM
    KEY: ClassVar[str] = "contract_id"

    preclusion_id: UUID
    contract_id: UUID
    contract_number: str
    organization_id: UUID
    round_code: RoundCode
    precluded_from: RoundCode
    effective_on: date
    precluded_at: Instant


EVENTS = (SupplierPrecluded,)
