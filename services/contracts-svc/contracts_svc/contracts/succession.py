from dataclasses import dataclass, field
from datetime import date, datetime
from uuid import UUID

from chassis.ids import new_id


@dataclass(frozen=True)
class Succession:
    """What a new contract of a successor begins with: another supplier's contract, whose period and number it keeps.

    Bids and the bond stay with the original bidder, whose number says under which bid the prices came
    about; `bidder_id` is nobody's.
    """

    succeeds: UUID
    organization_id: UUID
    round_code: str
    legal_business_name: str
    bidder_number: str
    period_starts_on: date
    period_ends_on: date
    accepted_at: datetime
    bidder_id: UUID = field(default_factory=new_id)
