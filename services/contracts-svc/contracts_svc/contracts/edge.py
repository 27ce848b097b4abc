"""The routes of suppliers and of downstream machines."""

from datetime import date
from typing import Annotated
from uuid import UUID

from fastapi import Path, Query

from chassis import program_time
from chassis.calendar import eastern_day
from chassis.door import CurrentActor, ReadingSession, SliceRouter
from chassis.paging import After, Limit, Page
from contracts_svc.contracts import history_views, version_views, views
from contracts_svc.contracts.permissions import VIEW, VIEW_ACTIVITY, VIEW_SUMMARY

router = SliceRouter(prefix="/api/contracts/contracts", tags=["contracts"])

VersionNumber = Annotated[int, Path(ge=1, le=10**9)]
OnDay = Annotated[date | None, Query(description="The day asked about; today where left out")]
KnownOn = Annotated[date | None, Query(description="By what was known at the end of this day; today where left out")]


@router.get("", permission=VIEW)
async def list_contracts(
    actor: CurrentActor, session: ReadingSession, after: After = None, limit: Limit = 25
) -> Page[views.ContractSummary]:
    """List your organization's contracts."""
    return await views.list_contracts(session, actor, after, limit)


@router.get("/{contract_id}", permission=VIEW)
async def read_contract(contract_id: UUID, actor: CurrentActor, session: ReadingSession) -> views.ContractView:
    """Read a contract as it stands."""
    return await views.read_contract(session, actor, contract_id)


@router.get("/{contract_id}/standing", permission=VIEW)
async def read_on_day(
    contract_id: UUID, actor: CurrentActor, session: ReadingSession, on: OnDay = None, known_on: KnownOn = None
) -> views.ContractOnDay:
    """Read a contract as it stood on a day: its state, and which locations could furnish."""
    today = eastern_day(program_time.now())
    return await views.read_on_day(session, actor, contract_id, on or today, known_on or today)


@router.get("/{contract_id}/versions", permission=VIEW)
async def list_versions(
    contract_id: UUID, actor: CurrentActor, session: ReadingSession, after: After = None, limit: Limit = 25
) -> Page[version_views.VersionSummary]:
    """List the versions of a contract, latest first."""
    return await version_views.list_versions(session, actor, contract_id, after, limit)


@router.get("/{contract_id}/versions/{number}", permission=VIEW)
async def read_version(
    contract_id: UUID, number: VersionNumber, actor: CurrentActor, session: ReadingSession
) -> version_views.VersionView:
    """Read a version of a contract."""
    return await version_views.read_version(session, actor, contract_id, number)


@router.get("/{contract_id}/maintenance-summary", permission=VIEW_SUMMARY)
async def read_summary(
    contract_id: UUID, actor: CurrentActor, session: ReadingSession
) -> history_views.MaintenanceSummary:
    """Read the maintenance summary of a contract, of what you may see."""
    return await history_views.read_summary(session, actor, contract_id, eastern_day(program_time.now()))


@router.get("/{contract_id}/activity", permission=VIEW_ACTIVITY)
async def list_activity(
    contract_id: UUID, actor: CurrentActor, session: ReadingSession, after: After = None, limit: Limit = 25
) -> Page[history_views.EntryView]:
    """List what happened under a contract, of what you may see; latest first."""
    return await history_views.list_entries(session, actor, contract_id, after, limit)
