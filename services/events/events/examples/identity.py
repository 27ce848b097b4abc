from datetime import timedelta
from typing import Any

from events import identity
from events.examples import _story as story

_MEMBERSHIP: dict[str, Any] = {
    "membership_id": story.MEMBERSHIP,
    "person_id": story.PERSON,
    "organization_id": story.ORGANIZATION,
}

EXAMPLES = (
    identity.SigningKeyPublished(kid="token-2019-07", public_jwk=story.JWK, not_before=story.WINDOW_OPENS),
    identity.SessionRevoked(session_id=story.SESSION, revoked_at=story.LATER),
    identity.PersonRemoved(person_id=story.PERSON, organization_id=story.ORGANIZATION, removed_at=story.LATER),
    identity.OrganizationRegistered(
        organization_id=story.ORGANIZATION, legal_business_name=story.COMPANY, ptan=story.PTAN
    ),
    identity.OrganizationNamed(organization_id=story.ORGANIZATION, legal_business_name=story.COMPANY),
    identity.ContactChangedV2(**_MEMBERSHIP, email="ao@example.com", changed_at=story.LATER),
    identity.ContactChanged(
        person_id=story.PERSON, organization_id=story.ORGANIZATION, email="ao@example.com", changed_at=story.LATER
    ),
    identity.RoleRequested(
        **_MEMBERSHIP,
        role="BAO",
        decided_with="member.approve_bao",
        requested_at=story.LATER,
        due_at=story.LATER + timedelta(days=30),
    ),
    identity.RoleGranted(**_MEMBERSHIP, role="BAO", granted_at=story.SETTLED),
    identity.RoleRejected(**_MEMBERSHIP, role="BAO", outcome="rejected", rejected_at=story.SETTLED),
    identity.RoleChanged(**_MEMBERSHIP, role_before="BAO", role="AO", changed_at=story.SETTLED),
)
