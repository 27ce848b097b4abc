from typing import Annotated

from fastapi import Path, Request

from chassis.csv_import import OPENAPI, Outcome, arriving
from chassis.door import CurrentActor, ReadingSession, SliceRouter
from chassis.paging import After, Limit, Page
from identity_adapter.enrolment import views
from identity_adapter.enrolment.imports import take_file

locations = SliceRouter(prefix="/api/identity/enrolments", tags=["enrolment"])
records = SliceRouter(prefix="/api/identity/enrolment-records", tags=["enrolment"])
imports = SliceRouter(prefix="/api/identity/enrolment-imports", tags=["enrolment"])

PtanPath = Annotated[str, Path(pattern=r"^[0-9]{10}$", description="Provider Transaction Access Number")]


@locations.get("", permission="enrolment.view")
async def list_locations(
    actor: CurrentActor, session: ReadingSession, after: After = None, limit: Limit = 25
) -> Page[views.LocationView]:
    """List your organization's locations as the enrolment record has them."""
    return await views.list_locations(session, actor, after, limit)


@locations.get("/{ptan}", permission="enrolment.view")
async def read_location(ptan: PtanPath, actor: CurrentActor, session: ReadingSession) -> views.LocationView:
    """Read the enrolment record of one of your organization's locations."""
    return await views.read_location(session, actor, ptan)


@records.get("", permission="staff.enrolment.view")
async def list_records(
    actor: CurrentActor, session: ReadingSession, after: After = None, limit: Limit = 25
) -> Page[views.RecordListing]:
    """List the mirror of the enrolment record."""
    return await views.list_records(session, actor, after, limit)


@records.get("/{ptan}", permission="staff.enrolment.view")
async def read_record(ptan: PtanPath, actor: CurrentActor, session: ReadingSession) -> views.RecordView:
    """Read the record of one location with the officials it names."""
    return await views.read_record(session, actor, ptan)


@imports.post("", permission="staff.enrolment.import", streams=True, openapi_extra=OPENAPI)
async def import_file(request: Request, actor: CurrentActor) -> Outcome:
    """Take a CSV file of enrolment records. Rows that are wrong are told and left out; the others are taken."""
    state = request.app.state
    try:
        return await take_file(state.database, actor, state.official_digests, arriving(request))
    finally:
        state.wake()
