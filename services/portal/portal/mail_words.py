"""The words of e-mail that did not reach anybody: what happened to it."""

from collections.abc import Mapping
from typing import Any

from portal.meanings import UNKNOWN, Status

STATES: dict[str, Status] = {
    "REFUSED": Status("bad", "cancel", "Refused", "The mail server says there is no such address."),
    "GIVEN_UP": Status("bad", "timer_off", "Given up", "It could not be handed over for 72 hours."),
    "COULD_NOT_TELL": Status(
        "unknown", "help", "Cannot tell", "The mail server took it and never answered. It is not sent a second time."
    ),
}


def of_trouble(trouble: Mapping[str, Any]) -> Status:
    """Return what happened to an e-mail."""
    return STATES.get(str(trouble["state"]), UNKNOWN)
