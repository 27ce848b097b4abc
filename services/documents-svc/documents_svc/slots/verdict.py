from datetime import datetime, timedelta
from enum import StrEnum

from chassis.calendar import in_time


class Verdict(StrEnum):
    """How a file stands to the close of its slot."""

    IN_TIME = "in-time"
    LATE = "late"
    REFUSED = "refused"


def judge(*, started_at: datetime, received_at: datetime, closes_at: datetime, late_minutes: int) -> Verdict:
    """Judge a file by when its upload began and when its last byte was held; nothing else counts.

    In time: received before the close plus one second. Late: begun before the close and received within
    `late_minutes` after it; it is kept and marked. Everything else is refused, and its evidence kept.
    """
    if in_time(received_at, closes_at):
        return Verdict.IN_TIME
    if in_time(started_at, closes_at) and in_time(received_at, late_until(closes_at, late_minutes)):
        return Verdict.LATE
    return Verdict.REFUSED


def late_until(closes_at: datetime, late_minutes: int) -> datetime:
    """Return the due time of the finish of an upload that began before the close."""
    return closes_at + timedelta(minutes=late_minutes)
