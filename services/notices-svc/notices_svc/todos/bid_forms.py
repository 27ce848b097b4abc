"""To-Dos about the bid forms: an approval or certification that an edit has voided is to be given again."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import select

from chassis.database import Session
from events.bidding import (
    BidLapsed,
    BidRemoved,
    BidSubmitted,
    BidVoided,
    BidWithdrawn,
    FormAApproved,
    FormALocked,
    FormAVoided,
)
from notices_svc.todos.todo import Todo, TodoItem

APPROVE_AGAIN = "approve-form-a-again"
CERTIFY_AGAIN = "certify-bid-again"


async def approval_voided(session: Session, voided: FormAVoided) -> None:
    """Form A was changed after it was approved: it is to be approved again, by the close."""
    await _ask_again(
        session,
        TodoItem(
            organization_id=voided.organization_id,
            kind=APPROVE_AGAIN,
            about=_form_a(voided.bidder_id),
            label="Approve Form A again: it was changed",
            permission=voided.permission,
            at=voided.voided_at,
            due_at=voided.due_at,
        ),
    )


async def form_a_approved(session: Session, approved: FormAApproved) -> None:
    """Form A was approved, for the first time or again."""
    await _done(session, APPROVE_AGAIN, _form_a(approved.bidder_id), approved.approved_at)


async def certification_voided(session: Session, voided: BidVoided) -> None:
    """A bid was changed after it was certified: it is to be certified again, by the close."""
    await _ask_again(
        session,
        TodoItem(
            organization_id=voided.organization_id,
            kind=CERTIFY_AGAIN,
            about=_bid(voided.bid_id),
            label=f"Certify again: {voided.label}",
            permission=voided.permission,
            at=voided.voided_at,
            due_at=voided.due_at,
        ),
    )


async def bid_submitted(session: Session, submitted: BidSubmitted) -> None:
    """A bid was certified, for the first time or again."""
    await _done(session, CERTIFY_AGAIN, _bid(submitted.bid_id), submitted.submitted_at)


async def bid_withdrawn(session: Session, withdrawn: BidWithdrawn) -> None:
    """A bid was withdrawn: nothing of it is left to do."""
    await _done(session, CERTIFY_AGAIN, _bid(withdrawn.bid_id), withdrawn.withdrawn_at)


async def form_a_locked(session: Session, locked: FormALocked) -> None:
    """The window closed on Form A: it can be approved no more."""
    await _lapse(session, APPROVE_AGAIN, _form_a(locked.bidder_id), locked.locked_at)


async def bid_lapsed(session: Session, lapsed: BidLapsed) -> None:
    """The window closed on a draft: it can be certified no more."""
    await _lapse(session, CERTIFY_AGAIN, _bid(lapsed.bid_id), lapsed.closed_at)


async def bid_removed(session: Session, removed: BidRemoved) -> None:
    """A bid was taken out with its competition: it can be certified no more."""
    await _lapse(session, CERTIFY_AGAIN, _bid(removed.bid_id), removed.removed_at)


async def _lapse(session: Session, kind: str, about: str, at: datetime) -> None:
    standing = await _todo(session, kind, about)
    if standing is not None:
        standing.lapse(at)


async def _ask_again(session: Session, fresh: TodoItem) -> None:
    standing = await _todo(session, fresh.kind, fresh.about)
    if standing is None:
        session.add(fresh)
    else:
        standing.reopen(fresh.opened_at)


async def _done(session: Session, kind: str, about: str, at: datetime) -> None:
    """Close the To-Do where one is open: only what was voided has one."""
    standing = await _todo(session, kind, about)
    if standing is not None and standing.state is Todo.OPEN:
        standing.do(at)


async def _todo(session: Session, kind: str, about: str) -> TodoItem | None:
    found: TodoItem | None = await session.scalar(
        select(TodoItem).where(TodoItem.about == about, TodoItem.kind == kind).with_for_update()
    )
    return found


def _form_a(bidder_id: UUID) -> str:
    return f"form-a:{bidder_id}"


def _bid(bid_id: UUID) -> str:
    return f"bid:{bid_id}"
