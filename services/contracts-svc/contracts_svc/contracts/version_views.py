"""The versions of a contract, each with the seal of its signed copy; for its supplier and for staff."""

from datetime import date, datetime
from uuid import UUID

from pydantic import BaseModel
from sqlalchemy import select

from chassis.actor import Actor
from chassis.database import ReadSession
from chassis.errors import NotFound
from chassis.paging import Page, fetch_page
from contracts_svc.contracts.version import ContractVersion, in_force
from contracts_svc.contracts.views import LineView, find, own_rows
from contracts_svc.sealing.sealed_copy import SEALED, SealedCopy


class Seal(BaseModel):
    """The sealed PDF of a version: when CMS's seal was set, its level, and the file's digest and size in bytes."""

    sealed_at: datetime
    level: str
    sha256: str
    size: int


class VersionSummary(BaseModel):
    """A version in a list. `reason`: signed, extended, changed. Without `sealed` its PDF waits for the seal."""

    number: int
    reason: str
    signed_at: datetime
    in_force_at: datetime
    content_sha256: str
    sealed: Seal | None = None


class VersionView(VersionSummary):
    """A version with what it says; that never changes."""

    lines: list[LineView]
    legal_business_name: str
    starts_on: date
    ends_on: date


async def list_versions(
    session: ReadSession, actor: Actor, contract_id: UUID, after: str | None, limit: int
) -> Page[VersionSummary]:
    """Return the versions of a contract that are or were in force, latest first. Raises `NotFound`."""
    await find(session, actor, contract_id)
    page: Page[VersionSummary] = await fetch_page(
        session,
        in_force(contract_id).where(*own_rows(actor, ContractVersion.organization_id)),
        [(ContractVersion.number, int)],
        lambda one: VersionSummary.model_validate(one, from_attributes=True),
        after=after,
        limit=limit,
    )
    seals = await _seals(session, contract_id, [each.number for each in page.items])
    items = [each.model_copy(update={"sealed": seals.get(each.number)}) for each in page.items]
    return Page(items=items, next=page.next)


async def read_version(session: ReadSession, actor: Actor, contract_id: UUID, number: int) -> VersionView:
    """Return what a version says. Raises `NotFound`."""
    await find(session, actor, contract_id)
    found = await session.scalar(in_force(contract_id).where(ContractVersion.number == number))
    if found is None:
        raise NotFound
    summary = VersionSummary.model_validate(found, from_attributes=True)
    seals = await _seals(session, contract_id, [number])
    return VersionView(
        **summary.model_copy(update={"sealed": seals.get(number)}).model_dump(),
        lines=[LineView.model_validate(line) for line in found.content["lines"]],
        **{name: found.content[name] for name in ("legal_business_name", "starts_on", "ends_on")},
    )


async def _seals(session: ReadSession, contract_id: UUID, numbers: list[int]) -> dict[int, Seal]:
    copies = await session.scalars(
        select(SealedCopy).where(
            SealedCopy.contract_id == contract_id, SealedCopy.number.in_(numbers), SealedCopy.state == SEALED
        )
    )
    return {copy.number: Seal.model_validate(copy, from_attributes=True) for copy in copies}
