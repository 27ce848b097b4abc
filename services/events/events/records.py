"""How long records are kept, and when their time begins to run (documents.md 9)."""

from typing import Annotated, ClassVar

from pydantic import Field

from events.bidding import STREAM
from events.envelope import Event, Instant
from events.records_schedule import RecordsSchedule

Records = Annotated[
    str,
    Field(
        min_length=1,
        max_length=100,
        description="A body of records that ends at one time, such as those of a round; opaque to who keeps them.",
    ),
]


class RecordsClosed(Event):
    """A body of records came to its end: from `closed_at` on it is kept as long as its schedule says.

    Said by bidding-svc when a round ends, or is cancelled. Heard by documents-svc, which keeps the files that were sent
    under `records` (the `records` of their `slot-requested`).
    """

    TYPE: ClassVar[str] = "connexion.bidding.records-closed.v1"
    TOPIC: ClassVar[str] = STREAM
    KEY: ClassVar[str] = "records"

    records: Records
    closed_at: Instant
    schedule: RecordsSchedule


EVENTS = (RecordsClosed,)
