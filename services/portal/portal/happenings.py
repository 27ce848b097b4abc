"""The words for what notices-svc tells: things to do and things that happened, by their kind."""

from collections.abc import Mapping
from typing import Any, NamedTuple

Json = Mapping[str, Any]


class Todo(NamedTuple):
    """A thing to do, ready to be drawn."""

    title: str
    why: str
    link: str
    act: str
    due_at: str | None


class Happening(NamedTuple):
    """Something that happened, ready to be drawn."""

    title: str
    about: str
    link: str | None
    at: str


def todos_of(items: list[Json]) -> list[Todo]:
    """Return these things to do, soonest first; what has no deadline comes last."""
    return sorted((_todo(item) for item in items), key=lambda todo: (todo.due_at is None, todo.due_at or ""))


def happenings_of(items: list[Json]) -> list[Happening]:
    """Return these entries in the order they came."""
    return [_happening(item) for item in items]


def _todo(item: Json) -> Todo:
    label, due = item["label"], item["due_at"]
    if item["kind"] == "upload-document":
        why = "Without it the bid is incomplete when the window closes."
        return Todo(f"Upload: {label}", why, "/documents#upload", "Upload", due)
    if item["kind"] == "approve-form-a-again":
        return Todo(label, "A change voided the approval. Without a new one no bid counts.", "/form-a", "Review", due)
    if item["kind"] == "certify-bid-again":
        why = "A change voided the certification. Only a certified bid counts."
        return Todo(label, why, f"/bids/{item['about'].partition(':')[2]}/review", "Review", due)
    if item["kind"] == "decide-role-request":
        return Todo(label, "Undecided, it expires on that day.", "/organization/requests", "Decide", due)
    if item["kind"] == "answer-notice":
        why = "What arrives later is not taken, and a draft is not a response."
        return Todo(label, why, _link(item["about"]) or "/notices", "Respond", due)
    why, link, act = "", "/todo", "Open"
    if item["kind"] == "submit-form-c":
        why, link, act = "Only a certified report is submitted.", _link(item["about"]) or "/form-c", "Fill in"
    if item["kind"] == "answer-question":
        why = "Nothing is decided before you answer." if due is None else "Unanswered by then, the request is closed."
        link, act = _link(item["about"]) or "/todo", "Answer"
    return Todo(label, why, link, act, due)


def _happening(item: Json) -> Happening:
    label, link, at = item["label"], _link(item["about"]), item["occurred_at"]
    match item["kind"]:
        case "document-received":
            when = "By the review date" if item["details"]["by_cdrd"] else "After the review date, in time"
            return Happening(f"{label} received", when, link, at)
        case "document-late":
            return Happening("File received after the close", "It does not count; it is kept as evidence.", link, at)
        case "document-rejected":
            return Happening("File not accepted", label, link, at)
        case _:
            return Happening(label, "", link, at)


_LINKS = {
    "file": "/documents/files/{}",
    "notice": "/notices/{}",
    "bid": "/bids/{}/review",
    "form-a": "/form-a",
    "form-c": "/form-c/{}",
    "location-change": "/location-changes/{}",
    "subcontract": "/subcontracts/{}",
    "role-request": "/organization",
    "financial-summary": "/financial-summary",
}
"""Where the thing is that a To-Do or an entry is about."""


def _link(about: str) -> str | None:
    subject, _, name = about.partition(":")
    return _LINKS[subject].format(name) if subject in _LINKS else None
