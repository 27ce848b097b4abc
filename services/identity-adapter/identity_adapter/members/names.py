"""Names of people in lists. An organization's fence shows the names of its own members, and no more of them."""

from collections.abc import Iterable
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import joinedload, lazyload, load_only
from sqlalchemy.orm.interfaces import ORMOption

from chassis.database import ReadSession, Session
from identity_adapter.members.membership import Membership
from identity_adapter.members.person import Person

NAMED: ORMOption = joinedload(Membership.person, innerjoin=True).options(
    load_only(Person.user_id, Person.given_name, Person.family_name), lazyload(Person.memberships)
)
"""Option of a query for memberships: each with the name of its person."""


async def names_of(session: ReadSession | Session, people: Iterable[UUID | None]) -> dict[UUID, str]:
    """Return the names of those people whom the fence shows."""
    ids = {person for person in people if person}
    if not ids:
        return {}
    found = await session.execute(select(Person.id, Person.given_name, Person.family_name).where(Person.id.in_(ids)))
    return {row.id: f"{row.given_name} {row.family_name}" for row in found}
