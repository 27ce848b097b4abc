from typing import Annotated
from uuid import UUID

from fastapi import Query

from chassis.door import CurrentActor, SliceRouter
from chassis.paging import After, Limit, Page
from identity_adapter.doors import PersonalReading
from identity_adapter.people import views

router = SliceRouter(prefix="/api/identity/people", tags=["help desk"])
Search = Annotated[
    str, Query(min_length=2, max_length=100, description="The beginning of a user id or a family name, or a PTAN")
]


@router.get("", permission="staff.person.find")
async def find_people(
    session: PersonalReading, search: Search, after: After = None, limit: Limit = 25
) -> Page[views.FoundPerson]:
    """Find a person to open a ticket about: user id, name, organization and state, and no more."""
    return await views.find_people(session, search.strip(), after, limit)


@router.get("/{person_id}", permission="staff.person.view")
async def read_person(person_id: UUID, actor: CurrentActor, session: PersonalReading) -> views.PersonView:
    """Read a person's roles; needs a ticket in hand about this person or their organization."""
    return await views.read_person(session, actor, person_id)
