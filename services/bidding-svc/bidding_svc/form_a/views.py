from datetime import datetime
from typing import Literal
from uuid import UUID

from pydantic import BaseModel
from sqlalchemy import select

from bidding_svc.bidders.bidder import Bidder, Organization
from bidding_svc.enrolment.location import EnrolledLocation
from bidding_svc.form_a.content import read_form_a
from bidding_svc.form_a.fields import BUSINESS, DISCLOSURES, LINKS, LOCATIONS, MEMBERS, sections_for
from bidding_svc.form_a.form_a import FormA, FormAEntry
from bidding_svc.form_a.lifecycle import LIFECYCLE, FormAState
from bidding_svc.form_a.rules import problems_of
from bidding_svc.form_a.statement import FORM_A_APPROVAL
from bidding_svc.forms.choices import choices_of
from bidding_svc.forms.problem import FormProblem, has_errors
from bidding_svc.forms.reading import Given
from bidding_svc.forms.sheet import Sheet
from bidding_svc.forms.views import FormFields, describe
from bidding_svc.forms.window import takes_edits
from bidding_svc.rounds.round import Round
from chassis import program_time
from chassis.actor import Actor
from chassis.database import ReadSession, Session
from chassis.errors import NotFound
from chassis.paging import Page, fetch_page
from chassis.signature import StatementView


class SheetView(BaseModel):
    """The answers of one section, and the version at which it last changed."""

    answers: dict[str, Given]
    version: int


class KnownLocation(BaseModel):
    """What the enrolment record says of a location: to show beside its PTAN, or to choose from."""

    ptan: str
    legal_business_name: str
    street: str
    city: str
    state: str
    zip_code: str


class EntryView(SheetView):
    """A location, link or member, by its key; `known` is a location's name and address of the enrolment record."""

    key: str
    known: KnownLocation | None = None


class FormAView(BaseModel):
    """A bidder's Form A; where bids are `entered_in` DBidS it is changed there and shown here.

    `problems` is what is not right yet; `ready`: nothing keeps it from being approved.
    """

    bidder_id: UUID
    bidder_number: str
    round_code: str
    legal_business_name: str
    ptan: str
    state: FormAState
    entered_in: Literal["connexion", "dbids"]
    state_at_close: str | None
    version: int
    window_open: bool
    closes_at: datetime
    approved_at: datetime | None
    approved_by: str | None
    business: SheetView
    locations: list[EntryView]
    links: list[EntryView]
    members: list[EntryView]
    disclosures: SheetView
    problems: list[FormProblem]
    ready: bool
    statement: StatementView
    allowed_actions: list[str]


async def list_fields(session: ReadSession, round_code: str) -> FormFields:
    """Return what Form A asks in a round. Raises `NotFound`."""
    round_ = await session.get(Round, round_code)
    if round_ is None:
        raise NotFound
    return FormFields(round_code=round_code, sections=describe(sections_for(round_.rules), choices_of(round_)))


async def read_my_form(session: ReadSession, actor: Actor, round_code: str) -> FormAView:
    """Return the Form A of the actor's organization in a round. Raises `NotFound`."""
    form = await session.scalar(
        select(FormA).where(FormA.organization_id == actor.organization_id, FormA.round_code == round_code)
    )
    if form is None:
        raise NotFound
    return await view_of(session, actor, form)


async def view_of(session: ReadSession | Session, actor: Actor, form: FormA) -> FormAView:
    """Return a Form A as its bidder sees it."""
    round_ = await session.get_one(Round, form.round_code)
    bidder = await session.get_one(Bidder, form.id)
    organization = await session.get_one(Organization, form.organization_id)
    found = await session.scalars(select(FormAEntry).where(FormAEntry.form_id == form.id).order_by(FormAEntry.key))
    entries = found.all()
    problems = problems_of(read_form_a(form, entries, choices_of(round_)), round_.rules)
    known = await _known(session, [entry.key for entry in entries if entry.section == LOCATIONS.name])
    of_section = {
        section.name: [
            EntryView(
                key=entry.key,
                known=known.get(entry.key) if section is LOCATIONS else None,
                **_sheet(entry.sheet).model_dump(),
            )
            for entry in entries
            if entry.section == section.name
        ]
        for section in (LOCATIONS, LINKS, MEMBERS)
    }
    open_now = takes_edits(round_, program_time.now())
    return FormAView(
        bidder_id=form.id,
        bidder_number=bidder.number,
        round_code=form.round_code,
        legal_business_name=organization.legal_business_name,
        ptan=organization.ptan,
        state=form.state,
        entered_in=round_.rules.bids.entered_in,
        state_at_close=form.state_at_close,
        version=form.version,
        window_open=open_now,
        closes_at=round_.closes_at,
        approved_at=form.approved_at,
        approved_by=form.approved_by,
        business=_sheet(form.sheet(BUSINESS)),
        disclosures=_sheet(form.sheet(DISCLOSURES)),
        problems=problems,
        ready=not has_errors(problems),
        statement=FORM_A_APPROVAL.view,
        allowed_actions=LIFECYCLE.allowed(form.state, actor.permissions) if open_now else [],
        **of_section,
    )


async def list_known_locations(
    session: ReadSession, actor: Actor, after: str | None, limit: int
) -> Page[KnownLocation]:
    """Return the enrolled locations of the actor's organization, by PTAN: Form A may name them."""
    statement = select(EnrolledLocation).where(EnrolledLocation.organization_id == actor.organization_id)
    return await fetch_page(
        session, statement, [(EnrolledLocation.ptan, str)], _location, after=after, limit=limit, descending=False
    )


async def _known(session: ReadSession | Session, ptans: list[str]) -> dict[str, KnownLocation]:
    found = await session.scalars(select(EnrolledLocation).where(EnrolledLocation.ptan.in_(ptans)))
    return {each.ptan: _location(each) for each in found}


def _location(known: EnrolledLocation) -> KnownLocation:
    address = {name: known.location[name] for name in ("street", "city", "state", "zip_code")}
    return KnownLocation(ptan=known.ptan, legal_business_name=known.legal_business_name, **address)


def _sheet(sheet: Sheet) -> SheetView:
    return SheetView(answers=sheet.answers, version=sheet.version)
