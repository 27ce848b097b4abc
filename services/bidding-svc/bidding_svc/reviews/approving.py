"""Many cases approved at once: each is judged by itself, and one that cannot be approved keeps no other back."""

from collections.abc import Sequence
from typing import Literal
from uuid import UUID

from pydantic import BaseModel

from bidding_svc.reviews.kinds import APPROVE
from bidding_svc.reviews.lifecycle import DECIDED
from bidding_svc.reviews.use_cases import approve
from chassis.database import Session
from chassis.errors import ConnexionError
from chassis.sweeps import undone_if_it_fails

Result = Literal["decided", "bidder-asked", "not-approved"]


class Approved(BaseModel):
    """What became of one case. `why` is the sentence of what kept it from being approved, `problem` its name."""

    case_id: UUID
    result: Result
    problem: str | None = None
    why: str | None = None


async def approve_many(session: Session, cases: Sequence[tuple[UUID, int]], *, by: str = APPROVE) -> list[Approved]:
    """Approve cases, each as of the version it was read at. Returns what became of each, in the order given.

    Each is judged as if it were approved alone, also whether its approver worked on it. Two who approve the same
    cases lock them in one order.
    """
    results = {case_id: await _approve(session, case_id, base, by) for case_id, base in sorted(cases)}
    return [results[case_id] for case_id, _ in cases]


async def _approve(session: Session, case_id: UUID, base: int, by: str) -> Approved:
    try:
        async with undone_if_it_fails(session):
            case = await approve(session, case_id, base, by=by)
            return Approved(case_id=case_id, result="decided" if case.state is DECIDED else "bidder-asked")
    except ConnexionError as error:
        return Approved(case_id=case_id, result="not-approved", problem=error.type, why=error.detail)
