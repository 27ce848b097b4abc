"""Products per contract location for the Supplier Directory downstream (contracts.md 6): told on a compacted topic."""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import cast
from uuid import UUID

from sqlalchemy import or_, select

from chassis.database import Session
from chassis.sweeps import each
from contracts_svc.contracts.contract import Contract
from contracts_svc.contracts.line import ContractLine
from contracts_svc.directory.entry import DirectoryEntry
from contracts_svc.form_c.content import Content
from contracts_svc.form_c.lifecycle import ACCEPTED
from contracts_svc.form_c.report import FormCReport
from events.contracts import ContractLocation, ContractStatus
from events.form_c import DirectoryProduct, DirectoryState


async def list_accepted(session: Session, _as_of: datetime, limit: int) -> int:
    """Put accepted reports in the directory, each in place of its line's earlier one; a sweep."""
    found = await session.scalars(
        select(FormCReport)
        .where(FormCReport.state == ACCEPTED, FormCReport.listed.is_(False))
        .order_by(FormCReport.starts_on, FormCReport.id)
        .limit(limit)
        .with_for_update(skip_locked=True)
    )
    reports = found.all()
    entries = await _entries(session, [report.line_id for report in reports])

    def act(report: FormCReport) -> None:
        report.listed = True
        standing = entries.get(report.line_id)
        if standing is None:
            entries[report.line_id] = standing = DirectoryEntry(
                line_id=report.line_id,
                contract_id=report.contract_id,
                organization_id=report.organization_id,
                report_id=report.id,
                starts_on=report.starts_on,
                revision=0,
                told_revision=None,
            )
            session.add(standing)
        elif report.starts_on >= standing.starts_on:
            standing.report_id, standing.starts_on, standing.told_revision = report.id, report.starts_on, None

    return await each(session, reports, act)


async def tell_directory(session: Session, as_of: datetime, limit: int) -> int:
    """Tell the directory what is new in it, and again what stands on a contract that has changed; a sweep."""
    changed = or_(DirectoryEntry.told_revision.is_(None), DirectoryEntry.told_revision < Contract.revision)
    found = await session.execute(
        select(DirectoryEntry, FormCReport, Contract, ContractLine)
        .join(FormCReport, FormCReport.id == DirectoryEntry.report_id)
        .join(Contract, Contract.id == DirectoryEntry.contract_id)
        .join(ContractLine, ContractLine.id == DirectoryEntry.line_id)
        .where(changed)
        .order_by(DirectoryEntry.line_id)
        .limit(limit)
        .with_for_update(skip_locked=True, of=DirectoryEntry)
    )

    def act(row: Sequence[object]) -> None:
        entry, report, contract, line = cast("tuple[DirectoryEntry, FormCReport, Contract, ContractLine]", tuple(row))
        entry.revision, entry.told_revision = entry.revision + 1, contract.revision
        for listed in _listings(entry, report, contract, line, as_of):
            session.say(listed)

    return await each(session, found.all(), act)


def locations_of(line: ContractLine) -> tuple[ContractLocation, ...]:
    """Return the locations of a line with the days they may furnish."""
    return tuple(
        ContractLocation(
            ptan=each.ptan, npi=each.npi, effective_from=each.effective_from, effective_to=each.effective_to
        )
        for each in sorted(line.locations, key=lambda each: (each.ptan, str(each.id)))
        if each.effective_from is not None
    )


def _listings(
    entry: DirectoryEntry, report: FormCReport, contract: Contract, line: ContractLine, at: datetime
) -> Iterator[DirectoryState]:
    content, locations = Content.of(report.content), locations_of(line)
    products: Mapping[str, list[DirectoryProduct]] = _by_item(content)
    for item in report.items:
        yield DirectoryState(
            listing=f"{line.id}/{item}",
            revision=entry.revision,
            contract_id=contract.id,
            contract_number=contract.number,
            line_id=line.id,
            organization_id=contract.organization_id,
            legal_business_name=contract.legal_business_name,
            round_code=contract.round_code,
            status=cast("ContractStatus", contract.state.value.lower()),
            cba=line.cba_code,
            category=line.category_code,
            label=line.label,
            hcpcs=item,
            starts_on=report.starts_on,
            ends_on=report.ends_on,
            locations=locations,
            products=tuple(products.get(item, ())),
            will_order=item in content.will_order,
            listed_at=at,
        )


def _by_item(content: Content) -> dict[str, list[DirectoryProduct]]:
    products: dict[str, list[DirectoryProduct]] = defaultdict(list)
    for told in content.products:
        named = DirectoryProduct(
            manufacturer=told.manufacturer, model_name=told.model_name, model_number=told.model_number
        )
        products[told.hcpcs].append(named)
    return products


async def _entries(session: Session, lines: Sequence[UUID]) -> dict[UUID, DirectoryEntry]:
    found = await session.scalars(select(DirectoryEntry).where(DirectoryEntry.line_id.in_(lines)).with_for_update())
    return {entry.line_id: entry for entry in found}
