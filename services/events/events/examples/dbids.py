from typing import Any

from events import dbids
from events.examples import _story as story

_BIDDER: dict[str, Any] = {"bidder_number": "1000234", "round_code": "R2021", "entered_at": story.LATER}
_SIGNED = dbids.Signed(by="DEXAMPLE01", at=story.LATER)

EXAMPLES = (
    dbids.FormAEntered(
        **_BIDDER,
        version=4,
        business={"business_type": "c-corporation", "bidding_as": "single-location", "small_supplier": "no"},
        disclosures={"legal_actions": "no", "complete": "yes"},
        locations={story.PTAN: {"products": ("OTSB", "OTSK"), "states": ("MD",)}},
        approved=_SIGNED,
    ),
    dbids.BidEntered(
        **_BIDDER,
        version=2,
        category_code="OTSK",
        cba_code="baltimore-columbia-towson-md",
        answers={"amount": "348.00", "capacity": "1200"},
        certified=_SIGNED,
    ),
)
