"""What the help desk sees of people: enough to find somebody, and, with a ticket, that person's roles."""

from datetime import datetime
from uuid import UUID

from pydantic import BaseModel
from sqlalchemy import Select, or_, select

from chassis.actor import Actor
from chassis.database import ReadSession
from chassis.errors import NotFound
from chassis.paging import Order, Page, fetch_page
from identity_adapter.members.membership import Membership
from identity_adapter.members.names import NAMED, names_of
from identity_adapter.members.person import Person
from identity_adapter.members.views import MemberView, member_view
from identity_adapter.tickets.in_hand import TicketAboutSomebodyElse, ticket_in_hand


class OrganizationName(BaseModel):
    """An organization by its name and PTAN; without a name while nobody has registered it."""

    id: UUID | None
    name: str | None
    ptan: str


class FoundRole(BaseModel):
    """For whom somebody acts, and whether that is possible now."""

    organization: OrganizationName
    state: str


class FoundPerson(BaseModel):
    """Somebody, as a search shows people."""

    id: UUID
    user_id: str
    name: str
    roles: list[FoundRole]


class RoleView(MemberView):
    """One of a person's roles, as the help desk sees it."""

    organization: OrganizationName
    requested_at: datetime
    due_at: datetime | None


class PersonView(BaseModel):
    """A person and those of the roles, past ones too, that the ticket in hand is about."""

    id: UUID
    user_id: str
    name: str
    roles: list[RoleView]


async def find_people(session: ReadSession, search: str, after: str | None, limit: int) -> Page[FoundPerson]:
    """Return the people whose user id or family name begins so, or who have to do with a PTAN; by family name."""
    statement = select(Person).where(
        or_(
            Person.user_id.istartswith(search, autoescape=True),
            Person.family_name.istartswith(search, autoescape=True),
            Person.id.in_(select(Membership.person_id).where(Membership.ptan == search)),
        )
    )
    order: Order = [(Person.family_name, str), (Person.id, UUID)]
    page = await fetch_page(session, statement, order, lambda one: one, after=after, limit=limit, descending=False)
    roles: dict[UUID, list[Membership]] = {}
    for role in await session.scalars(_roles_of([person.id for person in page.items])):
        roles.setdefault(role.person_id, []).append(role)
    return Page(items=[_found(person, roles.get(person.id, [])) for person in page.items], next=page.next)


async def read_person(session: ReadSession, actor: Actor, person_id: UUID) -> PersonView:
    """Return a person and their roles.

    Raises NotFound, `TicketNeeded`, `TicketNotInHand`, `TicketAboutSomebodyElse`.
    """
    person = await session.get(Person, person_id)
    if person is None:
        raise NotFound
    ticket = await ticket_in_hand(session, actor)
    roles = (await session.scalars(_roles_of([person_id]))).all()
    concerned = [role for role in roles if ticket.is_about(person_id, role.organization_id)]
    if not concerned and not ticket.is_about(person_id, ticket.organization_id):
        raise TicketAboutSomebodyElse
    names = await names_of(session, (role.granted_by for role in concerned))
    shown = [
        RoleView(
            **member_view(role, actor, names).model_dump(),
            organization=_organization(role),
            requested_at=role.requested_at,
            due_at=role.due_at,
        )
        for role in concerned
    ]
    return PersonView(id=person.id, user_id=person.user_id, name=person.name, roles=shown)


def _roles_of(people: list[UUID]) -> Select[Membership]:
    """The suppliers' roles of these people; what somebody is inside the program is not the help desk's affair."""
    return (
        select(Membership)
        .where(Membership.person_id.in_(people), Membership.ptan.is_not(None))
        .options(NAMED)
        .order_by(Membership.requested_at.desc(), Membership.id)
    )


def _found(person: Person, roles: list[Membership]) -> FoundPerson:
    return FoundPerson(
        id=person.id,
        user_id=person.user_id,
        name=person.name,
        roles=[FoundRole(organization=_organization(role), state=role.state) for role in roles],
    )


def _organization(role: Membership) -> OrganizationName:
    name = role.organization.legal_business_name if role.organization else None
    return OrganizationName(id=role.organization_id, name=name, ptan=role.ptan or "")
