"""Saying again where people are reached: for who joined before notices-svc listened, or when it lost what it knew."""

from uuid import UUID

from sqlalchemy import select

from chassis import machine_time
from chassis.database import Session
from identity_adapter.members.person import Person


async def tell_contacts(session: Session, after: UUID | None, limit: int) -> UUID | None:
    """Say the contacts of the next persons, in the order of their ids. Returns the last one; None when none is left."""
    statement = select(Person).order_by(Person.id).limit(limit).with_for_update(of=Person)
    if after is not None:
        statement = statement.where(Person.id > after)
    people = (await session.scalars(statement)).all()
    for person in people:
        for membership in person.memberships:
            person.say_contact(membership, reachable=membership.is_active, at=machine_time.now())
    return people[-1].id if people else None
