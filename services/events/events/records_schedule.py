"""The records schedule of a round: for how many years what was sent is kept after the round's end."""

from typing import Annotated

from pydantic import Field

from events.envelope import Part
from events.kinds import Code

Years = Annotated[int, Field(ge=1, le=100)]


class KeptFor(Part):
    """One type of record that is kept for another time than the rest; `document` is the kind of document."""

    document: Code
    years: Years


class RecordsSchedule(Part):
    """How many years records are kept: `years`, or what `by_document` says of their type (documents.md 9).

    The default is that of rule sets that were told before they had a schedule.
    """

    years: Years = 10
    by_document: tuple[KeptFor, ...] = ()
