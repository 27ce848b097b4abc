from collections.abc import Sequence

from bidding_svc.disqualification.reason import WORDS
from bidding_svc.reviews.case import Finding, ReviewCase
from bidding_svc.reviews.findings import bids_of
from chassis.database import Session
from chassis.errors import NotAllowedNow
from events.notice_fields import (
    MOST_ROWS,
    Competition,
    DisqualificationFields,
    DisqualificationReason,
    DisqualifiedBid,
)


class TooManyBids(NotAllowedNow):
    """More bids are disqualified than one notice can tell."""


async def tell(session: Session, case: ReviewCase, findings: Sequence[Finding]) -> None:
    """Ask for the notice that tells every disqualified bid with every reason. Raises `TooManyBids`.

    It is released together with the offers (domain/lifecycle.md 3.5): notices-svc issues it with its batch.
    """
    bids = await bids_of(session, findings)
    told = [
        DisqualifiedBid(
            competition=Competition(category_code=bid.category_code, cba_code=bid.cba_code, label=bid.label),
            reasons=tuple(
                DisqualificationReason(reason=reason.code, label=WORDS[reason][0], explanation=WORDS[reason][1])
                for reason in finding.why
            ),
        )
        for finding in findings
        if finding.bid_id and (bid := bids[finding.bid_id])
    ]
    if len(told) > MOST_ROWS:
        raise TooManyBids
    case.tell(DisqualificationFields(bidder_number=case.bidder_number, bids=tuple(told)), session.at)
