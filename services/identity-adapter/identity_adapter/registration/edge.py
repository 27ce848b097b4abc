from datetime import date
from functools import partial
from typing import Annotated
from uuid import UUID

from fastapi import Request
from pydantic import BaseModel, Field, SecretStr, StringConstraints

from chassis.door import SIGNED_IN, CurrentActor, ReadingSession, SliceRouter
from chassis.paging import After, Limit, Page
from chassis.versions import DecidedFrom
from events.kinds import Ptan
from identity_adapter.doors import PersonalReading, PersonalSession
from identity_adapter.enrolment.officials import OfficialDigests
from identity_adapter.members.membership import DECIDED_WITH, EU
from identity_adapter.registration import decisions, requests, views

router = SliceRouter(prefix="/api/identity/role-requests", tags=["role requests"])
DECIDE = DECIDED_WITH[EU]
"""Whoever decides about backups decides about end users too; the use case tells the two apart."""


class RoleWanted(BaseModel):
    """Which role somebody asks for, and where.

    An authorized official or a backup proves with Social Security number and birth date to be the one whom the
    enrolment record names; both are compared, and kept nowhere.
    """

    ptan: Ptan
    role: str
    ssn: SecretStr | None = None
    birth_date: Annotated[date | None, Field(repr=False)] = None


class Rejection(BaseModel):
    """Why a request is turned down: for the person who asked."""

    reason: Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=500)]


@router.post("", permission=SIGNED_IN, status_code=201)
async def request_role(request: Request, body: RoleWanted, session: PersonalSession) -> views.RoleRequestView:
    """Ask to act for an organization. The first authorized official is let in at once, all others wait."""
    digests: OfficialDigests = request.app.state.official_digests
    proof = None
    if body.ssn is not None and body.birth_date is not None:
        proof = partial(_digest, digests, body.ssn, body.birth_date)
    return views.role_request_view(await requests.request_role(session, body.ptan, body.role, proof))


@router.get("", permission=DECIDE)
async def list_role_requests(
    actor: CurrentActor, session: ReadingSession, after: After = None, limit: Limit = 25
) -> Page[views.RoleRequestView]:
    """List the requests of your organization that wait for your decision; the oldest first."""
    return await views.list_role_requests(session, actor, after, limit)


@router.get("/mine", permission=SIGNED_IN)
async def list_my_role_requests(
    actor: CurrentActor, session: PersonalReading, after: After = None, limit: Limit = 25
) -> Page[views.RoleRequestView]:
    """List what you asked for and what became of it; the latest first."""
    return await views.list_my_role_requests(session, actor, after, limit)


@router.post("/{request_id}/approval", permission=DECIDE)
async def approve(request_id: UUID, session: PersonalSession, base: DecidedFrom) -> views.RoleRequestView:
    """Let somebody in."""
    return views.role_request_view(await decisions.approve(session, request_id, base))


@router.post("/{request_id}/rejection", permission=DECIDE)
async def reject(
    request_id: UUID, body: Rejection, session: PersonalSession, base: DecidedFrom
) -> views.RoleRequestView:
    """Turn somebody down."""
    return views.role_request_view(await decisions.reject(session, request_id, body.reason, base))


@router.post("/{request_id}/withdrawal", permission=SIGNED_IN)
async def withdraw(request_id: UUID, session: PersonalSession) -> views.RoleRequestView:
    """Take back your own request."""
    return views.role_request_view(await decisions.withdraw(session, request_id))


def _digest(digests: OfficialDigests, ssn: SecretStr, birth_date: date, family_name: str) -> str:
    return digests.of(family_name=family_name, ssn=ssn.get_secret_value(), birth_date=birth_date)
