from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Literal
from uuid import UUID

from sqlalchemy import bindparam, select, text
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.types import Text

from chassis.calendar import eastern_day
from chassis.database import ReadSession, Session
from events.enrolment import RecordReported
from identity_adapter.enrolment.enrolment import Enrolment, Status
from identity_adapter.organizations.organization import Organization

Match = Literal["match", "no-match", "unknown"]

_HOLD = text(
    "select pg_advisory_xact_lock(place) from (select hashtextextended(ptan, 0) as place "
    "from unnest(:ptans) as reported(ptan) order by 1) as in_order"
).bindparams(bindparam("ptans", type_=ARRAY(Text)))
"""Whoever writes about a PTAN holds it, also one that has no row yet; in order, so that no two wait for each other."""


@dataclass(frozen=True)
class Taken:
    """What became of reports: how many locations are new, changed, or stand as they did."""

    added: int = 0
    changed: int = 0
    unchanged: int = 0


async def hold(session: Session, ptans: Sequence[str]) -> None:
    """Let nobody else write about these PTANs before the transaction ends: neither of the record, nor who registers."""
    await session.execute(_HOLD, {"ptans": ptans})


async def take_over(session: Session, records: Sequence[RecordReported]) -> Taken:
    """Bring the mirror to what these reports say (each PTAN once), and say the locations that are not as they were.

    The number of queries does not grow with the number of reports. Raises what `record.check` raises.
    """
    ptans = [record.ptan for record in records]
    await hold(session, ptans)
    found = await session.scalars(select(Enrolment).where(Enrolment.ptan.in_(ptans)).with_for_update())
    known = {enrolment.ptan: enrolment for enrolment in found}
    tins = {enrolment.tin for enrolment in known.values()}
    new = [Enrolment(record) for record in records if record.ptan not in known]
    session.add_all(new)
    changed = [known[record.ptan] for record in records if record.ptan in known and known[record.ptan].report(record)]
    moved = await _assign(session, tins | {each.tin for each in (*new, *changed)}) if new or changed else []
    for enrolment in {each.ptan: each for each in (*new, *changed, *moved)}.values():
        enrolment.tell()
    return Taken(len(new), len(changed), len(records) - len(new) - len(changed))


async def assign_locations(session: Session, organization: Organization) -> None:
    """Give an organization that registered just now its locations, and say each of them."""
    tin = await session.scalar(select(Enrolment.tin).where(Enrolment.ptan == organization.ptan))
    if tin is not None:
        for enrolment in await _assign(session, {tin}):
            enrolment.tell()


async def _assign(session: Session, tins: Collection[str]) -> list[Enrolment]:
    """See to it that every location with one of these TINs belongs to whom it should; return those that changed.

    A location belongs to the organization that registered with its PTAN; one that nobody registered with, to the
    organization that registered first with another PTAN of the same legal entity (`domain/roles.md 2`: companies
    normally register once, with the PTAN of the primary location).
    """
    registered = await session.execute(
        select(Enrolment.tin, Enrolment.ptan, Organization.id)
        .join(Organization, Organization.ptan == Enrolment.ptan)
        .where(Enrolment.tin.in_(tins))
        .order_by(Organization.registered_at, Organization.id)
    )
    owner_of_ptan: dict[str, UUID] = {}
    owner_of_tin: dict[str, UUID] = {}
    for tin, ptan, organization_id in registered:
        owner_of_ptan[ptan] = organization_id
        owner_of_tin.setdefault(tin, organization_id)
    concerned = Enrolment.tin.in_(owner_of_tin) | Enrolment.organization_id.is_not(None)
    locations = await session.scalars(
        select(Enrolment).where(Enrolment.tin.in_(tins), concerned).order_by(Enrolment.ptan).with_for_update()
    )
    return [
        location
        for location in locations.all()
        if location.belong_to(owner_of_ptan.get(location.ptan) or owner_of_tin.get(location.tin))
    ]


async def record_of(session: Session | ReadSession, ptan: str) -> Enrolment | None:
    """Return what the mirror knows of a location; None when nobody reported it yet. Needs the system fence."""
    found: Enrolment | None = await session.scalar(select(Enrolment).where(Enrolment.ptan == ptan))
    return found


async def enrolled(session: Session | ReadSession, ptan: str, on: date) -> Status:
    """Return whether a location was enrolled on a day; "unknown" also when nobody reported it yet."""
    record = await record_of(session, ptan)
    return record.status_on(on) if record else "unknown"


async def official_matches(session: Session | ReadSession, ptan: str, digest: str, on: date) -> Match:
    """Return whether a person is an authorized official of a location on a day, by the digest of `OfficialDigests`.

    "unknown" while nobody reported the location: ask again when somebody has.
    """
    record = await record_of(session, ptan)
    if record is None:
        return "unknown"
    return "match" if record.names_authorized_official(digest, on) else "no-match"


async def official_still_listed(session: Session, ptan: str, digest: str) -> Match:
    """Return whether a person who was an authorized official is one today, by the digest that was kept of them."""
    return await official_matches(session, ptan, digest, eastern_day(session.at))
