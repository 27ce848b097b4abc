from datetime import timedelta
from typing import Annotated

from fastapi import Path

from chassis.door import PUBLIC, SliceRouter
from chassis.editions import Published
from documents_svc.rules.published import SHELF, AcceptanceRules

FRESH = timedelta(minutes=5)

router = SliceRouter(prefix="/api/documents/acceptance-rules", tags=["acceptance rules"])


@router.get("", permission=PUBLIC, cached_for=FRESH)
async def read_acceptance_rules() -> Published[AcceptanceRules]:
    """Read the newest edition of what a file must be to be taken."""
    return SHELF.read()


@router.get("/{version}", permission=PUBLIC, cached_for=FRESH)
async def read_acceptance_rules_edition(version: Annotated[int, Path(ge=1, le=9999)]) -> Published[AcceptanceRules]:
    """Read one edition of the acceptance rules."""
    return SHELF.read(version)
