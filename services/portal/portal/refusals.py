"""The words of every refusal: what happened, what was kept, and what to do now."""

from http import HTTPStatus
from typing import NamedTuple

from portal.language import mark


class Refusal(NamedTuple):
    """The words of one refusal; `kept` says what became of what was sent."""

    icon: str
    title: str
    lead: str
    advice: str
    kept: str = mark("What you sent before is safe, and receipts stay valid.")


REFUSALS = {
    HTTPStatus.UNAUTHORIZED: Refusal(
        "lock_outline",
        mark("You are signed out"),
        mark("Your session ended: after a time without activity, or because you signed out elsewhere."),
        mark("Sign in again. You come back to the same page."),
    ),
    HTTPStatus.FORBIDDEN: Refusal(
        "lock_outline",
        mark("Your role does not include this"),
        mark("You are signed in, but what you asked for belongs to another role."),
        mark("An authorized official of your organization can tell you who may do it."),
        mark("Nothing was changed."),
    ),
    HTTPStatus.NOT_FOUND: Refusal(
        "search",
        mark("There is nothing here"),
        mark("The address does not exist, or what it names is not yours to see."),
        mark("Check the address, or start from your home page."),
    ),
    HTTPStatus.METHOD_NOT_ALLOWED: Refusal(
        "search",
        mark("This page cannot be used this way"),
        mark("The address exists, but not for what was sent to it."),
        mark("Go back and open the page again."),
        mark("Nothing of what was sent was kept."),
    ),
    HTTPStatus.GONE: Refusal(
        "history",
        mark("This is no longer here"),
        mark("It was here, and it was taken away or has been replaced."),
        mark("Look on the resources page for the version that holds now."),
        mark("What was received under it is kept as long as the rules ask, and receipts stay valid."),
    ),
    HTTPStatus.LOCKED: Refusal(
        "lock_outline",
        mark("This is closed"),
        mark("Its time has passed by our server’s clock, so nothing more is taken here."),
        mark("Look at the round calendar for what is open now, and at your To-Do list for notices."),
        mark(
            "Everything received before the close is kept and counts. A file that was complete within an hour after "
            "the close is kept as evidence, marked late."
        ),
    ),
    HTTPStatus.REQUEST_ENTITY_TOO_LARGE: Refusal(
        "error_outline",
        mark("The file is too large"),
        mark("It was refused before it was read."),
        mark("Save it as a smaller PDF, for instance with pictures at 150 dots per inch, and upload it again."),
        mark("Nothing of this file was kept. Files received before are safe."),
    ),
    HTTPStatus.UNPROCESSABLE_ENTITY: Refusal(
        "search",
        mark("This address is not right"),
        mark("A part of it was cut off or changed."),
        mark("Go back and follow the link again, or start from your home page."),
        mark("Nothing was changed."),
    ),
    HTTPStatus.TOO_MANY_REQUESTS: Refusal(
        "schedule",
        mark("Too many requests at once"),
        mark("More pages were asked for than we answer in one minute."),
        mark("Wait a minute, then load the page again."),
    ),
    HTTPStatus.INTERNAL_SERVER_ERROR: Refusal(
        "error_outline",
        mark("This page failed"),
        mark("The fault is ours."),
        mark("Load the page again. If it fails again, call the help desk with the reference below."),
    ),
    HTTPStatus.SERVICE_UNAVAILABLE: Refusal(
        "warning",
        mark("A part of Connexion does not answer"),
        mark("The other parts work as usual."),
        mark("Try again in a few minutes. If a deadline is near, call the help desk with the reference below."),
    ),
}
SIGN_IN_AGAIN = Refusal(
    "lock_outline",
    mark("Sign in once more to go on"),
    mark("A signature needs a sign-in that is minutes old, and yours is older. Nothing was signed."),
    mark("Sign in again. You come back to the same page."),
)
NOT_ALLOWED_NOW = Refusal(
    "lock_outline",
    mark("This cannot be done now"),
    mark("Its state, or the time, does not allow it."),
    mark("Load the page you came from again to see what can be done now."),
    mark("Nothing was changed."),
)


def of_status(status: int) -> Refusal:
    """Return the words for a status; what has none of its own cannot be done now."""
    return REFUSALS.get(HTTPStatus(status), NOT_ALLOWED_NOW)
