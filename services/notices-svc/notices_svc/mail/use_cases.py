from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal
from uuid import UUID

from sqlalchemy import any_, func, literal, or_, select
from sqlalchemy.dialects.postgresql import insert

from chassis import machine_time
from chassis.database import Session
from chassis.errors import NotFound
from chassis.sweeps import due, each
from notices_svc.mail.contact import Contact
from notices_svc.mail.pointer import KEPT_TRYING, SENDING, WAITING, Pointer
from notices_svc.notices.lifecycle import RESCINDED
from notices_svc.notices.notice import Notice

EMAIL = "email"
Occasion = Literal["issued", "due-soon"]

LEASE = timedelta(minutes=10)
"""Far longer than a try can last; whoever holds it longer has died."""

_MAY_KNOW = (Notice.permission == any_(Contact.permissions)) & or_(
    Notice.restricted_to.is_(None),
    Contact.person_id == any_(Notice.restricted_to),
    Notice.unrestricted_with == any_(Contact.permissions),
)
"""The condition of `notices.seeing.mine`, for somebody who is not there: whoever may see the notice is told of it."""


@dataclass(frozen=True)
class Addressed:
    """A claimed pointer and where it goes."""

    pointer_id: UUID
    email: str


async def queue(session: Session, notice_ids: Collection[UUID], occasion: Occasion) -> None:
    """Queue a pointer for everybody who may see these notices, in one statement; a second time adds nothing.

    Of those that are not issued, because something failed, nobody is told.
    """
    now = machine_time.now()
    whom = (
        select(
            func.gen_random_uuid(),
            Notice.organization_id,
            Notice.id,
            Contact.membership_id,
            Contact.person_id,
            literal(EMAIL),
            literal(occasion),
            literal(WAITING.value),
            literal(now),
            literal(now),
            literal(0),
        )
        .join(Contact, Contact.organization_id == Notice.organization_id)
        .where(Notice.id.in_(notice_ids), Notice.issued_at.is_not(None), Contact.email.is_not(None), _MAY_KNOW)
    )
    columns = ["id", "organization_id", "notice_id", "membership_id", "person_id", "channel", "occasion", "state"]
    columns += ["queued_at", "next_try_at", "tries"]
    await session.execute(insert(Pointer).from_select(columns, whom).on_conflict_do_nothing())


async def claim(session: Session, now: datetime) -> Addressed | Literal["dropped"] | None:
    """Take the next pointer whose time has come; one that nobody is to get any more is dropped. None: nothing waits."""
    pointer: Pointer | None = await session.scalar(
        select(Pointer)
        .where(Pointer.state == WAITING, Pointer.next_try_at <= now)
        .order_by(Pointer.next_try_at)
        .limit(1)
        .with_for_update(skip_locked=True)
    )
    if pointer is None:
        return None
    email = await session.scalar(
        select(Contact.email)
        .join(Notice, Notice.id == pointer.notice_id)
        .where(Contact.membership_id == pointer.membership_id, Notice.state != RESCINDED, _MAY_KNOW)
    )
    if email is None:
        pointer.drop()
        return "dropped"
    pointer.claim(now, LEASE)
    return Addressed(pointer.id, email)


async def claimed(session: Session, pointer_id: UUID) -> Pointer:
    """Return a pointer that this worker has claimed, under lock."""
    return await session.get_one(Pointer, pointer_id, with_for_update=True)


async def give_up(session: Session, _as_of: datetime, limit: int) -> int:
    """Give up what could not be handed over for 72 hours; a sweep."""
    until = machine_time.now() - KEPT_TRYING
    waiting = await due(session, Pointer, Pointer.queued_at, until, limit, Pointer.state == WAITING)
    return await each(session, waiting, lambda pointer: pointer.give_up())


async def lose_sight(session: Session, _as_of: datetime, limit: int) -> int:
    """Mark what a worker was sending when it died: whether it went out nobody can tell; a sweep."""
    dead = await due(session, Pointer, Pointer.next_try_at, machine_time.now(), limit, Pointer.state == SENDING)
    return await each(session, dead, lambda pointer: pointer.lose_sight())


async def settle(session: Session, pointer_id: UUID, note: str) -> Pointer:
    """The help desk has reached the person in another way, or need not. Raises `NotFound`, `NotAllowedNow`."""
    pointer = await session.get(Pointer, pointer_id, with_for_update=True)
    if pointer is None:
        raise NotFound
    pointer.settle(session.actor.person_id, note)
    return pointer
