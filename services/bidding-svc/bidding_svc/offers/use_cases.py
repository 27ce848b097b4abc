from collections.abc import Awaitable, Callable, Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import exists, select

from bidding_svc.bonds.forfeiture import FinalLine
from bidding_svc.bonds.settling import settle_after_offers
from bidding_svc.form_b.bid import Bid
from bidding_svc.form_b.lifecycle import BidState
from bidding_svc.forms.digest import digest_of
from bidding_svc.offers import telling
from bidding_svc.offers.lifecycle import ACCEPTED, CONTRACTED, DECLINED, OPEN
from bidding_svc.offers.line import OfferLine
from bidding_svc.offers.offer import Decision, Offer
from bidding_svc.offers.statement import OFFER_DECISION
from bidding_svc.rounds.competition import Competition, Contest
from bidding_svc.rounds.phase import Phase
from bidding_svc.rounds.round import Round
from chassis import program_time
from chassis.calendar import latest_missed
from chassis.database import Session
from chassis.errors import Conflict, NotAllowedNow, NotFound
from chassis.ids import Entity
from chassis.signature import Signer, Typed, sign
from chassis.sweeps import due, each
from chassis.trust import require_not_removed
from events.contracts import ContractExecuted

Refused = Conflict | NotAllowedNow
COMPETITION_REMOVED = "CMS took the competition out of the round."
"""What bidder and auditors read of an offer that went with its competition."""


async def decide(
    session: Session, offer_id: UUID, decisions: Sequence[Decision], signer: Signer, typed: Typed, *, base: int
) -> Offer | Refused:
    """Accept and decline lines of an offer of the actor's organization, and keep the signature under it.

    The time is taken once the offer is locked. What comes too late, or after somebody else's decision, is returned
    and not raised: the try stays in the audit trail. Raises `NotFound`, and what `sign` and `Offer.decide` raise for
    what was sent.
    """

    async def act() -> Offer:
        offer, at = await _mine(session, offer_id)
        offer.decide(decisions, session.actor, at, base=base)
        await sign(
            session,
            signer,
            OFFER_DECISION,
            typed,
            subject=Entity("offer", offer.id),
            content_sha256=digest_of(what_is_signed(offer, decisions)),
        )
        return offer

    told = {"decisions": {str(each.line_id): each.choice for each in decisions}, "version": base}
    return await _tried(session, offer_id, "decide", told, act)


async def submit(session: Session, offer_id: UUID, *, base: int) -> Offer | Refused:
    """Make the decisions about an offer final. Refusals are returned as `decide` returns them. Raises `NotFound`."""

    async def act() -> Offer:
        offer, at = await _mine(session, offer_id)
        await finish(session, offer, offer.submit(session.actor, at, base=base), at)
        return offer

    return await _tried(session, offer_id, "submit", {"version": base}, act)


async def settle_due(session: Session, as_of: datetime, limit: int) -> int:
    """Let offers come due whose time is over, each as of its due time; a sweep."""

    async def settle(offer: Offer) -> None:
        await finish(session, offer, offer.come_due(), offer.due_at)

    cancelled = select(Round.code).where(Round.phase == Phase.CANCELLED)
    waits = (Offer.settled_at.is_(None), Offer.round_code.not_in(cancelled))  # these are taken back
    found = await due(session, Offer, Offer.due_at, latest_missed(as_of), limit, *waits)
    return await each(session, found, settle)


async def rescind(session: Session, line_id: UUID, reason: str) -> Offer:
    """CMS takes a line back whose bidder lost its eligibility before the signature: no forfeiture.

    Raises `NotFound`, `ReasonMissing`, `NotAllowedNow`.
    """
    line = await session.get(OfferLine, line_id)
    if line is None:
        raise NotFound
    offer = await session.get_one(Offer, line.offer_id, with_for_update=True)
    await session.refresh(line)
    offer.rescind(line, reason, session.at)
    return offer


async def take_back_removed(session: Session, as_of: datetime, limit: int) -> int:
    """Take back what was offered in competitions that were removed, by themselves or with their round; a sweep.

    What CMS has signed stays, and what was declined for good or has lapsed stays given up. Returns how many offers.
    """
    place = (OfferLine.round_code, OfferLine.category_code, OfferLine.cba_code)
    there = (Competition.round_code, Competition.category_code, Competition.cba_code)
    removed = exists().where(Competition.state == Contest.REMOVED, *(a == b for a, b in zip(place, there, strict=True)))
    undecided = (OfferLine.state == DECLINED) & OfferLine.final_at.is_(None)
    offers = await session.scalars(
        select(Offer)
        .where(
            Offer.id.in_(select(OfferLine.offer_id).where(removed, OfferLine.state.in_((OPEN, ACCEPTED)) | undecided))
        )
        .order_by(Offer.id)
        .limit(limit)
        .with_for_update(skip_locked=True, of=Offer)
    )
    found = offers.all()
    rounds = {offer.round_code for offer in found}
    gone = await session.execute(
        select(*there).where(Competition.round_code.in_(rounds), Competition.state == Contest.REMOVED)
    )
    places = {tuple(key) for key in gone}

    def take_back(offer: Offer) -> None:
        for line in offer.lines:
            waits = line.state in (OPEN, ACCEPTED) or (line.state is DECLINED and not line.is_final)
            if waits and (line.round_code, line.category_code, line.cba_code) in places:
                offer.go_with_competition(line, COMPETITION_REMOVED, as_of)

    return await each(session, found, take_back)


async def note_signed(session: Session, executed: ContractExecuted) -> None:
    """CMS has signed: the lines are contracts now."""
    lines = await session.scalars(
        select(OfferLine).where(OfferLine.id.in_(executed.line_ids)).order_by(OfferLine.id).with_for_update()
    )
    for line in lines.all():
        line.contract()


async def award_signed(session: Session, _as_of: datetime, limit: int) -> int:
    """Mark competitions awarded in which a contract was signed; a sweep. Returns how many."""
    place = (Competition.round_code, Competition.category_code, Competition.cba_code)
    lines = (OfferLine.round_code, OfferLine.category_code, OfferLine.cba_code)
    signed = exists().where(OfferLine.state == CONTRACTED, *(a == b for a, b in zip(place, lines, strict=True)))
    found = await session.scalars(
        select(Competition)
        .where(Competition.state == Contest.AWARDABLE, signed)
        .limit(limit)
        .with_for_update(skip_locked=True, of=Competition)
    )
    return await each(session, found.all(), lambda competition: competition.award())


async def finish(session: Session, offer: Offer, lines: Sequence[OfferLine], at: datetime) -> None:
    """What follows from decisions that became final: contracts-svc hears, the bids are decided, the bond rule."""
    became = {line.bid_id: line for line in lines}
    found = await session.scalars(select(Bid).where(Bid.id.in_(became)).order_by(Bid.id).with_for_update())
    for bid in found.all():
        line = became[bid.id]
        if line.state is ACCEPTED:
            line.say(telling.accepted(offer, line))
        elif line.given_up:
            line.say(telling.declined(offer, line, at))
        if bid.state is BidState.OFFERED:
            bid.decide_offer(at, accepted=line.state is ACCEPTED)
    await settle_after_offers(session, offer.bidder_id, [_final(offer, line) for line in lines])


def _final(offer: Offer, line: OfferLine) -> FinalLine:
    return FinalLine(
        line_id=line.id,
        category_code=line.category_code,
        cba_code=line.cba_code,
        label=line.label,
        offered_at=offer.issued_at,
        at_or_below_median=line.at_or_below_median,
        given_up=line.given_up,
    )


def what_is_signed(offer: Offer, decisions: Sequence[Decision]) -> dict[str, object]:
    """Return what a signature is about: the lines as they were offered, and what was decided about each."""
    lines = {line.id: line for line in offer.lines}
    return {
        "offer": str(offer.id),
        "decisions": [
            {
                "line": str(decision.line_id),
                "competition": lines[decision.line_id].label,
                "prices": lines[decision.line_id].prices,
                "locations": lines[decision.line_id].locations,
                "choice": decision.choice,
                "risk_acknowledged": decision.risk_acknowledged,
            }
            for decision in sorted(decisions, key=lambda decision: str(decision.line_id))
        ],
    }


async def _tried(
    session: Session, offer_id: UUID, what: str, told: dict[str, object], act: Callable[[], Awaitable[Offer]]
) -> Offer | Refused:
    """Do something to an offer. What its state or the time forbids leaves nothing but a row of the audit trail."""
    recording = session.recording
    said, audited = len(recording.said), len(recording.audited)
    try:
        async with session.begin_nested():
            return await act()
    except (Conflict, NotAllowedNow) as refused:
        del recording.said[said:], recording.audited[audited:]
        session.audit(f"offer.{what}-refused", offer_id, after=told | {"because": refused.type})
        return refused


async def _mine(session: Session, offer_id: UUID) -> tuple[Offer, datetime]:
    """Return an offer of the actor's organization, locked, and the time once it is.

    Raises `NotFound`, and `SessionEnded` for somebody who was removed while the request waited.
    """
    mine = (Offer.id == offer_id, Offer.organization_id == session.actor.organization_id)
    offer = await session.scalar(select(Offer).where(*mine).with_for_update())
    if offer is None:
        raise NotFound
    await require_not_removed(session)
    return offer, program_time.now()
