from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import delete, select, text

from chassis import machine_time
from chassis.database import Session
from chassis.errors import NotAllowed
from identity_adapter.members.person import Person
from identity_adapter.members.use_cases import person_of
from identity_adapter.sessions.session import hash_of, new_secret
from identity_adapter.sign_in.attempt import NotYourSignIn, SignInAttempt
from identity_adapter.sign_in.provider import Vouched

_ONE_ARRIVES = text("select pg_advisory_xact_lock(hashtext('connexion person ' || :user_id))")


class AccountIncomplete(NotAllowed):
    """Your account at the identity provider lacks a name or an e-mail address. Add it there, then sign in again."""

    title = "Account not complete"


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


async def begin(
    session: Session, trip: RoundTrip, return_to: str, *, again: bool = False, person_id: UUID | None = None
) -> None:
    """Note that a sign-in is under way; `again` by somebody who is signed in already (`person_id`, where known)."""
    session.add(
        SignInAttempt(
            state_hash=hash_of(trip.state),
            browser_hash=hash_of(trip.browser),
            nonce=trip.nonce,
            code_verifier=trip.code_verifier,
            return_to=return_to,
            again=again,
            person_id=person_id,
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


async def arrive(session: Session, vouched: Vouched) -> Person:
    """Return whom the provider vouches for, as it knows them now; somebody who was never here before is added.

    That person has no role yet and can ask for one (`domain/roles.md` 2). Raises `AccountIncomplete`.
    """
    about = vouched.profile
    await session.execute(_ONE_ARRIVES, {"user_id": vouched.user_id.upper()})
    person = await person_of(session, vouched.user_id)
    if person is None:
        if not about.is_complete:
            raise AccountIncomplete
        person = Person(vouched.user_id, about.given_name, about.family_name, about.email)
        session.add(person)
        await session.flush()
    elif about.is_complete:
        person.be_known_as(about.given_name, about.family_name, about.email, machine_time.now())
    return person


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
