from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Self

from chassis import calendar, program_time
from portal import meanings, times
from portal.gateway import Json
from portal.meanings import Status

BAR_WIDTH = 640
WORDS = {
    "announced": "Round announced",
    "request-for-bids": "Request for Bids (RFB) published",
    "registration-opens": "Registration opens",
    "window-opens": "Bid window opens",
    "bidding-registration-closes": "DBidS registration closes",
    "cdrd": "Covered document review date (CDRD)",
    "window-closes": "Bid window closes",
    "bona-fide-notices": "Bona fide bid notices",
    "cdrd-notices": "Notices of covered document review findings",
    "pbe-notices": "Preliminary bid evaluation notices",
    "offers": "Contract offers and payment amounts",
    "offer-responses-due": "Answers to contract offers due",
    "suppliers-announced": "Contract suppliers announced",
    "inquiries-due": "Bidder inquiries due",
    "period-starts": "Contract period starts",
    "period-ends": "Contract period ends",
}
NOTES = {"bidding-registration-closes": "Connexion registration stays open"}
"""The program's words for the dates of a round, by the codes that bidding-svc gives them."""


@dataclass(frozen=True)
class Entry:
    """One line of a round's calendar: what, when, and how it stands by the program's clock."""

    label: str
    at: datetime
    note: str
    has_time: bool
    is_target: bool
    status: Status | None
    is_next: bool


@dataclass(frozen=True)
class RoundCalendar:
    """A round by the program's clock: whether its bid window is open, the time left, every date with its state."""

    name: str
    code: str
    window: Status
    opens_at: datetime
    cdrd_at: datetime
    closes_at: datetime
    left: list[tuple[str, str]]
    entries: list[Entry]
    now: datetime

    @classmethod
    def of(cls, entry: Json) -> Self:
        """Read the round as bidding-svc tells it."""
        now = program_time.now()
        opens, cdrd, closes = (times.parse(entry[name]) for name in ("opens_at", "cdrd_at", "closes_at"))
        window = meanings.NOT_YET_OPEN if now < opens else meanings.OPEN_WINDOW
        if times.has_passed(closes):
            window = meanings.CLOSED_WINDOW
        return cls(
            name=entry["name"],
            code=entry["code"],
            window=window,
            opens_at=opens,
            cdrd_at=cdrd,
            closes_at=closes,
            left=_count_down(opens if now < opens else closes),
            entries=_entries(entry["calendar"], now),
            now=now,
        )

    @property
    def bar(self) -> dict[str, int]:
        """Where the marks of the window's bar stand, in units of its picture: today and the review date."""
        whole = (self.closes_at - self.opens_at) / timedelta(seconds=1) or 1

        def place(moment: datetime) -> int:
            share = (moment - self.opens_at) / timedelta(seconds=1) / whole
            return round(BAR_WIDTH * min(max(share, 0), 1))

        return {"width": BAR_WIDTH, "today": place(self.now), "cdrd": place(self.cdrd_at)}

    @property
    def day(self) -> str:
        """Where in the window today is, in words: "Day 28 of 65"."""
        length = (self.closes_at - self.opens_at).days + 1
        return f"Day {min(max((self.now - self.opens_at).days + 1, 0), length)} of {length}"


def _count_down(until: datetime) -> list[tuple[str, str]]:
    """Return the time left as pairs, to be set large: [("37", "days"), ("10", "hours left")]; empty when it is past."""
    if times.has_passed(until):
        return []
    words = times.write_left(until).split()
    pairs = [(words[at], words[at + 1]) for at in range(0, len(words) - 1, 2)]
    return [*pairs[:-1], (pairs[-1][0], f"{pairs[-1][1]} left")]


def _entries(lines: list[Json], now: datetime) -> list[Entry]:
    dated = sorted(((_moment(line), line) for line in lines), key=lambda pair: pair[0])
    coming = next((line for at, line in dated if at > now), None)
    return [_entry(at, line, now, is_next=line is coming) for at, line in dated]


def _moment(line: Json) -> datetime:
    """The last instant of a date on which somebody may act, otherwise the beginning of its day in New York."""
    if line["until"]:
        return times.parse(line["until"])
    return datetime.combine(date.fromisoformat(line["on"]), time(), calendar.EASTERN)


def _entry(at: datetime, line: Json, now: datetime, *, is_next: bool) -> Entry:
    has_time = bool(line["until"])
    is_target = line["certainty"] == "target"
    status = meanings.EVENT_DONE if at <= now else None
    if is_next and (has_time or not is_target):
        status = Status("busy", "timer", f"Next, {times.write_left(at)}")
    return Entry(
        label=WORDS.get(line["code"], line["code"].replace("-", " ").capitalize()),
        at=at,
        note=NOTES.get(line["code"], ""),
        has_time=has_time,
        is_target=is_target,
        status=status,
        is_next=is_next,
    )
