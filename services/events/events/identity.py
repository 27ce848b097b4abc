"""What identity-adapter says: keys, revocations, organizations."""

from typing import ClassVar, Literal
from uuid import UUID

from events.envelope import Event, Instant
from events.kinds import Ptan
from events.signing_keys import KeyPublished

STREAM = "connexion.identity"
DIRECTORY = "connexion.identity.directory"
CONTACTS = "connexion.identity.contacts"


class SigningKeyPublished(KeyPublished):
    """A key that signs platform tokens was made, or retired.

    Said by identity-adapter before the key signs its first token. Heard by every service, which verifies tokens from
    its own database.
    """

    TYPE: ClassVar[str] = "connexion.identity.signing-key-published.v1"
    TOPIC: ClassVar[str] = STREAM

    use: Literal["token"] = "token"


class SessionRevoked(Event):
    """A session ended before its time: signed out, or ended by the help desk.

    Said by identity-adapter. Heard by every service, which refuses tokens of this session (claim `sid`) from now on.
    """

    TYPE: ClassVar[str] = "connexion.identity.session-revoked.v1"
    TOPIC: ClassVar[str] = STREAM
    KEY: ClassVar[str] = "session_id"

    session_id: UUID
    revoked_at: Instant


class PersonRemoved(Event):
    """A person lost every role in an organization.

    Said by identity-adapter. Heard by every service, which refuses tokens of this person for this organization issued
    before `removed_at`. It is a matter of the whole system, so it is heard without an organization's fence.
    """

    TYPE: ClassVar[str] = "connexion.identity.person-removed.v1"
    TOPIC: ClassVar[str] = STREAM
    KEY: ClassVar[str] = "person_id"

    person_id: UUID
    organization_id: UUID
    removed_at: Instant

    @property
    def organization(self) -> None:
        """No fence: the refusal is system data of each service."""
        return


class OrganizationRegistered(Event):
    """An organization's authorized official completed the registration.

    Said by identity-adapter. Heard by bidding-svc, which issues bidder numbers, and by notices-svc.
    """

    TYPE: ClassVar[str] = "connexion.identity.organization-registered.v1"
    TOPIC: ClassVar[str] = STREAM
    KEY: ClassVar[str] = "organization_id"

    organization_id: UUID
    legal_business_name: str
    ptan: Ptan


class OrganizationNamed(Event):
    """An organization has this name now; the latest one holds.

    Said by identity-adapter at registration and at each change of name. Heard by every service that shows names.
    """

    TYPE: ClassVar[str] = "connexion.identity.organization-named.v1"
    TOPIC: ClassVar[str] = DIRECTORY
    KEY: ClassVar[str] = "organization_id"

    organization_id: UUID
    legal_business_name: str


class ContactChanged(Event):
    """The address for a person's e-mail pointers changed; the latest one holds, none means write no more.

    Said by identity-adapter. Heard by notices-svc alone: this is the one topic with personal data.
    """

    TYPE: ClassVar[str] = "connexion.identity.contact-changed.v1"
    TOPIC: ClassVar[str] = CONTACTS
    KEY: ClassVar[str] = "person_id"

    person_id: UUID
    organization_id: UUID
    email: str | None
    changed_at: Instant


EVENTS = (
    SigningKeyPublished,
    SessionRevoked,
    PersonRemoved,
    OrganizationRegistered,
    OrganizationNamed,
    ContactChanged,
)
