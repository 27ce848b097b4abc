"""Announcements: what any downstream system may hear of the program."""

from typing import ClassVar

from events.envelope import Event, Instant, Part
from events.kinds import CategoryCode, Cents, Code, Hcpcs, RoundCode

ANNOUNCEMENTS = "connexion.public"


class AnnouncedCategory(Part):
    """A product category of the announced round; `lead_item` is None where it is not published yet."""

    code: str
    name: str
    lead_item: str | None


class RoundAnnounced(Event):
    """A round of bidding was announced.

    Said by bidding-svc. Heard by nobody inside yet, and open to downstream systems. `closes_at` is the last instant of
    the bid window (8:59:59 p.m. Eastern), `cdrd_at` that of the covered document review date.
    """

    TYPE: ClassVar[str] = "connexion.public.round-announced.v1"
    TOPIC: ClassVar[str] = ANNOUNCEMENTS
    KEY: ClassVar[str] = "round_code"

    round_code: RoundCode
    name: str
    announced_at: Instant
    opens_at: Instant
    closes_at: Instant
    cdrd_at: Instant
    categories: tuple[AnnouncedCategory, ...]


class WindowExtended(Event):
    """The bid window of a round closes later, for every bidder.

    Said by bidding-svc once the extension is in force: every upload slot of the round is open until the new close.
    Heard by nobody inside yet, and open to downstream systems. `cdrd_at` is the covered document review date, which
    moves only if it had not passed.
    """

    TYPE: ClassVar[str] = "connexion.public.window-extended.v1"
    TOPIC: ClassVar[str] = ANNOUNCEMENTS
    KEY: ClassVar[str] = "round_code"

    round_code: RoundCode
    name: str
    extended_at: Instant
    closes_at: Instant
    cdrd_at: Instant
    reason: str


class PublishedAmount(Part):
    """A single payment amount: what Medicare allows for an item in the area."""

    hcpcs: Hcpcs
    amount: Cents


class PaymentAmountsPublished(Event):
    """The single payment amounts of a competition are public: one product category in one bidding area.

    Said by bidding-svc when the awards of a round are released, once for each awarded competition. Heard by nobody
    inside yet, and open to downstream systems. They hold for every contract supplier and for the whole contract period.
    """

    TYPE: ClassVar[str] = "connexion.public.payment-amounts-published.v1"
    TOPIC: ClassVar[str] = ANNOUNCEMENTS
    KEY: ClassVar[str] = "round_code"

    round_code: RoundCode
    category_code: CategoryCode
    cba_code: Code
    label: str
    amounts: tuple[PublishedAmount, ...]
    published_at: Instant


class PublishedSupplier(Part):
    """A contract supplier as the public knows it."""

    bidder_number: str
    legal_business_name: str


class SuppliersAnnounced(Event):
    """The contract suppliers of a competition were announced.

    Said by bidding-svc once the offers of a round are decided, once for each competition with a supplier. Heard by
    nobody inside yet, and open to downstream systems; the contracts themselves are told by contracts-svc.
    """

    TYPE: ClassVar[str] = "connexion.public.suppliers-announced.v1"
    TOPIC: ClassVar[str] = ANNOUNCEMENTS
    KEY: ClassVar[str] = "round_code"

    round_code: RoundCode
    category_code: CategoryCode
    cba_code: Code
    suppliers: tuple[PublishedSupplier, ...]
    announced_at: Instant


EVENTS = (RoundAnnounced, WindowExtended, PaymentAmountsPublished, SuppliersAnnounced)
