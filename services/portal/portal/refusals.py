"""The words of every refusal: what happened, and what to do now."""

from http import HTTPStatus
from typing import NamedTuple


class Refusal(NamedTuple):
    """The words of one refusal."""

    icon: str
    title: str
    lead: str
    advice: str


REFUSALS = {
    HTTPStatus.UNAUTHORIZED: Refusal(
        "lock_outline",
        "You are signed out",
        "Your session ended: after a time without activity, or because you signed out elsewhere.",
        "Sign in again. You come back to the same page.",
    ),
    HTTPStatus.FORBIDDEN: Refusal(
        "lock_outline",
        "Your role does not include this",
        "You are signed in, but what you asked for belongs to another role.",
        "An authorized official of your organization can tell you who may do it.",
    ),
    HTTPStatus.NOT_FOUND: Refusal(
        "search",
        "There is nothing here",
        "The address does not exist, or what it names is not yours to see.",
        "Check the address, or start from your home page.",
    ),
    HTTPStatus.REQUEST_ENTITY_TOO_LARGE: Refusal(
        "error_outline",
        "The file is too large",
        "It was refused before it was read, so nothing of it was kept.",
        "Save it as a smaller PDF, for instance with pictures at 150 dots per inch, and upload it again.",
    ),
    HTTPStatus.UNPROCESSABLE_ENTITY: Refusal(
        "search",
        "This address is not right",
        "A part of it was cut off or changed.",
        "Go back and follow the link again, or start from your home page.",
    ),
    HTTPStatus.TOO_MANY_REQUESTS: Refusal(
        "schedule",
        "Too many requests at once",
        "Your session asked for more pages than we answer in one minute. What you sent before is safe.",
        "Wait a minute, then load the page again.",
    ),
    HTTPStatus.INTERNAL_SERVER_ERROR: Refusal(
        "error_outline",
        "This page failed",
        "The fault is ours. What you sent before is safe.",
        "Load the page again. If it fails again, call the help desk with the reference below.",
    ),
    HTTPStatus.SERVICE_UNAVAILABLE: Refusal(
        "warning",
        "A part of Connexion does not answer",
        "What you sent before is safe, and receipts stay valid.",
        "Try again in a few minutes. If a deadline is near, call the help desk with the reference below.",
    ),
}
SIGN_IN_AGAIN = Refusal(
    "lock_outline",
    "Sign in once more to go on",
    "A signature needs a sign-in that is minutes old, and yours is older. Nothing was signed.",
    "Sign in again. You come back to the same page.",
)
NOT_ALLOWED_NOW = Refusal(
    "lock_outline",
    "This cannot be done now",
    "Its state, or the time, does not allow it.",
    "Load the page you came from again to see what can be done now.",
)


def of_status(status: int) -> Refusal:
    """Return the words for a status; what has none of its own cannot be done now."""
    return REFUSALS.get(HTTPStatus(status), NOT_ALLOWED_NOW)
