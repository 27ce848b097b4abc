"""What identity-adapter says: keys, revocations, organizations, and who gets which role there."""

from typing import ClassVar, Literal
from uuid import UUID

from events.envelope import Event, Instant
from events.kinds import Code, Permission, Ptan
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
    """A person may not act for an organization any more as until now: removed, suspended, locked, or with fewer rights.

    Said by identity-adapter. Heard by every service, which refuses tokens of this person for this organization issued
    before `removed_at`; whoever is let in again comes with a younger token. It is a matter of the whole system, so it
    is heard without an organization's fence.
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


class ContactChangedV2(Event):
    """The address for a person's e-mail pointers about an organization changed; the latest one of a membership holds.

    None means write no more. `permissions` is what the membership's role may see and do: nobody is told of what they
    may not see. Said by identity-adapter. Heard by notices-svc alone: this is the one topic with personal
    data.
    """

    TYPE: ClassVar[str] = "connexion.identity.contact-changed.v2"
    TOPIC: ClassVar[str] = CONTACTS
    KEY: ClassVar[str] = "membership_id"

    membership_id: UUID
    person_id: UUID
    organization_id: UUID
    email: str | None
    permissions: tuple[Permission, ...] = ()
    changed_at: Instant


class ContactChanged(Event):
    """The address for a person's e-mail pointers changed: as it was said before `contact-changed.v2`, and is no longer.

    It kept one address a person, and lost that of a second organization. Said by identity-adapter until then. Heard by
    nobody.
    """

    TYPE: ClassVar[str] = "connexion.identity.contact-changed.v1"
    TOPIC: ClassVar[str] = CONTACTS
    KEY: ClassVar[str] = "person_id"

    person_id: UUID
    organization_id: UUID
    email: str | None
    changed_at: Instant


class RoleRequested(Event):
    """Somebody asks to act for an organization in a role, and waits for a decision until `due_at`.

    Said by identity-adapter. Heard by notices-svc, which puts it before those who hold the permission `decided_with`;
    without one nobody of the organization decides, but the enrolment record does.
    """

    TYPE: ClassVar[str] = "connexion.identity.role-requested.v1"
    TOPIC: ClassVar[str] = STREAM
    KEY: ClassVar[str] = "membership_id"

    membership_id: UUID
    person_id: UUID
    organization_id: UUID
    role: str
    decided_with: Permission | None
    requested_at: Instant
    due_at: Instant


class RoleGranted(Event):
    """Somebody may act for an organization in a role from now on: a request was granted, or a role given anew.

    Said by identity-adapter. Heard by notices-svc.
    """

    TYPE: ClassVar[str] = "connexion.identity.role-granted.v1"
    TOPIC: ClassVar[str] = STREAM
    KEY: ClassVar[str] = "membership_id"

    membership_id: UUID
    person_id: UUID
    organization_id: UUID
    role: str
    granted_at: Instant


class RoleRejected(Event):
    """A request for a role came to nothing: rejected, withdrawn, or expired because nobody decided in time.

    Said by identity-adapter. Heard by notices-svc. The reason stays with identity-adapter: people wrote it.
    """

    TYPE: ClassVar[str] = "connexion.identity.role-rejected.v1"
    TOPIC: ClassVar[str] = STREAM
    KEY: ClassVar[str] = "membership_id"

    membership_id: UUID
    person_id: UUID
    organization_id: UUID
    role: str
    outcome: Code
    rejected_at: Instant


class RoleChanged(Event):
    """A member of an organization acts there in another role from now on.

    Said by identity-adapter. Heard by nobody yet.
    """

    TYPE: ClassVar[str] = "connexion.identity.role-changed.v1"
    TOPIC: ClassVar[str] = STREAM
    KEY: ClassVar[str] = "membership_id"

    membership_id: UUID
    person_id: UUID
    organization_id: UUID
    role_before: str
    role: str
    changed_at: Instant


EVENTS = (
    SigningKeyPublished,
    SessionRevoked,
    PersonRemoved,
    OrganizationRegistered,
    OrganizationNamed,
    ContactChangedV2,
    ContactChanged,
    RoleRequested,
    RoleGranted,
    RoleRejected,
    RoleChanged,
)
