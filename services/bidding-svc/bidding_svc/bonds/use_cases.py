"""What people decide about bonds: returned, forfeited, falsified. Each decision of CMS needs what came before it."""

from collections import defaultdict
from collections.abc import Mapping
from datetime import date
from uuid import UUID

from sqlalchemy import select

from bidding_svc.bonds import telling
from bidding_svc.bonds.bond import DECIDER_DID_NOT_REPORT, FORFEITER_DID_NOT_NOTIFY, Bar, Bond
from bidding_svc.bonds.consequences import areas_of, disqualify_areas
from chassis.calendar import eastern_day
from chassis.database import Session
from chassis.errors import NotFound
from chassis.ids import Entity


async def give_back(session: Session, versions: Mapping[UUID, int]) -> list[Bond]:
    """Return the liability of bonds, each as it was read at this version; one notice goes to each bidder.

    All of them, or none. Raises `NotFound`, `BondChanged`, and what `Bond.give_back` raises.
    """
    found = await session.scalars(select(Bond).where(Bond.id.in_(versions)).order_by(Bond.id).with_for_update())
    bonds = list(found.all())
    if len(bonds) < len(versions):
        raise NotFound
    areas = await areas_of(session, {bond.bidder_id for bond in bonds})
    by_bidder: dict[UUID, list[Bond]] = defaultdict(list)
    for bond in bonds:
        bond.require_version(versions[bond.id])
        place = (bond.bidder_id, bond.cba_code)
        taking_part, offered = place in areas.taking_part, place in areas.offered
        bond.give_back(session.actor.user_id, session.at, taking_part=taking_part, offered=offered)
        by_bidder[bond.bidder_id].append(bond)
    for returned in by_bidder.values():
        returned[0].say(telling.return_notice(returned, _person(session), session.at))
    return bonds


async def notify_surety(session: Session, bond_id: UUID, on: date, reference: str, *, base: int) -> Bond:
    """Record the letter to the surety. Raises `NotFound`, `BondChanged`, and what `Bond.notify_surety` raises."""
    bond = await _bond(session, bond_id, base)
    bond.notify_surety(on, reference, eastern_day(session.at))
    return bond


async def forfeit(session: Session, bond_id: UUID, collected_on: date, reference: str, *, base: int) -> Bond:
    """Decide that a bond is forfeited, once CMS has collected it; the bidder is told by a notice.

    Raises `NotFound`, `BondChanged`, `SomebodyElseMust` for who notified the surety, and what `Bond.forfeit` raises.
    """
    bond = await _bond(session, bond_id, base)
    await FORFEITER_DID_NOT_NOTIFY.require(session, Entity("bond", bond.id))
    bond.forfeit(collected_on, reference, session.actor.user_id, session.at, eastern_day(session.at))
    bond.say(telling.forfeiture_notice(bond, _person(session), session.at))
    return bond


async def report_falsification(session: Session, bond_id: UUID, because: str, *, base: int) -> Bond:
    """Report a bond as falsified. Raises `NotFound`, `BondChanged`, `ReasonMissing`, `NotAllowedNow`."""
    bond = await _bond(session, bond_id, base)
    bond.report_falsification(because, session.at)
    return bond


async def dismiss_report(session: Session, bond_id: UUID, because: str, *, base: int) -> Bond:
    """Decide that a reported bond is not falsified.

    Raises `NotFound`, `BondChanged`, `SomebodyElseMust` for who reported it, and what `Bond.dismiss_report` raises.
    """
    bond = await _bond(session, bond_id, base)
    await DECIDER_DID_NOT_REPORT.require(session, Entity("bond", bond.id))
    bond.dismiss_report(because)
    return bond


async def declare_falsified(
    session: Session, bond_id: UUID, bar: Bar, because: str, *, referred: bool, base: int
) -> Bond:
    """Decide that a bond is falsified: the bids of its area are out.

    42 CFR 414.412(h)(3). Raises `NotFound`, `BondChanged`, `SomebodyElseMust` for who reported it, and what
    `Bond.declare_falsified` raises.
    """
    bond = await _bond(session, bond_id, base)
    await DECIDER_DID_NOT_REPORT.require(session, Entity("bond", bond.id))
    bond.declare_falsified(bar, because, session.actor.user_id, session.at, referred=referred)
    await disqualify_areas(session, bond.bidder_id, [bond.cba_code], session.at)
    return bond


async def _bond(session: Session, bond_id: UUID, base: int) -> Bond:
    bond = await session.scalar(select(Bond).where(Bond.id == bond_id).with_for_update())
    if bond is None:
        raise NotFound
    bond.require_version(base)
    return bond


def _person(session: Session) -> UUID:
    if session.actor.person_id is None:
        raise ValueError("a decision about a bond is a person's")
    return session.actor.person_id
