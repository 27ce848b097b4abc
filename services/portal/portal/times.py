"""How pages write time: Eastern, with the zone, and with the time left by the program's clock."""

import re
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Literal

from babel.dates import format_date, format_datetime

from chassis import calendar, program_time
from portal import language
from portal.language import mark, translate

NBSP = "\N{NO-BREAK SPACE}"
SPANISH = "es_US"
CLOSED = mark("closed")
UNITS = (
    *(mark("day"), mark("days"), mark("hour"), mark("hours"), mark("minute"), mark("minutes")),
    *(mark("second"), mark("seconds"), mark("left")),
)
"""The words of `calendar.time_left`, each translated for itself: "8 days 9 hours left", "8 días 9 horas restantes"."""


@dataclass(frozen=True)
class Deadline:
    """One deadline, ready to be drawn by the macro `due`."""

    label: str
    at: datetime
    hint: str
    left: str
    stage: Literal["open", "soon", "past"]

    @staticmethod
    def of(label: str, at: str | datetime, *, hint: str = "", hint_past: str = "") -> "Deadline":
        """Judge a deadline by the program's clock; `hint_past` says what it means that it has passed."""
        due, now = parse(at), program_time.now()
        stage = calendar.stage(now, due)
        past = stage == "past"
        left = "Passed" if past else calendar.time_left(now, due)
        return Deadline(label, due, hint_past if past and hint_past else hint, left, stage)


def parse(moment: str | datetime) -> datetime:
    """Read a moment as the API writes it: ISO 8601 with offset."""
    return moment if isinstance(moment, datetime) else datetime.fromisoformat(moment)


def write_full(moment: str | datetime) -> str:
    """Write "Monday, August 19, 2019, 8:59:59 p.m. EDT"."""
    if _is_spanish():
        return _in_spanish(moment, "EEEE, d 'de' MMMM 'de' y, h:mm:ss a")
    return _tied(calendar.write_moment(parse(moment)))


def write_short(moment: str | datetime) -> str:
    """Write "Mon, Aug 19, 2019, 8:59:59 p.m. EDT"."""
    if _is_spanish():
        return _in_spanish(moment, "EEE, d MMM y, h:mm:ss a")
    return _tied(calendar.write_moment(parse(moment), short=True))


def write_minute(moment: str | datetime) -> str:
    """Write "Mon, Aug 19, 2019, 8:59 p.m. EDT", where seconds say nothing."""
    return _without_seconds(write_short(moment))


def write_utc(moment: str | datetime) -> str:
    """Write "00:59:59 UTC"."""
    return f"{parse(moment).astimezone(UTC):%H:%M:%S} UTC"


def write_day(moment: str | datetime) -> str:
    """Write "Monday, August 19, 2019", the day in New York."""
    if _is_spanish():
        return format_date(calendar.eastern_day(parse(moment)), "full", SPANISH)
    return calendar.write_day(calendar.eastern_day(parse(moment)))


def write_date(moment: str) -> str:
    """Write "March 1, 2024", of a day as the API writes it or of a moment in New York."""
    day = date.fromisoformat(moment) if len(moment) == len("2024-03-01") else calendar.eastern_day(parse(moment))
    if _is_spanish():
        return format_date(day, "long", SPANISH)
    return f"{day:%B} {day.day}, {day.year}"


def write_day_short(moment: str | datetime) -> str:
    """Write "Aug 19", the day in New York."""
    day = calendar.eastern_day(parse(moment))
    if _is_spanish():
        return format_date(day, "d MMM", SPANISH)
    return f"{day:%b} {day.day}"


def write_iso(moment: str | datetime) -> str:
    """Write the `datetime` attribute of a `time` element, in Eastern time with offset."""
    return parse(moment).astimezone(calendar.EASTERN).isoformat(timespec="seconds")


def write_left(moment: str | datetime) -> str:
    """Write "8 days 9 hours left", or "closed"."""
    left = calendar.time_left(program_time.now(), parse(moment))
    if left == CLOSED:
        return translate(CLOSED)
    if left.startswith("less"):
        return translate("less than a second left")
    return " ".join(word if word.isdigit() else translate(word) for word in left.split())


def has_passed(moment: str | datetime) -> bool:
    """Whether a deadline is no longer met by the program's clock."""
    return not calendar.in_time(program_time.now(), parse(moment))


def server_time() -> str:
    """Write the program's time for the identity bar: "Mon, Aug 12, 2019, 10:12 a.m. EDT"."""
    return write_minute(program_time.now())


def _tied(text: str) -> str:
    """Keep the time, its half of the day and its zone on one line."""
    return re.sub(r" ([ap]\.m\.) ", rf"{NBSP}\1{NBSP}", text)


def _without_seconds(text: str) -> str:
    return re.sub(r"(\d:\d\d):\d\d", r"\1", text)


def _is_spanish() -> bool:
    return language.current() != language.ENGLISH


def _in_spanish(moment: str | datetime, pattern: str) -> str:
    """Write Eastern time with its zone as English pages name it (EST or EDT), which is how the program announces it."""
    local = parse(moment).astimezone(calendar.EASTERN)
    said = format_datetime(local, pattern, tzinfo=calendar.EASTERN, locale=SPANISH).replace(
        "\N{NARROW NO-BREAK SPACE}", " "
    )
    return re.sub(r" ([ap])\.\s?m\.$", rf"{NBSP}\1.{NBSP}m.", said) + f"{NBSP}{local:%Z}"
