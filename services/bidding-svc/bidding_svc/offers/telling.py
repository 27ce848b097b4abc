"""What an offer tells: contracts-svc of each accepted line, the bonds of each that was given up, notices-svc."""

from datetime import datetime
from typing import TYPE_CHECKING, Any
from uuid import UUID

from bidding_svc.offers.lifecycle import LAPSED
from events.bidding import NoticeAnswered, NoticeRequested
from events.notice_fields import Competition, NoticeSubject, OfferedLine, OfferFields
from events.offers import OfferLineAccepted, OfferLineDeclined, OfferLineRescinded, SinglePayment

if TYPE_CHECKING:
    from bidding_svc.offers.line import OfferLine
    from bidding_svc.offers.offer import Offer

OFFER = "offer"


def notice_requested(offer: "Offer", *, requested_by: UUID, released_by: UUID) -> NoticeRequested:
    """Ask for the notice that points to the offers. Two people released them, so it goes out at once."""
    lines = tuple(OfferedLine(competition=_competition(line), bond_at_risk=line.bond_at_risk) for line in offer.lines)
    return NoticeRequested(
        notice_id=offer.notice_id,
        organization_id=offer.organization_id,
        round_code=offer.round_code,
        about=NoticeSubject(kind=OFFER, id=offer.id),
        requested_by=requested_by,
        requested_at=offer.issued_at,
        fields=OfferFields(bidder_number=offer.bidder_number, lines=lines),
        due_at=offer.due_at,
        released_by=released_by,
    )


def answered(offer: "Offer", at: datetime) -> NoticeAnswered:
    """Nothing is to do about the notice any more."""
    return NoticeAnswered(notice_id=offer.notice_id, organization_id=offer.organization_id, answered_at=at)


def accepted(offer: "Offer", line: "OfferLine") -> OfferLineAccepted:
    """A final acceptance, with all that a contract is made of."""
    if line.decided_at is None or line.decided_person is None:
        raise ValueError("an accepted line names who accepted it")
    return OfferLineAccepted(
        **_about(offer, line),
        legal_business_name=offer.legal_business_name,
        bidder_number=offer.bidder_number,
        period_starts_on=offer.period_starts_on,
        period_ends_on=offer.period_ends_on,
        locations=tuple(line.locations),
        prices=tuple(SinglePayment.model_validate(price) for price in line.prices),
        accepted_at=line.decided_at,
        accepted_by=line.decided_person,
    )


def declined(offer: "Offer", line: "OfferLine", at: datetime) -> OfferLineDeclined:
    """A line that was declined or left to lapse, for good."""
    return OfferLineDeclined(
        **_about(offer, line),
        offered_at=offer.issued_at,
        at_or_below_median=line.at_or_below_median,
        lapsed=line.state is LAPSED,
        declined_at=at,
    )


def rescinded(offer: "Offer", line: "OfferLine", at: datetime) -> OfferLineRescinded:
    """A line that was accepted for good, and is taken back before CMS has signed."""
    return OfferLineRescinded(**_about(offer, line), rescinded_at=at)


def _about(offer: "Offer", line: "OfferLine") -> dict[str, Any]:
    return {
        "line_id": line.id,
        "bidder_id": offer.bidder_id,
        "organization_id": offer.organization_id,
        "round_code": offer.round_code,
        "category_code": line.category_code,
        "cba_code": line.cba_code,
        "label": line.label,
    }


def _competition(line: "OfferLine") -> Competition:
    return Competition(category_code=line.category_code, cba_code=line.cba_code, label=line.label)
