from datetime import datetime
from uuid import UUID

from sqlalchemy import select, tuple_

from bidding_svc.bidders.bidder import Bidder
from bidding_svc.enrolment.standing import read_record
from bidding_svc.form_a.content import read_form_a
from bidding_svc.form_a.form_a import FormA
from bidding_svc.form_a.use_cases import entries_of
from bidding_svc.form_b.bid import Bid
from bidding_svc.form_b.content import BidContent, read_bid
from bidding_svc.form_b.fields import section_for
from bidding_svc.form_b.lifecycle import REMOVABLE, BidState
from bidding_svc.form_b.rules import problems_of
from bidding_svc.form_b.statement import FORM_B_CERTIFICATION
from bidding_svc.forms.choices import choices_of
from bidding_svc.forms.digest import digest_of
from bidding_svc.forms.hand import Hand
from bidding_svc.forms.problem import FormProblem
from bidding_svc.forms.reading import Answers, read_section
from bidding_svc.forms.window import closed_rounds, require_open
from bidding_svc.requirements.following import follow_bids
from bidding_svc.rounds.competition import Competition, Contest
from bidding_svc.rounds.round import Round
from chassis import program_time
from chassis.calendar import eastern_day
from chassis.database import ReadSession, Session
from chassis.errors import Conflict, NotAllowedNow, NotFound
from chassis.ids import Entity
from chassis.signature import Signer, Typed, sign
from chassis.sweeps import each


class BidAlreadyBegun(Conflict):
    """Your organization already bids in this competition. Open that bid instead."""


class NotInTheRound(NotAllowedNow):
    """This competition was taken out of the round: it takes no bids, and bids in it count no more."""


async def begin_bid(session: Session, round_code: str, category_code: str, cba_code: str) -> Bid:
    """Begin a bid of the actor's organization in a competition.

    Raises `NotFound`, `WindowNotOpen`, `NotInTheRound`, and `BidAlreadyBegun` when there is one that was not withdrawn.
    """
    bidder = await session.scalar(
        select(Bidder)
        .where(Bidder.round_code == round_code, Bidder.organization_id == session.actor.organization_id)
        .with_for_update()
    )
    if bidder is None:
        raise NotFound
    round_ = await session.get_one(Round, round_code)
    require_open(round_, program_time.now())
    return await bid_of(session, bidder, round_, category_code, cba_code, begun_already=BidAlreadyBegun)


async def bid_of(
    session: Session,
    bidder: Bidder,
    round_: Round,
    category_code: str,
    cba_code: str,
    *,
    begun_already: type[Conflict] | None = None,
) -> Bid:
    """Return the standing bid of a bidder in a competition, begun now where there is none.

    Raises `NotFound` for an unknown competition, `NotInTheRound` for one that was taken out, and `begun_already`, where
    it is given, when there is a bid already.
    """
    competition = await session.get(Competition, (round_.code, category_code, cba_code))
    if competition is None:
        raise NotFound
    _require_in_round(competition)
    standing: Bid | None = await session.scalar(
        select(Bid)
        .where(
            Bid.bidder_id == bidder.id,
            Bid.category_code == category_code,
            Bid.cba_code == cba_code,
            Bid.state != BidState.WITHDRAWN,
        )
        .with_for_update()
    )
    if standing is not None:
        if begun_already:
            raise begun_already
        return standing
    bid = Bid(
        organization_id=bidder.organization_id,
        bidder_id=bidder.id,
        competition=competition,
        label=_label(round_, competition),
        at=session.at,
    )
    session.add(bid)
    await follow_bids(session, bid, round_)
    return bid


def edit(bid: Bid, round_: Round, given: Answers, hand: Hand) -> None:
    """Save answers of Form B."""
    section = section_for(round_.rules, bid.category_code)
    if bid.edit(section, given, hand):
        bid.take_values(read_section(section, bid.sheet.answers, {})[0])


async def sign_and_certify(session: Session, bid_id: UUID, signer: Signer, typed: Typed, *, base: int) -> Bid:
    """Certify a bid of the actor's organization as it stands at version `base`, and keep the signature under it.

    Raises what `sign` raises for a signature that is not good, and what `Bid.certify` raises.
    """
    bid, round_, hand = await open_bid(session, bid_id, base=base)
    content = {"round": bid.round_code, "category": bid.category_code, "cba": bid.cba_code, "bid": bid.sheet.answers}
    await sign(
        session, signer, FORM_B_CERTIFICATION, typed, subject=Entity("bid", bid.id), content_sha256=digest_of(content)
    )
    await certify(session, bid, round_, hand)
    return bid


async def certify(session: Session, bid: Bid, round_: Round, hand: Hand) -> None:
    """Certify Form B as it stands, once nothing is missing or wrong and Form A is approved."""
    form_a = await session.get_one(FormA, bid.bidder_id)
    bid.certify(await judge(session, bid, round_), hand, form_a_approved=form_a.is_approved)
    await follow_bids(session, bid, round_)


async def withdraw(session: Session, bid: Bid, round_: Round, hand: Hand) -> None:
    """Withdraw a bid, for good; the bond of its area is not asked for any more once no other bid stands there."""
    bid.withdraw(hand)
    await follow_bids(session, bid, round_)


async def open_bid(
    session: Session, bid_id: UUID, *, base: int | None = None, may_void: bool = True
) -> tuple[Bid, Round, Hand]:
    """Return a bid of the actor's organization, locked for this transaction, with its round and the hand that acts.

    The time is taken once the bid is locked: what waited past the close is too late. Raises `NotFound`, and
    `WindowNotOpen` outside the bid window, and `NotInTheRound` once the competition was taken out.
    """
    statement = select(Bid).where(Bid.id == bid_id, Bid.organization_id == session.actor.organization_id)
    bid = await session.scalar(statement.with_for_update())
    if bid is None:
        raise NotFound
    round_, at = await session.get_one(Round, bid.round_code), program_time.now()
    require_open(round_, at)
    _require_in_round(await session.get_one(Competition, (bid.round_code, bid.category_code, bid.cba_code)))
    hand = Hand(by=session.actor.user_id, at=at, closes_at=round_.closes_at, base=base, may_void=may_void)
    return bid, round_, hand


async def judge(session: Session | ReadSession, bid: Bid, round_: Round) -> list[FormProblem]:
    """Return what of a bid is not right yet."""
    return problems_of(await content_of(session, bid, round_))


async def content_of(session: Session | ReadSession, bid: Bid, round_: Round) -> BidContent:
    """Read a bid beside its bidder's Form A."""
    form = await session.get_one(FormA, bid.bidder_id)
    form_a = read_form_a(form, await entries_of(session, form), choices_of(round_))
    competition = await session.get_one(Competition, (bid.round_code, bid.category_code, bid.cba_code))
    record = await read_record(session, bid.organization_id, form_a.locations, eastern_day(round_.closes_at))
    return read_bid(bid, round_, competition, form_a, record)


async def close_bids(session: Session, as_of: datetime, limit: int) -> int:
    """Receive submitted bids and leave drafts incomplete, in rounds whose window has closed, as of the close."""
    closes = {
        round_.code: ended_at for round_, ended_at in await closed_rounds(session, as_of) if not round_.is_cancelled
    }
    bids = await session.scalars(
        select(Bid)
        .where(Bid.state.in_((BidState.DRAFT, BidState.SUBMITTED)), Bid.round_code.in_(closes))
        .order_by(Bid.id)
        .limit(limit)
        .with_for_update(skip_locked=True)
    )
    return await each(session, bids.all(), lambda bid: bid.close(closes[bid.round_code]))


async def remove_bids(session: Session, as_of: datetime, limit: int) -> int:
    """Take out the bids of competitions that were removed. Returns how much there was to do.

    By a sweep: whoever removes a competition sees no bid before the round is in evaluation.
    """
    removed = await session.scalars(
        select(Competition)
        .where(Competition.state == Contest.REMOVED, Competition.bids_removed_at.is_(None))
        .limit(limit)
        .with_for_update(skip_locked=True)
    )
    competitions = {(each.round_code, each.category_code, each.cba_code): each for each in removed}
    found = await session.scalars(
        select(Bid)
        .where(tuple_(Bid.round_code, Bid.category_code, Bid.cba_code).in_(competitions), Bid.state.in_(REMOVABLE))
        .order_by(Bid.id)
        .limit(limit)
        .with_for_update()
    )
    bids = found.all()
    done = await each(session, bids, lambda bid: bid.remove(as_of))
    if done == len(bids) < limit:
        for competition in competitions.values():
            competition.bids_removed_at = as_of
    return max(done, len(competitions))


def _require_in_round(competition: Competition) -> None:
    if competition.state is Contest.REMOVED:
        raise NotInTheRound


def _label(round_: Round, competition: Competition) -> str:
    """Name a competition in words."""
    category = next(each for each in round_.categories if each.code == competition.category_code)
    cba = next(each for each in round_.cbas if each.code == competition.cba_code)
    return f"{category.name}, {cba.name}"
