"""A sign-in under way: somebody was sent to the identity provider and has not come back yet."""

from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy.orm import Mapped, mapped_column

from chassis.errors import Invalid, NotAllowed
from chassis.ids import new_id
from identity_adapter.base import Base

AT_MOST = timedelta(minutes=10)


class NotYourSignIn(Invalid):
    """This sign-in was not begun in this browser, was finished already, or took longer than ten minutes. Try again."""


class SignedInAsSomebodyElse(NotAllowed):
    """You were asked to sign in again, and signed in as somebody else. Sign in as the person who began this page."""

    title = "Signed in as somebody else"


class SignInAttempt(Base):
    """Good for one way back: it is deleted when somebody returns with its state.

    `state` and the browser's cookie are kept as hashes; the verifier and the nonce must be told again, so they stand
    here as they are, for ten minutes.
    """

    __tablename__ = "sign_in_attempt"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    state_hash: Mapped[str] = mapped_column(unique=True)
    browser_hash: Mapped[str]
    nonce: Mapped[str]
    code_verifier: Mapped[str]
    return_to: Mapped[str]
    again: Mapped[bool]
    person_id: Mapped[UUID | None] = mapped_column(comment="who has to come back, where that is known")
    ends_at: Mapped[datetime] = mapped_column(index=True, comment="machine time")

    def __init__(
        self,
        *,
        state_hash: str,
        browser_hash: str,
        nonce: str,
        code_verifier: str,
        return_to: str,
        again: bool,
        person_id: UUID | None,
        at: datetime,
    ) -> None:
        self.id = new_id()
        self.state_hash, self.browser_hash, self.nonce = state_hash, browser_hash, nonce
        self.code_verifier, self.return_to, self.ends_at = code_verifier, return_to, at + AT_MOST
        self.again, self.person_id = again, person_id

    def signed_in_since(self, longest: timedelta) -> datetime:
        """Since when the person must have signed in at the provider: since it began where that was asked for again.

        Otherwise a sign-in there is good for as long (`longest`) as a session here.
        """
        began_at = self.ends_at - AT_MOST
        return began_at if self.again else began_at - longest

    def require_owner(self, person_id: UUID) -> None:
        """Raise `SignedInAsSomebodyElse` unless whoever was to come back has come back."""
        if self.person_id not in {None, person_id}:
            raise SignedInAsSomebodyElse
