"""Which notices somebody may see: the same condition in every list, count, read and answer."""

from uuid import UUID

from sqlalchemy import ColumnElement, Uuid, any_, literal, or_, select

from chassis.actor import Actor
from chassis.database import ReadSession, Session
from chassis.errors import NotFound
from notices_svc.notices.notice import Notice
from notices_svc.visible import visible_to


def mine(actor: Actor) -> ColumnElement[bool]:
    """Return the condition for an organization's issued notices that this actor may see (domain/roles.md 1.5).

    A notice restricted to persons (an inquiry result: footnote 4) is shown to those, and to whoever holds the
    permission that lifts the restriction.
    """
    return (
        (Notice.organization_id == actor.organization_id)
        & Notice.issued_at.is_not(None)
        & visible_to(actor, Notice.permission)
        & or_(
            Notice.restricted_to.is_(None),
            literal(actor.person_id, Uuid) == any_(Notice.restricted_to),
            visible_to(actor, Notice.unrestricted_with),
        )
    )


async def notice_of(session: Session | ReadSession, actor: Actor, notice_id: UUID, *, lock: bool = False) -> Notice:
    """Return a notice that the actor may see. Raises `NotFound`."""
    statement = select(Notice).where(Notice.id == notice_id, mine(actor))
    found: Notice | None = await session.scalar(statement.with_for_update() if lock else statement)
    if found is None:
        raise NotFound
    return found
