"""What a failed message means: wait, or park."""

from enum import Enum

from aiokafka.errors import KafkaError
from pydantic import ValidationError
from sqlalchemy.exc import DBAPIError, InterfaceError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeoutError

from chassis import direct
from chassis.errors import PERMANENT
from events.envelope import MalformedMessageError


class Failure(Enum):
    """How a message failed."""

    PASSING = "passing"
    """Something it needs is away: wait as long as it takes, and never park."""
    PERMANENT = "permanent"
    """Trying again cannot help: park at once."""
    UNKNOWN = "unknown"
    """A fault of ours, most likely: try a few times, then park, so that the other keys go on."""


_PASSING = (OSError, KafkaError, InterfaceError, OperationalError, PoolTimeoutError, *direct.UNREACHABLE)
_PASSING_STATES = (
    "08",  # connection
    "40",  # serialization, deadlock
    "53",  # out of resources
    "55",  # in use, lock not available
    "57",  # shutting down, starting up, cancelled
)


def kind_of(error: BaseException) -> Failure:
    """Return how a message failed, by the error that its handling raised."""
    if isinstance(error, (MalformedMessageError, ValidationError, *PERMANENT)):
        return Failure.PERMANENT
    if isinstance(error, _PASSING):
        return Failure.PASSING
    if isinstance(error, DBAPIError):
        state = str(getattr(error.orig, "sqlstate", None) or "")
        if error.connection_invalidated or state.startswith(_PASSING_STATES):
            return Failure.PASSING
    return Failure.UNKNOWN
