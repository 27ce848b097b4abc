"""What happens to a bidder's bids once a review is decided, by kind of review."""

from collections.abc import Awaitable, Callable, Mapping, Sequence

from bidding_svc.reviews.case import Finding, ReviewCase
from bidding_svc.reviews.completeness.deciding import decide_completeness
from bidding_svc.reviews.kinds import Kind
from chassis.database import Session

Consequence = Callable[[Session, ReviewCase, Sequence[Finding]], Awaitable[None]]

CONSEQUENCES: Mapping[Kind, Consequence] = {Kind.COMPLETENESS: decide_completeness}
