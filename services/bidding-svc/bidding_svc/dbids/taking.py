"""Forms entered in DBidS are taken by the same rules and life cycles as those filled here (domain/lifecycle.md 3.2).

A report holds the whole form. One with a version that was taken already, or an older one, changes nothing; a bid that
was certified before its Form A arrived is certified once Form A is approved. What the rules refuse stays a draft, with
its problems on the same pages.
"""

from collections.abc import Mapping
from contextlib import suppress
from datetime import datetime, timedelta

from sqlalchemy import select

from bidding_svc.bidders.bidder import Bidder
from bidding_svc.dbids.report import FORM_A, Report, about_bid
from bidding_svc.form_a import use_cases as form_a
from bidding_svc.form_a.fields import BUSINESS, DISCLOSURES, LINKS, LOCATIONS, MEMBERS
from bidding_svc.form_a.form_a import FormA, FormANotReady
from bidding_svc.form_a.lifecycle import FormAState
from bidding_svc.form_b import use_cases as form_b
from bidding_svc.form_b.bid import Bid, FormANotApproved, FormBNotReady
from bidding_svc.form_b.fields import section_for
from bidding_svc.form_b.lifecycle import BidState
from bidding_svc.forms.field import Section
from bidding_svc.forms.hand import Hand
from bidding_svc.forms.reading import Answers, Given
from bidding_svc.rounds.round import Round
from chassis import program_time
from chassis.calendar import in_time
from chassis.database import Session
from chassis.errors import NotAllowedNow, NotFound
from events.dbids import Answers as Reported
from events.dbids import BidEntered, FormAEntered, Signed

BY = "DBidS"
"""Whose hand changed a form, where it came from there."""


class NotEnteredInDbids(NotAllowedNow):
    """Bids of this round are entered in this portal, not in DBidS."""


class NoSuchBidder(NotFound):
    """No bidder of this round has this number."""


class EnteredTooLate(NotAllowedNow):
    """It was not entered in DBidS while the bid window was open, or its report came after the time for reports."""


async def take(session: Session, entered: FormAEntered | BidEntered) -> bool:
    """Take over a form. Returns whether it was news. Raises as `take_form_a` and `take_bid` do."""
    if isinstance(entered, FormAEntered):
        return await take_form_a(session, entered)
    return await take_bid(session, entered)


async def take_form_a(session: Session, entered: FormAEntered) -> bool:
    """Take over a bidder's Form A. Returns whether it was news.

    Raises `NoSuchBidder`, `NotEnteredInDbids`, `EnteredTooLate`, and what the forms raise for a field or PTAN there is
    not.
    """
    bidder, round_ = await _bidder(session, entered.bidder_number, entered.round_code)
    form = await session.get_one(FormA, bidder.id, with_for_update=True)
    if not await _is_news(session, bidder, round_, FORM_A, entered=entered, signed=entered.approved):
        return False
    hand = _hand(round_, entered.entered_at)
    for section, answers in ((BUSINESS, entered.business), (DISCLOSURES, entered.disclosures)):
        await form_a.edit_section(session, form, section, _whole(section, answers), hand)
    for section, told in ((LOCATIONS, entered.locations), (LINKS, entered.links), (MEMBERS, entered.members)):
        await _take_entries(session, form, section, told, hand)
    if entered.approved is None:
        form.reopen(hand)
    elif form.state is FormAState.IN_PROGRESS:
        with suppress(FormANotReady):
            await form_a.approve(session, form, round_, _hand(round_, entered.approved.at, entered.approved.by))
    if form.is_approved:
        await _certify_what_waited(session, bidder, round_)
    return True


async def take_bid(session: Session, entered: BidEntered) -> bool:
    """Take over a bid. Returns whether it was news. Raises as `take_form_a` does, and as `form_b.bid_of`."""
    bidder, round_ = await _bidder(session, entered.bidder_number, entered.round_code)
    await session.get_one(FormA, bidder.id, with_for_update=True)
    about = about_bid(entered.category_code, entered.cba_code)
    if not await _is_news(session, bidder, round_, about, entered=entered, signed=entered.certified):
        return False
    hand = _hand(round_, entered.entered_at)
    bid = await _standing(session, bidder, entered.category_code, entered.cba_code)
    if entered.withdrawn:
        if bid is not None:
            await form_b.withdraw(session, bid, round_, hand)
        return True
    if bid is None:
        bid = await form_b.bid_of(session, bidder, round_, entered.category_code, entered.cba_code)
        await session.flush()
    form_b.edit(bid, round_, _whole(section_for(round_.rules, bid.category_code), entered.answers), hand)
    await session.flush()
    if entered.certified is None:
        bid.reopen(hand)
    else:
        await _certify(session, bid, round_, entered.certified)
    return True


def require_takes_reports(round_: Round, entered_at: datetime, at: datetime) -> None:
    """Let through what was entered while the window was open and is told before the grace minutes are over.

    Raises `NotEnteredInDbids` or `EnteredTooLate`.
    """
    require_entered_in_dbids(round_)
    told_until = round_.closes_at + timedelta(minutes=round_.rules.bids.feed_grace_minutes)
    if entered_at > at or not round_.takes_bids_entered(entered_at) or not in_time(at, told_until):
        raise EnteredTooLate


def require_entered_in_dbids(round_: Round) -> None:
    """Let a round through whose bids are entered in DBidS. Raises `NotEnteredInDbids`."""
    if round_.rules.bids.entered_in != "dbids":
        raise NotEnteredInDbids


def note_too_late(session: Session, entered: FormAEntered | BidEntered) -> None:
    """Keep the evidence of what came too late; it changes nothing, and holds up nothing that follows."""
    session.audit(
        "dbids.refuse",
        entered.bidder_number,
        after={"type": entered.TYPE, "version": entered.version, "entered_at": entered.entered_at.isoformat()},
        reason="entered or told too late",
    )


async def _bidder(session: Session, number: str, round_code: str) -> tuple[Bidder, Round]:
    bidder = await session.scalar(
        select(Bidder).where(Bidder.number == number, Bidder.round_code == round_code).with_for_update()
    )
    if bidder is None:
        raise NoSuchBidder
    return bidder, await session.get_one(Round, round_code)


async def _is_news(
    session: Session,
    bidder: Bidder,
    round_: Round,
    about: str,
    *,
    entered: FormAEntered | BidEntered,
    signed: Signed | None,
) -> bool:
    """Note a report and return whether it was news: a later version than any taken before.

    Raises what `require_takes_reports` raises, of what was entered and of when it was signed.
    """
    report = await session.get(Report, (bidder.id, about))
    if report is not None and entered.version <= report.version:
        return False
    for at in (entered.entered_at, *((signed.at,) if signed else ())):
        require_takes_reports(round_, at, program_time.now())
    if report is None:
        report = Report(bidder, about)
        session.add(report)
    report.take(entered.version, entered.entered_at, signed)
    return True


async def _take_entries(
    session: Session, form: FormA, section: Section, told: Mapping[str, Reported], hand: Hand
) -> None:
    stands = [entry.key for entry in await form_a.entries_of(session, form) if entry.section == section.name]
    for key in stands:
        if key not in told:
            await form_a.remove_entry(session, form, section, key, hand)
    for key, answers in told.items():
        await form_a.edit_entry(session, form, section, key, given=_whole(section, answers), hand=hand)


async def _certify_what_waited(session: Session, bidder: Bidder, round_: Round) -> None:
    """Certify the bids that DBidS had certified before their Form A stood approved here."""
    reports = await session.scalars(
        select(Report).where(Report.bidder_id == bidder.id, Report.about != FORM_A, Report.signed_at.is_not(None))
    )
    for report in reports.all():
        category, cba = report.about.split("/")
        bid = await _standing(session, bidder, category, cba)
        if bid is not None and report.signed_by and report.signed_at:
            await _certify(session, bid, round_, Signed(by=report.signed_by, at=report.signed_at))


async def _certify(session: Session, bid: Bid, round_: Round, signed: Signed) -> None:
    """Certify by the signature given in DBidS; what the rules refuse stays a draft."""
    if bid.state is BidState.DRAFT:
        with suppress(FormBNotReady, FormANotApproved):
            await form_b.certify(session, bid, round_, _hand(round_, signed.at, signed.by))


async def _standing(session: Session, bidder: Bidder, category_code: str, cba_code: str) -> Bid | None:
    found: Bid | None = await session.scalar(
        select(Bid)
        .where(
            Bid.bidder_id == bidder.id,
            Bid.category_code == category_code,
            Bid.cba_code == cba_code,
            Bid.state != BidState.WITHDRAWN,
        )
        .with_for_update()
    )
    return found


def _hand(round_: Round, at: datetime, by: str = BY) -> Hand:
    return Hand(by=by, at=at, closes_at=round_.closes_at)


def _whole(section: Section, answers: Reported) -> Answers:
    """The answers of a section with every field: what the report leaves out is empty."""
    given: dict[str, Given] = {field.name: None for field in section.fields}
    return given | {name: list(each) if isinstance(each, tuple) else each for name, each in answers.items()}
