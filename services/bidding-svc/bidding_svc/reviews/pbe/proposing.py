"""What is proposed for each bid of a bidder, from the enrolment record as of the close."""

from collections import defaultdict
from collections.abc import Collection, Iterable
from uuid import UUID

from sqlalchemy import select

from bidding_svc.disqualification.reason import Reason
from bidding_svc.enrolment.location import EnrolledLocation
from bidding_svc.form_a.content import Content, read_form_a
from bidding_svc.form_a.form_a import FormA, FormAEntry
from bidding_svc.form_b.bid import Bid
from bidding_svc.form_b.lifecycle import BidState
from bidding_svc.forms.choices import choices_of
from bidding_svc.preclusions.use_cases import precluded_bidders
from bidding_svc.reviews.case import Proposal
from bidding_svc.reviews.kinds import Outcome
from bidding_svc.reviews.pbe.rules import REASONS, Applicant, Checked, Location, check
from bidding_svc.rounds.round import Round
from chassis.answers import Answer
from chassis.calendar import eastern_day
from chassis.database import ReadSession, Session

TO_BE_CHECKED = (BidState.RECEIVED, BidState.PBE_PENDING)


async def proposals_for(session: Session, round_: Round, bidders: Collection[UUID]) -> dict[UUID, list[Proposal]]:
    """Check every bid of these bidders that is still to be checked: a few queries, however many there are."""
    found = await session.scalars(
        select(Bid).where(Bid.bidder_id.in_(bidders), Bid.state.in_(TO_BE_CHECKED)).order_by(Bid.id)
    )
    bids, forms = found.all(), await forms_of(session, round_, bidders)
    known = await known_locations(session, {ptan for form in forms.values() for ptan in form.locations})
    precluded = await precluded_bidders(session, bidders)
    states = {cba.code: cba.state for cba in round_.cbas}
    closed_on = eastern_day(round_.closes_at)
    proposals: dict[UUID, list[Proposal]] = defaultdict(list)
    for bid in bids:
        form, state = forms[bid.bidder_id], states[bid.cba_code]
        locations = [
            Location(ptan, (state,) if state else tuple(form.locations[ptan].get("states", ())), known.get(ptan))
            for ptan in form.serving(bid.category_code, state)
        ]
        applicant = Applicant(bid.category_code, locations, bid.findings, bid.bidder_id in precluded)
        proposals[bid.bidder_id].append(propose(bid, check(applicant, closed_on, round_.rules.licence_rule)))
    return proposals


def propose(bid: Bid, checked: Iterable[Checked]) -> Proposal:
    """Propose that a bid is eligible where everything is met, and to ask for proof where anything is not."""
    checked = list(checked)
    open_checks = {each.check for each in checked if each.answer is not Answer.YES}
    reasons: list[Reason] = [reason for check, reason in REASONS.items() if check in open_checks]
    inputs = {"checks": [{"check": each.check, "answer": each.answer, "ptan": each.ptan} for each in checked]}
    return Proposal(bid.label, Outcome.ASK if open_checks else Outcome.PASS, reasons, inputs, bid_id=bid.id)


async def forms_of(session: Session | ReadSession, round_: Round, bidders: Collection[UUID]) -> dict[UUID, Content]:
    """Read the Form A of each of these bidders, in a handful of queries."""
    entries: dict[UUID, list[FormAEntry]] = defaultdict(list)
    for entry in await session.scalars(select(FormAEntry).where(FormAEntry.form_id.in_(bidders))):
        entries[entry.form_id].append(entry)
    choices = choices_of(round_)
    forms = await session.scalars(select(FormA).where(FormA.id.in_(bidders)))
    return {form.id: read_form_a(form, entries[form.id], choices) for form in forms}


async def known_locations(session: Session | ReadSession, ptans: Collection[str]) -> dict[str, EnrolledLocation]:
    """Return what the enrolment record says of these PTANs, as far as it knows them."""
    found = await session.scalars(select(EnrolledLocation).where(EnrolledLocation.ptan.in_(ptans)))
    return {each.ptan: each for each in found}
