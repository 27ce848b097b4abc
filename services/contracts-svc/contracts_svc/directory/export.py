"""The directory as one CSV file: a row for each product and location, streamed as it is read."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from uuid import UUID

from sqlalchemy import select

from chassis.csv_export import write_rows
from chassis.database import Database, Fence
from contracts_svc.contracts.contract import Contract
from contracts_svc.contracts.line import ContractLine
from contracts_svc.directory.entry import DirectoryEntry
from contracts_svc.directory.listing import locations_of
from contracts_svc.form_c.content import Content
from contracts_svc.form_c.report import FormCReport
from contracts_svc.form_c.rules import WILL_ORDER

HEADER = (
    "contract_number", "legal_business_name", "round", "category", "cba", "competition", "contract_status", "ptan",
    "npi", "effective_from", "effective_to", "hcpcs", "manufacturer", "model_name", "model_number", "stock",
    "starts_on", "ends_on",
)  # fmt: skip
LINES_AT_ONCE = 50


async def export(database: Database, fence: Fence) -> AsyncIterator[bytes]:
    """Give the rows that this fence lets through, some lines of contracts at a time."""
    yield write_rows([HEADER])
    after: UUID | None = None
    while True:
        chunk, after = await _chunk(database, fence, after)
        if chunk:
            yield chunk
        if after is None:
            return


async def _chunk(database: Database, fence: Fence, after: UUID | None) -> tuple[bytes, UUID | None]:
    """The rows of the next lines, and the last of these lines; None once there are no more."""
    statement = (
        select(FormCReport, Contract, ContractLine)
        .select_from(DirectoryEntry)
        .join(FormCReport, FormCReport.id == DirectoryEntry.report_id)
        .join(Contract, Contract.id == DirectoryEntry.contract_id)
        .join(ContractLine, ContractLine.id == DirectoryEntry.line_id)
        .order_by(DirectoryEntry.line_id)
        .limit(LINES_AT_ONCE)
    )
    if after is not None:
        statement = statement.where(DirectoryEntry.line_id > after)
    async with database.reading(fence) as session:
        found = [(row[0], row[1], row[2]) for row in await session.execute(statement)]
    rows = (row for report, contract, line in found for row in _rows(report, contract, line))
    written = await asyncio.to_thread(lambda: write_rows(rows))
    return written, found[-1][2].id if len(found) == LINES_AT_ONCE else None


def _rows(report: FormCReport, contract: Contract, line: ContractLine) -> Iterator[tuple[str, ...]]:
    content = Content.of(report.content)
    said = [(each.hcpcs, each.manufacturer, each.model_name, each.model_number, "stocked") for each in content.products]
    said += [(item, "", "", "", WILL_ORDER) for item in content.will_order]
    about = (
        contract.number,
        contract.legal_business_name,
        contract.round_code,
        line.category_code,
        line.cba_code,
        line.label,
        contract.state.value.lower(),
    )
    for place in locations_of(line):
        days = place.effective_from.isoformat(), place.effective_to.isoformat() if place.effective_to else ""
        where = (place.ptan, place.npi or "", *days)
        for each in said:
            yield (*about, *where, *each, report.starts_on.isoformat(), report.ends_on.isoformat())
