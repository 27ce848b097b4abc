"""How far a bidder is: what is still missing, form by form, document by document, competition by competition."""

from collections import Counter
from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from pydantic import BaseModel
from sqlalchemy import func, select, tuple_

from bidding_svc.bidders.bidder import Bidder
from bidding_svc.enrolment.standing import read_record
from bidding_svc.form_a.content import Content, read_form_a
from bidding_svc.form_a.form_a import FormA
from bidding_svc.form_a.lifecycle import FormAState
from bidding_svc.form_a.rules import problems_of as problems_of_form_a
from bidding_svc.form_a.use_cases import entries_of
from bidding_svc.form_b.bid import Bid
from bidding_svc.form_b.content import BidContent, read_bid
from bidding_svc.form_b.lifecycle import BidState, FormBState
from bidding_svc.form_b.rules import problems_of as problems_of_bid
from bidding_svc.forms.choices import choices_of
from bidding_svc.forms.problem import FormProblem
from bidding_svc.forms.window import is_open
from bidding_svc.requirements.lifecycle import Need
from bidding_svc.requirements.requirement import Requirement, has_cdrd_right
from bidding_svc.rounds.competition import Competition
from bidding_svc.rounds.round import Round
from chassis import program_time
from chassis.actor import Actor
from chassis.calendar import eastern_day
from chassis.database import ReadSession
from chassis.errors import NotFound
from chassis.paging import Page, fetch_page

NOT_SUBMITTED = (BidState.DRAFT, BidState.INCOMPLETE)


class FormAStatus(BaseModel):
    """How far Form A is; `approved`: it stands approved, or stood so at the close."""

    state: FormAState
    approved: bool
    problems: list[FormProblem]


class DocumentStatus(BaseModel):
    """How far a document is. One that stands in for another, is not asked now or was waived need not be sent.

    `hint` tells what to send; `member` whose it is in a network; `cba_code` the area a bond is for.
    """

    requirement_id: UUID
    label: str
    hint: str
    covered: bool
    member: str | None
    cba_code: str | None
    state: Need
    needed: bool
    due_at: datetime
    by_cdrd: bool


class BidderStatus(BaseModel):
    """How far a bidder is. `still_missing` says in sentences what is to be done before the close, first things first.

    `complete`: with what was done so far, every bid of this bidder would be complete at the close. `cdrd_right`: a
    covered document arrived by the covered document review date, so a notice would tell which others are missing.
    """

    round_code: str
    bidder_number: str
    window_open: bool
    closes_at: datetime
    form_a: FormAStatus
    documents: list[DocumentStatus]
    cdrd_at: datetime
    cdrd_right: bool
    bids: dict[BidState, int]
    still_missing: list[str]
    complete: bool


class BidStatus(BaseModel):
    """How far one bid is; `still_missing` says in a sentence what keeps it from being submitted, if anything does.

    Amount and bid limit are in cents, capacity and demand in lead item units a calendar year. Amount and capacity are
    None until they can be read.
    """

    bid_id: UUID
    category_code: str
    cba_code: str
    label: str
    state: BidState
    form: FormBState
    amount_cents: int | None
    bid_limit_cents: int
    capacity: int | None
    demand: int
    problems: list[FormProblem]
    still_missing: str | None


async def read_status(session: ReadSession, actor: Actor, round_code: str) -> BidderStatus:
    """Return how far the actor's organization is in a round. Raises `NotFound`."""
    form = await _form_of(session, actor, round_code)
    if form is None:
        raise NotFound
    round_ = await session.get_one(Round, round_code)
    bidder = await session.get_one(Bidder, form.id)
    problems = problems_of_form_a(await _content(session, form, round_), round_.rules)
    documents = await _requirements(session, form.id)
    bids = await _count_bids(session, form.id)
    missing = _still_missing(form, documents, bids)
    return BidderStatus(
        round_code=round_code,
        bidder_number=bidder.number,
        window_open=is_open(round_, program_time.now()),
        closes_at=round_.closes_at,
        form_a=FormAStatus(state=form.state, approved=form.is_approved, problems=problems),
        documents=[_document(each) for each in documents],
        cdrd_at=round_.cdrd_at,
        cdrd_right=has_cdrd_right(documents),
        bids=dict(bids),
        still_missing=missing,
        complete=not missing,
    )


async def list_competitions(
    session: ReadSession,
    actor: Actor,
    round_code: str,
    after: str | None,
    limit: int,
    *,
    state: BidState | None = None,
    category: str | None = None,
) -> Page[BidStatus]:
    """Return how far each bid of the actor's organization in a round is, in the order they were begun.

    Withdrawn bids are left away, unless that `state` is asked for. A state finds what it is told as, never more.
    """
    form = await _form_of(session, actor, round_code)
    if form is None:
        return Page(items=[])
    asked = [each for each in BidState if (each.as_told is state.as_told if state else each is not BidState.WITHDRAWN)]
    statement = select(Bid).where(Bid.bidder_id == form.id, Bid.state.in_(asked))
    if category is not None:
        statement = statement.where(Bid.category_code == category)
    page = await fetch_page(
        session, statement, [(Bid.id, UUID)], lambda bid: bid, after=after, limit=limit, descending=False
    )
    round_ = await session.get_one(Round, round_code)
    content, places = await _content(session, form, round_), await _competitions(session, page.items)
    record = await read_record(session, form.organization_id, content.locations, eastern_day(round_.closes_at))
    items = [
        _line(read_bid(bid, round_, places[bid.category_code, bid.cba_code], content, record), bid, form)
        for bid in page.items
    ]
    return Page(items=items, next=page.next)


def _line(content: BidContent, bid: Bid, form: FormA) -> BidStatus:
    sentence = None
    problems = [] if bid.state is BidState.REMOVED else problems_of_bid(content)
    if bid.state in NOT_SUBMITTED:
        ready = "Certify this bid." if form.is_approved else "Approve Form A, then certify this bid."
        sentence = "Complete this bid, then certify it." if any(each.weight == "error" for each in problems) else ready
    return BidStatus(
        bid_id=bid.id,
        category_code=bid.category_code,
        cba_code=bid.cba_code,
        label=bid.label,
        state=bid.state.as_told,
        form=bid.form,
        amount_cents=bid.amount_cents,
        bid_limit_cents=content.competition.bid_limit_cents,
        capacity=bid.capacity,
        demand=content.competition.demand,
        problems=problems,
        still_missing=sentence,
    )


def _still_missing(form: FormA, documents: list[Requirement], bids: Counter[BidState]) -> list[str]:
    """Say what a complete bid still lacks (domain/lifecycle.md 3.3): Form A, documents, certified bids."""
    missing = [] if form.is_approved else ["Complete and approve Form A."]
    missing += [f"Upload: {each.label}." for each in documents if each.needed and each.state is not Need.RECEIVED]
    drafts = sum(bids[state] for state in NOT_SUBMITTED)
    if drafts:
        missing.append(f"Certify {drafts} bid{'' if drafts == 1 else 's'}, or withdraw what you do not mean to submit.")
    if not bids[BidState.SUBMITTED] + bids[BidState.RECEIVED] + drafts:
        missing.append("Begin a bid in at least one competition.")
    return missing


async def _form_of(session: ReadSession, actor: Actor, round_code: str) -> FormA | None:
    found: FormA | None = await session.scalar(
        select(FormA).where(FormA.organization_id == actor.organization_id, FormA.round_code == round_code)
    )
    return found


async def _content(session: ReadSession, form: FormA, round_: Round) -> Content:
    return read_form_a(form, await entries_of(session, form), choices_of(round_))


async def _requirements(session: ReadSession, bidder_id: UUID) -> list[Requirement]:
    found = await session.scalars(
        select(Requirement).where(Requirement.bidder_id == bidder_id).order_by(Requirement.id)
    )
    return list(found)


def _document(found: Requirement) -> DocumentStatus:
    return DocumentStatus(
        requirement_id=found.id,
        label=found.label,
        hint=found.hint,
        covered=found.covered,
        member=found.member,
        cba_code=found.cba_code,
        state=found.state,
        needed=found.needed,
        due_at=found.due_at,
        by_cdrd=found.by_cdrd,
    )


async def _count_bids(session: ReadSession, bidder_id: UUID) -> Counter[BidState]:
    rows = await session.execute(
        select(Bid.state, func.count().label("bids")).where(Bid.bidder_id == bidder_id).group_by(Bid.state)
    )
    counted: Counter[BidState] = Counter()
    for row in rows:
        counted[row.state.as_told] += row.bids
    return counted


async def _competitions(session: ReadSession, bids: Sequence[Bid]) -> dict[tuple[str, str], Competition]:
    keys = [(bid.round_code, bid.category_code, bid.cba_code) for bid in bids]
    found = await session.scalars(
        select(Competition).where(
            tuple_(Competition.round_code, Competition.category_code, Competition.cba_code).in_(keys)
        )
    )
    return {(each.category_code, each.cba_code): each for each in found}
