"""Machine time: always real. For tokens, sessions, leases, TLS and retries, never for deadlines.

Deadlines, periods and `received_at` are told in program time (`chassis.program_time`).
"""

from datetime import UTC, datetime


def now() -> datetime:
    """Return the real time, in UTC."""
    return datetime.now(UTC)
