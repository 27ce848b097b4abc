from events import identity
from events.examples import _story as story

EXAMPLES = (
    identity.SigningKeyPublished(kid="token-2019-07", public_jwk=story.JWK, not_before=story.WINDOW_OPENS),
    identity.SessionRevoked(session_id=story.SESSION, revoked_at=story.LATER),
    identity.PersonRemoved(person_id=story.PERSON, organization_id=story.ORGANIZATION, removed_at=story.LATER),
    identity.OrganizationRegistered(
        organization_id=story.ORGANIZATION, legal_business_name=story.COMPANY, ptan=story.PTAN
    ),
    identity.OrganizationNamed(organization_id=story.ORGANIZATION, legal_business_name=story.COMPANY),
    identity.ContactChanged(
        person_id=story.PERSON, organization_id=story.ORGANIZATION, email="ao@example.com", changed_at=story.LATER
    ),
)
