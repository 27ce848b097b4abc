"""What a failed message means: wait, or park."""

from enum import Enum

from aiokafka.errors import KafkaError
from pydantic import ValidationError

from chassis.direct import is_away
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


def kind_of(error: BaseException) -> Failure:
    """Return how a message failed, by the error that its handling raised."""
    if isinstance(error, (MalformedMessageError, ValidationError, *PERMANENT)):
        return Failure.PERMANENT
    if isinstance(error, OSError | KafkaError) or is_away(error):
        return Failure.PASSING
    return Failure.UNKNOWN
