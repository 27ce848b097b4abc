"""What the enrolment record said of a location on a day, asked of our own projection.

Behind an organization's fence only its own locations are known; staff and the system know all. Of any other PTAN, and
of one that nobody reported, nothing can be checked.
"""

from collections.abc import Collection
from datetime import date

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert

from chassis.answers import Answer
from chassis.database import ReadSession, Session
from contracts_svc.enrolment.location import EnrolledLocation
from events.enrolment import EnrolmentState


async def know_location(session: Session, told: EnrolmentState) -> None:
    """Take over the latest snapshot of a location; an older one changes nothing."""
    snapshot = told.model_dump(mode="json", exclude={"organization_id", "reported_at"})
    snapshot |= {"organization_id": told.organization_id, "reported_at": told.reported_at}
    row = insert(EnrolledLocation).values(snapshot)
    await session.execute(
        row.on_conflict_do_update(
            index_elements=[EnrolledLocation.ptan],
            set_={name: row.excluded[name] for name in snapshot if name != "ptan"},
            where=row.excluded.version > EnrolledLocation.version,
        )
    )


async def location_of(session: Session | ReadSession, ptan: str) -> EnrolledLocation | None:
    """Return what is known of a location; None when nothing is."""
    found: EnrolledLocation | None = await session.scalar(select(EnrolledLocation).where(EnrolledLocation.ptan == ptan))
    return found


async def npis_of(session: Session | ReadSession, ptans: Collection[str]) -> dict[str, str]:
    """Return the National Provider Identifiers of those of these locations that are known."""
    known = select(EnrolledLocation.ptan, EnrolledLocation.npi).where(EnrolledLocation.ptan.in_(ptans))
    return {row.ptan: row.npi for row in await session.execute(known)}


async def active_on(session: Session | ReadSession, ptan: str, day: date) -> Answer:
    """Whether a location was actively enrolled on a day."""
    known = await location_of(session, ptan)
    return known.active_on(day) if known else Answer.COULD_NOT_CHECK


async def licensed_on(session: Session | ReadSession, ptan: str, day: date, *, state: str, category: str) -> Answer:
    """Whether a location had a licence of a state for a product category on a day."""
    known = await location_of(session, ptan)
    return known.licensed_on(day, state, category) if known else Answer.COULD_NOT_CHECK


async def accredited_on(session: Session | ReadSession, ptan: str, day: date, *, category: str) -> Answer:
    """Whether a location was accredited for a product category on a day."""
    known = await location_of(session, ptan)
    return known.accredited_on(day, category) if known else Answer.COULD_NOT_CHECK


async def excluded_on(session: Session | ReadSession, ptan: str, day: date) -> Answer:
    """Whether the supplier of a location was excluded from federal health care programs on a day."""
    known = await location_of(session, ptan)
    return known.excluded_on(day) if known else Answer.COULD_NOT_CHECK
