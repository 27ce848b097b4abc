from datetime import timedelta
from typing import Annotated

from fastapi import Path

from chassis.door import PUBLIC, SIGNED_IN, SliceRouter
from chassis.editions import Published
from identity_adapter.roles.published import SHELF, PublishedRoleTable
from identity_adapter.roles.table import RoleTable, role_table

FRESH = timedelta(minutes=5)

router = SliceRouter(prefix="/api/identity/roles", tags=["roles"])
published = SliceRouter(prefix="/api/identity/role-table", tags=["roles"])


@router.get("", permission=SIGNED_IN)
async def read_roles() -> RoleTable:
    """Read the role table: who may do what."""
    return role_table()


@published.get("", permission=PUBLIC, cached_for=FRESH)
async def read_role_table() -> Published[PublishedRoleTable]:
    """Read the newest edition of the user role table, without signing in."""
    return SHELF.read()


@published.get("/{version}", permission=PUBLIC, cached_for=FRESH)
async def read_role_table_edition(version: Annotated[int, Path(ge=1, le=9999)]) -> Published[PublishedRoleTable]:
    """Read one edition of the user role table."""
    return SHELF.read(version)
