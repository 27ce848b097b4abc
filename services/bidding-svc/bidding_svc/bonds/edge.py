from datetime import date
from typing import Annotated
from uuid import UUID

from fastapi import Depends, Query, Response
from pydantic import BaseModel, Field

from bidding_svc.bonds import keying, own_views, use_cases, views
from bidding_svc.bonds.bond import Bar, Bond
from bidding_svc.bonds.lifecycle import DECIDE, PREPARE, VIEW, BondState
from bidding_svc.bonds.paper import Paper
from bidding_svc.requirements.requirement import VIEW as VIEW_OWN
from bidding_svc.reviews.kinds import WORK
from chassis.database import Session
from chassis.door import CurrentActor, ReadingSession, SliceRouter, WritingSession
from chassis.paging import After, Limit, Page
from chassis.versions import IfMatch, etag

router = SliceRouter(prefix="/api/bidding/bonds", tags=["bid surety bonds"])

MOST_AT_ONCE = 200
MOST_CENTS = 10**12
Words = Annotated[str, Field(max_length=4000)]
Name = Annotated[str, Field(max_length=200)]
Round = Annotated[str, Query(pattern=r"^R[0-9]{4}[A-Z]?$")]


class PaperBody(BaseModel):
    """What the paper of a bond says; what it does not name is left empty. The ticks are null until looked at."""

    principal: Name = ""
    surety: Name = ""
    naic: Annotated[str, Field(max_length=20)] = ""
    obligee: Name = ""
    conditions_stated: bool | None = None
    area: Name = ""
    bond_number: Annotated[str, Field(max_length=100)] = ""
    issued_on: date | None = None
    amount_cents: Annotated[int, Field(ge=0, le=MOST_CENTS)] | None = None
    all_pages: bool | None = None


class ReadBond(BaseModel):
    """A bond, at the version at which it was read."""

    id: UUID
    version: int


class Returns(BaseModel):
    """Bonds whose liability is returned together: all of them, or none."""

    bonds: Annotated[list[ReadBond], Field(min_length=1, max_length=MOST_AT_ONCE)]


class Letter(BaseModel):
    """The day of the letter to the surety, and its reference."""

    on: date
    reference: Name


class Collection(BaseModel):
    """The day of the electronic funds transfer, and its trace number."""

    on: date
    reference: Name


class Because(BaseModel):
    """Why."""

    because: Words


class Falsified(BaseModel):
    """From which rounds the bidder is barred, whether the case is referred to the OIG and the DOJ, and why."""

    bar: Bar
    referred: bool
    because: Words


def _filter(
    round: Round | None = None,  # noqa: A002  the name of the query parameter
    state: BondState | None = None,
    bidder: Annotated[str | None, Query(max_length=20, description="A bidder number.")] = None,
    clock: views.Clock | None = None,
    *,
    reported: bool = False,
) -> views.Filter:
    return views.Filter(round_code=round, state=state, bidder_number=bidder, clock=clock, reported=reported)


@router.get("/mine", permission=VIEW_OWN)
async def list_own(
    actor: CurrentActor, session: ReadingSession, after: After = None, limit: Limit = 25
) -> Page[own_views.OwnBond]:
    """List the bid surety bonds of your organization."""
    return await own_views.list_own(session, actor, after, limit)


@router.get("", permission=VIEW)
async def list_bonds(
    *,
    session: ReadingSession,
    wanted: Annotated[views.Filter, Depends(_filter)],
    after: After = None,
    limit: Limit = 25,
) -> Page[views.BondSummary]:
    """List bid surety bonds."""
    return await views.list_bonds(session, wanted, after, limit)


@router.get("/counts", permission=VIEW)
async def count_bonds(
    session: ReadingSession,
    round: Round,  # noqa: A002  the name of the query parameter
) -> list[views.BondCount]:
    """Count the bonds of a round by state, with those whose return was warned of or is late."""
    return await views.count_bonds(session, round)


@router.post("/returns", permission=DECIDE)
async def give_back(body: Returns, session: WritingSession) -> list[views.BondSummary]:
    """Return the liability of bonds; one notice goes to each bidder."""
    bonds = await use_cases.give_back(session, {each.id: each.version for each in body.bonds})
    return [views.summary_of(bond) for bond in bonds]


@router.get("/{bond_id}", permission=VIEW)
async def read_bond(bond_id: UUID, actor: CurrentActor, session: ReadingSession, response: Response) -> views.BondView:
    """Read a bond with its paper, its checklist and what was decided."""
    view = await views.read_bond(session, actor, bond_id)
    response.headers["ETag"] = etag(view.version)
    return view


@router.put("/{bond_id}/paper", permission=WORK)
async def key_in(
    bond_id: UUID, body: PaperBody, base: IfMatch, session: WritingSession, response: Response
) -> views.BondView:
    """Key in what the paper says: the checklist is computed from it. Only who has the review may."""
    bond = await keying.key_in(session, bond_id, Paper(**body.model_dump()), base=base)
    return await _answer(session, bond, response)


@router.post("/{bond_id}/surety-notice", permission=PREPARE)
async def notify_surety(
    bond_id: UUID, body: Letter, base: IfMatch, session: WritingSession, response: Response
) -> views.BondView:
    """Record the letter by which CMS notified the surety."""
    bond = await use_cases.notify_surety(session, bond_id, body.on, body.reference, base=base)
    return await _answer(session, bond, response)


@router.post("/{bond_id}/forfeiture", permission=DECIDE)
async def forfeit(
    bond_id: UUID, body: Collection, base: IfMatch, session: WritingSession, response: Response
) -> views.BondView:
    """Decide that a bond is forfeited, once it was collected; another person than notified the surety."""
    bond = await use_cases.forfeit(session, bond_id, body.on, body.reference, base=base)
    return await _answer(session, bond, response)


@router.post("/{bond_id}/falsification-report", permission=PREPARE)
async def report_falsification(
    bond_id: UUID, body: Because, base: IfMatch, session: WritingSession, response: Response
) -> views.BondView:
    """Report a bond as falsified, for CMS to decide."""
    bond = await use_cases.report_falsification(session, bond_id, body.because, base=base)
    return await _answer(session, bond, response)


@router.post("/{bond_id}/falsification-dismissal", permission=DECIDE)
async def dismiss_report(
    bond_id: UUID, body: Because, base: IfMatch, session: WritingSession, response: Response
) -> views.BondView:
    """Decide that a reported bond is not falsified; another person than reported it."""
    bond = await use_cases.dismiss_report(session, bond_id, body.because, base=base)
    return await _answer(session, bond, response)


@router.post("/{bond_id}/falsification", permission=DECIDE)
async def declare_falsified(
    bond_id: UUID, body: Falsified, base: IfMatch, session: WritingSession, response: Response
) -> views.BondView:
    """Decide that a bond is falsified: the bids of its area are out; another person than reported it."""
    bond = await use_cases.declare_falsified(
        session, bond_id, body.bar, body.because, referred=body.referred, base=base
    )
    return await _answer(session, bond, response)


async def _answer(session: Session, bond: Bond, response: Response) -> views.BondView:
    await session.flush()
    response.headers["ETag"] = etag(bond.version)
    return await views.view_of(session, session.actor, bond)
