"""The bidding system DBidS: what its bridge reports of forms entered there, in rounds whose bids are entered there.

An answer is written as in the forms of bidding-svc: text as a person writes it, yes or no, a list of codes. The whole
form is reported each time; what is left out is empty. Reports carry amounts and capacities of bids, which are
procurement sensitive: bidding-svc alone reads them.
"""

from typing import Annotated, ClassVar

from pydantic import Field

from events.envelope import Event, Instant, Part
from events.kinds import CategoryCode, Code, Ptan, RoundCode

FEED = "connexion.dbids.feed"

Answer = str | bool | int | tuple[str, ...] | None
Answers = dict[str, Answer]
Version = Annotated[int, Field(ge=1, description="Counted by DBidS for each form; the report with the highest holds.")]


class Signed(Part):
    """That an official approved or certified the form in DBidS as it is reported: by which user id, and when."""

    by: Annotated[str, Field(min_length=1)]
    at: Instant


class _Report(Event):
    TOPIC: ClassVar[str] = FEED
    KEY: ClassVar[str] = "bidder_number"

    bidder_number: Annotated[str, Field(min_length=1)]
    round_code: RoundCode
    version: Version
    entered_at: Instant

    @property
    def organization(self) -> None:
        """No fence: DBidS knows bidders by their number, and whose it is bidding-svc finds out."""
        return


class FormAEntered(_Report):
    """A bidder's Form A stands like this in DBidS now; `approved` where an official has approved it so.

    Said by the bridge to DBidS, outside the platform, until the grace minutes after the close for what was entered
    before it. Heard by bidding-svc alone.
    """

    TYPE: ClassVar[str] = "connexion.dbids.form-a-entered.v1"

    business: Answers = Field({})
    disclosures: Answers = Field({})
    locations: dict[Ptan, Answers] = Field({})
    links: dict[str, Answers] = Field({})
    members: dict[Ptan, Answers] = Field({})
    approved: Signed | None = None


class BidEntered(_Report):
    """A bidder's Form B for a competition stands like this in DBidS now; `certified` where an official has, so.

    Said by the bridge to DBidS, outside the platform. Heard by bidding-svc alone. `withdrawn`: for good; a bid entered
    later in the same competition is a new one.
    """

    TYPE: ClassVar[str] = "connexion.dbids.bid-entered.v1"

    category_code: CategoryCode
    cba_code: Code
    answers: Answers = Field({})
    certified: Signed | None = None
    withdrawn: bool = False


EVENTS = (FormAEntered, BidEntered)
