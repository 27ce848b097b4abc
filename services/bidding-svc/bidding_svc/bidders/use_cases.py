from uuid import UUID

from sqlalchemy import exists, select

from bidding_svc.bidders.barred import is_barred
from bidding_svc.bidders.bidder import BIDDER_NUMBERS, Bidder, Organization
from bidding_svc.form_a.use_cases import begin_form
from bidding_svc.requirements.following import open_requirements
from bidding_svc.rounds.round import TAKES_BIDDERS, Round
from chassis.database import Session
from events.identity import OrganizationRegistered


async def register_organization(session: Session, registered: OrganizationRegistered) -> None:
    """Note an organization, and give it a bidder number in every round that takes bidders now."""
    await session.merge(
        Organization(**registered.model_dump(include={"organization_id", "legal_business_name", "ptan"}))
    )
    for round_ in await session.scalars(select(Round).where(Round.phase.in_(TAKES_BIDDERS))):
        await number_bidder(session, registered.organization_id, round_)


async def number_known_organizations(session: Session, round_: Round) -> None:
    """Number every organization that registered before this round opened its registration."""
    unnumbered = ~exists().where(
        Bidder.organization_id == Organization.organization_id, Bidder.round_code == round_.code
    )
    for organization_id in (await session.scalars(select(Organization.organization_id).where(unnumbered))).all():
        await number_bidder(session, organization_id, round_)


async def number_bidder(session: Session, organization_id: UUID, round_: Round) -> Bidder | None:
    """Number an organization in a round and open its forms and what it must upload, or return the number it has.

    One that is barred from the round gets none, and stays without it: None. That is noted in the audit trail.
    """
    known = await session.scalar(
        select(Bidder).where(Bidder.organization_id == organization_id, Bidder.round_code == round_.code)
    )
    if known is not None:
        return known
    if await is_barred(session, organization_id, round_):
        session.audit("bidder.bar", organization_id, after={"round": round_.code})
        return None
    number = await session.scalar(BIDDER_NUMBERS.next_value())
    bidder = Bidder(organization_id, round_, int(number or 0), session.at)
    session.add(bidder)
    await begin_form(session, bidder, session.at)
    await open_requirements(session, bidder, round_)
    return bidder
