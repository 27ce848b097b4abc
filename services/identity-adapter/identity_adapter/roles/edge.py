from chassis.door import SIGNED_IN, SliceRouter
from identity_adapter.roles.table import RoleTable, role_table

router = SliceRouter(prefix="/api/identity/roles", tags=["roles"])


@router.get("", permission=SIGNED_IN)
async def read_roles() -> RoleTable:
    """Read the role table: who may do what."""
    return role_table()
