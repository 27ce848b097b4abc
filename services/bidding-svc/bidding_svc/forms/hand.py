from dataclasses import dataclass
from datetime import datetime

from chassis.errors import Conflict


class WouldVoid(Conflict):
    """Saving this voids the approval or certification of the form. Nothing was saved; say that you mean it."""


@dataclass(frozen=True)
class Hand:
    """By whose hand, when, and until when a form is changed or decided.

    `base` is the version of the form it was read at; None where the speaker knows no versions (a feed, a file).
    `may_void` is whether a change may void an approval or certification: what is saved by itself may not.
    """

    by: str
    at: datetime
    closes_at: datetime
    base: int | None = None
    may_void: bool = True

    def require_may_void(self) -> None:
        """Raise `WouldVoid` where a change may not void an approval or certification."""
        if not self.may_void:
            raise WouldVoid
