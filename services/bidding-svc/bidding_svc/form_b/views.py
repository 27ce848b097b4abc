from datetime import datetime
from typing import Literal
from uuid import UUID

from pydantic import BaseModel
from sqlalchemy import select

from bidding_svc.form_b.bid import Bid
from bidding_svc.form_b.fields import section_for
from bidding_svc.form_b.lifecycle import BID_LIFECYCLE, FORM_B_LIFECYCLE, BidState, FormBState
from bidding_svc.form_b.rules import basis, problems_of
from bidding_svc.form_b.statement import FORM_B_CERTIFICATION
from bidding_svc.form_b.use_cases import content_of
from bidding_svc.forms.problem import FormProblem, has_errors
from bidding_svc.forms.reading import Given
from bidding_svc.forms.views import FormFields, describe
from bidding_svc.forms.window import takes_edits
from bidding_svc.rounds.competition import Contest
from bidding_svc.rounds.round import Round
from chassis import program_time
from chassis.actor import Actor
from chassis.database import ReadSession, Session
from chassis.errors import NotFound
from chassis.paging import Page, fetch_page
from chassis.signature import StatementView


class BidSummary(BaseModel):
    """A bid in a list. Amount (in cents) and capacity are None until they can be read."""

    id: UUID
    round_code: str
    category_code: str
    cba_code: str
    label: str
    state: BidState
    form: FormBState
    version: int
    amount_cents: int | None
    capacity: int | None
    submitted_at: datetime | None
    changed_at: datetime


class BidView(BidSummary):
    """A bid with its Form B. `problems` is what is not right yet; `ready`: nothing keeps it from being certified."""

    entered_in: Literal["connexion", "dbids"]
    lead_item: str | None
    basis: str
    bid_limit_cents: int
    demand: int
    answers: dict[str, Given]
    locations: list[str]
    certified_by: str | None
    reason: str | None
    window_open: bool
    closes_at: datetime
    problems: list[FormProblem]
    ready: bool
    statement: StatementView
    allowed_actions: list[str]


async def list_fields(session: ReadSession, round_code: str, category: str | None = None) -> FormFields:
    """Return what Form B asks in a round; for one category, without what does not concern it. Raises `NotFound`."""
    round_ = await session.get(Round, round_code)
    if round_ is None:
        raise NotFound
    return FormFields(round_code=round_code, sections=describe([section_for(round_.rules, category)], {}))


async def list_bids(
    session: ReadSession, actor: Actor, round_code: str, after: str | None, limit: int
) -> Page[BidSummary]:
    """Return the bids of the actor's organization in a round, in the order they were begun."""
    statement = select(Bid).where(Bid.organization_id == actor.organization_id, Bid.round_code == round_code)
    return await fetch_page(session, statement, [(Bid.id, UUID)], _summary, after=after, limit=limit, descending=False)


async def read_bid(session: ReadSession, actor: Actor, bid_id: UUID) -> BidView:
    """Return a bid of the actor's organization. Raises `NotFound`."""
    bid = await session.scalar(select(Bid).where(Bid.id == bid_id, Bid.organization_id == actor.organization_id))
    if bid is None:
        raise NotFound
    return await view_of(session, actor, bid)


async def view_of(session: ReadSession | Session, actor: Actor, bid: Bid) -> BidView:
    """Return a bid as its bidder sees it."""
    round_ = await session.get_one(Round, bid.round_code)
    content = await content_of(session, bid, round_)
    problems = problems_of(content)
    open_now = takes_edits(round_, program_time.now()) and content.competition.state is not Contest.REMOVED
    return BidView(
        **_summary(bid).model_dump(),
        entered_in=round_.rules.bids.entered_in,
        lead_item=content.category.lead_item,
        basis=basis(content),
        bid_limit_cents=content.competition.bid_limit_cents,
        demand=content.competition.demand,
        answers=bid.sheet.answers,
        locations=content.form_a.serving(bid.category_code, content.cba.state),
        certified_by=bid.certified_by,
        reason=bid.reason,
        window_open=open_now,
        closes_at=round_.closes_at,
        problems=problems,
        ready=not has_errors(problems),
        statement=FORM_B_CERTIFICATION.view,
        allowed_actions=_allowed(bid, actor) if open_now else [],
    )


def _allowed(bid: Bid, actor: Actor) -> list[str]:
    form = FORM_B_LIFECYCLE.allowed(bid.form, actor.permissions)
    return form + [verb for verb in BID_LIFECYCLE.allowed(bid.state, actor.permissions) if verb == "withdraw"]


def _summary(bid: Bid) -> BidSummary:
    summary = BidSummary.model_validate(bid, from_attributes=True)
    return summary.model_copy(update={"state": bid.state.as_told})
