from datetime import datetime
from uuid import UUID

from pydantic import BaseModel
from sqlalchemy import select

from chassis.actor import Actor
from chassis.database import ReadSession, Session
from chassis.errors import NotFound
from chassis.ids import Entity
from chassis.paging import Order, Page, fetch_page
from chassis.signature import StatementView
from contracts_svc.transfers.checks import CHECKS
from contracts_svc.transfers.lifecycle import LIFECYCLE, UNDER_REVIEW, TransferState
from contracts_svc.transfers.statement import NOVATION_SIGNATURE
from contracts_svc.transfers.transfer import DECIDER_IS_NOT_RECOMMENDER, Transfer
from contracts_svc.transfers.views import TransferSummary, TransferView, parts_of, summary_of

DECISIONS = {"approve", "deny", "not required", "complete"}


class Check(BaseModel):
    """A condition in words, and whether it is met: yes, no, or could-not-check; `confirmed`: by hand, and how."""

    code: str
    words: str
    answer: str
    confirmed: str | None


class StaffTransferSummary(TransferSummary):
    """A transfer in the work list. `lapses_at`: until when what is awaited has to come."""

    lapses_at: datetime | None
    recommendation: str | None


class StaffTransferView(TransferView):
    """A transfer with the documents of both sides, its checks and clocks, and what the reader may do now."""

    holder_id: UUID | None
    successor_id: UUID | None
    finance: str | None
    finance_note: str
    checks: list[Check]
    recommendation: str | None
    decided_by: str | None
    successor_contract_id: UUID | None
    novation_statement: StatementView


async def list_work(
    session: ReadSession, actor: Actor, state: TransferState | None, after: str | None, limit: int
) -> Page[StaffTransferSummary]:
    """Return the transfers that were filed, in the order they came."""
    statement = select(Transfer).where(Transfer.received_at.is_not(None))
    if state is not None:
        statement = statement.where(Transfer.state == state)
    order: Order = [(Transfer.received_at, datetime.fromisoformat), (Transfer.id, UUID)]
    return await fetch_page(
        session, statement, order, lambda one: _summary(one, actor), after=after, limit=limit, descending=False
    )


async def read_for_staff(session: ReadSession, actor: Actor, transfer_id: UUID) -> StaffTransferView:
    """Return a filed transfer. Raises `NotFound`; a draft is its writer's own."""
    found = await session.get(Transfer, transfer_id)
    if found is None or found.received_at is None:
        raise NotFound
    return await staff_view_of(session, actor, found)


async def staff_view_of(session: ReadSession | Session, actor: Actor, transfer: Transfer) -> StaffTransferView:
    """Return a transfer with its checks, and what the reader may do now."""
    return StaffTransferView(
        **await parts_of(session, actor, transfer),
        holder_id=transfer.holder_id,
        successor_id=transfer.successor_id,
        finance=transfer.finance,
        finance_note=transfer.finance_note,
        checks=[
            Check(code=code, words=words, answer=transfer.checks[code], confirmed=transfer.confirmed.get(code))
            for code, words in CHECKS.items()
            if code in transfer.checks
        ],
        recommendation=transfer.recommendation,
        decided_by=transfer.decided_by,
        successor_contract_id=transfer.successor_contract_id,
        novation_statement=NOVATION_SIGNATURE.view,
        allowed_actions=await _allowed(session, actor, transfer),
    )


async def _allowed(session: ReadSession | Session, actor: Actor, transfer: Transfer) -> list[str]:
    allowed = LIFECYCLE.allowed(transfer.state, actor.permissions)
    if not DECISIONS & set(allowed):
        return allowed
    mine = await DECIDER_IS_NOT_RECOMMENDER.broken_by(actor, session, Entity("transfer", transfer.id))
    early = transfer.state is UNDER_REVIEW and transfer.recommendation is None
    without = DECISIONS if mine or early else set() if transfer.took_effect else {"complete"}
    return [verb for verb in allowed if verb not in without]


def _summary(transfer: Transfer, actor: Actor) -> StaffTransferSummary:
    return StaffTransferSummary(
        **summary_of(transfer, actor).model_dump(),
        lapses_at=transfer.lapses_at,
        recommendation=transfer.recommendation,
    )
