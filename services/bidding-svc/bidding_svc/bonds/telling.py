"""What a bond tells the other services, and the notices it asks for."""

from collections.abc import Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any
from uuid import UUID

from bidding_svc.bonds.paper import Paper
from chassis.ids import new_id
from events.bidding import NoticeRequested
from events.notice_fields import (
    BondForfeitureFields,
    BondReturnFields,
    Competition,
    NoticedBond,
    NoticeFields,
    NoticeSubject,
)
from events.offers import BondFalsified, BondForfeited, BondForfeitureOpened, BondRejected, BondReturned, BondVerified

if TYPE_CHECKING:
    from bidding_svc.bonds.bond import Bar, Bond
    from bidding_svc.bonds.checklist import Element

BOND = "bond"
"""The kind of subject that notices about a bond name."""

NOT_READ = "not read"
"""The number of a bond that was returned without a review: nobody has keyed in its paper."""


def _about(bond: "Bond") -> dict[str, Any]:
    return {
        "bond_id": bond.id,
        "bidder_id": bond.bidder_id,
        "organization_id": bond.organization_id,
        "round_code": bond.round_code,
        "cba_code": bond.cba_code,
    }


def verified(bond: "Bond", at: datetime) -> BondVerified:
    """Tell that it has every element."""
    return BondVerified(**_about(bond), verified_at=at)


def rejected(bond: "Bond", elements: Sequence["Element"], at: datetime) -> BondRejected:
    """Tell which elements it lacks."""
    return BondRejected(**_about(bond), elements=tuple(each.value.lower() for each in elements), rejected_at=at)


def forfeiture_opened(bond: "Bond", at: datetime) -> BondForfeitureOpened:
    """Tell that it is to be forfeited."""
    return BondForfeitureOpened(**_about(bond), opened_at=at)


def forfeited(bond: "Bond", at: datetime) -> BondForfeited:
    """Tell that it was collected."""
    return BondForfeited(**_about(bond), forfeited_at=at)


def returned(bond: "Bond", at: datetime) -> BondReturned:
    """Tell that its liability is returned."""
    return BondReturned(**_about(bond), returned_at=at)


def falsified(bond: "Bond", bar: "Bar", at: datetime) -> BondFalsified:
    """Tell that CMS found it falsified."""
    return BondFalsified(**_about(bond), bar=bar.value, falsified_at=at)


def return_notice(bonds: Sequence["Bond"], by: UUID, at: datetime) -> NoticeRequested:
    """Ask for the notice that tells one bidder which bonds are returned, drafted by `by`."""
    fields = BondReturnFields(bidder_number=bonds[0].bidder_number, bonds=tuple(_noticed(each) for each in bonds))
    return _notice(bonds[0], fields, by, at)


def forfeiture_notice(bond: "Bond", by: UUID, at: datetime) -> NoticeRequested:
    """Ask for the notice that tells a bidder that a bond is forfeited, and for which declined offers."""
    declined = tuple(Competition(**line) for line in bond.given_up)
    fields = BondForfeitureFields(bidder_number=bond.bidder_number, bonds=(_noticed(bond),), declined=declined)
    return _notice(bond, fields, by, at)


def _notice(bond: "Bond", fields: NoticeFields, by: UUID, at: datetime) -> NoticeRequested:
    return NoticeRequested(
        notice_id=new_id(),
        organization_id=bond.organization_id,
        round_code=bond.round_code,
        about=NoticeSubject(kind=BOND, id=bond.id),
        requested_by=by,
        requested_at=at,
        fields=fields,
    )


def _noticed(bond: "Bond") -> NoticedBond:
    number = Paper.read(bond.paper).bond_number if bond.paper else ""
    return NoticedBond(
        cba_code=bond.cba_code, label=bond.area, bond_number=number or NOT_READ, amount=bond.amount_cents
    )
