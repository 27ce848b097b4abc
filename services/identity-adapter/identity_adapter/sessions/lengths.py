from dataclasses import dataclass
from datetime import timedelta


@dataclass(frozen=True)
class SessionLengths:
    """How long a session lives without a renewal, and how long at most. Set by the deployment (`settings.py`)."""

    idle: timedelta
    longest: timedelta
