"""Ownership groups as the enrolment record knows them, of all bidders of a round: for comparing bids."""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import or_, select, update

from bidding_svc.bidders.bidder import Bidder, Organization
from bidding_svc.enrolment.location import EnrolledLocation
from bidding_svc.form_a.content import Values
from bidding_svc.form_a.fields import LOCATIONS
from bidding_svc.form_a.form_a import FormAEntry
from bidding_svc.form_b.bid import Bid
from bidding_svc.form_b.lifecycle import BidState
from bidding_svc.forms.choices import choices_of
from bidding_svc.forms.reading import read_section
from bidding_svc.rounds.round import Round
from chassis.answers import Answer
from chassis.calendar import eastern_day
from chassis.database import Session


@dataclass(frozen=True)
class Place:
    """An active location of a group."""

    ptan: str
    state: str
    organization_id: UUID | None


@dataclass(frozen=True)
class Groups:
    """Who is in which recorded group, where the groups' locations are, and what their bidders list."""

    of: Mapping[UUID, str]
    organizations: Mapping[UUID, UUID]
    places: Mapping[str, list[Place]]
    listed: Mapping[UUID, Mapping[str, Values]]

    def has_unlisted(self, bidder: UUID, category_code: str, state: str | None) -> bool:
        """Whether another supplier of the group has a location in a state that a bid leaves out (BID-06).

        The bidder's own locations are judged where its form is shown. State None: anywhere.
        """
        listed = {
            ptan for ptan, told in self.listed.get(bidder, {}).items() if category_code in told.get("products", ())
        }
        return any(
            place.ptan not in listed and state in (None, place.state)
            for place in self.places.get(self.of.get(bidder, ""), ())
            if place.organization_id != self.organizations[bidder]
        )


async def read_groups(session: Session, round_: Round) -> Groups:
    """Read the groups of a round's bidders, each found by the PTAN it registered with."""
    rows = await session.execute(
        select(Bidder.id, Bidder.organization_id, EnrolledLocation.ownership_group)
        .join(Organization, Organization.organization_id == Bidder.organization_id)
        .join(EnrolledLocation, EnrolledLocation.ptan == Organization.ptan)
        .where(Bidder.round_code == round_.code, EnrolledLocation.ownership_group.is_not(None))
    )
    found = rows.all()
    of = {row.id: row.ownership_group for row in found}
    locations = await session.scalars(
        select(EnrolledLocation).where(EnrolledLocation.ownership_group.in_(set(of.values())))
    )
    places: dict[str, list[Place]] = defaultdict(list)
    day = eastern_day(round_.closes_at)
    for location in locations:
        if location.active_on(day) is Answer.YES:
            group = str(location.ownership_group)
            places[group].append(Place(location.ptan, location.state, location.organization_id))
    organizations = {row.id: row.organization_id for row in found}
    return Groups(of, organizations, places, await _listed(session, round_, list(of)))


async def compare_again(session: Session, ptan: str, groups: set[str], at: datetime) -> None:
    """Let the bids of the bidder of a PTAN and of every bidder of these groups be compared anew."""
    bidders = (
        select(Bidder.id)
        .join(Organization, Organization.organization_id == Bidder.organization_id)
        .join(EnrolledLocation, EnrolledLocation.ptan == Organization.ptan)
        .where(or_(Organization.ptan == ptan, EnrolledLocation.ownership_group.in_(groups)))
    )
    await session.execute(
        update(Bid)
        .where(Bid.bidder_id.in_(bidders), Bid.state.in_((BidState.DRAFT, BidState.SUBMITTED)))
        .values(compare_at=at)
        .execution_options(synchronize_session=False)
    )


async def _listed(session: Session, round_: Round, bidders: list[UUID]) -> dict[UUID, dict[str, Values]]:
    entries = await session.scalars(
        select(FormAEntry).where(FormAEntry.form_id.in_(bidders), FormAEntry.section == LOCATIONS.name)
    )
    listed: dict[UUID, dict[str, Values]] = defaultdict(dict)
    choices = choices_of(round_)
    for entry in entries:
        listed[entry.form_id][entry.key], _ = read_section(LOCATIONS, entry.sheet.answers, choices)
    return listed
