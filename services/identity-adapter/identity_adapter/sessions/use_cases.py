from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import delete, select

from chassis import machine_time
from chassis.database import ReadSession, Session
from chassis.errors import NotFound, NotSignedIn
from chassis.tokens import SessionEnded
from chassis.trust import revoke_session
from identity_adapter.members.membership import Membership
from identity_adapter.members.person import Person
from identity_adapter.sessions.lengths import SessionLengths
from identity_adapter.sessions.session import SessionState, SignedInSession, hash_of, new_secret

KEPT_AFTER_END = timedelta(days=90)


async def open_session(
    session: Session,
    person_id: UUID,
    organization_id: UUID | None,
    *,
    signed_in_at: datetime,
    id_token: str,
    brought: str | None,
    browser: str,
    lengths: SessionLengths,
) -> tuple[SignedInSession, str]:
    """Open a session for somebody who has just signed in; return it and the secret for the cookie.

    Whatever session the browser brought along (`brought`) dies: nobody can fix one before the sign-in.
    Raises `SessionEnded` when the person has no role there any more.
    """
    at = machine_time.now()
    person = await session.get_one(Person, person_id)
    membership = person.membership_in(organization_id)
    if membership is None and organization_id is not None:
        raise SessionEnded
    before = await _by_secret(session, brought) if brought else None
    if before is not None and before.state is SessionState.OPEN:
        await end_session(session, before, "revoke", at)
    secret = new_secret()
    opened = SignedInSession(
        person,
        membership,
        secret,
        signed_in_at=signed_in_at,
        id_token=id_token,
        browser=browser,
        lengths=lengths,
        at=at,
    )
    session.add(opened)
    return opened, secret


async def membership_to_begin_with(session: Session, person: Person, brought: str | None) -> Membership | None:
    """Return the role a person who signs in begins with; None for somebody who has none.

    Whoever had a session in this browser goes on acting for the same organization, all others in the role held longest.
    """
    before = await _by_secret(session, brought) if brought else None
    kept = person.membership_in(before.organization_id) if before and before.person_id == person.id else None
    return kept or person.longest_held


async def owner_of(session: Session | ReadSession, secret: str | None) -> UUID | None:
    """Return whose open session the cookie holds; None when it holds none."""
    open_one = select(SignedInSession.person_id).where(
        SignedInSession.secret_hash == hash_of(secret or ""),
        SignedInSession.state == SessionState.OPEN,
        SignedInSession.idle_at > machine_time.now(),
    )
    owner: UUID | None = await session.scalar(open_one)
    return owner


async def renew(session: Session, secret: str | None, lengths: SessionLengths) -> SignedInSession:
    """Keep a session alive. Raises `NotSignedIn` without one, `SessionEnded` when it is over."""
    if not secret:
        raise NotSignedIn
    found = await _by_secret(session, secret)
    if found is None:
        raise SessionEnded
    found.renew(lengths, machine_time.now())
    return found


async def act_for(session: Session, session_id: UUID | None, organization_id: UUID) -> SignedInSession:
    """Act for another organization from now on. Raises `NotSignedIn`, `SessionEnded`, NotFound."""
    found = (
        await session.get(SignedInSession, session_id, with_for_update={"of": SignedInSession}) if session_id else None
    )
    if found is None:
        raise NotSignedIn
    found.act_for(organization_id, machine_time.now())
    return found


async def sign_out(session: Session, secret: str | None) -> str | None:
    """End the session of this cookie, if it is one, and return the hint for the identity provider's sign-out."""
    found = await _by_secret(session, secret) if secret else None
    if found is None or found.state is not SessionState.OPEN:
        return None
    id_token = found.id_token
    await end_session(session, found, "sign out", machine_time.now())
    return id_token


async def end_one_of_mine(session: Session, person_id: UUID | None, session_id: UUID) -> None:
    """End an open session of a person, from this browser or another. Raises NotFound for one of somebody else's."""
    mine = select(SignedInSession).where(
        SignedInSession.id == session_id,
        SignedInSession.person_id == person_id,
        SignedInSession.state == SessionState.OPEN,
    )
    found = await session.scalar(mine.with_for_update(of=SignedInSession))
    if found is None:
        raise NotFound
    await end_session(session, found, "revoke", machine_time.now())


async def end_my_others(session: Session, person_id: UUID | None, but: UUID | None) -> None:
    """End every open session of a person but one."""
    others = select(SignedInSession).where(
        SignedInSession.person_id == person_id,
        SignedInSession.id != but,
        SignedInSession.state == SessionState.OPEN,
    )
    for each in await session.scalars(others.order_by(SignedInSession.id).with_for_update(of=SignedInSession)):
        await end_session(session, each, "revoke", machine_time.now())


async def end_sessions_of(session: Session, person_id: UUID, organization_id: UUID | None, at: datetime) -> None:
    """End every session in which a person acts for an organization (None: inside the program)."""
    open_ones = select(SignedInSession).where(
        SignedInSession.person_id == person_id,
        SignedInSession.organization_id == organization_id,
        SignedInSession.state == SessionState.OPEN,
    )
    for each in await session.scalars(open_ones.with_for_update(of=SignedInSession)):
        await end_session(session, each, "revoke", at)


async def end_session(session: Session, ending: SignedInSession, verb: str, at: datetime) -> None:
    """End a session by `verb` of its lifecycle, here at once and everywhere by event."""
    ending.end(verb, at)
    await revoke_session(session, ending.id, at)


async def expire_sessions(session: Session, _as_of: datetime, limit: int) -> int:
    """End sessions whose time is over, and forget those that ended long ago; return how many ended.

    A sweep, judged by machine time whatever the program's clock says.
    """
    at = machine_time.now()
    due = (
        select(SignedInSession)
        .where(SignedInSession.state == SessionState.OPEN, SignedInSession.idle_at <= at)
        .order_by(SignedInSession.idle_at)
        .limit(limit)
        .with_for_update(skip_locked=True, of=SignedInSession)
    )
    ended = (await session.scalars(due)).all()
    for each in ended:
        await end_session(session, each, "expire", at)
    await session.execute(delete(SignedInSession).where(SignedInSession.ended_at <= at - KEPT_AFTER_END))
    return len(ended)


async def _by_secret(session: Session, secret: str) -> SignedInSession | None:
    by_hash = select(SignedInSession).where(SignedInSession.secret_hash == hash_of(secret))
    found: SignedInSession | None = await session.scalar(by_hash.with_for_update(of=SignedInSession))
    return found
