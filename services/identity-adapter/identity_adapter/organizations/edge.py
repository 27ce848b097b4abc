from uuid import UUID

from chassis.door import SIGNED_IN, CurrentActor, ReadingSession, SliceRouter
from identity_adapter.organizations import views

router = SliceRouter(prefix="/api/identity/organizations", tags=["organizations"])


@router.get("/{organization_id}", permission=SIGNED_IN)
async def read_organization(
    organization_id: UUID, actor: CurrentActor, session: ReadingSession
) -> views.OrganizationView:
    """Read an organization you are a member of; staff with `staff.organization.view` read any."""
    return await views.read_organization(session, actor, organization_id)
