from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True)
class Hand:
    """By whose hand, when, and until when a form is changed or decided.

    `base` is the version of the form it was read at; None where the speaker knows no versions (a feed, a file).
    """

    by: str
    at: datetime
    closes_at: datetime
    base: int | None = None
