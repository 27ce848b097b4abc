"""The words for a chat: what it is about, where it stands, what happened in it, what was hidden."""

import re
from collections.abc import Sequence
from dataclasses import replace

from markupsafe import Markup, escape

from portal.gateway import Problem
from portal.language import mark, translate
from portal.meanings import Status

TOPICS = {
    "registration": mark("Registration and passwords"),
    "uploads": mark("Uploads"),
    "notices": mark("Notices"),
    "contracts": mark("Contract maintenance"),
    "form-c": mark("Form C"),
    "other": mark("Something else"),
}
OUTCOMES = {"answered": "Answered", "ticket": "Goes on under a ticket", "not-reached": "Person not reached any more"}
STATES = {
    "QUEUED": Status("busy", "schedule", mark("Waiting for an agent")),
    "ACTIVE": Status("good", "chat", mark("Connected")),
    "WRAP_UP": Status("quiet", "check_circle", mark("Ended")),
    "CLOSED": Status("quiet", "check_circle", mark("Ended")),
    "ABANDONED": Status("quiet", "cancel", mark("Ended before it was answered")),
    "UNAVAILABLE": Status("todo", "mail", mark("Message left")),
}
HAPPENED = {
    "joined": mark("%(name)s joined the chat."),
    "handed-over": mark("The chat was handed over to %(name)s."),
    "verified": mark("%(name)s verified the account."),
    "ended-by-agent": mark("%(name)s ended the chat."),
    "ended-by-visitor": mark("The chat was ended by whoever opened it."),
    "fell-silent": mark("The chat ended because nothing was said for an hour."),
}
MARKS = {
    "ssn": mark("hidden: Social Security number"),
    "card": mark("hidden: card number"),
    "password": mark("hidden: password"),
}
HIDDEN = {
    "ssn": mark("We hid a number that looked like a Social Security number. Nobody saw it and it was not kept."),
    "card": mark("We hid a number that looked like a payment card. Nobody saw it and it was not kept."),
    "password": mark("We hid what looked like a password. Nobody saw it and it was not kept."),
}
WRONG = {
    "first_name": mark("Enter your first name"),
    "last_name": mark("Enter your last name"),
    "email": mark("Enter an e-mail address, like name@example.com"),
    "phone": mark("Enter all 10 digits of a US phone number, like 410-555-0123"),
    "supplier_name": mark("Enter a shorter name"),
    "supplier_number": mark("Enter 7 digits (bidder number) or 10 digits (PTAN), or leave it empty"),
    "topic": mark("Choose a topic"),
    "question": mark("Enter your question"),
}
"""What to do about each field of the form before a chat."""
REFUSED = {
    "too-many-chats": mark("Too many chats were opened from your network just now. Try again in a few minutes."),
    "too-many-messages": mark("You send faster than can be read. Wait a minute, then send this one again."),
    "chat-has-ended": mark("This chat has ended. Open another one to go on."),
    "chat-is-full": mark("This chat has as many messages as one can have. End it and open another one."),
}
_MARK = re.compile("⟦(ssn|card|password)⟧")


def topic(code: str) -> str:
    """Return what a chat is about, in words of the language that is spoken."""
    return translate(TOPICS.get(code, code))


def topics() -> list[tuple[str, str]]:
    """Return the choices of a form."""
    return [(code, translate(words)) for code, words in TOPICS.items()]


def status(state: str) -> Status:
    """Return how the state of a chat is shown; one that is not known is shown as unknown."""
    return STATES.get(state, Status("unknown", "help", state))


def happened(kind: str, name: str | None) -> str:
    """Return the sentence for what happened; "" for what somebody said."""
    words = HAPPENED.get(kind)
    return translate(words) % {"name": name or ""} if words else ""


def hidden(kinds: Sequence[str]) -> list[str]:
    """Return a sentence for each thing that was hidden in a message."""
    return [translate(HIDDEN[kind]) for kind in kinds if kind in HIDDEN]


def in_words(problem: Problem) -> Problem:
    """Return a refusal of the service in the language that is spoken."""
    told = [
        {"path": str(entry["path"]), "message": translate(WRONG[name])}
        for entry in problem.fields
        if (name := str(entry.get("path", "")).rpartition(".")[2]) in WRONG
    ]
    detail = translate(REFUSED[problem.type]) if problem.type in REFUSED else problem.detail
    return replace(problem, detail=detail, fields=told)


def with_marks(text: str) -> Markup:
    """Return what somebody typed as text, the marks of what was hidden as words."""

    def written(found: re.Match[str]) -> str:
        return f'<b class="cx-mask">{escape(translate(MARKS[found[1]]))}</b>'

    return Markup(_MARK.sub(written, str(escape(text))))  # noqa: S704  escaped, and the marks are ours
