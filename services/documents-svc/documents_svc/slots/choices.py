"""What a sender chooses beside the file: the kind of document and the competitive bidding area (documents.md 1)."""

from chassis.errors import Invalid
from documents_svc.slots.slot import Slot


class AnotherDocument(Invalid):
    """Another kind of document belongs here. Choose what you are uploading again (UPL-07)."""


class AreaMissing(Invalid):
    """Choose the competitive bidding area (CBA) that this document is for (UPL-08)."""


class AnotherArea(Invalid):
    """The document of another competitive bidding area (CBA) belongs here. Choose the area again (UPL-08)."""


class NotForOneArea(Invalid):
    """This document is not for one competitive bidding area (CBA). Leave the area empty."""


def require_document(slot: Slot, given: str) -> None:
    """Raise `AnotherDocument` where a sender names another kind of document than the slot takes (UPL-07)."""
    if given and slot.document is not None and given != slot.document:
        raise AnotherDocument(field="document")


def require_area(slot: Slot, given: str) -> None:
    """Raise `AreaMissing`, `AnotherArea` or `NotForOneArea` unless the area chosen is the slot's (UPL-08, BND-5).

    Whether the bidder bids there is for whoever opened the slot to say: see `Slot.withheld_because`.
    """
    if slot.cba_code is None:
        if given:
            raise NotForOneArea(field="cba")
        return
    if not given:
        raise AreaMissing(field="cba")
    if given != slot.cba_code:
        raise AnotherArea(field="cba")
