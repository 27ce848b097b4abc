"""Announcements: what any downstream system may hear of the program."""

from typing import ClassVar

from events.envelope import Event, Instant, Part
from events.kinds import RoundCode

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


EVENTS = (RoundAnnounced, WindowExtended)
