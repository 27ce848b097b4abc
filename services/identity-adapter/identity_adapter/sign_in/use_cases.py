from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import delete, select

from chassis import machine_time
from chassis.database import ReadSession, Session
from chassis.errors import NotAllowed
from identity_adapter.organizations.organization import Membership, Person
from identity_adapter.organizations.use_cases import person_of
from identity_adapter.sessions.session import hash_of, new_secret
from identity_adapter.sign_in.attempt import NotYourSignIn, SignInAttempt


class NoRoleYet(NotAllowed):
    """You are signed in, but have no role in Connexion yet. Ask the authorized official of your organization."""

    title = "No role yet"


@dataclass(frozen=True)
class RoundTrip:
    """What the browser takes to the identity provider, and what it must bring back."""

    state: str
    nonce: str
    code_verifier: str
    browser: str


def new_round_trip(browser: str | None) -> RoundTrip:
    """Make fresh secrets; `browser` is what this browser keeps already, so that two tabs can sign in at once."""
    return RoundTrip(new_secret(), new_secret(), new_secret() + new_secret(), browser or new_secret())


async def begin(session: Session, trip: RoundTrip, return_to: str) -> None:
    """Note that a sign-in is under way."""
    session.add(
        SignInAttempt(
            state_hash=hash_of(trip.state),
            browser_hash=hash_of(trip.browser),
            nonce=trip.nonce,
            code_verifier=trip.code_verifier,
            return_to=return_to,
            at=machine_time.now(),
        )
    )


async def take_back(session: Session, state: str, browser: str | None) -> SignInAttempt:
    """Return the sign-in that this browser began with this state, and let nobody return with it again.

    Raises `NotYourSignIn`.
    """
    attempt: SignInAttempt | None = await session.scalar(
        delete(SignInAttempt)
        .where(
            SignInAttempt.state_hash == hash_of(state),
            SignInAttempt.browser_hash == hash_of(browser or ""),
            SignInAttempt.ends_at > machine_time.now(),
        )
        .returning(SignInAttempt)
    )
    if attempt is None:
        raise NotYourSignIn
    return attempt


async def member(session: ReadSession, user_id: str) -> tuple[Person, Membership]:
    """Return the person with this user id and the role to begin with: the one held longest.

    Raises `NoRoleYet` for somebody who is nobody's member.
    """
    person = await person_of(session, user_id)
    if person is None or not person.memberships:
        raise NoRoleYet
    return person, person.memberships[0]


async def forget_abandoned(session: Session, _as_of: datetime, limit: int) -> int:
    """Forget sign-ins nobody came back from; a sweep. Returns how many."""
    abandoned = (
        select(SignInAttempt.id)
        .where(SignInAttempt.ends_at <= machine_time.now())
        .limit(limit)
        .with_for_update(skip_locked=True)
    )
    gone = await session.scalars(
        delete(SignInAttempt).where(SignInAttempt.id.in_(abandoned)).returning(SignInAttempt.id)
    )
    return len(gone.all())
