from datetime import date, datetime
from typing import TypeVar
from uuid import UUID

from pydantic import BaseModel
from sqlalchemy import Select, select
from sqlalchemy.orm import lazyload

from chassis import program_time
from chassis.actor import Actor
from chassis.calendar import eastern_day
from chassis.database import ReadSession
from chassis.errors import NotFound
from chassis.paging import Page, fetch_page
from events.enrolment import Accreditation, Exclusion, Licence, Location, StatusPeriod
from identity_adapter.enrolment.enrolment import Enrolment, EnrolmentOfficial, Status


class LocationView(BaseModel):
    """An enrolled location as its organization sees it. `status` is today's; periods include both days."""

    ptan: str
    npi: str
    legal_business_name: str
    location: Location
    ownership_group: str | None
    status: Status
    status_periods: list[StatusPeriod]
    licences: list[Licence]
    accreditations: list[Accreditation]
    exclusions: list[Exclusion]
    reported_at: datetime


View = TypeVar("View", bound=LocationView)


class OfficialView(BaseModel):
    """An authorized (AO) or delegated (DO) official of the enrolment record."""

    kind: str
    given_name: str
    family_name: str
    valid_from: date | None
    valid_to: date | None


class RecordListing(LocationView):
    """An enrolled location as the program's staff see it."""

    organization_id: UUID | None
    version: int


class RecordView(RecordListing):
    """The same with the officials the record names."""

    officials: list[OfficialView]


async def list_locations(session: ReadSession, actor: Actor, after: str | None, limit: int) -> Page[LocationView]:
    """Return the locations of the actor's organization, by PTAN."""
    return await _page(session, actor, LocationView, after, limit)


async def read_location(session: ReadSession, actor: Actor, ptan: str) -> LocationView:
    """Return one of them. Raises `NotFound`, also for another organization's."""
    return _view(await _one(session, actor, ptan), LocationView)


async def list_records(session: ReadSession, actor: Actor, after: str | None, limit: int) -> Page[RecordListing]:
    """Return every location of the mirror, by PTAN."""
    return await _page(session, actor, RecordListing, after, limit)


async def read_record(session: ReadSession, actor: Actor, ptan: str) -> RecordView:
    """Return one location, for staff with its officials. Raises `NotFound`."""
    listing = _view(await _one(session, actor, ptan), RecordListing)
    officials = await _officials(session, ptan) if actor.is_staff else []
    return RecordView(**dict(listing), officials=officials)


async def _page(session: ReadSession, actor: Actor, view: type[View], after: str | None, limit: int) -> Page[View]:
    order = [(Enrolment.ptan, str)]
    return await fetch_page(
        session, _visible_to(actor), order, lambda found: _view(found, view), after=after, limit=limit, descending=False
    )


async def _one(session: ReadSession, actor: Actor, ptan: str) -> Enrolment:
    found: Enrolment | None = await session.scalar(_visible_to(actor).where(Enrolment.ptan == ptan))
    if found is None:
        raise NotFound
    return found


def _visible_to(actor: Actor) -> Select[Enrolment]:
    """The locations of the actor's organization, every one for staff; their officials stay where they are."""
    statement = select(Enrolment).options(lazyload(Enrolment.officials))
    if actor.organization_id is not None:
        statement = statement.where(Enrolment.organization_id == actor.organization_id)
    return statement


def _view(found: Enrolment, view: type[View]) -> View:
    columns = {name: getattr(found, name) for name in view.model_fields if name != "status"}
    return view.model_validate(columns | {"status": found.status_on(eastern_day(program_time.now()))})


async def _officials(session: ReadSession, ptan: str) -> list[OfficialView]:
    columns = [getattr(EnrolmentOfficial, name) for name in OfficialView.model_fields]
    rows = await session.execute(
        select(*columns).where(EnrolmentOfficial.ptan == ptan).order_by(EnrolmentOfficial.family_name, *columns)
    )
    return [OfficialView.model_validate(row, from_attributes=True) for row in rows]
