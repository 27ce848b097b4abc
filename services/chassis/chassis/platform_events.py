"""What every service hears: the public keys that signatures are checked with, and revocations.

    SERVICE = Service(name="documents", ..., hears=[..., hears_keys_and_revocations("documents")])

They go into the service's own `signing_key` and `revocation` tables, which its token verifier reads.
"""

from chassis.database import Session
from chassis.kafka import Hears
from chassis.trust import note_key, revoke_person, revoke_session
from events import documents, identity
from events.signing_keys import KeyPublished


def hears_keys_and_revocations(service: str) -> Hears:
    """Return the handlers for a service. Where a slice hears the same topic, both share its one subscriber."""
    hears = Hears(service)

    @hears(identity.STREAM, identity.SigningKeyPublished)
    async def on_token_key(event: identity.SigningKeyPublished, session: Session) -> None:
        await _note_key(session, event, event.use, "identity")

    @hears(documents.STREAM, documents.SigningKeyPublished)
    async def on_receipt_key(event: documents.SigningKeyPublished, session: Session) -> None:
        await _note_key(session, event, event.use, "documents")

    @hears(identity.STREAM, identity.SessionRevoked)
    async def on_session_revoked(event: identity.SessionRevoked, session: Session) -> None:
        await revoke_session(session, event.session_id, event.revoked_at)

    @hears(identity.STREAM, identity.PersonRemoved)
    async def on_person_removed(event: identity.PersonRemoved, session: Session) -> None:
        await revoke_person(session, event.person_id, event.organization_id, event.removed_at)

    return hears


async def _note_key(session: Session, key: KeyPublished, use: str, issuer: str) -> None:
    await note_key(
        session,
        kid=key.kid,
        use=use,
        issuer=issuer,
        public_jwk=key.public_jwk.model_dump(),
        not_before=key.not_before,
        not_after=key.not_after,
    )
