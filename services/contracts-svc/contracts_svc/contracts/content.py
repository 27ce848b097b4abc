"""What a contract says: as the content of a version, and as the public snapshot."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import TYPE_CHECKING, Any, cast

from events.contracts import ContractLine as PublicLine
from events.contracts import ContractLocation, ContractPrice, ContractState, ContractStatus, StatusSince

if TYPE_CHECKING:
    from contracts_svc.contracts.contract import Contract
    from contracts_svc.contracts.line import ContractLine


def content_of(
    contract: Contract, lines: Sequence[ContractLine], *, version: int, new_lines_from: date | None = None
) -> dict[str, Any]:
    """Return the content of a version as plain JSON: parties, period, and these lines in the order of their words.

    `new_lines_from` is the first day of lines that are not part of the signed contract yet.
    """
    return {
        "contract_number": contract.number,
        "version": version,
        "legal_business_name": contract.legal_business_name,
        "bidder_number": contract.bidder_number,
        "round_code": contract.round_code,
        "starts_on": contract.starts_on.isoformat(),
        "ends_on": contract.ends_on.isoformat(),
        "lines": [_line(line, new_lines_from) for line in sorted(lines, key=lambda line: (line.label, str(line.id)))],
    }


def snapshot_of(contract: Contract) -> ContractState:
    """Return the public snapshot of a contract that was signed: the version in force and every status it had."""
    return _snapshot(contract, [_public(line) for line in contract.lines if line.is_contracted])


def snapshot_by(contract: Contract, content: Mapping[str, Any]) -> ContractState:
    """Return the same snapshot from what its version in force says, for who has no lines at hand."""
    lines = sorted(content["lines"], key=lambda line: str(line["line_id"]))
    return _snapshot(contract, [_public_by(line) for line in lines])


def _snapshot(contract: Contract, lines: Sequence[PublicLine]) -> ContractState:
    return ContractState(
        contract_id=contract.id,
        contract_number=contract.number,
        organization_id=contract.organization_id,
        legal_business_name=contract.legal_business_name,
        bidder_number=contract.bidder_number,
        round_code=contract.round_code,
        status=_public_status(contract.state.value),
        statuses=tuple(
            StatusSince(status=_public_status(each["state"]), since=date.fromisoformat(each["since"]))
            for each in contract.statuses
        ),
        version=contract.version,
        revision=contract.revision,
        starts_on=contract.starts_on,
        ends_on=contract.ends_on,
        lines=tuple(lines),
        changed_at=contract.told_at or contract.changed_at,
    )


def _public_status(state: str) -> ContractStatus:
    return cast("ContractStatus", state.lower())


def _line(line: ContractLine, first_day: date | None) -> dict[str, Any]:
    return {
        "line_id": str(line.id),
        "category_code": line.category_code,
        "cba_code": line.cba_code,
        "label": line.label,
        "prices": sorted(line.prices, key=lambda price: str(price["hcpcs"])),
        "locations": [
            {
                "ptan": each.ptan,
                "npi": each.npi,
                "effective_from": _day(each.effective_from or first_day),
                "effective_to": _day(each.effective_to),
            }
            for each in sorted(line.locations, key=lambda each: (each.ptan, str(each.id)))
        ],
    }


def _public(line: ContractLine) -> PublicLine:
    return PublicLine(
        line_id=line.id,
        cba=line.cba_code,
        category=line.category_code,
        label=line.label,
        locations=tuple(
            ContractLocation(
                ptan=each.ptan, npi=each.npi, effective_from=each.effective_from, effective_to=each.effective_to
            )
            for each in sorted(line.locations, key=lambda each: (each.ptan, str(each.id)))
            if each.effective_from is not None
        ),
        prices=tuple(
            ContractPrice(hcpcs=price["hcpcs"], amount=price["amount"])
            for price in sorted(line.prices, key=lambda price: str(price["hcpcs"]))
        ),
    )


def _public_by(line: Mapping[str, Any]) -> PublicLine:
    return PublicLine(
        line_id=line["line_id"],
        cba=line["cba_code"],
        category=line["category_code"],
        label=line["label"],
        locations=tuple(ContractLocation(**each) for each in line["locations"]),
        prices=tuple(ContractPrice(**each) for each in line["prices"]),
    )


def _day(day: date | None) -> str | None:
    return day.isoformat() if day else None
