"""The words for what identity-adapter's tickets are about, and what came of them."""

TOPICS = {
    "sign-in": "Sign-in and accounts",
    "roles": "Roles",
    "registration": "Registration",
    "official-not-listed": "Official not in the enrollment record",
    "uploads": "Uploads",
    "notices": "Notices",
    "contracts": "Contracts",
    "other": "Something else",
}
OUTCOMES = {
    "done": "Done",
    "declined": "Declined",
    "not-reached": "Person not reached",
}


def topic(code: str) -> str:
    """Return what a ticket is about, in words."""
    return TOPICS.get(code, code)


def outcome(code: str) -> str:
    """Return what came of a ticket, in words."""
    return OUTCOMES.get(code, code)
