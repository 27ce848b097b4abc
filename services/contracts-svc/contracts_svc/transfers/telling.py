"""What a transfer tells: a notice to each side, and an entry in the history of the contract."""

from datetime import date
from typing import Literal

from chassis.database import Session
from chassis.ids import new_id
from contracts_svc.contracts.contract import Contract
from contracts_svc.transfers.lifecycle import VIEW
from contracts_svc.transfers.transfer import Transfer
from events.contracts import NoticeRequested
from events.notice_fields import THE_CALENDAR, NoticeSubject, TransferResultFields

Outcome = Literal["approved-conditionally", "not-required", "completed", "denied", "lapsed"]

WORDS: dict[str, str] = {
    "approved-conditionally": "CMS approved the transfer on the condition of a novation",
    "not-required": "No transfer of the contract is needed",
    "completed": "The transfer of the contract is complete",
    "denied": "CMS denied the transfer",
    "lapsed": "The request to transfer the contract lapsed",
}


def tell(session: Session, transfer: Transfer, outcome: Outcome, contract: Contract | None) -> None:
    """Ask for the notice with the outcome, for each side that is known, and note it in the contract's history."""
    if contract is not None:
        contract.note("transfer-decided", WORDS[outcome], VIEW, session.at)
    on: date | None = transfer.completed_on if outcome == "completed" else transfer.effective_on
    for organization_id in transfer.organizations:
        session.say(
            NoticeRequested(
                notice_id=new_id(),
                organization_id=organization_id,
                round_code=transfer.round_code,
                about=NoticeSubject(kind="contract-transfer", id=transfer.id),
                requested_by=session.actor.person_id or THE_CALENDAR,
                requested_at=session.at,
                fields=TransferResultFields(
                    contract_number=transfer.contract_number,
                    outcome=outcome,
                    effective_on=on if outcome in ("approved-conditionally", "completed") else None,
                    explanation=transfer.explanation,
                ),
            )
        )
