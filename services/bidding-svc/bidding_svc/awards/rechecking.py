"""Licenses, accreditation, enrollment once more before an offer: as the record says today (lifecycle.md 4.3, 4.6)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from bidding_svc.disqualification.reason import Reason
from bidding_svc.form_b.bid import Bid
from bidding_svc.preclusions.use_cases import precluded_bidders
from bidding_svc.reviews.pbe.proposing import forms_of, known_locations
from bidding_svc.reviews.pbe.rules import REASONS, Applicant, Check, Location, check
from bidding_svc.rounds.round import Round
from chassis.answers import Answer
from chassis.database import ReadSession, Session

CHECKED_AGAIN = (Check.ACTIVE, Check.ACCREDITED, Check.LICENSED, Check.NOT_PRECLUDED)


@dataclass(frozen=True)
class Rechecked:
    """How a bid stands today: its locations; the reasons it is not eligible for any more; what nobody could check."""

    locations: tuple[str, ...]
    reasons: tuple[Reason, ...]
    unchecked: bool


async def recheck(
    session: Session | ReadSession, round_: Round, bids: Sequence[Bid], day: date
) -> Mapping[UUID, Rechecked]:
    """Check these bids of a round as of a day: a few queries, however many there are."""
    forms = await forms_of(session, round_, {bid.bidder_id for bid in bids})
    known = await known_locations(session, {ptan for form in forms.values() for ptan in form.locations})
    precluded = await precluded_bidders(session, {bid.bidder_id for bid in bids})
    states = {cba.code: cba.state for cba in round_.cbas}
    found: dict[UUID, Rechecked] = {}
    for bid in bids:
        form, state = forms[bid.bidder_id], states[bid.cba_code]
        locations = [
            Location(ptan, (state,) if state else tuple(form.locations[ptan].get("states", ())), known.get(ptan))
            for ptan in form.serving(bid.category_code, state)
        ]
        applicant = Applicant(bid.category_code, locations, {}, bid.bidder_id in precluded)
        checked = check(applicant, day, round_.rules.licence_rule)
        answers = {(each.check, each.answer) for each in checked if each.check in CHECKED_AGAIN}
        found[bid.id] = Rechecked(
            locations=tuple(location.ptan for location in locations),
            reasons=tuple(reason for what, reason in REASONS.items() if (what, Answer.NO) in answers),
            unchecked=any(answer is Answer.COULD_NOT_CHECK for _, answer in answers),
        )
    return found
