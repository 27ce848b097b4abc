"""What the public is told: payment amounts with the awards, contract suppliers once every offer is decided."""

from collections import defaultdict

from sqlalchemy import insert, select, tuple_

from bidding_svc.awards.payment_amount import ContractSupplier, PaymentAmount
from bidding_svc.awards.planning import Place, Plan
from bidding_svc.offers.lifecycle import ACCEPTED, CONTRACTED
from bidding_svc.offers.line import OfferLine
from bidding_svc.offers.offer import Offer
from bidding_svc.rounds.competition import Competition
from bidding_svc.rounds.round import Round
from chassis.database import Session
from events.public import PaymentAmountsPublished, PublishedAmount, PublishedSupplier, SuppliersAnnounced


async def publish_payment_amounts(session: Session, round_: Round, plan: Plan) -> None:
    """Make the payment amounts of the awarded competitions public; what saves nothing is not awarded."""
    competitions = await _competitions(session, round_.code, [each.place for each in plan.competitions])
    rows = []
    for each in plan.competitions:
        category, cba = each.place
        if not each.awarded:
            competitions[each.place].do_not_award(each.because)
            continue
        competitions[each.place].make_awardable()
        about = {"round_code": round_.code, "category_code": category, "cba_code": cba}
        rows += [
            about | {"item": item, "amount_cents": amount, "published_at": session.at} for item, amount in each.prices
        ]
        amounts = tuple(PublishedAmount(hcpcs=item, amount=amount) for item, amount in each.prices)
        session.say(PaymentAmountsPublished(**about, label=each.label, amounts=amounts, published_at=session.at))
    if rows:
        await session.execute(insert(PaymentAmount), rows)


async def publish_suppliers(session: Session, round_: Round) -> None:
    """Tell who accepted a contract, competition by competition."""
    found = await session.execute(
        select(OfferLine.category_code, OfferLine.cba_code, Offer.bidder_number, Offer.legal_business_name)
        .join(Offer, Offer.id == OfferLine.offer_id)
        .where(OfferLine.round_code == round_.code, OfferLine.state.in_((ACCEPTED, CONTRACTED)))
        .order_by(OfferLine.category_code, OfferLine.cba_code, Offer.bidder_number)
    )
    suppliers: dict[Place, list[tuple[str, str]]] = defaultdict(list)
    for category, cba, number, name in found:
        suppliers[category, cba].append((number, name))
    rows = []
    for (category, cba), each in suppliers.items():
        about = {"round_code": round_.code, "category_code": category, "cba_code": cba}
        rows += [
            about | {"bidder_number": number, "legal_business_name": name, "announced_at": session.at}
            for number, name in each
        ]
        told = tuple(PublishedSupplier(bidder_number=number, legal_business_name=name) for number, name in each)
        session.say(SuppliersAnnounced(**about, suppliers=told, announced_at=session.at))
    if rows:
        await session.execute(insert(ContractSupplier), rows)


async def _competitions(session: Session, round_code: str, places: list[Place]) -> dict[Place, Competition]:
    place = tuple_(Competition.category_code, Competition.cba_code)
    found = await session.scalars(
        select(Competition)
        .where(Competition.round_code == round_code, place.in_(places))
        .order_by(Competition.category_code, Competition.cba_code)
        .with_for_update()
    )
    return {(each.category_code, each.cba_code): each for each in found}
