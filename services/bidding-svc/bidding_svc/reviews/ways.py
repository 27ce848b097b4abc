"""What each kind of review does at the steps of its case."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass

from bidding_svc.disqualification import deciding as disqualification
from bidding_svc.inquiries.use_cases import decide_inquiry, open_inquiry
from bidding_svc.reviews.bona_fide import deciding as bona_fide
from bidding_svc.reviews.bonds import deciding as bonds
from bidding_svc.reviews.case import Finding, ReviewCase
from bidding_svc.reviews.cdrd import deciding as cdrd
from bidding_svc.reviews.completeness.deciding import decide_completeness
from bidding_svc.reviews.kinds import Kind
from bidding_svc.reviews.pbe import deciding as pbe
from bidding_svc.reviews.recheck.deciding import decide_recheck
from chassis.database import Session

Step = Callable[[Session, ReviewCase, Sequence[Finding]], Awaitable[None]]


@dataclass(frozen=True)
class Way:
    """The steps of a kind of review.

    `decide`: what follows for the bids. `ask`: what the bidder is asked, where a line asks. `issued`: the notice is
    before the bidder. `due`: no more answers, lines are proposed anew; a kind without it is decided by what arrives.
    """

    decide: Step
    ask: Step | None = None
    issued: Step | None = None
    due: Step | None = None


WAYS: Mapping[Kind, Way] = {
    Kind.COMPLETENESS: Way(decide_completeness),
    Kind.BONDS: Way(bonds.decide),
    Kind.CDRD: Way(cdrd.decide, cdrd.ask, cdrd.issued),
    Kind.BONA_FIDE: Way(bona_fide.decide, bona_fide.ask, bona_fide.issued, bona_fide.due),
    Kind.PBE: Way(pbe.decide, pbe.ask, pbe.issued, pbe.due),
    Kind.DISQUALIFICATION: Way(disqualification.tell, issued=open_inquiry),
    Kind.INQUIRY: Way(decide_inquiry),
    Kind.RECHECK: Way(decide_recheck),
}
