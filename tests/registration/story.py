"""Made-up people who register for made-up organizations, for tests of identity-adapter."""

from collections.abc import Sequence
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import select

from chassis.actor import Actor
from chassis.database import Database, Fence
from chassis.tables import outbox
from events.enrolment import Official, RecordReported, StatusPeriod
from events.envelope import Event
from identity_adapter.enrolment.worker import on_record_reported
from identity_adapter.members.membership import Membership
from identity_adapter.members.use_cases import add_member, memberships
from identity_adapter.organizations.organization import Organization
from tests.enrolment.records import DIGESTS, record

TEST = Actor.system("test")
LARKSPUR, TALLGRASS, NEW = "9000000101", "9000000201", "9000000301"
NEW_NAME = "Sandpiper Sample Oxygen, LLC"

ANA: dict[str, Any] = {"family_name": "Orozco-Sample", "ssn": "900-00-0301", "birth_date": date(1975, 5, 6)}
BEN: dict[str, Any] = {"family_name": "Achebe-Sample", "ssn": "900-00-0302", "birth_date": date(1980, 7, 8)}
DEL: dict[str, Any] = {"family_name": "Delegate-Sample", "ssn": "900-00-0303", "birth_date": date(1985, 9, 10)}
NAMES = {
    "AOROZCO21": {"given_name": "Ana", "family_name": ANA["family_name"], "email": "ana@new.example"},
    "BACHEBE22": {"given_name": "Ben", "family_name": BEN["family_name"], "email": "ben@new.example"},
    "DDELEGATE23": {"given_name": "Del", "family_name": DEL["family_name"], "email": "del@new.example"},
}


def as_official(about: dict[str, Any], kind: str = "AO") -> Official:
    """Somebody as an official of the record."""
    return Official(kind=kind, given_name="X", family_name=about["family_name"], digest=DIGESTS.of(**about))


def enrolled(officials: Sequence[dict[str, Any]] = (ANA, BEN), status: str = "active", **more: Any) -> RecordReported:
    """The record of the PTAN that nobody has registered yet."""
    known: dict[str, Any] = {
        "ptan": NEW,
        "tin": "900000301",
        "legal_business_name": NEW_NAME,
        "officials": (*(as_official(each) for each in officials), as_official(DEL, "DO")),
        "status_periods": (StatusPeriod(status=status, valid_from=date(2020, 1, 1)),),
    }
    return record(**known | more)


async def report(database: Database, *records: RecordReported) -> None:
    """Let the bridge report records, as the worker hears them."""
    for each in records:
        async with database.writing(Fence.system(), TEST) as session:
            await on_record_reported(each, session)


def wanted(role: str, about: dict[str, Any] | None = None, ptan: str = NEW) -> dict[str, Any]:
    """The body of a request for a role."""
    proof = {"ssn": about["ssn"], "birth_date": about["birth_date"].isoformat()} if about else {}
    return {"ptan": ptan, "role": role} | proof


async def member(database: Database, ptan: str, user_id: str, role: str) -> UUID:
    """Let somebody be a member of a registered organization; return the membership's id."""
    async with database.writing(Fence.system(), TEST) as session:
        organization = await session.scalar(select(Organization).where(Organization.ptan == ptan))
        person = await add_member(
            session,
            organization,
            user_id=user_id,
            given_name=user_id[0],
            family_name=user_id.strip("0123456789").title(),
            email=f"{user_id.lower()}@a.example",
            role=role,
        )
        ids = await session.scalars(
            select(Membership.id).where(Membership.person_id == person.id, Membership.ptan == ptan)
        )
        return ids.one()


async def standing(database: Database, ptan: str = NEW) -> list[tuple[str, str, str]]:
    """Return user id, role and state of everybody who has or had to do with a PTAN, in order of their requests."""
    async with database.writing(Fence.system(), TEST) as session:
        found = await memberships(session, Membership.ptan == ptan)
        return [(each.person.user_id, each.role, each.state.value) for each in found]


async def said(database: Database, event: type[Event]) -> list[Any]:
    """Return what was said of one type."""
    async with database.reading(Fence.system()) as session:
        bodies = await session.scalars(
            select(outbox.c.body).where(outbox.c.type == event.TYPE).order_by(outbox.c.position)
        )
        return [event.model_validate_json(body) for body in bodies]
