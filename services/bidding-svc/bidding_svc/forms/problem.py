from collections.abc import Iterable
from enum import StrEnum
from typing import Literal

from pydantic import BaseModel


class Weight(StrEnum):
    """What a problem does: an error keeps the form from being approved or certified, a warning does not.

    `could-not-check` tells that nobody knows: it is neither met nor broken, and never reads as met.
    """

    ERROR = "error"
    WARNING = "warning"
    COULD_NOT_CHECK = "could-not-check"


Code = Literal[
    "REQUIRED", "UNREADABLE", "BID-01", "BID-02", "BID-03", "BID-04", "BID-05", "BID-06", "BID-07", "BID-08", "BID-09",
    "BID-10", "LOCATIONS", "NETWORK", "SMALL-SUPPLIER", "DISCLOSURES",
]  # fmt: skip
"""Which rule a problem belongs to; BID-01 to BID-10 are those of the Request for Bids."""


class FormProblem(BaseModel):
    """Something about a form that is not right yet: where (`path`, dotted), by which rule, and what to do about it."""

    path: str
    code: Code
    message: str
    weight: Weight = Weight.ERROR


def has_errors(problems: Iterable[FormProblem]) -> bool:
    """Whether something keeps the form from being approved or certified."""
    return any(problem.weight is Weight.ERROR for problem in problems)
